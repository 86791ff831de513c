// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves channels of a value towards zero and what they lose into the biases of
// the layers that read them. Which ranges the channels have is measured
// elsewhere.
#include "ChannelLinks.h"

#include "quantc/Dialect/QNN/Transforms/Calibration.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "mlir/IR/Remarks.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <limits>

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_ABSORBBIASESPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// A border of zeros is one of other numbers once channels have moved.
bool readsBorder(const Contraction &reader) {
  auto pad = reader.op->getAttrOfType<DenseI64ArrayAttr>("pad");
  return pad &&
         llvm::any_of(pad.asArrayRef(), [](int64_t size) { return size != 0; });
}

class Absorber {
public:
  explicit Absorber(const ChannelLink &link)
      : link(link), ranges(llvm::to_vector(getMeasured(link.getDefiningOp(),
                                                       kChannelRangesAttr))) {}

  /// False where nothing is to be gained.
  bool run() {
    CalibrationAttr range = getCalibration(link.value);
    if (!range || static_cast<int64_t>(ranges.size()) != 2 * link.getChannels())
      return false;
    auto [low, high] = getUnion(/*moved=*/false);
    // A range that was chosen narrower says where values may be cut off.
    if (range.getLeast() > low || range.getGreatest() < high)
      return false;
    if (!chooseShifts())
      return false;
    auto [newLow, newHigh] = getUnion(/*moved=*/true);
    setRange(range, range.getLeast() - low + newLow,
             range.getGreatest() - high + newHigh);
    shiftProducer();
    for (const Contraction &reader : link.readers)
      shiftReader(reader);
    changeMeasured(link.getDefiningOp(), kChannelRangesAttr,
                   [&](int64_t index, double number) {
                     return number - shifts[index / 2];
                   });
    return true;
  }

  ArrayRef<double> getShifts() const { return shifts; }

private:
  double getLeast(int64_t channel) const { return ranges[2 * channel]; }
  double getGreatest(int64_t channel) const { return ranges[2 * channel + 1]; }

  /// The interval of all channels.
  std::pair<double, double> getUnion(bool moved) const {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (int64_t c = 0; c < link.getChannels(); ++c) {
      double shift = moved ? shifts[c] : 0.0;
      low = std::min(low, getLeast(c) - shift);
      high = std::max(high, getGreatest(c) - shift);
    }
    return {low, high};
  }

  bool chooseShifts() {
    if (std::optional<RealRange> bounds = link.getClampRange()) {
      // No number that was measured may come to lie below the clamp, which
      // stays; all move away from its other end.
      for (int64_t c = 0; c < link.getChannels(); ++c)
        shifts.push_back(std::max(getLeast(c) - bounds->min, 0.0));
      bool hasEnd = bounds->min > std::numeric_limits<float>::lowest();
      return hasEnd &&
             llvm::any_of(shifts, [](double shift) { return shift > 0; });
    }
    for (int64_t c = 0; c < link.getChannels(); ++c)
      shifts.push_back((getLeast(c) + getGreatest(c)) / 2);
    // Zero is a number of every quantized type.
    auto measure = [](std::pair<double, double> interval) {
      return std::max(interval.second, 0.0) - std::min(interval.first, 0.0);
    };
    return measure(getUnion(/*moved=*/true)) <
           measure(getUnion(/*moved=*/false));
  }

  void setRange(CalibrationAttr old, double least, double greatest) {
    auto range =
        CalibrationAttr::get(old.getContext(), old.getMethod(),
                             old.getSamples(), least, greatest, old.getTable());
    setCalibration(link.value, range);
    for (Value view : link.views)
      if (getCalibration(view))
        setCalibration(view, range);
  }

  void shiftProducer() {
    auto shift = [&](int64_t index, double number) {
      return number - shifts[index];
    };
    if (FloatLayerNormOp norm = link.getLayerNorm()) {
      norm.setBetaAttr(changeElements(norm.getBeta(), shift));
      return;
    }
    changeBias(*link.producer, shift);
    changeMeasured(link.producer->op, kOutputMeanAttr, shift);
  }

  /// The function that `reader` computes stays: what each weight loses with its
  /// channel is added to the bias.
  void shiftReader(const Contraction &reader) {
    std::vector<double> lost(reader.getChannels(), 0.0);
    auto weights = *FloatConstant::read(reader.weight->get());
    for (auto [index, weight] : llvm::enumerate(weights.values()))
      lost[reader.getOutputChannel(index)] +=
          weight * shifts[*reader.getInputChannel(index)];
    changeBias(reader,
               [&](int64_t index, double bias) { return bias + lost[index]; });
    changeMeasured(reader.op, kInputMeanAttr, [&](int64_t index, double mean) {
      return mean - shifts[*reader.getInputChannel(index)];
    });
  }

  const ChannelLink &link;
  SmallVector<float> ranges;
  std::vector<double> shifts;
};

struct AbsorbBiasesPass : impl::AbsorbBiasesPassBase<AbsorbBiasesPass> {
  void runOnOperation() override {
    for (const ChannelLink &link : findChannelLinks(getOperation()))
      absorb(link);
  }

private:
  void absorb(const ChannelLink &link) {
    auto isFixed = [](const Contraction &reader) {
      return readsBorder(reader) || !FloatConstant::read(reader.bias->get());
    };
    if (llvm::any_of(link.readers, isFixed))
      return;
    Absorber absorber(link);
    if (!absorber.run())
      return;
    CalibrationAttr range = getCalibration(link.value);
    int64_t moved = llvm::count_if(absorber.getShifts(),
                                   [](double shift) { return shift != 0; });
    remark::passed(
        link.value.getLoc(),
        remark::RemarkOpts::name("Absorbed").category("qnn-accuracy"))
        << llvm::formatv("{0} of {1} channels moved into the next biases; the "
                         "range is now {2:f2} to {3:f2}",
                         moved, absorber.getShifts().size(), range.getLeast(),
                         range.getGreatest())
               .str();
  }
};

} // namespace
} // namespace quantc::qnn

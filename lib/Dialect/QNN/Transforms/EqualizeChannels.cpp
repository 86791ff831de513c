// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scales the channels of a value up to its range and the weights that read them
// down. Which ranges and variances the channels have is measured elsewhere.
#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Accuracy.h"
#include "quantc/Dialect/QNN/Transforms/Calibration.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_EQUALIZECHANNELSPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// Steps on each side of zero in a weight, and in the range of an activation.
constexpr double kWeightSteps = 127.0;
constexpr double kActivationSteps = 255.0;
/// Values of more bits are left as they are.
constexpr unsigned kMostBits = 8;

/// A value that a contraction or a layer norm makes and contractions read, and
/// nobody else.
struct Link {
  Value value;
  /// What makes the value, or none: a layer norm does.
  std::optional<Contraction> producer;
  SmallVector<Contraction> readers;

  Operation *getDefiningOp() const { return value.getDefiningOp(); }
  FloatLayerNormOp getLayerNorm() const {
    return value.getDefiningOp<FloatLayerNormOp>();
  }
  /// The interval of the clamp that makes the value, if one does.
  std::optional<RealRange> getClampRange() const {
    auto op = dyn_cast<QuantizableOpInterface>(getDefiningOp());
    return op ? op.getClampRange() : std::nullopt;
  }
  int64_t getChannels() const {
    return cast<RankedTensorType>(value.getType()).getShape().back();
  }
};

bool hasConstants(const Contraction &contraction) {
  return FloatConstant::read(contraction.weight->get()) &&
         FloatConstant::read(contraction.bias->get());
}

/// A reshape that leaves channels where they are: matrix products are
/// convolutions behind one.
bool keepsChannels(Operation *op) {
  auto reshape = dyn_cast<tosa::ReshapeOp>(op);
  return reshape &&
         cast<RankedTensorType>(reshape.getInput1().getType())
                 .getShape()
                 .back() ==
             cast<RankedTensorType>(reshape.getType()).getShape().back();
}

/// Adds the contractions that read `value` to `readers`; false where anything
/// else does.
bool findReaders(Value value, ArrayRef<Contraction> all,
                 SmallVector<Contraction> &readers) {
  for (OpOperand &use : value.getUses()) {
    if (keepsChannels(use.getOwner())) {
      if (!findReaders(use.getOwner()->getResult(0), all, readers))
        return false;
      continue;
    }
    const Contraction *reader =
        llvm::find_if(all, [&](const Contraction &contraction) {
          return contraction.activation == &use;
        });
    if (reader == all.end() || !reader->getInputChannel(0) ||
        !FloatConstant::read(reader->weight->get()))
      return false;
    readers.push_back(*reader);
  }
  return true;
}

std::optional<Link> completeLink(Link link, ArrayRef<Contraction> all) {
  // More bits have steps to spare for every channel.
  if (getActivationPolicy(link.value).bits > kMostBits ||
      !findReaders(link.value, all, link.readers) || link.readers.empty())
    return std::nullopt;
  // Uses stand in no order that a program has.
  llvm::sort(link.readers, [](const Contraction &a, const Contraction &b) {
    return a.op->isBeforeInBlock(b.op);
  });
  return link;
}

std::optional<Link> findLink(const Contraction &producer,
                             ArrayRef<Contraction> all) {
  if (!hasConstants(producer))
    return std::nullopt;
  return completeLink({getQuantizedResult(producer), producer, {}}, all);
}

class Equalizer {
public:
  Equalizer(const Link &link, double maxFactor)
      : link(link), channels(link.getChannels()), maxFactor(maxFactor) {}

  /// False where nothing is to be gained.
  bool run() {
    if (!chooseFactors())
      return false;
    scaleProducer();
    for (const Contraction &reader : link.readers)
      scaleReader(reader);
    scaleMeasured(link.getDefiningOp(), kChannelRangesAttr, factors, 2);
    std::vector<double> squares;
    for (double factor : factors)
      squares.push_back(factor * factor);
    scaleMeasured(link.getDefiningOp(), kChannelVariancesAttr, squares, 1);
    return true;
  }

  ArrayRef<double> getFactors() const { return factors; }

private:
  bool chooseFactors() {
    std::vector<double> largest = getLargestFactors();
    if (largest.empty())
      return false;
    double exponent = 1.0;
    if (!llvm::all_of(link.readers, [](const Contraction &reader) {
          return reader.isDepthwise();
        }))
      exponent = chooseExponent(largest);
    for (double factor : largest)
      factors.push_back(std::pow(factor, exponent));
    return llvm::any_of(factors, [](double factor) { return factor > 1.0; });
  }

  /// How far each channel can be scaled within the range of the value.
  std::vector<double> getLargestFactors() {
    CalibrationAttr range = getCalibration(link.value);
    ArrayRef<float> measured =
        getMeasured(link.getDefiningOp(), kChannelRangesAttr);
    if (!range || static_cast<int64_t>(measured.size()) != 2 * channels)
      return {};
    double least = range.getLeast(), greatest = range.getGreatest();
    if (std::optional<RealRange> bounds = link.getClampRange()) {
      least = std::max(least, bounds->min);
      greatest = std::min(greatest, bounds->max);
    }
    std::vector<double> result;
    for (int64_t c = 0; c < channels; ++c) {
      double low = measured[2 * c], high = measured[2 * c + 1];
      double factor = maxFactor;
      if (high > 0)
        factor = std::min(factor, greatest / high);
      if (low < 0)
        factor = std::min(factor, least / low);
      // A channel that is always zero has nothing to gain.
      bool isDead = high <= 0 && low >= 0;
      result.push_back(isDead ? 1.0 : std::max(factor, 1.0));
    }
    return result;
  }

  double chooseExponent(ArrayRef<double> largest) {
    ArrayRef<float> variances =
        getMeasured(link.getDefiningOp(), kChannelVariancesAttr);
    if (static_cast<int64_t>(variances.size()) != channels)
      return 0.0;
    double best = 0.0, least = std::numeric_limits<double>::infinity();
    for (double exponent : {0.0, 0.25, 0.5, 0.75, 1.0}) {
      std::vector<double> trial;
      for (double factor : largest)
        trial.push_back(std::pow(factor, exponent));
      double error = 0.0;
      for (const Contraction &reader : link.readers)
        error += estimateError(reader, trial, variances);
      if (error < least) {
        least = error;
        best = exponent;
      }
    }
    return best;
  }

  /// The expected sum over the output channels of the squares of what rounding
  /// the activation and the weights adds to a result.
  double estimateError(const Contraction &reader, ArrayRef<double> trial,
                       ArrayRef<float> variances) {
    CalibrationAttr range = getCalibration(link.value);
    double step =
        (std::max(range.getGreatest(), 0.0) - std::min(range.getLeast(), 0.0)) /
        kActivationSteps;
    auto weights = *FloatConstant::read(reader.weight->get());
    std::vector<double> absMax(reader.getChannels(), 0.0);
    std::vector<double> power(reader.getChannels(), 0.0);
    double error = 0.0;
    for (auto [index, weight] : llvm::enumerate(weights.values())) {
      int64_t input = *reader.getInputChannel(index);
      int64_t output = reader.getOutputChannel(index);
      double scaled = weight / trial[input];
      absMax[output] = std::max(absMax[output], std::fabs(scaled));
      power[output] += variances[input] * trial[input] * trial[input];
      error += step * step * scaled * scaled;
    }
    for (auto [largest, sum] : llvm::zip(absMax, power)) {
      double weightStep = largest / kWeightSteps;
      error += weightStep * weightStep * sum;
    }
    return error;
  }

  void scaleProducer() {
    if (!link.producer)
      return scaleLayerNorm();
    const Contraction &producer = *link.producer;
    scaleConstant(*producer.weight, [&](int64_t index) {
      return factors[producer.getOutputChannel(index)];
    });
    if (getBiasSize(producer) == 1)
      broadcastBias(producer);
    scaleConstant(*producer.bias,
                  [&](int64_t index) { return factors[index]; });
    scaleMeasured(producer.op, kOutputMeanAttr, factors, 1);
  }

  void scaleLayerNorm() {
    FloatLayerNormOp norm = link.getLayerNorm();
    norm.setGammaAttr(scaleElements(norm.getGamma()));
    norm.setBetaAttr(scaleElements(norm.getBeta()));
  }

  ElementsAttr scaleElements(ElementsAttr elements) {
    SmallVector<float> scaled;
    for (auto [value, factor] :
         llvm::zip_equal(elements.getValues<float>(), factors))
      scaled.push_back(static_cast<float>(value * factor));
    return DenseElementsAttr::get(cast<ShapedType>(elements.getType()),
                                  ArrayRef<float>(scaled));
  }

  void scaleReader(const Contraction &reader) {
    auto channel = [&](int64_t index) {
      return *reader.getInputChannel(index);
    };
    scaleConstant(*reader.weight,
                  [&](int64_t index) { return 1.0 / factors[channel(index)]; });
    ArrayRef<float> mean = getMeasured(reader.op, kInputMeanAttr);
    std::vector<float> scaled;
    for (auto [index, value] : llvm::enumerate(mean))
      scaled.push_back(static_cast<float>(value * factors[channel(index)]));
    if (!mean.empty())
      setMeasured(reader.op, kInputMeanAttr, scaled);
  }

  static int64_t getBiasSize(const Contraction &contraction) {
    return FloatConstant::read(contraction.bias->get())->size();
  }

  void broadcastBias(const Contraction &contraction) {
    float value = (*FloatConstant::read(contraction.bias->get()))[0];
    OpBuilder builder(contraction.op);
    contraction.bias->set(createFloatConstant(
        builder, contraction.bias->get().getLoc(), {channels},
        std::vector<float>(channels, value), "bias"));
  }

  static void scaleConstant(OpOperand &use,
                            llvm::function_ref<double(int64_t)> factor) {
    auto constant = *FloatConstant::read(use.get());
    std::vector<float> scaled;
    scaled.reserve(constant.size());
    for (auto [index, value] : llvm::enumerate(constant.values()))
      scaled.push_back(static_cast<float>(value * factor(index)));
    OpBuilder builder(use.getOwner());
    use.set(createFloatConstant(builder, use.get().getLoc(),
                                constant.getShape(), std::move(scaled)));
  }

  /// `numbers` of each channel stand beside each other.
  static void scaleMeasured(Operation *op, StringRef name,
                            ArrayRef<double> factors, int64_t numbers) {
    std::vector<float> scaled;
    for (auto [index, value] : llvm::enumerate(getMeasured(op, name)))
      scaled.push_back(static_cast<float>(value * factors[index / numbers]));
    if (!scaled.empty())
      setMeasured(op, name, scaled);
  }

  const Link &link;
  int64_t channels;
  double maxFactor;
  std::vector<double> factors;
};

struct EqualizeChannelsPass
    : impl::EqualizeChannelsPassBase<EqualizeChannelsPass> {
  using Base::Base;

  void runOnOperation() override {
    if (!(maxFactor >= 1.0)) {
      getOperation().emitError() << "max-factor is " << maxFactor.getValue()
                                 << ", expected at least 1";
      return signalPassFailure();
    }
    SmallVector<Contraction> contractions = getContractions(getOperation());
    for (const Contraction &contraction : contractions)
      if (std::optional<Link> link = findLink(contraction, contractions))
        equalize(*link);
    getOperation().walk([&](FloatLayerNormOp norm) {
      if (std::optional<Link> link =
              completeLink({norm.getResult(), std::nullopt, {}}, contractions))
        equalize(*link);
    });
    getOperation().walk([](Operation *op) {
      op->removeAttr(kChannelRangesAttr);
      op->removeAttr(kChannelVariancesAttr);
    });
  }

private:
  void equalize(const Link &link) {
    std::optional<RealRange> bounds = link.getClampRange();
    if (bounds && (bounds->min > 0 || bounds->max < 0)) {
      remark::missed(
          link.value.getLoc(),
          remark::RemarkOpts::name("NotEqualized").category("qnn-accuracy"))
          << "channels are not equalized: zero is outside the clamp";
      return;
    }
    Equalizer equalizer(link, maxFactor);
    if (!equalizer.run())
      return;
    auto greatest = *llvm::max_element(equalizer.getFactors());
    int64_t scaled = llvm::count_if(equalizer.getFactors(),
                                    [](double factor) { return factor > 1; });
    remark::passed(
        link.value.getLoc(),
        remark::RemarkOpts::name("Equalized").category("qnn-accuracy"))
        << llvm::formatv("{0} of {1} channels scaled to the range of the "
                         "tensor, by up to {2:f1}",
                         scaled, equalizer.getFactors().size(), greatest)
               .str();
  }
};

} // namespace
} // namespace quantc::qnn

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scales the channels of a value up to its range and the weights that read them
// down. Which ranges and variances the channels have is measured elsewhere.
#include "ChannelLinks.h"

#include "quantc/Dialect/QNN/Transforms/Calibration.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"

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

class Equalizer {
public:
  Equalizer(const ChannelLink &link, double maxFactor)
      : link(link), channels(link.getChannels()), maxFactor(maxFactor) {}

  /// False where nothing is to be gained.
  bool run() {
    if (!chooseFactors())
      return false;
    scaleProducer();
    for (const Contraction &reader : link.readers)
      scaleReader(reader);
    changeMeasured(link.getDefiningOp(), kChannelRangesAttr,
                   [&](int64_t index, double number) {
                     return number * factors[index / 2];
                   });
    changeMeasured(link.getDefiningOp(), kChannelVariancesAttr,
                   [&](int64_t index, double number) {
                     return number * factors[index] * factors[index];
                   });
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
    auto scale = [&](int64_t index, double number) {
      return number * factors[index];
    };
    if (FloatLayerNormOp norm = link.getLayerNorm()) {
      norm.setGammaAttr(changeElements(norm.getGamma(), scale));
      norm.setBetaAttr(changeElements(norm.getBeta(), scale));
      return;
    }
    const Contraction &producer = *link.producer;
    changeConstant(*producer.weight, [&](int64_t index, double weight) {
      return weight * factors[producer.getOutputChannel(index)];
    });
    changeBias(producer, scale);
    changeMeasured(producer.op, kOutputMeanAttr, scale);
  }

  void scaleReader(const Contraction &reader) {
    auto channel = [&](int64_t index) {
      return *reader.getInputChannel(index);
    };
    changeConstant(*reader.weight, [&](int64_t index, double weight) {
      return weight * (1.0 / factors[channel(index)]);
    });
    changeMeasured(reader.op, kInputMeanAttr, [&](int64_t index, double mean) {
      return mean * factors[channel(index)];
    });
  }

  const ChannelLink &link;
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
    for (const ChannelLink &link : findChannelLinks(getOperation()))
      equalize(link);
    getOperation().walk([](Operation *op) {
      op->removeAttr(kChannelRangesAttr);
      op->removeAttr(kChannelVariancesAttr);
    });
  }

private:
  void equalize(const ChannelLink &link) {
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

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The multipliers of blocks are searched as N39 of docs/Numerics.md defines
// them, from the coarsest shift up.
#include "ContractionFinish.h"

#include <cmath>

using namespace mlir;

namespace quantc::exec::reference {

/// The greatest distance of a number of `type` from its zero point.
static Wide getReach(quant::QuantizedType type, int64_t parameter = 0) {
  int64_t zeroPoint = getZeroPointOf(type, parameter);
  return std::max(type.getStorageTypeMax() - zeroPoint,
                  zeroPoint - type.getStorageTypeMin());
}

/// The channel that is the output channel: the first dimension of OHWI and of
/// [OC, IC], the last one of [KH, KW, OC].
static int64_t getOutputAxis(RankedTensorType weight) {
  return weight.getRank() == 3 ? 2 : 0;
}

llvm::Error ContractionFinish::planChannels(RankedTensorType input,
                                            RankedTensorType weight,
                                            RankedTensorType bias,
                                            RankedTensorType result) {
  quant::QuantizedType x = qnn::getQuantizedElement(input);
  quant::QuantizedType w = qnn::getQuantizedElement(weight);
  quant::QuantizedType b = qnn::getQuantizedElement(bias);
  double to = getScaleF32(qnn::getQuantizedElement(result));
  int64_t axis = getOutputAxis(weight), channels = weight.getDimSize(axis);
  int64_t parameters = static_cast<int64_t>(qnn::getScales(w).size());
  int64_t blocks = parameters / channels;
  Wide size = weight.getNumElements() / parameters;
  multipliers.resize(parameters);
  for (int64_t channel = 0; channel < channels; ++channel) {
    std::vector<double> ratios;
    std::vector<Wide> reaches;
    std::vector<int64_t> numbers;
    for (int64_t block = 0; block < blocks; ++block) {
      int64_t number =
          axis == 0 ? channel * blocks + block : block * channels + channel;
      numbers.push_back(number);
      ratios.push_back(static_cast<double>(getScaleF32(x)) *
                       static_cast<double>(getScaleF32(w, number)) / to);
      reaches.push_back(size * getReach(x) * getReach(w, number));
    }
    ratios.push_back(qnn::getScale(b, qnn::getQuantizedAxis(b) ? channel : 0) /
                     to);
    reaches.push_back(static_cast<Wide>(1) << 31);

    std::vector<int64_t> found;
    int foundShift = 0;
    for (int shift = 1; shift <= 61; ++shift) {
      std::vector<int64_t> rounded;
      Wide total = static_cast<Wide>(1) << (shift - 1);
      bool fits = true;
      for (size_t i = 0; i < ratios.size(); ++i) {
        double multiplier = std::nearbyint(ratios[i] * std::exp2(shift));
        fits &= multiplier < 2147483648.0;
        rounded.push_back(fits ? static_cast<int64_t>(multiplier) : 0);
        total += reaches[i] * rounded.back();
      }
      if (!fits || total >= static_cast<Wide>(1) << 62)
        break;
      found = std::move(rounded);
      foundShift = shift;
    }
    if (found.empty() || *llvm::max_element(found) < 32768)
      return llvm::createStringError(
          "the scales of the blocks have no common multipliers");
    for (int64_t block = 0; block < blocks; ++block)
      multipliers[numbers[block]] = found[block];
    biasMultipliers.push_back(found.back());
    shifts.push_back(foundShift);
  }
  return llvm::Error::success();
}

llvm::Expected<ContractionFinish>
ContractionFinish::create(RankedTensorType input, RankedTensorType weight,
                          RankedTensorType bias, RankedTensorType result,
                          qnn::RoundingMode rounding,
                          std::optional<llvm::ArrayRef<int32_t>> clamp) {
  quant::QuantizedType w = qnn::getQuantizedElement(weight);
  quant::QuantizedType to = qnn::getQuantizedElement(result);
  ContractionFinish finish(Clip(to, clamp));
  finish.zeroPoint = getZeroPointOf(to);
  if (qnn::hasBlocks(w)) {
    if (llvm::Error error = finish.planChannels(input, weight, bias, result))
      return error;
    return finish;
  }
  float inputScale = getScaleF32(qnn::getQuantizedElement(input));
  float resultScale = getScaleF32(to);
  int64_t channels = weight.getDimSize(getOutputAxis(weight));
  for (int64_t c = 0; c < channels; ++c) {
    float weightScale = getScaleF32(w, c);
    double exact = static_cast<double>(inputScale) *
                   static_cast<double>(weightScale) /
                   static_cast<double>(resultScale);
    float product = inputScale * weightScale;
    llvm::Expected<Requantizer> requantizer = Requantizer::create(
        {exact, product / resultScale}, rounding, to, clamp);
    if (!requantizer)
      return requantizer.takeError();
    finish.requantizers.push_back(*requantizer);
  }
  return finish;
}

int32_t ContractionFinish::operator()(int64_t channel, Wide sum,
                                      int32_t bias) const {
  if (!hasBlocks())
    return requantizers[channel](static_cast<int64_t>(sum + bias));
  Wide unit = static_cast<Wide>(1) << shifts[channel];
  Wide total = sum + static_cast<Wide>(bias) * biasMultipliers[channel];
  return clip(zeroPoint + divideFloor(2 * total + unit, 2 * unit));
}

} // namespace quantc::exec::reference

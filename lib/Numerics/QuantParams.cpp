// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The zero point is computed from the scale that is really used, the one
// rounded to f32; everything before that rounding is done in double.
#include "quantc/Numerics/QuantParams.h"
#include "quantc/Numerics/Quantize.h"
#include <cmath>

using namespace quantc::numerics;

/// A scale from observed data: what is too small for a scale is not an error
/// but a tensor that is almost zero.
static llvm::Expected<float> scaleOfData(double scale, bool powerOfTwo) {
  llvm::Expected<float> legal = makeScale(std::max(scale, double(kMinScale)));
  if (!legal || !powerOfTwo)
    return legal;
  return makeScale(roundUpToPowerOfTwo(*legal));
}

float quantc::numerics::roundUpToPowerOfTwo(float scale) {
  int exponent = 0;
  float mantissa = std::frexp(scale, &exponent);
  return std::ldexp(1.0f, mantissa == 0.5f ? exponent - 1 : exponent);
}

int64_t quantc::numerics::chooseZeroPoint(double min, float scale,
                                          StorageRange range) {
  double zeroPoint =
      roundHalfEven(double(range.min) - std::min(min, 0.0) / double(scale));
  return range.saturate(int64_t(zeroPoint));
}

llvm::Expected<QuantParams>
quantc::numerics::chooseAsymmetric(double min, double max, StorageRange range,
                                   bool powerOfTwo) {
  if (!std::isfinite(min) || !std::isfinite(max))
    return llvm::createStringError("range [%g, %g] is not finite", min, max);
  if (min > max)
    return llvm::createStringError("range [%g, %g] is empty", min, max);
  min = std::min(min, 0.0);
  max = std::max(max, 0.0);
  if (min == max)
    max = 1.0;
  llvm::Expected<float> scale =
      scaleOfData((max - min) / range.steps(), powerOfTwo);
  if (!scale)
    return scale.takeError();
  return QuantParams{*scale, chooseZeroPoint(min, *scale, range)};
}

llvm::Expected<QuantParams>
quantc::numerics::chooseSymmetric(double absMax, StorageRange range,
                                  bool powerOfTwo) {
  if (!std::isfinite(absMax) || absMax < 0.0)
    return llvm::createStringError("%g is not the largest absolute value of a "
                                   "finite tensor",
                                   absMax);
  if (absMax == 0.0)
    absMax = 1.0;
  // The middle, or the upper of the two: 0 for i8, 128 for u8.
  int64_t zeroPoint = range.max - range.steps() / 2;
  llvm::Expected<float> scale =
      scaleOfData(absMax / (range.max - zeroPoint), powerOfTwo);
  if (!scale)
    return scale.takeError();
  return QuantParams{*scale, zeroPoint};
}

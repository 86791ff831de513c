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
static llvm::Expected<float> scaleOfData(double scale) {
  return makeScale(std::max(scale, double(kMinScale)));
}

llvm::Expected<QuantParams>
quantc::numerics::chooseAsymmetric(double min, double max, StorageRange range) {
  if (!std::isfinite(min) || !std::isfinite(max))
    return llvm::createStringError("range [%g, %g] is not finite", min, max);
  if (min > max)
    return llvm::createStringError("range [%g, %g] is empty", min, max);
  min = std::min(min, 0.0);
  max = std::max(max, 0.0);
  if (min == max)
    max = 1.0;
  llvm::Expected<float> scale = scaleOfData((max - min) / range.steps());
  if (!scale)
    return scale.takeError();
  double zeroPoint = roundHalfEven(double(range.min) - min / double(*scale));
  return QuantParams{*scale, range.saturate(int64_t(zeroPoint))};
}

llvm::Expected<QuantParams>
quantc::numerics::chooseSymmetric(double absMax, StorageRange range) {
  if (!std::isfinite(absMax) || absMax < 0.0)
    return llvm::createStringError("%g is not the largest absolute value of a "
                                   "finite tensor",
                                   absMax);
  if (absMax == 0.0)
    absMax = 1.0;
  // The middle, or the upper of the two: 0 for i8, 128 for u8.
  int64_t zeroPoint = range.max - range.steps() / 2;
  llvm::Expected<float> scale = scaleOfData(absMax / (range.max - zeroPoint));
  if (!scale)
    return scale.takeError();
  return QuantParams{*scale, zeroPoint};
}

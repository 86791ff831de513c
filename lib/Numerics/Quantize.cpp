// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Quantize and dequantize in exactly the f32 operations that compiled code
// performs, so that a folded constant and a computed one have the same bits.
#include "quantc/Numerics/Quantize.h"
#include <cmath>

using namespace quantc::numerics;

double quantc::numerics::roundHalfEven(double value) {
  double whole = std::trunc(value);
  // Exact: the fraction needs no more digits than the value has.
  double fraction = std::fabs(value - whole);
  bool isTie = fraction == 0.5;
  if (fraction > 0.5 || (isTie && std::fmod(whole, 2.0) != 0.0))
    return whole + std::copysign(1.0, value);
  return whole;
}

llvm::Expected<float> quantc::numerics::makeScale(double scale) {
  if (std::isnan(scale))
    return llvm::createStringError("a scale must be a number, got NaN");
  if (!(scale > 0.0))
    return llvm::createStringError("a scale must be positive, got %g", scale);
  if (scale > double(kMaxScale))
    return llvm::createStringError(
        "scale %g is too large: the largest legal scale is 2^119", scale);
  float rounded = float(scale);
  if (rounded < kMinScale)
    return llvm::createStringError(
        "scale %g is too small: the smallest legal scale is 2^-125", scale);
  return rounded;
}

int32_t quantc::numerics::quantizeF32(float value, float scale,
                                      int64_t zeroPoint, StorageRange range) {
  assert(range.contains(zeroPoint) && "zero point outside of the range");
  assert(range.steps() < (int64_t(1) << 24) && "range beyond exact f32");
  float steps = value / scale;
  if (std::isnan(steps))
    return int32_t(zeroPoint);
  // The bounds are integers, so clamping first equals clamping last and the
  // conversion to an integer cannot overflow.
  float clamped = std::clamp(steps, float(range.min - zeroPoint),
                             float(range.max - zeroPoint));
  return int32_t(int64_t(roundHalfEven(clamped)) + zeroPoint);
}

float quantc::numerics::dequantizeF32(int32_t quantized, float scale,
                                      int64_t zeroPoint) {
  return scale * float(int64_t(quantized) - zeroPoint);
}

llvm::Expected<int32_t>
quantc::numerics::quantizeBias(double bias, double accumulatorScale) {
  if (!std::isfinite(bias))
    return llvm::createStringError("bias %g is not finite", bias);
  if (!(accumulatorScale > 0.0) || std::isinf(accumulatorScale))
    return llvm::createStringError("bias scale %g is not positive and finite",
                                   accumulatorScale);
  double steps = roundHalfEven(bias / accumulatorScale);
  if (!(steps >= double(std::numeric_limits<int32_t>::min()) &&
        steps <= double(std::numeric_limits<int32_t>::max())))
    return llvm::createStringError("bias %g at scale %g does not fit i32", bias,
                                   accumulatorScale);
  return int32_t(steps);
}

llvm::Expected<float> quantc::numerics::smallestWeightScale(float inputScale,
                                                            float outputScale,
                                                            double bias) {
  if (!std::isfinite(bias))
    return llvm::createStringError("bias %g is not finite", bias);
  double forBias = std::fabs(bias) * 0x1p-30 / double(inputScale);
  double forMultiplier = 0x1p-32 * double(outputScale) / double(inputScale);
  double wanted = std::max({forBias, forMultiplier, double(kMinScale)});
  // One part in 2^22 more, so that no rounding on the way, here or in the
  // caller, can fall below the bound.
  return makeScale(wanted * (1.0 + 0x1p-22));
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The three roundings. The i32 and the i64 form are one template: they differ
// only in the integer that holds the product.
#include "quantc/Numerics/Requantize.h"
#include "quantc/Numerics/Quantize.h"
#include <cmath>

using namespace quantc::numerics;

double FixedPointMultiplier::toReal() const {
  return std::ldexp(double(multiplier), -shift);
}

llvm::Expected<FixedPointMultiplier>
quantc::numerics::computeMultiplier(double real) {
  if (std::isnan(real))
    return llvm::createStringError("a multiplier must be a number, got NaN");
  if (!(real > 0.0))
    return llvm::createStringError("a multiplier must be positive, got %g",
                                   real);
  if (std::isinf(real))
    return llvm::createStringError("a multiplier must be finite, got inf");
  int exponent = 0;
  double fraction = std::frexp(real, &exponent);
  // In [2^30, 2^31]; ties, which a double can have, go up.
  int64_t multiplier = std::llround(std::ldexp(fraction, 31));
  if (multiplier == int64_t(1) << 31) {
    multiplier /= 2;
    ++exponent;
  }
  int32_t shift = 31 - exponent;
  if (shift < FixedPointMultiplier::kMinShift)
    return llvm::createStringError(
        "multiplier %g is too large: it must be below 2^29", real);
  if (shift > FixedPointMultiplier::kMaxShift)
    return llvm::createStringError(
        "multiplier %g is too small: below 2^-32 every i32 becomes zero", real);
  return FixedPointMultiplier{int32_t(multiplier), shift};
}

/// `Wide` holds any product of an accumulator and a multiplier with one bit to
/// spare. The shift of a negative number is arithmetic on every compiler that
/// builds LLVM.
template <typename Wide, typename Accumulator>
static int64_t scaleAccumulator(Accumulator accumulator,
                                FixedPointMultiplier multiplier,
                                Rounding rounding) {
  assert(multiplier.isLegal() && "not a fixed-point multiplier");
  assert(rounding != Rounding::FloatEven && "has no integer multiplier");
  Wide half = Wide(1) << (multiplier.shift - 1);
  if (rounding == Rounding::Double && multiplier.shift > 31) {
    Wide firstHalf = Wide(1) << 30;
    half += accumulator >= 0 ? firstHalf : -firstHalf;
  }
  Wide product = Wide(accumulator) * multiplier.multiplier;
  Wide scaled = (product + half) >> multiplier.shift;
  // Only i64 accumulators far beyond any output range saturate here.
  return int64_t(std::clamp<Wide>(scaled, std::numeric_limits<int64_t>::min(),
                                  std::numeric_limits<int64_t>::max()));
}

int64_t quantc::numerics::applyMultiplier(int32_t accumulator,
                                          FixedPointMultiplier multiplier,
                                          Rounding rounding) {
  return scaleAccumulator<int64_t>(accumulator, multiplier, rounding);
}

int64_t quantc::numerics::applyMultiplier(int64_t accumulator,
                                          FixedPointMultiplier multiplier,
                                          Rounding rounding) {
  return scaleAccumulator<__int128>(accumulator, multiplier, rounding);
}

/// Adds the zero point without leaving i64: first into the range around zero.
static int32_t addZeroPoint(int64_t scaled, int64_t zeroPoint,
                            StorageRange range) {
  assert(range.contains(zeroPoint) && "zero point outside of the range");
  StorageRange aroundZero{range.min - zeroPoint, range.max - zeroPoint};
  return int32_t(aroundZero.saturate(scaled) + zeroPoint);
}

int32_t quantc::numerics::requantize(int32_t accumulator,
                                     FixedPointMultiplier multiplier,
                                     Rounding rounding, int64_t zeroPoint,
                                     StorageRange range) {
  return addZeroPoint(applyMultiplier(accumulator, multiplier, rounding),
                      zeroPoint, range);
}

int32_t quantc::numerics::requantize(int64_t accumulator,
                                     FixedPointMultiplier multiplier,
                                     Rounding rounding, int64_t zeroPoint,
                                     StorageRange range) {
  return addZeroPoint(applyMultiplier(accumulator, multiplier, rounding),
                      zeroPoint, range);
}

/// `requantize` never decreases with the accumulator.
bool quantc::numerics::saturatesBeyondInt32(FixedPointMultiplier multiplier,
                                            Rounding rounding,
                                            int64_t zeroPoint,
                                            StorageRange range) {
  using Limits = std::numeric_limits<int32_t>;
  return requantize(Limits::min(), multiplier, rounding, zeroPoint, range) ==
             range.min &&
         requantize(Limits::max(), multiplier, rounding, zeroPoint, range) ==
             range.max;
}

/// From here on the product is quantized like any real number of steps: the
/// division by one changes nothing.
int32_t quantc::numerics::requantizeFloatEven(int32_t accumulator, float scale,
                                              int64_t zeroPoint,
                                              StorageRange range) {
  assert(scale > 0.0f && std::isfinite(scale) && "not a scale");
  return quantizeF32(float(accumulator) * scale, 1.0f, zeroPoint, range);
}

int32_t quantc::numerics::requantizeFloatEven(int64_t accumulator, float scale,
                                              int64_t zeroPoint,
                                              StorageRange range) {
  assert(scale > 0.0f && std::isfinite(scale) && "not a scale");
  return quantizeF32(float(accumulator) * scale, 1.0f, zeroPoint, range);
}

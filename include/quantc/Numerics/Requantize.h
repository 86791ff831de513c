// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From an accumulator at one scale to a stored integer at another: the
// fixed-point multiplier and the three roundings. The same functions serve the
// constant folders, the reference evaluation and, as the formulas of
// docs/Numerics.md, the lowering.
#ifndef QUANTC_NUMERICS_REQUANTIZE_H
#define QUANTC_NUMERICS_REQUANTIZE_H

#include "quantc/Numerics/StorageRange.h"
#include "llvm/Support/Error.h"

namespace quantc::numerics {

/// How an accumulator is rounded to the output's step.
enum class Rounding {
  /// One rounding, ties towards +infinity. TOSA RESCALE SINGLE_ROUND.
  Single,
  /// A first rounding at bit 31, ties away from zero, then the rest. TOSA
  /// DOUBLE_ROUND, the reference kernels of TFLite.
  Double,
  /// An f32 multiplication, then ties to even. ONNX Runtime, XNNPACK.
  FloatEven,
};

/// The real number `multiplier * 2^-shift` (N11).
struct FixedPointMultiplier {
  /// The legal multipliers are [2^30, 2^31), the legal shifts [2, 62].
  static constexpr int32_t kMinMultiplier = int32_t(1) << 30;
  static constexpr int32_t kMinShift = 2;
  static constexpr int32_t kMaxShift = 62;

  int32_t multiplier;
  int32_t shift;

  constexpr bool isLegal() const {
    return multiplier >= kMinMultiplier && shift >= kMinShift &&
           shift <= kMaxShift;
  }
  /// Whether every i32 accumulator gives an i32 before the zero point is added
  /// and before the clamp (N13): the real number is below 1.
  constexpr bool keepsInt32() const { return shift >= 31; }
  double toReal() const;

  friend bool operator==(FixedPointMultiplier a, FixedPointMultiplier b) {
    return a.multiplier == b.multiplier && a.shift == b.shift;
  }
};

/// The fixed-point multiplier nearest to `real` (N12), with a relative error of
/// at most 2^-31. An error for NaN, infinity, zero, negative numbers, below
/// 2^-32 (every i32 would become zero), and from 2^29.
llvm::Expected<FixedPointMultiplier> computeMultiplier(double real);

/// input * weight / output in double: the argument of `computeMultiplier`.
inline double realMultiplier(float inputScale, float weightScale,
                             float outputScale) {
  return double(inputScale) * double(weightScale) / double(outputScale);
}

/// (input * weight) / output in f32, as ONNX Runtime computes it: the argument
/// of `requantizeFloatEven` (N16).
inline float floatMultiplier(float inputScale, float weightScale,
                             float outputScale) {
  float product = inputScale * weightScale;
  return product / outputScale;
}

/// The accumulator in the output's steps, before zero point and clamp (N13,
/// N14, N15). `rounding` is Single or Double. The sum is exact for every
/// accumulator: 64 bits hold the i32 form, 128 bits the i64 form.
int64_t applyMultiplier(int32_t accumulator, FixedPointMultiplier multiplier,
                        Rounding rounding = Rounding::Single);
int64_t applyMultiplier(int64_t accumulator, FixedPointMultiplier multiplier,
                        Rounding rounding = Rounding::Single);

/// `applyMultiplier`, plus the zero point, saturated into `range`.
int32_t requantize(int32_t accumulator, FixedPointMultiplier multiplier,
                   Rounding rounding, int64_t zeroPoint, StorageRange range);
int32_t requantize(int64_t accumulator, FixedPointMultiplier multiplier,
                   Rounding rounding, int64_t zeroPoint, StorageRange range);

/// Whether every accumulator beyond i32 becomes the end of `range` on its side,
/// as the least and the greatest i32 do (N37).
bool saturatesBeyondInt32(FixedPointMultiplier multiplier, Rounding rounding,
                          int64_t zeroPoint, StorageRange range);

/// The third rounding (N16): f32(accumulator) * scale, saturated, ties to even,
/// plus the zero point. Requires a finite positive `scale`,
/// `range.contains(zeroPoint)` and at most 24 bits.
int32_t requantizeFloatEven(int32_t accumulator, float scale, int64_t zeroPoint,
                            StorageRange range);
int32_t requantizeFloatEven(int64_t accumulator, float scale, int64_t zeroPoint,
                            StorageRange range);

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_REQUANTIZE_H

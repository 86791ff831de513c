// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The border between real numbers and stored integers: legal scales, quantize,
// dequantize, and the bias. The labels (N1 ...) are those of docs/Numerics.md.
// How a scale is chosen from observed data is decided in QuantParams.h.
#ifndef QUANTC_NUMERICS_QUANTIZE_H
#define QUANTC_NUMERICS_QUANTIZE_H

#include "quantc/Numerics/StorageRange.h"
#include "llvm/Support/Error.h"

namespace quantc::numerics {

/// Round to the nearest integer, ties to even (N1). Independent of the
/// rounding mode of the floating-point environment.
double roundHalfEven(double value);

/// The legal scales (N2). Between these bounds no 8-bit result depends on
/// whether a processor keeps or flushes denormal numbers, and no dequantized
/// 8-bit value overflows.
inline constexpr float kMinScale = 0x1p-125f;
inline constexpr float kMaxScale = 0x1p+119f;

/// Rounds `scale` to the f32 number that the compiled code will use, or says
/// why it is not a legal scale: NaN, infinite, not positive, out of bounds.
llvm::Expected<float> makeScale(double scale);

/// The definition of quantization (N3, N4): one f32 division, ties to even,
/// plus the zero point, saturated. NaN becomes the zero point.
/// Requires a legal scale, `range.contains(zeroPoint)` and at most 24 bits.
int32_t quantizeF32(float value, float scale, int64_t zeroPoint,
                    StorageRange range);

/// The definition of dequantization (N5): one f32 multiplication.
float dequantizeF32(int32_t quantized, float scale, int64_t zeroPoint);

/// The scale of an accumulator and of the bias that is added to it: the product
/// of two f32 scales, which a double holds exactly (N6).
inline double accumulatorScale(float inputScale, float weightScale) {
  return double(inputScale) * double(weightScale);
}

/// The i32 bias, nearest to `bias / scale`, ties to even, in double (N7). An
/// error where `bias` is not finite or the quotient does not fit i32.
llvm::Expected<int32_t> quantizeBias(double bias, double accumulatorScale);

/// The smallest weight scale with which a channel can be computed (N8): its
/// bias takes at most half of the i32 range and its multiplier exists. A
/// channel whose own scale is smaller is widened to this one.
llvm::Expected<float> smallestWeightScale(float inputScale, float outputScale,
                                          double bias);

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_QUANTIZE_H

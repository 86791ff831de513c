// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The requantize `single` by one multiplication in f32 (N31): where it gives
// the same integers, and weight scales with which it does. Proves; what uses it
// decides what to do without.
#ifndef QUANTC_NUMERICS_FLOATSCALE_H
#define QUANTC_NUMERICS_FLOATSCALE_H

#include "quantc/Numerics/Requantize.h"

#include <optional>

namespace quantc::numerics {

/// The largest magnitude of a result that the proof covers: the distance of
/// two 8-bit integers. Beyond it both forms are, and the clamp makes them
/// equal.
inline constexpr int32_t kMaxScaledMagnitude = 255;

/// f32(accumulator) * scale, ties to even. `fused` rounds once, behind the
/// product; else the product is rounded to f32 first.
int64_t applyFloatScale(int32_t accumulator, float scale, bool fused);

/// The f32 with which applyFloatScale, fused and not, equals
/// `applyMultiplier(_, multiplier, Single)` for every accumulator, once both
/// are clamped to +-kMaxScaledMagnitude. None if there is none next to the
/// multiplier.
std::optional<float> findFloatScale(FixedPointMultiplier multiplier);

/// The weight scale nearest to `weightScale`, at most a few units in the last
/// place away, whose multiplier has a findFloatScale or is a power of two;
/// `weightScale` if none has.
float alignWeightScale(float inputScale, float weightScale, float outputScale);

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_FLOATSCALE_H

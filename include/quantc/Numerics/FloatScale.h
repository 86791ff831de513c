// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The requantize `single` by one multiplication in f32 (N31): where it gives
// the same integers, and weight scales with which it does. Proves; what uses it
// decides what to do without.
#ifndef QUANTC_NUMERICS_FLOATSCALE_H
#define QUANTC_NUMERICS_FLOATSCALE_H

#include "quantc/Numerics/Requantize.h"
#include "quantc/Numerics/StorageRange.h"

#include <optional>

namespace quantc::numerics {

/// Results without their zero point that the proof covers: what any clamp to
/// bytes leaves.
inline constexpr StorageRange kScaledRange = {-255, 255};

/// f32(accumulator) * scale, ties to even. `fused` rounds once, behind the
/// product; else the product is rounded to f32 first.
int64_t applyFloatScale(int32_t accumulator, float scale, bool fused);

/// The f32 with which applyFloatScale, fused and not, equals
/// `applyMultiplier(_, multiplier, Single)` for every accumulator, once both
/// are clamped to `results`, a part of kScaledRange. None if there is none next
/// to the multiplier.
std::optional<float> findFloatScale(FixedPointMultiplier multiplier,
                                    StorageRange results = kScaledRange);

/// The weight scale nearest to `weightScale`, at most 2^-14 of it away and not
/// below `least`, whose multiplier has a findFloatScale or is a power of two;
/// `weightScale` if none has.
float alignWeightScale(float inputScale, float weightScale, float outputScale,
                       float least = 0.0f);

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_FLOATSCALE_H

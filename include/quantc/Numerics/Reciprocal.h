// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Quantizing with a fused multiplication instead of a division (N3). Decides
// for which scales the integers are the same; who has the instruction decides
// to use it.
#ifndef QUANTC_NUMERICS_RECIPROCAL_H
#define QUANTC_NUMERICS_RECIPROCAL_H

#include <cstdint>
#include <optional>

namespace quantc::numerics {

/// 1 / scale in two f32 numbers: fma(x, high, x * low) stands for x / scale.
/// `low` is zero for powers of two, and is then left out: infinity times zero
/// would be NaN.
struct Reciprocal {
  float high;
  float low;
};

/// The reciprocal of `scale` with which every x, once clamped to [low, high]
/// and rounded to nearest even, becomes the integer of x / scale; none if some
/// x does not.
std::optional<Reciprocal> computeReciprocal(float scale, int64_t low,
                                            int64_t high);

/// What `reciprocal` stands for.
float multiplyReciprocal(float x, Reciprocal reciprocal);

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_RECIPROCAL_H

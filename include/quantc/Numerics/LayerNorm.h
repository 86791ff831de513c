// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Layer normalization of 8-bit rows in integers: what is computed at compile
// time, for a row, and for an element.
#ifndef QUANTC_NUMERICS_LAYERNORM_H
#define QUANTC_NUMERICS_LAYERNORM_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <vector>

namespace quantc::numerics {

/// The longest row whose sums fit (N26).
inline constexpr int64_t kLongestLayerNormRow = int64_t(1) << 16;

/// Bits of a normalized element that are rounded away before it meets gamma.
inline constexpr int32_t kLayerNormDroppedBits = 15;

/// What does not depend on the input (N29).
struct LayerNormPlan {
  /// N, the numbers of a row.
  int64_t rowLength;
  /// epsilon * N^2 / input scale^2 to the nearest integer.
  int64_t epsilon;
  /// A normalized element has units of 2^-fractionBits before it is rounded.
  int32_t fractionBits;
  /// The last shift.
  int32_t shift;
  /// gamma and beta in output steps, at the shift; `offsets` holds the rounding
  /// term 2^(shift-1) too.
  std::vector<int32_t> multipliers, offsets;
};

/// What an element of one row is multiplied with, and what is subtracted then.
/// Both are taken modulo 2^32.
struct LayerNormRow {
  int32_t multiplier;
  int32_t offset;
};

/// The plan for rows of gamma.size() numbers. An error for an illegal scale, a
/// row that is empty or too long, numbers that are not finite, an epsilon that
/// is negative, and ratios of the scales that leave no bits.
llvm::Expected<LayerNormPlan> planLayerNorm(double inputScale,
                                            double outputScale, double epsilon,
                                            llvm::ArrayRef<float> gamma,
                                            llvm::ArrayRef<float> beta);

/// 2^46 / sqrt(value) for 2^30 <= value < 2^32, by four Newton steps (N27).
uint64_t layerNormReciprocalRoot(uint64_t value);

/// The numbers of a row with sum `sum` and sum of squares `squares` (N28).
LayerNormRow layerNormRow(const LayerNormPlan &plan, int32_t sum,
                          int32_t squares);

/// The distance of an output from its zero point, before it is saturated (N29).
/// `element` is the distance of the input from the middle of its storage.
int32_t layerNormElement(const LayerNormPlan &plan, LayerNormRow row,
                         int64_t index, int32_t element);

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_LAYERNORM_H

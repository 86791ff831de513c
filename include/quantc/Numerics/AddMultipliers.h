// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sum of two tensors of different scales in one expression with one
// rounding, in i32 for 8-bit tensors and in i64 for wider ones. Subtraction is
// the sum with a negative second ratio.
#ifndef QUANTC_NUMERICS_ADDMULTIPLIERS_H
#define QUANTC_NUMERICS_ADDMULTIPLIERS_H

#include "quantc/Numerics/StorageRange.h"
#include "llvm/Support/Error.h"

namespace quantc::numerics {

/// How large the numbers of a sum may be.
struct SumLimits {
  int32_t maxDifference;
  int32_t maxMultiplier;
  int32_t maxShift;
};

/// 8-bit inputs: no step of the expression leaves i32 (N18).
inline constexpr SumLimits kByteSum{255, int32_t(1) << 21, 30};
/// Inputs of up to 16 bits: no step leaves i64 (N36).
inline constexpr SumLimits kWordSum{65535, int32_t(1) << 30, 45};

/// out = zo + ((da * a + db * b + half) >> shift) where da and db are the
/// inputs minus their zero points and half = shift > 0 ? 2^(shift-1) : 0 (N17).
struct AddMultipliers {
  int32_t a;
  int32_t b;
  int32_t shift;

  /// |a|, |b| and the shift lie within `limits`.
  bool isLegal(const SumLimits &limits = kByteSum) const;

  friend bool operator==(AddMultipliers x, AddMultipliers y) {
    return x.a == y.a && x.b == y.b && x.shift == y.shift;
  }
};

/// The multipliers with the largest legal shift for the ratios
/// ra = input scale / output scale of each side (N19). An error where a ratio
/// is zero or not finite, or where no shift brings the sum within half an
/// output step of the real one for all inputs within `limits`.
llvm::Expected<AddMultipliers>
computeAddMultipliers(double ratioA, double ratioB,
                      const SumLimits &limits = kByteSum);

/// The expression of `AddMultipliers`, saturated into `range`. Requires
/// differences and multipliers within the limits of one of the two sums.
int32_t addQuantized(int32_t differenceA, int32_t differenceB,
                     AddMultipliers multipliers, int64_t zeroPoint,
                     StorageRange range);

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_ADDMULTIPLIERS_H

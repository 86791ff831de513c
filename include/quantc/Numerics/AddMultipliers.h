// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sum of two 8-bit tensors of different scales in one i32 expression with
// one rounding. Subtraction is the sum with a negative second ratio.
#ifndef QUANTC_NUMERICS_ADDMULTIPLIERS_H
#define QUANTC_NUMERICS_ADDMULTIPLIERS_H

#include "quantc/Numerics/StorageRange.h"
#include "llvm/Support/Error.h"

namespace quantc::numerics {

/// out = zo + ((da * a + db * b + half) >> shift) where da and db are the
/// inputs minus their zero points and half = shift > 0 ? 2^(shift-1) : 0 (N17).
struct AddMultipliers {
  /// |a|, |b| <= 2^21 and 0 <= shift <= 30: with |da|, |db| <= 255 no step of
  /// the expression leaves i32 (N18).
  static constexpr int32_t kMaxMultiplier = int32_t(1) << 21;
  static constexpr int32_t kMaxShift = 30;

  int32_t a;
  int32_t b;
  int32_t shift;

  bool isLegal() const;

  friend bool operator==(AddMultipliers x, AddMultipliers y) {
    return x.a == y.a && x.b == y.b && x.shift == y.shift;
  }
};

/// The multipliers with the largest legal shift for the ratios
/// ra = input scale / output scale of each side (N19). An error where a ratio
/// is zero or not finite, or where no shift brings the sum within half an
/// output step of the real one for all 8-bit inputs.
llvm::Expected<AddMultipliers> computeAddMultipliers(double ratioA,
                                                     double ratioB);

/// The expression of `AddMultipliers`, saturated into `range`. Requires
/// |differenceA|, |differenceB| <= 255.
int32_t addQuantized(int32_t differenceA, int32_t differenceB,
                     AddMultipliers multipliers, int64_t zeroPoint,
                     StorageRange range);

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_ADDMULTIPLIERS_H

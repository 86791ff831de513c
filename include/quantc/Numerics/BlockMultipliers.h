// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sum of accumulators of different scales, those of the blocks of a weight,
// as one integer with one rounding.
#ifndef QUANTC_NUMERICS_BLOCKMULTIPLIERS_H
#define QUANTC_NUMERICS_BLOCKMULTIPLIERS_H

#include "quantc/Numerics/StorageRange.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

namespace quantc::numerics {

/// One accumulator of a sum: its scale over that of the output, and the largest
/// magnitude that its type allows.
struct BlockTerm {
  double ratio;
  int64_t reach;
};

/// out = zo + ((sum of acc[i] * multipliers[i] + 2^(shift-1)) >> shift), all in
/// 64 bits (N39).
struct BlockMultipliers {
  /// The largest multiplier is at least this, so that its relative error is at
  /// most 2^-16.
  static constexpr int32_t kMinLargest = int32_t(1) << 15;
  static constexpr int32_t kMaxShift = 61;

  llvm::SmallVector<int32_t> multipliers;
  int32_t shift;
};

/// The multipliers with the largest shift at which each is an i32 and no sum
/// leaves 64 bits. An error where a ratio is not positive and finite, or where
/// the multipliers would have too few bits.
llvm::Expected<BlockMultipliers>
computeBlockMultipliers(llvm::ArrayRef<BlockTerm> terms);

/// The expression of `BlockMultipliers`, saturated into `range`.
int32_t addBlocks(llvm::ArrayRef<int64_t> accumulators,
                  const BlockMultipliers &multipliers, int64_t zeroPoint,
                  StorageRange range);

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_BLOCKMULTIPLIERS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The requantize in 32 bits: the same integers as `requantize`, from the high
// word of one product. Decides where that is exact; who uses it decides what
// to do where it is not.
#ifndef QUANTC_NUMERICS_HIGHWORD_H
#define QUANTC_NUMERICS_HIGHWORD_H

#include "quantc/Numerics/AccumulatorBounds.h"
#include "quantc/Numerics/Requantize.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace quantc::numerics {

/// One channel of a HighWordScaling. `offset` holds the rounding term and the
/// zero point.
struct HighWordMultiplier {
  int32_t multiplier;
  int32_t offset;
  int32_t shift;
};

/// From an accumulator to zero point + scaled accumulator, before the clamp, in
/// 32-bit arithmetic that never overflows (N25):
///
///   ((((acc << preShift) * multiplier) >> 32) + offset) >> shift
struct HighWordScaling {
  int32_t preShift = 0;
  llvm::SmallVector<HighWordMultiplier> channels;
};

/// The scaling that equals `zeroPoint + applyMultiplier(acc, m, Single)` for
/// each of `multipliers` and every accumulator of the interval; none if 32 bits
/// do not hold it.
std::optional<HighWordScaling>
computeHighWordScaling(llvm::ArrayRef<FixedPointMultiplier> multipliers,
                       Interval accumulator, int64_t zeroPoint);

/// The arithmetic that HighWordScaling stands for.
int32_t applyHighWord(int32_t accumulator, int32_t preShift,
                      HighWordMultiplier multiplier);

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_HIGHWORD_H

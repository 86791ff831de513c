// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an accumulator can become, from the actual weights of one output
// channel. Whether a layer is widened or refused when it does not fit is
// decided by the pass that asks.
#ifndef QUANTC_NUMERICS_ACCUMULATORBOUNDS_H
#define QUANTC_NUMERICS_ACCUMULATORBOUNDS_H

#include "quantc/Numerics/StorageRange.h"
#include "llvm/ADT/ArrayRef.h"

namespace quantc::numerics {

/// A closed interval of accumulator values.
struct Interval {
  int64_t min = 0;
  int64_t max = 0;

  bool fitsInt16() const {
    return min >= std::numeric_limits<int16_t>::min() &&
           max <= std::numeric_limits<int16_t>::max();
  }
  bool fitsInt32() const {
    return min >= std::numeric_limits<int32_t>::min() &&
           max <= std::numeric_limits<int32_t>::max();
  }

  friend bool operator==(Interval a, Interval b) {
    return a.min == b.min && a.max == b.max;
  }
};

/// The exact bounds of bias + sum (w - zw) * (x - zx) over all x in the input's
/// storage range (N22, N23), collected weight by weight.
class AccumulatorBounds {
public:
  /// `inputZeroPoint` may lie outside of `input`: a kernel that multiplies the
  /// stored integers as they are has the zero point 0.
  AccumulatorBounds(StorageRange input, int64_t inputZeroPoint,
                    int64_t weightZeroPoint, int64_t bias);

  void add(int64_t weight);
  void add(llvm::ArrayRef<int8_t> weights) {
    for (int8_t weight : weights)
      add(int64_t(weight));
  }

  /// The finished sum. Both ends are reached by some input.
  Interval total() const { return finished; }
  /// Every sum of some of the terms, in any order, bias included or not. Both
  /// ends are reached, and `total` lies inside.
  Interval partial() const { return anySubset; }

private:
  StorageRange difference;
  int64_t weightZeroPoint;
  Interval finished;
  Interval anySubset;
};

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_ACCUMULATORBOUNDS_H

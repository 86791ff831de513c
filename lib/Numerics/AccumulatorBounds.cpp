// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each term is linear in its input, so its extremes lie at the ends of the
// storage range; the terms' inputs are independent, so the extremes add up.
#include "quantc/Numerics/AccumulatorBounds.h"

using namespace quantc::numerics;

AccumulatorBounds::AccumulatorBounds(StorageRange input, int64_t inputZeroPoint,
                                     int64_t weightZeroPoint, int64_t bias)
    : difference{input.min - inputZeroPoint, input.max - inputZeroPoint},
      weightZeroPoint(weightZeroPoint), finished{bias, bias},
      anySubset{std::min<int64_t>(bias, 0), std::max<int64_t>(bias, 0)} {}

void AccumulatorBounds::add(int64_t weight) {
  int64_t factor = weight - weightZeroPoint;
  int64_t atMin = factor * difference.min;
  int64_t atMax = factor * difference.max;
  int64_t lowest = std::min(atMin, atMax);
  int64_t highest = std::max(atMin, atMax);
  finished.min += lowest;
  finished.max += highest;
  anySubset.min += std::min<int64_t>(lowest, 0);
  anySubset.max += std::max<int64_t>(highest, 0);
}

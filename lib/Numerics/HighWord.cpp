// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A rounding term that is a multiple of 2^32 never meets the low word of the
// product, so the low word is never computed.
#include "quantc/Numerics/HighWord.h"

#include <algorithm>

using namespace quantc::numerics;

/// The least shift with a rounding term, 2^(shift-1), of whole high words.
static constexpr int32_t kMinHighShift = 33;

/// A channel that turns every accumulator into the same integer, as those with
/// nothing but zero weights do.
static std::optional<int64_t> getConstantResult(FixedPointMultiplier m,
                                                Interval accumulator) {
  int64_t least = applyMultiplier(static_cast<int32_t>(accumulator.min), m);
  int64_t greatest = applyMultiplier(static_cast<int32_t>(accumulator.max), m);
  return least == greatest ? std::optional(least) : std::nullopt;
}

static int64_t getHighWord(int64_t accumulator, int32_t preShift,
                           int32_t multiplier) {
  return (accumulator * (int64_t(1) << preShift) * multiplier) >> 32;
}

/// One channel; none if its sum leaves 32 bits.
static std::optional<HighWordMultiplier> computeChannel(FixedPointMultiplier m,
                                                        Interval accumulator,
                                                        int64_t zeroPoint,
                                                        int32_t preShift) {
  if (auto constant = getConstantResult(m, accumulator)) {
    Interval doubled{2 * (*constant + zeroPoint), 2 * (*constant + zeroPoint)};
    if (!doubled.fitsInt32())
      return std::nullopt;
    return HighWordMultiplier{0, static_cast<int32_t>(doubled.min), 1};
  }
  int32_t shift = m.shift + preShift - 32;
  if (shift > 31)
    return std::nullopt;
  int64_t offset =
      (int64_t(1) << (shift - 1)) + zeroPoint * (int64_t(1) << shift);
  Interval offsets{offset, offset};
  Interval sum{getHighWord(accumulator.min, preShift, m.multiplier) + offset,
               getHighWord(accumulator.max, preShift, m.multiplier) + offset};
  if (!offsets.fitsInt32() || !sum.fitsInt32())
    return std::nullopt;
  return HighWordMultiplier{m.multiplier, static_cast<int32_t>(offset), shift};
}

std::optional<HighWordScaling> quantc::numerics::computeHighWordScaling(
    llvm::ArrayRef<FixedPointMultiplier> multipliers, Interval accumulator,
    int64_t zeroPoint) {
  if (!accumulator.fitsInt32())
    return std::nullopt;
  HighWordScaling scaling;
  for (FixedPointMultiplier m : multipliers)
    if (!getConstantResult(m, accumulator))
      scaling.preShift = std::max(scaling.preShift, kMinHighShift - m.shift);
  int64_t factor = int64_t(1) << scaling.preShift;
  Interval shifted{accumulator.min * factor, accumulator.max * factor};
  if (!shifted.fitsInt32())
    return std::nullopt;
  for (FixedPointMultiplier m : multipliers) {
    auto channel = computeChannel(m, accumulator, zeroPoint, scaling.preShift);
    if (!channel)
      return std::nullopt;
    scaling.channels.push_back(*channel);
  }
  return scaling;
}

int32_t quantc::numerics::applyHighWord(int32_t accumulator, int32_t preShift,
                                        HighWordMultiplier multiplier) {
  int64_t high = getHighWord(accumulator, preShift, multiplier.multiplier);
  return (static_cast<int32_t>(high) + multiplier.offset) >> multiplier.shift;
}

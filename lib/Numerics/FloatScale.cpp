// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both forms never decrease when the accumulator grows. So they are equal if
// they step from one integer to the next at the same accumulators: two
// evaluations for each step prove all accumulators.
#include "quantc/Numerics/FloatScale.h"

#include <cmath>

using namespace quantc::numerics;

/// Accumulators up to this magnitude are f32 numbers.
static constexpr int64_t kMaxExactAccumulator = int64_t(1) << 24;

/// Up to this shift the steps below fit 64 bits. Beyond it, the ends of
/// kScaledRange need accumulators far beyond kMaxExactAccumulator.
static constexpr int32_t kMaxFloatShift = 50;

/// How far alignWeightScale looks, in units in the last place: at most 2^-14 of
/// the scale.
static constexpr int kMaxUnits = 512;

/// The least accumulator whose result is at least `result`.
static int64_t getStep(FixedPointMultiplier m, int64_t result) {
  int64_t half = int64_t(1) << (m.shift - 1);
  int64_t reach = 2 * half * result - half;
  int64_t quotient = reach / m.multiplier;
  return quotient + (reach % m.multiplier > 0);
}

int64_t quantc::numerics::applyFloatScale(int32_t accumulator, float scale,
                                          bool fused) {
  auto factor = static_cast<float>(accumulator);
  // A double holds the product of two f32 numbers.
  double product = double(factor) * double(scale);
  if (!fused)
    product = static_cast<float>(product);
  return static_cast<int64_t>(std::nearbyint(product));
}

static bool stepsAlike(FixedPointMultiplier m, float scale, int64_t result) {
  int64_t step = getStep(m, result);
  if (std::abs(step) >= kMaxExactAccumulator)
    return false;
  auto accumulator = static_cast<int32_t>(step);
  for (bool fused : {true, false})
    if (applyFloatScale(accumulator, scale, fused) < result ||
        applyFloatScale(accumulator - 1, scale, fused) >= result)
      return false;
  return true;
}

std::optional<float>
quantc::numerics::findFloatScale(FixedPointMultiplier multiplier,
                                 StorageRange results) {
  if (!multiplier.isLegal() || multiplier.shift > kMaxFloatShift)
    return std::nullopt;
  StorageRange steps = {results.min + 1, results.max};
  auto nearest = static_cast<float>(multiplier.toReal());
  for (float scale : {nearest, std::nextafter(nearest, 0.0f),
                      std::nextafter(nearest, 2 * nearest)}) {
    bool equal = true;
    // The long steps are the first to differ.
    for (int64_t result = kScaledRange.max; equal && result > 0; --result)
      for (int64_t step : {result, 1 - result})
        equal = equal &&
                (!steps.contains(step) || stepsAlike(multiplier, scale, step));
    if (equal)
      return scale;
  }
  return std::nullopt;
}

float quantc::numerics::alignWeightScale(float inputScale, float weightScale,
                                         float outputScale, float least) {
  auto isAligned = [&](float scale) {
    if (scale < least)
      return false;
    llvm::Expected<FixedPointMultiplier> multiplier =
        computeMultiplier(realMultiplier(inputScale, scale, outputScale));
    if (!multiplier) {
      llvm::consumeError(multiplier.takeError());
      return false;
    }
    // A power of two is a shift, and nothing is faster.
    return multiplier->multiplier == FixedPointMultiplier::kMinMultiplier ||
           findFloatScale(*multiplier).has_value();
  };
  float below = weightScale, above = weightScale;
  for (int units = 0; units <= kMaxUnits; ++units) {
    for (float scale : {above, below})
      if (isAligned(scale))
        return scale;
    above = std::nextafter(above, std::numeric_limits<float>::infinity());
    below = std::nextafter(below, 0.0f);
  }
  return weightScale;
}

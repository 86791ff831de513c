// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both sides are monotonic up to a few units in the last place, so they can
// only differ next to a tie. There are 255 of those for a byte: they are all
// tried.
#include "quantc/Numerics/Reciprocal.h"
#include "quantc/Numerics/Quantize.h"
#include <algorithm>
#include <cmath>

using namespace quantc::numerics;

/// Neighbours of a tie on each side that are tried. The product is off by less
/// than one of them.
static constexpr int kNeighbours = 8;
/// Scales with which no product on the way leaves the normal numbers.
static constexpr float kLeastScale = 0x1p-60f, kGreatestScale = 0x1p60f;

float quantc::numerics::multiplyReciprocal(float x, Reciprocal reciprocal) {
  if (reciprocal.low == 0.0f)
    return x * reciprocal.high;
  return std::fma(x, reciprocal.high, x * reciprocal.low);
}

static float roundSteps(float steps, int64_t low, int64_t high) {
  return std::nearbyint(
      std::clamp(steps, static_cast<float>(low), static_cast<float>(high)));
}

std::optional<Reciprocal>
quantc::numerics::computeReciprocal(float scale, int64_t low, int64_t high) {
  if (!(scale >= kLeastScale && scale <= kGreatestScale))
    return std::nullopt;
  double exact = 1.0 / static_cast<double>(scale);
  auto upper = static_cast<float>(exact);
  if (static_cast<double>(upper) > exact)
    upper = std::nextafter(upper, 0.0f);
  // Not negative, so that both products of an infinity have one sign.
  Reciprocal reciprocal{upper, static_cast<float>(exact - upper)};
  for (int64_t step = low; step < high; ++step) {
    auto tie = static_cast<float>((static_cast<double>(step) + 0.5) * scale);
    float x = tie;
    for (int i = 0; i < kNeighbours; ++i)
      x = std::nextafter(x, -INFINITY);
    for (int i = -kNeighbours; i <= kNeighbours; ++i) {
      if (roundSteps(x / scale, low, high) !=
          roundSteps(multiplyReciprocal(x, reciprocal), low, high))
        return std::nullopt;
      x = std::nextafter(x, INFINITY);
    }
  }
  return reciprocal;
}

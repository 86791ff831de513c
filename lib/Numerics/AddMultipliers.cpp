// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The search for the multipliers of a sum, and the bound on their error that
// decides whether they are good enough.
#include "quantc/Numerics/AddMultipliers.h"
#include "quantc/Numerics/Quantize.h"
#include <cmath>
#include <cstdlib>

using namespace quantc::numerics;

/// The largest difference of an 8-bit number and its zero point.
static constexpr int32_t kMaxDifference = 255;

bool AddMultipliers::isLegal() const {
  return std::abs(int64_t(a)) <= kMaxMultiplier &&
         std::abs(int64_t(b)) <= kMaxMultiplier && shift >= 0 &&
         shift <= kMaxShift;
}

static bool isRatio(double ratio) {
  return std::isfinite(ratio) && ratio != 0.0;
}

/// How far the two multipliers can take a sum of 8-bit numbers from the real
/// one, in steps of the output.
static double worstError(double ratioA, double ratioB, AddMultipliers m) {
  double errorA = std::fabs(ratioA - std::ldexp(m.a, -m.shift));
  double errorB = std::fabs(ratioB - std::ldexp(m.b, -m.shift));
  return kMaxDifference * (errorA + errorB);
}

llvm::Expected<AddMultipliers>
quantc::numerics::computeAddMultipliers(double ratioA, double ratioB) {
  if (!isRatio(ratioA) || !isRatio(ratioB))
    return llvm::createStringError(
        "the scale ratios %g and %g of a sum must be finite and not zero",
        ratioA, ratioB);
  for (int32_t shift = AddMultipliers::kMaxShift; shift >= 0; --shift) {
    double a = roundHalfEven(std::ldexp(ratioA, shift));
    double b = roundHalfEven(std::ldexp(ratioB, shift));
    if (std::max(std::fabs(a), std::fabs(b)) > AddMultipliers::kMaxMultiplier)
      continue;
    AddMultipliers multipliers{int32_t(a), int32_t(b), shift};
    if (worstError(ratioA, ratioB, multipliers) <= 0.5)
      return multipliers;
    // A smaller shift is only less exact.
    break;
  }
  return llvm::createStringError(
      "the scale ratios %g and %g of a sum have no multipliers that keep it "
      "within half an output step",
      ratioA, ratioB);
}

int32_t quantc::numerics::addQuantized(int32_t differenceA, int32_t differenceB,
                                       AddMultipliers multipliers,
                                       int64_t zeroPoint, StorageRange range) {
  assert(multipliers.isLegal() && "not the multipliers of a sum");
  assert(std::abs(differenceA) <= kMaxDifference &&
         std::abs(differenceB) <= kMaxDifference && "not 8-bit inputs");
  int32_t half =
      multipliers.shift > 0 ? int32_t(1) << (multipliers.shift - 1) : 0;
  int32_t sum = differenceA * multipliers.a + differenceB * multipliers.b;
  int32_t scaled = (sum + half) >> multipliers.shift;
  return int32_t(range.saturate(scaled + zeroPoint));
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The search for the multipliers of a sum, and the bound on their error that
// decides whether they are good enough.
#include "quantc/Numerics/AddMultipliers.h"
#include "quantc/Numerics/Quantize.h"
#include <cmath>
#include <cstdlib>

using namespace quantc::numerics;

bool AddMultipliers::isLegal(const SumLimits &limits) const {
  return std::abs(int64_t(a)) <= limits.maxMultiplier &&
         std::abs(int64_t(b)) <= limits.maxMultiplier && shift >= 0 &&
         shift <= limits.maxShift;
}

static bool isRatio(double ratio) {
  return std::isfinite(ratio) && ratio != 0.0;
}

/// How far the two multipliers can take a sum from the real one, in steps of
/// the output.
static double worstError(double ratioA, double ratioB, AddMultipliers m,
                         const SumLimits &limits) {
  double errorA = std::fabs(ratioA - std::ldexp(m.a, -m.shift));
  double errorB = std::fabs(ratioB - std::ldexp(m.b, -m.shift));
  return limits.maxDifference * (errorA + errorB);
}

llvm::Expected<AddMultipliers>
quantc::numerics::computeAddMultipliers(double ratioA, double ratioB,
                                        const SumLimits &limits) {
  if (!isRatio(ratioA) || !isRatio(ratioB))
    return llvm::createStringError(
        "the scale ratios %g and %g of a sum must be finite and not zero",
        ratioA, ratioB);
  for (int32_t shift = limits.maxShift; shift >= 0; --shift) {
    double a = roundHalfEven(std::ldexp(ratioA, shift));
    double b = roundHalfEven(std::ldexp(ratioB, shift));
    if (std::max(std::fabs(a), std::fabs(b)) > limits.maxMultiplier)
      continue;
    AddMultipliers multipliers{int32_t(a), int32_t(b), shift};
    if (worstError(ratioA, ratioB, multipliers, limits) <= 0.5)
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
  assert(multipliers.isLegal(kWordSum) && "not the multipliers of a sum");
  assert(std::abs(differenceA) <= kWordSum.maxDifference &&
         std::abs(differenceB) <= kWordSum.maxDifference &&
         "not 16-bit inputs");
  int64_t half =
      multipliers.shift > 0 ? int64_t(1) << (multipliers.shift - 1) : 0;
  int64_t sum = int64_t(differenceA) * multipliers.a +
                int64_t(differenceB) * multipliers.b;
  int64_t scaled = (sum + half) >> multipliers.shift;
  return int32_t(range.saturate(scaled + zeroPoint));
}

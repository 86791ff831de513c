// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The search for the largest common shift.
#include "quantc/Numerics/BlockMultipliers.h"
#include "quantc/Numerics/Quantize.h"
#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <optional>

using namespace quantc::numerics;

/// No sum of products reaches this.
static constexpr __int128 kSumLimit = __int128(1) << 62;

/// The multipliers at `shift`; none if one leaves i32 or the sum 64 bits.
static std::optional<BlockMultipliers>
roundMultipliers(llvm::ArrayRef<BlockTerm> terms, int32_t shift) {
  BlockMultipliers result{{}, shift};
  __int128 reach = int64_t(1) << (shift - 1);
  for (BlockTerm term : terms) {
    double multiplier = roundHalfEven(std::ldexp(term.ratio, shift));
    if (multiplier > std::numeric_limits<int32_t>::max())
      return std::nullopt;
    reach += __int128(term.reach) * int64_t(multiplier);
    result.multipliers.push_back(int32_t(multiplier));
  }
  if (reach >= kSumLimit)
    return std::nullopt;
  return result;
}

llvm::Expected<BlockMultipliers>
quantc::numerics::computeBlockMultipliers(llvm::ArrayRef<BlockTerm> terms) {
  assert(!terms.empty() && "a sum of nothing");
  for (BlockTerm term : terms)
    if (!std::isfinite(term.ratio) || !(term.ratio > 0.0))
      return llvm::createStringError(
          "the ratio %g of the scales of a block is not positive and finite",
          term.ratio);
  for (int32_t shift = BlockMultipliers::kMaxShift; shift >= 1; --shift) {
    std::optional<BlockMultipliers> found = roundMultipliers(terms, shift);
    if (!found)
      continue;
    if (*llvm::max_element(found->multipliers) < BlockMultipliers::kMinLargest)
      break;
    return *found;
  }
  return llvm::createStringError(
      "the scales of the blocks have no multipliers of 16 bits whose sum stays "
      "in 64 bits");
}

int32_t quantc::numerics::addBlocks(llvm::ArrayRef<int64_t> accumulators,
                                    const BlockMultipliers &multipliers,
                                    int64_t zeroPoint, StorageRange range) {
  int64_t sum = int64_t(1) << (multipliers.shift - 1);
  for (auto [accumulator, multiplier] :
       llvm::zip_equal(accumulators, multipliers.multipliers))
    sum += accumulator * multiplier;
  StorageRange aroundZero{range.min - zeroPoint, range.max - zeroPoint};
  return int32_t(aroundZero.saturate(sum >> multipliers.shift) + zeroPoint);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sum of blocks of different scales: that it stays in 64 bits, that no
// finer multipliers exist, and that it is near the real sum.
#include "quantc/Numerics/BlockMultipliers.h"
#include "Support.h"
#include <cmath>

using namespace quantc::numerics;
using testing::HasSubstr;

/// Blocks of 32 products of bytes at random scales, and a bias.
static std::vector<BlockTerm> sampleTerms(std::mt19937_64 &generator) {
  std::uniform_real_distribution<double> exponent(-14, -4);
  std::vector<BlockTerm> terms;
  for (size_t i = 0, e = 1 + generator() % 20; i < e; ++i)
    terms.push_back({std::exp2(exponent(generator)), 32 * 255 * 254});
  terms.push_back({std::exp2(exponent(generator)), int64_t(1) << 31});
  return terms;
}

static __int128 getReach(const std::vector<BlockTerm> &terms,
                         const std::vector<__int128> &multipliers, int shift) {
  __int128 reach = __int128(1) << (shift - 1);
  for (size_t i = 0; i < terms.size(); ++i)
    reach += terms[i].reach * multipliers[i];
  return reach;
}

static std::vector<__int128> round(const std::vector<BlockTerm> &terms,
                                   int shift) {
  std::vector<__int128> multipliers;
  for (BlockTerm term : terms)
    multipliers.push_back(
        __int128(std::nearbyint(std::ldexp(term.ratio, shift))));
  return multipliers;
}

// N39: the multipliers are rounded ratios, and the next shift has none.
TEST(BlockMultipliers, shift_is_the_largest) {
  auto generator = makeGenerator();
  for (int i = 0; i < 2000; ++i) {
    std::vector<BlockTerm> terms = sampleTerms(generator);
    BlockMultipliers found = unwrap(computeBlockMultipliers(terms));
    std::vector<__int128> rounded = round(terms, found.shift);
    for (size_t t = 0; t < terms.size(); ++t)
      ASSERT_EQ(found.multipliers[t], rounded[t]);
    ASSERT_LT(getReach(terms, rounded, found.shift), __int128(1) << 62);
    std::vector<__int128> next = round(terms, found.shift + 1);
    bool fits = getReach(terms, next, found.shift + 1) < __int128(1) << 62;
    for (__int128 multiplier : next)
      fits &= multiplier <= kMaxInt32;
    ASSERT_FALSE(fits && found.shift < BlockMultipliers::kMaxShift);
  }
}

// N39: one rounding, ties up, of the exact sum.
TEST(BlockMultipliers, sum_is_the_exact_quotient) {
  auto generator = makeGenerator();
  StorageRange wide = StorageRange::get(24, true);
  for (int i = 0; i < 20000; ++i) {
    std::vector<BlockTerm> terms = sampleTerms(generator);
    BlockMultipliers found = unwrap(computeBlockMultipliers(terms));
    std::vector<int64_t> sums;
    __int128 total = 0;
    double real = 0;
    for (size_t t = 0; t < terms.size(); ++t) {
      sums.push_back(anyMagnitude(generator, 64) % (terms[t].reach + 1));
      total += __int128(sums[t]) * found.multipliers[t];
      real += double(sums[t]) * terms[t].ratio;
    }
    __int128 unit = __int128(1) << found.shift;
    int64_t rounded = int64_t(floorDivide(2 * total + unit, 2 * unit));
    int32_t result = addBlocks(sums, found, -7, wide);
    ASSERT_EQ(result, wide.saturate(rounded - 7));
    if (std::fabs(real) < 0x1p20)
      ASSERT_NEAR(result, real - 7, 0.51 + std::fabs(real) * 0x1p-16);
  }
}

// N39: powers of two stay powers of two.
TEST(BlockMultipliers, powers_of_two) {
  BlockMultipliers found = unwrap(computeBlockMultipliers(
      {{0x1p-9, 1 << 20}, {0x1p-12, 1 << 20}, {0x1p-10, int64_t(1) << 31}}));
  EXPECT_EQ(found.multipliers[0], 1 << 30);
  EXPECT_EQ(found.multipliers[1], 1 << 27);
  EXPECT_EQ(found.shift, 39);
}

// N39: ratios without multipliers.
TEST(BlockMultipliers, errors) {
  EXPECT_THAT(errorOf(computeBlockMultipliers({{0.0, 1}})),
              HasSubstr("not positive and finite"));
  EXPECT_THAT(errorOf(computeBlockMultipliers({{kInf, 1}})),
              HasSubstr("not positive and finite"));
  EXPECT_THAT(errorOf(computeBlockMultipliers({{kNaN, 1}})),
              HasSubstr("not positive and finite"));
  EXPECT_THAT(errorOf(computeBlockMultipliers({{0x1p-3, int64_t(1) << 50}})),
              HasSubstr("no multipliers"));
}

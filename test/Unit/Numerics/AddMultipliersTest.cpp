// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sum of two scales: that it stays in i32, that it is near the real sum,
// and that no finer multipliers exist.
#include "quantc/Numerics/AddMultipliers.h"
#include "Support.h"
#include <cmath>
#include <cstdlib>

using namespace quantc::numerics;
using testing::HasSubstr;

/// Ratios of every magnitude that always has multipliers, of both signs.
static std::vector<std::pair<double, double>> sampleRatios(int count) {
  auto generator = makeGenerator();
  std::uniform_real_distribution<double> exponent(-12, 12);
  std::vector<std::pair<double, double>> ratios;
  for (int i = 0; i < count; ++i) {
    double a = std::exp2(exponent(generator));
    double b = std::exp2(exponent(generator));
    ratios.emplace_back(a, i % 3 ? b : -b);
  }
  return ratios;
}

// N17: all pairs of differences, against a division that floors.
TEST(AddMultipliers, expression_is_the_exact_quotient) {
  StorageRange range = StorageRange::int8();
  for (auto [ratioA, ratioB] : sampleRatios(12)) {
    AddMultipliers m = unwrap(computeAddMultipliers(ratioA, ratioB));
    for (int32_t a = -255; a <= 255; ++a)
      for (int32_t b = -255; b <= 255; ++b) {
        __int128 sum = __int128(a) * m.a + __int128(b) * m.b;
        __int128 step = __int128(1) << m.shift;
        int64_t rounded = int64_t(floorDivide(2 * sum + step, 2 * step));
        ASSERT_EQ(addQuantized(a, b, m, -4, range),
                  range.saturate(rounded - 4));
      }
  }
}

// N17: without a shift nothing is added before it.
TEST(AddMultipliers, shift_zero_has_no_half) {
  EXPECT_EQ(addQuantized(3, -5, {2, 1, 0}, 0, StorageRange::int8()), 1);
}

// N18: the largest intermediate value of the largest multipliers and shift.
TEST(AddMultipliers, never_leaves_int32) {
  int64_t product = kByteSum.maxDifference * int64_t(kByteSum.maxMultiplier);
  int64_t half = int64_t(1) << (kByteSum.maxShift - 1);
  EXPECT_EQ(product + product + half, 1606418432);
  EXPECT_LE(product + product + half, kMaxInt32);
  EXPECT_GE(-product - product, kMinInt32);
  EXPECT_TRUE((AddMultipliers{1 << 21, -(1 << 21), 30}).isLegal());
  EXPECT_FALSE((AddMultipliers{(1 << 21) + 1, 0, 30}).isLegal());
  EXPECT_FALSE((AddMultipliers{0, kMinInt32, 30}).isLegal());
  EXPECT_FALSE((AddMultipliers{1, 1, 31}).isLegal());
  EXPECT_FALSE((AddMultipliers{1, 1, -1}).isLegal());
}

// N19: legal, and one more bit of shift would not be.
TEST(AddMultipliers, shift_is_the_largest) {
  for (auto [ratioA, ratioB] : sampleRatios(20000)) {
    AddMultipliers m = unwrap(computeAddMultipliers(ratioA, ratioB));
    ASSERT_TRUE(m.isLegal());
    double larger = std::max(std::fabs(ratioA), std::fabs(ratioB));
    if (m.shift < 30)
      ASSERT_GT(std::nearbyint(std::ldexp(larger, m.shift + 1)), 0x1p21);
    ASSERT_EQ(m.a, std::nearbyint(std::ldexp(ratioA, m.shift)));
    ASSERT_EQ(m.b, std::nearbyint(std::ldexp(ratioB, m.shift)));
  }
}

// N19: before the clamp the result is within one step of the real sum, and
// within 0.51 where both ratios are at most 16.
TEST(AddMultipliers, near_the_real_sum) {
  StorageRange wide = StorageRange::get(32, true);
  for (auto [ratioA, ratioB] : sampleRatios(300)) {
    AddMultipliers m = unwrap(computeAddMultipliers(ratioA, ratioB));
    bool moderate = std::max(std::fabs(ratioA), std::fabs(ratioB)) <= 16;
    for (int32_t a = -255; a <= 255; a += 15)
      for (int32_t b = -255; b <= 255; b += 17) {
        double real = a * ratioA + b * ratioB;
        double error = std::fabs(addQuantized(a, b, m, 0, wide) - real);
        ASSERT_LE(error, moderate ? 0.51 : 1.0) << ratioA << " " << ratioB;
      }
  }
}

// N19: equal scales, a scale next to nothing, and what has no multipliers.
TEST(AddMultipliers, edges) {
  EXPECT_EQ(unwrap(computeAddMultipliers(1.0, 1.0)),
            (AddMultipliers{1 << 21, 1 << 21, 21}));
  EXPECT_EQ(unwrap(computeAddMultipliers(1.0, -0.5)),
            (AddMultipliers{1 << 21, -(1 << 20), 21}));
  EXPECT_EQ(unwrap(computeAddMultipliers(1.0, 1e-9)),
            (AddMultipliers{1 << 21, 0, 21}));
  EXPECT_EQ(unwrap(computeAddMultipliers(0x1p-9, 0x1p-9)).shift, 30);
  EXPECT_EQ(unwrap(computeAddMultipliers(1e-12, 1e-12)),
            (AddMultipliers{0, 0, 30}));
  // Powers of two stay exact where other ratios of their size do not.
  EXPECT_EQ(unwrap(computeAddMultipliers(0x1p21, 1.0)),
            (AddMultipliers{1 << 21, 1, 0}));
  // At shift 8 this ratio is off by 2^-9: 255 of it are 0.498 steps, of two
  // such ratios twice as many.
  double offByHalf = 8000.0 + 0x1p-9;
  EXPECT_EQ(unwrap(computeAddMultipliers(offByHalf, 1.0)),
            (AddMultipliers{2048000, 256, 8}));
  EXPECT_THAT(errorOf(computeAddMultipliers(offByHalf, offByHalf)),
              HasSubstr("within half an output step"));
  EXPECT_THAT(errorOf(computeAddMultipliers(0x1p20, 0.3)),
              HasSubstr("within half an output step"));
  EXPECT_THAT(errorOf(computeAddMultipliers(1e9, 1.0)),
              HasSubstr("within half an output step"));
  for (double bad : {0.0, kNaN, kInf, -kInf}) {
    EXPECT_THAT(errorOf(computeAddMultipliers(bad, 1.0)),
                HasSubstr("finite and not zero"));
    EXPECT_THAT(errorOf(computeAddMultipliers(1.0, bad)),
                HasSubstr("finite and not zero"));
  }
}

// N36: the largest intermediate value of words, with the zero point before the
// shift.
TEST(AddMultipliers, words_never_leave_int64) {
  __int128 product = __int128(kWordSum.maxDifference) * kWordSum.maxMultiplier;
  __int128 half = __int128(1) << (kWordSum.maxShift - 1);
  EXPECT_LT(2 * product + half, __int128(1) << 48);
  __int128 zeroPoint = __int128(65535) << kWordSum.maxShift;
  EXPECT_LT(2 * product + half + zeroPoint, __int128(1) << 62);
}

// N36: an exact quotient, whose multipliers are the largest legal ones.
TEST(AddMultipliers, words) {
  auto generator = makeGenerator();
  StorageRange range = StorageRange::get(16, true);
  for (auto [ratioA, ratioB] : sampleRatios(2000)) {
    AddMultipliers m = unwrap(computeAddMultipliers(ratioA, ratioB, kWordSum));
    ASSERT_TRUE(m.isLegal(kWordSum));
    double larger = std::max(std::fabs(ratioA), std::fabs(ratioB));
    if (m.shift < kWordSum.maxShift)
      ASSERT_GT(std::nearbyint(std::ldexp(larger, m.shift + 1)), 0x1p30);
    for (int i = 0; i < 50; ++i) {
      auto a = int32_t(generator() % 131071) - 65535;
      auto b = int32_t(generator() % 131071) - 65535;
      __int128 sum = __int128(a) * m.a + __int128(b) * m.b;
      __int128 step = __int128(1) << m.shift;
      auto rounded = int64_t(floorDivide(2 * sum + step, 2 * step));
      ASSERT_EQ(addQuantized(a, b, m, 300, range),
                range.saturate(rounded + 300));
    }
  }
}

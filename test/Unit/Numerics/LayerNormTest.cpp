// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reciprocal root against long double, rows against exact arithmetic, and
// whole layers against the real function.
#include "quantc/Numerics/LayerNorm.h"
#include "Support.h"
#include <cmath>
#include <numeric>

using namespace quantc::numerics;
using testing::HasSubstr;

namespace {

struct Sums {
  int32_t sum = 0, squares = 0;
};

Sums addUp(const std::vector<int32_t> &row) {
  Sums sums;
  for (int32_t x : row) {
    sums.sum += x;
    sums.squares += x * x;
  }
  return sums;
}

std::vector<int32_t> makeRow(std::mt19937_64 &generator, int64_t length,
                             int32_t low, int32_t high) {
  std::vector<int32_t> row(length);
  for (int32_t &x : row)
    x = low + int32_t(generator() % uint64_t(high - low + 1));
  return row;
}

} // namespace

// N26: the sums of the longest row at both ends of the storage fit i32, and the
// epsilon is a rounded integer.
TEST(LayerNorm, sums_and_epsilon) {
  std::vector<int32_t> lowest(kLongestLayerNormRow, -128);
  Sums sums = addUp(lowest);
  EXPECT_EQ(sums.sum, -(1 << 23));
  EXPECT_EQ(sums.squares, 1 << 30);
  std::vector<float> gamma(768, 1.0f), beta(768, 0.0f);
  EXPECT_EQ(unwrap(planLayerNorm(0.5, 0.03, 1e-5, gamma, beta)).epsilon, 24);
  EXPECT_EQ(unwrap(planLayerNorm(0.5, 0.03, 0.0, gamma, beta)).epsilon, 0);
}

// N27: the relative error of the four steps over the whole range.
TEST(LayerNorm, reciprocal_root) {
  auto check = [](uint64_t value) {
    long double exact = std::ldexp(1.0L, 46) / std::sqrt((long double)(value));
    long double got = layerNormReciprocalRoot(value);
    ASSERT_LE(std::fabs(got / exact - 1), std::ldexp(1.0L, -27)) << value;
  };
  for (uint64_t bit = 30; bit < 32; ++bit)
    for (uint64_t offset = 0; offset < 1000; ++offset) {
      check((uint64_t(1) << bit) + offset);
      check((uint64_t(2) << bit) - 1 - offset);
    }
  auto generator = makeGenerator();
  for (int i = 0; i < 1000000; ++i)
    check((uint64_t(1) << 30) + generator() % (uint64_t(3) << 30));
}

// N28: a row of equal numbers is zero whatever its multiplier, and no
// normalized number reaches 2^30: one number against all others is the most
// that a row can have.
TEST(LayerNorm, row_stays_in_32_bits) {
  for (int64_t length : {1, 2, 3, 4, 5, 255, 256, 257, 768, 1024, 65536}) {
    std::vector<float> gamma(length, 1.0f), beta(length, 0.0f);
    LayerNormPlan plan = unwrap(planLayerNorm(0.1, 0.1, 0.0, gamma, beta));
    for (auto [one, rest] :
         {std::pair(127, -128), std::pair(-128, 127), std::pair(1, 0),
          std::pair(-127, -128), std::pair(5, 5), std::pair(-128, -128)}) {
      int64_t sum = one + (length - 1) * rest;
      int64_t squares = one * one + (length - 1) * rest * rest;
      LayerNormRow row = layerNormRow(plan, int32_t(sum), int32_t(squares));
      auto normalized = int32_t(uint32_t(one) * uint32_t(row.multiplier) -
                                uint32_t(row.offset));
      double real = one == rest || length == 1
                        ? 0
                        : std::copysign(std::sqrt(length - 1.0), one - rest);
      double got = std::ldexp(normalized, -plan.fractionBits);
      ASSERT_NEAR(got, real, 1e-4 * (1 + std::fabs(real)))
          << length << " " << one << " " << rest;
      ASSERT_LE(std::abs(int64_t(normalized)), (int64_t(1) << 30) + 4096);
    }
  }
}

// N29: whole rows against the real function: half a step, and what the
// fractions of the normalized number and of gamma allow.
TEST(LayerNorm, element_against_the_real_function) {
  auto generator = makeGenerator();
  std::uniform_real_distribution<float> gains(-2, 2), offsets(-1, 1);
  for (int64_t length : {4, 64, 768, 1024, 4096})
    for (auto [low, high] :
         {std::pair(-128, 127), std::pair(-3, 4), std::pair(90, 127)}) {
      std::vector<float> gamma(length), beta(length);
      for (float &value : gamma)
        value = gains(generator);
      for (float &value : beta)
        value = offsets(generator);
      double inputScale = 0.04f, outputScale = 0.03f, epsilon = 1e-5;
      LayerNormPlan plan =
          unwrap(planLayerNorm(inputScale, outputScale, epsilon, gamma, beta));
      std::vector<int32_t> row = makeRow(generator, length, low, high);
      Sums sums = addUp(row);
      LayerNormRow numbers = layerNormRow(plan, sums.sum, sums.squares);
      double mean = double(sums.sum) / double(length), variance = 0;
      for (int32_t x : row)
        variance += (x - mean) * (x - mean) / double(length);
      double deviation =
          std::sqrt(variance * inputScale * inputScale + epsilon);
      double fraction =
          std::ldexp(1.0, kLayerNormDroppedBits - plan.fractionBits);
      for (int64_t i = 0; i < length; ++i) {
        double real =
            ((row[i] - mean) * inputScale / deviation * gamma[i] + beta[i]) /
            outputScale;
        double allowed = 0.51 + fraction * (std::fabs(gamma[i]) / outputScale);
        ASSERT_NEAR(layerNormElement(plan, numbers, i, row[i]), real, allowed)
            << length << " " << low;
      }
    }
}

// N29: the shift is the largest at which gamma and beta fit.
TEST(LayerNorm, shift) {
  std::vector<float> small(16, 1e-6f), zero(16, 0.0f), one(16, 1.0f);
  EXPECT_EQ(unwrap(planLayerNorm(0.1, 1.0, 0.0, small, zero)).shift, 30);
  LayerNormPlan plan = unwrap(planLayerNorm(0.1, 1.0, 0.0, one, one));
  EXPECT_EQ(plan.fractionBits, 28);
  EXPECT_EQ(plan.shift, 27);
  EXPECT_EQ(plan.multipliers[0], 1 << 14);
  EXPECT_EQ(plan.offsets[0], (1 << 27) + (1 << 26));
}

// N29: what has no plan.
TEST(LayerNorm, errors) {
  std::vector<float> one(4, 1.0f), three(3, 1.0f), large(4, 1e6f);
  std::vector<float> bad(4, float(kNaN)), none;
  std::vector<float> longRow(kLongestLayerNormRow + 1, 1.0f);
  auto error = [](double in, double out, double epsilon,
                  const std::vector<float> &gamma,
                  const std::vector<float> &beta) {
    return errorOf(planLayerNorm(in, out, epsilon, gamma, beta));
  };
  EXPECT_THAT(error(0.0, 1, 0, one, one), HasSubstr("positive"));
  EXPECT_THAT(error(1, kNaN, 0, one, one), HasSubstr("NaN"));
  EXPECT_THAT(error(1, 1, -1, one, one), HasSubstr("epsilon"));
  EXPECT_THAT(error(1e-20, 1, 1, one, one), HasSubstr("too large"));
  EXPECT_THAT(error(1, 1, 0, none, none), HasSubstr("expected 1 to 2^16"));
  EXPECT_THAT(error(1, 1, 0, longRow, longRow), HasSubstr("1 to 2^16"));
  EXPECT_THAT(error(1, 1, 0, one, three), HasSubstr("3 numbers of beta"));
  EXPECT_THAT(error(1, 1, 0, bad, one), HasSubstr("finite"));
  EXPECT_THAT(error(1, 1, 0, large, one), HasSubstr("output scale"));
  EXPECT_THAT(error(1, 1e-6, 0, one, one), HasSubstr("output scale"));
}

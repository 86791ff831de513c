// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of exponentials against long double, the division against exact
// rational rounding, and whole rows against the real softmax.
#include "quantc/Numerics/SoftmaxTable.h"
#include "Support.h"
#include <cmath>

using namespace quantc::numerics;
using testing::HasSubstr;

// N20: entries are rounded exponentials of the f32 scale.
TEST(Softmax, table_against_long_double) {
  for (double scale : {1e-4, 0.0125, 0.1, 1.0, 30.0}) {
    SoftmaxTable table = unwrap(computeSoftmaxTable(scale, 10));
    EXPECT_EQ(table.fractionBits, 22);
    for (int d = 0; d < 256; ++d) {
      long double exact = std::exp(-d * static_cast<long double>(float(scale)));
      ASSERT_LE(std::fabs(table.values[d] - std::ldexp(exact, 22)), 0.500001L);
    }
    EXPECT_EQ(table.values[0], uint32_t(1) << 22);
  }
}

// N20: the fraction by row length, and a row of nothing but maxima sums to at
// most 2^30.
TEST(Softmax, fraction_follows_the_row_length) {
  const std::pair<int64_t, int32_t> cases[] = {
      {1, 22},    {256, 22},  {257, 21},    {1000, 20},
      {1024, 20}, {1025, 19}, {262144, 12}, {131073, 12}};
  for (auto [rowLength, fraction] : cases) {
    SoftmaxTable table = unwrap(computeSoftmaxTable(0.1, rowLength));
    EXPECT_EQ(table.fractionBits, fraction);
    EXPECT_LE(rowLength * int64_t(table.values[0]), int64_t(1) << 30);
  }
}

// N20: rows and scales without a table.
TEST(Softmax, errors) {
  EXPECT_THAT(errorOf(computeSoftmaxTable(0.1, 262145)), HasSubstr("too long"));
  EXPECT_THAT(errorOf(computeSoftmaxTable(0.1, kMaxInt64)),
              HasSubstr("too long"));
  EXPECT_THAT(errorOf(computeSoftmaxTable(0.1, 0)), HasSubstr("empty"));
  EXPECT_THAT(errorOf(computeSoftmaxTable(0.1, -3)), HasSubstr("empty"));
  EXPECT_THAT(errorOf(computeSoftmaxTable(0.0, 10)), HasSubstr("positive"));
  EXPECT_THAT(errorOf(computeSoftmaxTable(kNaN, 10)), HasSubstr("NaN"));
}

// N21: the quotient is rounded to nearest, ties up, with nothing lost in 32
// bits, up to the largest sum.
TEST(Softmax, probability_is_the_exact_quotient) {
  auto generator = makeGenerator();
  for (int i = 0; i < 1000000; ++i) {
    uint32_t sum = uint32_t(generator() >> 34) >> (generator() % 30);
    if (sum == 0)
      continue;
    uint32_t entry =
        uint32_t(generator() % (std::min(sum, uint32_t(1) << 22) + 1));
    uint64_t exact = (512 * uint64_t(entry) + sum) / (2 * uint64_t(sum));
    ASSERT_EQ(softmaxProbability(entry, sum), std::min<uint64_t>(exact, 255));
  }
  EXPECT_EQ(softmaxProbability(1 << 22, 1 << 30), 1u);
  EXPECT_EQ(softmaxProbability(1 << 22, 1 << 22), 255u);
  EXPECT_EQ(softmaxProbability(0, 1 << 30), 0u);
}

// N30: two multiplications give the quotient of every dividend: next to every
// multiple of sums of all magnitudes, where an estimate could be off by one.
TEST(Softmax, quotient_without_division) {
  auto generator = makeGenerator();
  auto check = [](uint32_t sum, uint32_t entry) {
    SoftmaxDivisor divisor = makeSoftmaxDivisor(sum);
    ASSERT_EQ(std::min<uint32_t>(255, softmaxQuotient(divisor, entry)),
              softmaxProbability(entry, sum))
        << entry << " of " << sum;
  };
  std::vector<uint32_t> sums;
  for (int bit = 12; bit <= 30; ++bit) {
    uint32_t power = uint32_t(1) << bit;
    sums.insert(sums.end(), {power});
    if (bit < 30)
      sums.insert(sums.end(), {power + 1, power + power / 3, 2 * power - 1});
    for (int i = 0; i < 40 && bit < 30; ++i)
      sums.push_back(power + uint32_t(generator() % power));
  }
  for (uint32_t sum : sums) {
    uint32_t largest = std::min(sum, uint32_t(1) << 22);
    for (uint64_t quotient = 0; quotient <= 256; ++quotient)
      for (int64_t offset = -2; offset <= 2; ++offset) {
        // The entry at which the dividend passes quotient * sum.
        int64_t entry = (int64_t(quotient * sum) - sum / 2) / 256 + offset;
        if (entry >= 0 && entry <= largest)
          check(sum, uint32_t(entry));
      }
    check(sum, largest);
  }
}

// N21: rows of 1,000 numbers, within the error that the formulas allow: half
// an output step, and the rounding of the table in entry and sum.
TEST(Softmax, row_against_the_real_softmax) {
  auto generator = makeGenerator();
  const int rowLength = 1000;
  for (float scale : {0.01f, 0.08f, 0.5f}) {
    SoftmaxTable table = unwrap(computeSoftmaxTable(scale, rowLength));
    std::vector<int32_t> row(rowLength);
    int32_t max = -128;
    for (int32_t &q : row) {
      q = int32_t(generator() % 256) - 128;
      max = std::max(max, q);
    }
    uint32_t sum = 0;
    double realSum = 0;
    for (int32_t q : row) {
      sum += table.values[max - q];
      realSum += std::exp(double(scale) * (q - max));
    }
    double allowed =
        0.5 + 256 * (rowLength + 1) * std::ldexp(0.5, -table.fractionBits);
    for (int32_t q : row) {
      double real = 256 * std::exp(double(scale) * (q - max)) / realSum;
      double got = softmaxProbability(table.values[max - q], sum);
      EXPECT_LE(std::fabs(got - std::min(real, 255.0)), allowed);
    }
  }
}

// N38: entries of 16-bit distances are near the exponentials, never grow, and
// start at one.
TEST(Softmax, wide_table) {
  for (double scale : {1e-6, 3e-4, 0.0125, 1.0}) {
    WideSoftmaxTable table = unwrap(computeWideSoftmaxTable(scale, 10));
    EXPECT_EQ(table.at(0), uint32_t(1) << table.fractionBits);
    uint32_t previous = table.at(0);
    for (uint32_t d = 0; d < 65536; ++d) {
      long double exact = std::exp(-static_cast<long double>(d) * float(scale));
      ASSERT_NEAR(table.at(d), double(std::ldexp(exact, table.fractionBits)),
                  0.51);
      ASSERT_LE(table.at(d), previous);
      previous = table.at(d);
    }
  }
  EXPECT_THAT(errorOf(computeWideSoftmaxTable(0.1, 262145)),
              HasSubstr("too long"));
  EXPECT_THAT(errorOf(computeWideSoftmaxTable(kNaN, 10)), HasSubstr("NaN"));
}

// N38: with 8 bits it is N21 before it saturates; with 16 nothing overflows.
TEST(Softmax, shares) {
  auto generator = makeGenerator();
  for (int i = 0; i < 100000; ++i) {
    uint32_t sum = uint32_t(generator() % (1u << 30)) + 1;
    uint32_t entry =
        uint32_t(generator() % (std::min(sum, uint32_t(1) << 22) + 1));
    ASSERT_EQ(softmaxProbability(entry, sum),
              std::min<uint64_t>(255, softmaxShare(entry, sum, 8)));
    unsigned __int128 exact =
        ((static_cast<unsigned __int128>(entry) << 17) + sum) /
        (2 * __int128(sum));
    ASSERT_EQ(softmaxShare(entry, sum, 16), uint64_t(exact));
  }
}

// N38: scales of outputs.
TEST(Softmax, output_scales) {
  EXPECT_EQ(getSoftmaxOutputBits(1.0 / 256), 8);
  EXPECT_EQ(getSoftmaxOutputBits(0x1p-16), 16);
  EXPECT_EQ(getSoftmaxOutputBits(0.5), 1);
  EXPECT_EQ(getSoftmaxOutputBits(0x1p-17), std::nullopt);
  EXPECT_EQ(getSoftmaxOutputBits(1.0), std::nullopt);
  EXPECT_EQ(getSoftmaxOutputBits(0.1), std::nullopt);
}

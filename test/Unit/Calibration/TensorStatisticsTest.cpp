// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The state depends on the values alone: against counting each value on its own
// with the final bin width, for orders, batches and shards of all kinds.
#include "quantc/Calibration/TensorStatistics.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <random>

using quantc::TensorRange;
using quantc::TensorStatistics;

static constexpr float kDenormal = std::numeric_limits<float>::denorm_min();
static constexpr float kHuge = std::numeric_limits<float>::max();

/// The bins of `values` as the header defines them, in doubles.
static std::map<int64_t, uint64_t> countOneByOne(llvm::ArrayRef<float> values,
                                                 int exponent) {
  std::map<int64_t, uint64_t> bins;
  for (float value : values) {
    if (value == 0.0f)
      continue;
    auto magnitude =
        int64_t(std::floor(std::ldexp(std::fabs(double(value)), -exponent)));
    ++bins[value < 0.0f ? -1 - magnitude : magnitude];
  }
  return bins;
}

static void expectBins(const TensorStatistics &statistics,
                       const std::map<int64_t, uint64_t> &expected) {
  for (int64_t bin = -TensorStatistics::kBinsPerSide;
       bin < TensorStatistics::kBinsPerSide; ++bin) {
    auto found = expected.find(bin);
    ASSERT_EQ(statistics.getBin(bin),
              found == expected.end() ? 0 : found->second)
        << "bin " << bin;
  }
}

/// Values over many magnitudes and both signs, some of them zero.
static std::vector<float> makeValues(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float &value : values) {
    int kind = int(random() % 8);
    double unit = double(random()) / double(random.max());
    value = float(std::ldexp(unit, int(random() % 40) - 30));
    if (kind < 3)
      value = kind == 0 ? -0.0f : 0.0f;
    else if (kind < 5)
      value = -value;
  }
  return values;
}

namespace {

TEST(TensorStatisticsTest, CountsWhatTheBinsAreDefinedToHold) {
  std::vector<float> values = makeValues(5000, 1);
  TensorStatistics statistics;
  statistics.add(values);
  expectBins(statistics, countOneByOne(values, statistics.getExponent()));
  EXPECT_EQ(statistics.getCount(), values.size());
  EXPECT_EQ(statistics.getZeros(), uint64_t(llvm::count(values, 0.0f)));
  EXPECT_EQ(statistics.getLeast(),
            *std::min_element(values.begin(), values.end()));
  EXPECT_EQ(statistics.getGreatest(),
            *std::max_element(values.begin(), values.end()));
}

TEST(TensorStatisticsTest, WidthIsTheLeastThatHoldsTheGreatestMagnitude) {
  constexpr int log2 = TensorStatistics::kBinsPerSideLog2;
  for (auto [value, exponent] :
       {std::pair<float, int>{1.0f, 1 - log2},
        {0.99f, -log2},
        {-2.0f, 2 - log2},
        {std::nextafter(2.0f, 0.0f), 1 - log2},
        {kDenormal, TensorStatistics::kLeastExponent},
        {-kHuge, TensorStatistics::kGreatestExponent}}) {
    TensorStatistics statistics;
    statistics.add(value);
    EXPECT_EQ(statistics.getExponent(), exponent) << value;
    expectBins(statistics, countOneByOne(value, exponent));
  }
}

/// Widening merges bins of which some hold values that are denormal at the
/// final width, of either sign.
TEST(TensorStatisticsTest, EveryOrderGivesTheSameState) {
  std::vector<float> values = {kDenormal, -kDenormal, 1e-30f, -1e-30f, 0.0f,
                               -0.0f,     1.0f,       -3.0f,  kHuge,   -kHuge};
  TensorStatistics forward, backward;
  for (float value : values)
    forward.add(value);
  for (float value : llvm::reverse(values))
    backward.add(value);
  TensorStatistics whole;
  whole.add(values);
  EXPECT_TRUE(forward == whole);
  EXPECT_TRUE(backward == whole);
  expectBins(whole, countOneByOne(values, whole.getExponent()));
}

TEST(TensorStatisticsTest, BatchesAndShardsGiveTheSameState) {
  std::vector<float> values = makeValues(20000, 2);
  TensorStatistics whole;
  whole.add(values);
  std::mt19937 random(3);
  for (int trial = 0; trial < 8; ++trial) {
    std::shuffle(values.begin(), values.end(), random);
    std::vector<TensorStatistics> shards(1 + trial % 4);
    llvm::ArrayRef<float> rest = values;
    for (size_t i = 0; !rest.empty(); ++i) {
      size_t batch = std::min<size_t>(rest.size(), 1 + random() % 3000);
      shards[i % shards.size()].add(rest.take_front(batch));
      rest = rest.drop_front(batch);
    }
    TensorStatistics merged;
    for (const TensorStatistics &shard : shards)
      merged.merge(shard);
    EXPECT_TRUE(merged == whole) << "trial " << trial;
  }
}

TEST(TensorStatisticsTest, ZerosOfEitherSignAreEqual) {
  TensorStatistics a, b;
  a.add({-0.0f, 0.0f});
  b.add({0.0f, -0.0f});
  EXPECT_FALSE(std::signbit(a.getLeast()));
  EXPECT_FALSE(std::signbit(b.getLeast()));
  EXPECT_FALSE(std::signbit(a.getGreatest()));
  EXPECT_EQ(a.getZeros(), 2u);
  auto [first, last] = a.getOccupiedBins();
  EXPECT_GT(first, last);
}

TEST(TensorStatisticsTest, ReturnsTheEndsOfEachCall) {
  TensorStatistics statistics;
  EXPECT_EQ(statistics.add({-2.0f, 3.0f}), (TensorRange{-2.0, 3.0}));
  EXPECT_EQ(statistics.add({1.0f, 2.0f}), (TensorRange{1.0, 2.0}));
  TensorRange none = statistics.add({});
  EXPECT_GT(none.min, none.max);
}

TEST(TensorStatisticsTest, NonFiniteValuesAreCountedApart) {
  float infinity = std::numeric_limits<float>::infinity();
  float nan = std::numeric_limits<float>::quiet_NaN();
  TensorStatistics statistics, clean;
  statistics.add({nan, 1.0f, -infinity, 2.0f, infinity, 0.0f, 1.0f, 1.0f, nan});
  clean.add({1.0f, 2.0f, 0.0f, 1.0f, 1.0f});
  EXPECT_EQ(statistics.getNonFinite(), 4u);
  EXPECT_EQ(statistics.getCount(), 5u);
  EXPECT_EQ(statistics.getGreatest(), 2.0f);
  expectBins(statistics,
             countOneByOne({1.0f, 2.0f, 1.0f, 1.0f}, clean.getExponent()));
}

TEST(TensorStatisticsTest, WithoutHistogramEndsAndCountsRemain) {
  TensorStatistics statistics(/*hasHistogram=*/false), other(false);
  statistics.add({-1.0f, 0.0f});
  other.add(5.0f);
  statistics.merge(other);
  EXPECT_EQ(statistics.getLeast(), -1.0f);
  EXPECT_EQ(statistics.getGreatest(), 5.0f);
  EXPECT_EQ(statistics.getCount(), 3u);
  EXPECT_EQ(statistics.getZeros(), 1u);
}

TEST(TensorStatisticsTest, RestoredStateGoesOn) {
  std::vector<float> values = makeValues(3000, 4);
  TensorStatistics whole, half;
  whole.add(values);
  half.add(llvm::ArrayRef(values).take_front(1000));
  TensorStatistics::State state;
  state.zeros = half.getZeros();
  state.least = half.getLeast();
  state.greatest = half.getGreatest();
  state.exponent = half.getExponent();
  auto [first, last] = half.getOccupiedBins();
  for (int64_t bin = first; bin <= last; ++bin)
    if (uint64_t count = half.getBin(bin))
      state.bins.push_back({bin, count});
  TensorStatistics restored = TensorStatistics::restore(state);
  EXPECT_TRUE(restored == half);
  restored.add(llvm::ArrayRef(values).drop_front(1000));
  EXPECT_TRUE(restored == whole);
}

} // namespace

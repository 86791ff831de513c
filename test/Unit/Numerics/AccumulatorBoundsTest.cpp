// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bounds against every input there is, for rows short enough to try all.
#include "quantc/Numerics/AccumulatorBounds.h"
#include "Support.h"

using namespace quantc::numerics;

namespace {

struct Channel {
  StorageRange input;
  int64_t inputZeroPoint;
  int64_t weightZeroPoint;
  int64_t bias;
  std::vector<int8_t> weights;
};

} // namespace
/// Every input of the channel, and every choice of terms and bias.
static std::pair<Interval, Interval> tryAll(const Channel &channel) {
  Interval total{kMaxInt64, kMinInt64}, partial{kMaxInt64, kMinInt64};
  auto include = [](Interval &interval, int64_t value) {
    interval = {std::min(interval.min, value), std::max(interval.max, value)};
  };
  int64_t count = channel.input.steps() + 1;
  size_t terms = channel.weights.size();
  int64_t inputs = 1;
  for (size_t i = 0; i < terms; ++i)
    inputs *= count;
  for (int64_t code = 0; code < inputs; ++code)
    for (uint64_t subset = 0; subset < uint64_t(2) << terms; ++subset) {
      int64_t sum = subset & 1 ? channel.bias : 0, rest = code;
      for (size_t i = 0; i < terms; ++i, rest /= count)
        if (subset >> (i + 1) & 1)
          sum += (channel.weights[i] - channel.weightZeroPoint) *
                 (channel.input.min + rest % count - channel.inputZeroPoint);
      include(partial, sum);
      if (subset == (uint64_t(2) << terms) - 1)
        include(total, sum);
    }
  return {total, partial};
}

static AccumulatorBounds boundsOf(const Channel &channel) {
  AccumulatorBounds bounds(channel.input, channel.inputZeroPoint,
                           channel.weightZeroPoint, channel.bias);
  bounds.add(channel.weights);
  return bounds;
}

// N22, N23: both intervals are exactly what all 4-bit inputs reach.
TEST(AccumulatorBounds, exact_for_all_inputs) {
  auto generator = makeGenerator();
  for (int i = 0; i < 60; ++i) {
    Channel channel{StorageRange::get(4, i % 2),
                    0,
                    int64_t(i % 3) - 1,
                    int64_t(generator() % 4001) - 2000,
                    {}};
    // Also outside of the range: raw products have the zero point 0.
    channel.inputZeroPoint = int64_t(generator() % 24) - 12;
    for (int term = 0; term < 3; ++term)
      channel.weights.push_back(int8_t(generator()));
    auto [total, partial] = tryAll(channel);
    EXPECT_EQ(boundsOf(channel).total(), total);
    EXPECT_EQ(boundsOf(channel).partial(), partial);
  }
}

// N22: with symmetric weights and the zero point in the range, no bound is
// beyond sum |w| * max|x - zx| + |bias|.
TEST(AccumulatorBounds, within_the_sum_of_magnitudes) {
  std::vector<int8_t> weights = {127, -127, 5, 0, -1};
  for (int64_t zeroPoint = -128; zeroPoint <= 127; ++zeroPoint) {
    AccumulatorBounds bounds(StorageRange::int8(), zeroPoint, 0, -77);
    bounds.add(weights);
    int64_t reach = std::max(zeroPoint + 128, 127 - zeroPoint);
    EXPECT_LE(bounds.total().max, 260 * reach + 77);
    EXPECT_GE(bounds.total().min, -260 * reach - 77);
  }
}

// N22: an empty channel is its bias.
TEST(AccumulatorBounds, no_weights) {
  AccumulatorBounds bounds(StorageRange::int8(), 0, 0, -9);
  EXPECT_EQ(bounds.total(), (Interval{-9, -9}));
  EXPECT_EQ(bounds.partial(), (Interval{-9, 0}));
}

// N22: the last product that fits i32, and the first that does not.
TEST(AccumulatorBounds, fits_int32_exactly) {
  int64_t largest = kMaxInt32 / (255 * 127);
  AccumulatorBounds bounds(StorageRange::int8(), -128, 0, 0);
  for (int64_t i = 0; i < largest; ++i)
    bounds.add(int64_t(127));
  EXPECT_TRUE(bounds.total().fitsInt32());
  bounds.add(int64_t(127));
  EXPECT_FALSE(bounds.total().fitsInt32());
  EXPECT_TRUE((Interval{kMinInt32, kMaxInt32}).fitsInt32());
  EXPECT_FALSE((Interval{int64_t(kMinInt32) - 1, 0}).fitsInt32());
  EXPECT_FALSE((Interval{0, int64_t(kMaxInt32) + 1}).fitsInt32());
}

// N23: where the total fits i32, an accumulation that wraps on the way still
// ends at the right number.
TEST(AccumulatorBounds, wrapping_partial_sums_are_harmless) {
  AccumulatorBounds bounds(StorageRange::uint8(), 0, 0, kMaxInt32);
  bounds.add(int64_t(-127));
  EXPECT_TRUE(bounds.total().fitsInt32());
  AccumulatorBounds wrapping(StorageRange::uint8(), 255, 0, kMaxInt32 - 255);
  wrapping.add(int64_t(1));
  EXPECT_TRUE(wrapping.total().fitsInt32());
  // As a kernel on raw inputs has it: 255 * 1 first, the folded bias last.
  uint32_t raw = uint32_t(kMaxInt32 - 255) + uint32_t(255) * 1;
  EXPECT_EQ(int32_t(raw - 255u), kMaxInt32 - 255);
  // 2^31 - 1 + 255 leaves i32 and returns.
  uint32_t onTheWay = uint32_t(kMaxInt32) + 255u;
  EXPECT_LT(int32_t(onTheWay), 0);
  EXPECT_EQ(int32_t(onTheWay - 255u), kMaxInt32);
}

// N23: two neighbouring products of an instruction that adds pairs in i16.
// 255 * 127 twice saturates, 255 * 64 twice does not.
TEST(AccumulatorBounds, pairs_in_int16) {
  auto pair = [](int64_t a, int64_t b) {
    AccumulatorBounds bounds(StorageRange::uint8(), 0, 0, 0);
    bounds.add(a);
    bounds.add(b);
    return bounds.partial();
  };
  EXPECT_FALSE(pair(127, 127).fitsInt16());
  EXPECT_TRUE(pair(64, 64).fitsInt16());
  EXPECT_FALSE(pair(64, 65).fitsInt16());
  EXPECT_TRUE(pair(-64, -64).fitsInt16());
  EXPECT_FALSE(pair(-64, -65).fitsInt16());
  EXPECT_TRUE(pair(127, -128).fitsInt16());
  // Every pair of weights, against the sum of the positive and negative part.
  for (int a = -128; a <= 127; ++a)
    for (int b = -128; b <= 127; ++b) {
      int highest = 255 * (std::max(a, 0) + std::max(b, 0));
      int lowest = 255 * (std::min(a, 0) + std::min(b, 0));
      ASSERT_EQ(pair(a, b).fitsInt16(), highest <= 32767 && lowest >= -32768);
    }
}

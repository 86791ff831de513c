// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The 32-bit form of the requantize against the 64-bit one, at the ends of
// every interval that it accepts and between them.
#include "quantc/Numerics/HighWord.h"
#include "Support.h"
#include <gtest/gtest.h>

using namespace quantc::numerics;

namespace {

/// Both ends of every multiplier range and numbers without a pattern.
constexpr int32_t kMultipliers[] = {1 << 30,    (1 << 30) + 1, 1140850689,
                                    1518500250, 0x7ffffffe,    0x7fffffff};

void expectEqual(FixedPointMultiplier m, const HighWordScaling &scaling,
                 int64_t accumulator, int64_t zeroPoint) {
  auto acc = static_cast<int32_t>(accumulator);
  ASSERT_EQ(applyHighWord(acc, scaling.preShift, scaling.channels[0]),
            zeroPoint + applyMultiplier(acc, m))
      << "accumulator " << acc << ", multiplier " << m.multiplier << ", shift "
      << m.shift << ", zero point " << zeroPoint;
}

} // namespace

// N25: every accepted scaling gives the integers of N13.
TEST(HighWord, equalsTheSingleRounding) {
  auto generator = makeGenerator();
  int accepted = 0;
  for (int bits : {4, 8, 16, 20, 24, 28, 31})
    for (int32_t shift = 2; shift <= 62; ++shift)
      for (int32_t multiplier : kMultipliers)
        for (int64_t zeroPoint : {-128, 0, 3, 255}) {
          FixedPointMultiplier m{multiplier, shift};
          int64_t end = int64_t(1) << bits;
          Interval interval{-end, end - 1};
          auto scaling = computeHighWordScaling(m, interval, zeroPoint);
          if (!scaling)
            continue;
          ++accepted;
          expectEqual(m, *scaling, interval.min, zeroPoint);
          expectEqual(m, *scaling, interval.max, zeroPoint);
          std::uniform_int_distribution<int64_t> any(-end, end - 1);
          for (int i = 0; i < 200; ++i)
            expectEqual(m, *scaling, any(generator), zeroPoint);
        }
  EXPECT_GT(accepted, 4000);
}

// N25: ties, at the largest distance of the offset from the product.
TEST(HighWord, roundsTiesUp) {
  FixedPointMultiplier eighth{1 << 30, 33};
  auto scaling = computeHighWordScaling(eighth, {-4096, 4096}, 0);
  ASSERT_TRUE(scaling.has_value());
  EXPECT_EQ(scaling->preShift, 0);
  EXPECT_EQ(applyHighWord(20, 0, scaling->channels[0]), 3);
  EXPECT_EQ(applyHighWord(-20, 0, scaling->channels[0]), -2);
}

// N25: a multiplier near one needs room above the accumulator, and one channel
// without room takes the form from all.
TEST(HighWord, shiftsAccumulatorsUpWhereTheyFit) {
  FixedPointMultiplier one{1 << 30, 30}, eighth{1 << 30, 33};
  auto scaling = computeHighWordScaling({one, eighth}, {-65536, 65535}, 7);
  ASSERT_TRUE(scaling.has_value());
  EXPECT_EQ(scaling->preShift, 3);
  EXPECT_EQ(applyHighWord(100, 3, scaling->channels[0]), 107);
  EXPECT_EQ(applyHighWord(100, 3, scaling->channels[1]), 20);
  EXPECT_FALSE(
      computeHighWordScaling({one, eighth}, {-1, int64_t(1) << 30}, 7));
}

// N25: a channel whose every result is the same needs no product, so that its
// shift binds no other channel.
TEST(HighWord, givesConstantChannelsTheirResult) {
  FixedPointMultiplier tiny{1 << 30, 62}, half{1 << 30, 31};
  auto scaling = computeHighWordScaling({tiny, half}, {-1000, 1000}, 128);
  ASSERT_TRUE(scaling.has_value());
  EXPECT_EQ(scaling->channels[0].multiplier, 0);
  EXPECT_EQ(applyHighWord(-1000, scaling->preShift, scaling->channels[0]), 128);
  EXPECT_EQ(applyHighWord(-1000, scaling->preShift, scaling->channels[1]),
            128 - 500);
}

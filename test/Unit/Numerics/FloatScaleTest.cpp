// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The requantize by one f32 multiplication against the 64-bit one, on all
// accumulators of small intervals and around every step of large ones.
#include "quantc/Numerics/FloatScale.h"
#include "Support.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace quantc::numerics;

namespace {

void expectEqual(FixedPointMultiplier m, float scale, int64_t accumulator) {
  auto acc = static_cast<int32_t>(accumulator);
  int64_t expected = kScaledRange.saturate(applyMultiplier(acc, m));
  for (bool fused : {true, false})
    ASSERT_EQ(kScaledRange.saturate(applyFloatScale(acc, scale, fused)),
              expected)
        << "accumulator " << acc << ", multiplier " << m.multiplier
        << ", shift " << m.shift << ", fused " << fused;
}

} // namespace

// N31: every accepted scale gives the integers of N13, clamped to the distance
// of two bytes.
TEST(FloatScale, equalsTheSingleRounding) {
  auto generator = makeGenerator();
  int accepted = 0;
  for (int32_t shift = 28; shift <= 52; ++shift)
    for (int trial = 0; trial < 20; ++trial) {
      auto multiplier =
          static_cast<int32_t>((1u << 30) + (generator() & 0x3fffffff));
      FixedPointMultiplier m{multiplier, shift};
      std::optional<float> scale = findFloatScale(m);
      if (!scale)
        continue;
      ++accepted;
      for (int64_t acc = -3000; acc <= 3000; ++acc)
        expectEqual(m, *scale, acc);
      for (int64_t result = -256; result <= 256; ++result) {
        auto near = static_cast<int64_t>((double(result) - 0.5) / m.toReal());
        for (int64_t acc = near - 2; acc <= near + 2; ++acc)
          if (std::abs(acc) < int64_t(1) << 31)
            expectEqual(m, *scale, acc);
      }
      for (int64_t end : {std::numeric_limits<int32_t>::min(),
                          std::numeric_limits<int32_t>::max()})
        expectEqual(m, *scale, end);
      if (HasFatalFailure())
        return;
    }
  EXPECT_GT(accepted, 100);
}

TEST(FloatScale, refusesWhatItDoesNotCover) {
  // Accumulators beyond f32.
  EXPECT_FALSE(findFloatScale({1 << 30, 51}));
  EXPECT_FALSE(findFloatScale({1 << 30, 62}));
  EXPECT_FALSE(findFloatScale({3, 40}));
  // Halves are ties, which go up in one form and to even in the other.
  EXPECT_FALSE(findFloatScale({1 << 30, 31}));
}

// Without the negative results, the f32 above a power of two takes its ties up.
TEST(FloatScale, coversOnlyWhatTheClampLeaves) {
  constexpr StorageRange kPositive = {0, 255};
  for (int32_t shift = 31; shift <= 44; ++shift) {
    FixedPointMultiplier m{1 << 30, shift};
    EXPECT_FALSE(findFloatScale(m));
    std::optional<float> scale = findFloatScale(m, kPositive);
    ASSERT_TRUE(scale.has_value()) << shift;
    for (int64_t result = -256; result <= 256; ++result) {
      int64_t tie = (2 * result - 1) * (int64_t(1) << (shift - 31));
      for (int64_t near = tie - 2; near <= tie + 2; ++near) {
        auto acc = static_cast<int32_t>(near);
        int64_t expected = kPositive.saturate(applyMultiplier(acc, m));
        for (bool fused : {true, false})
          ASSERT_EQ(kPositive.saturate(applyFloatScale(acc, *scale, fused)),
                    expected)
              << "accumulator " << acc << ", shift " << shift;
      }
    }
  }
}

TEST(FloatScale, alignsAlmostEveryWeightScale) {
  auto generator = makeGenerator();
  auto draw = [&](float low, float high) {
    return low + (high - low) * static_cast<float>(generator() % 65536) / 65536;
  };
  int aligned = 0, kept = 0;
  for (int trial = 0; trial < 200; ++trial) {
    float input = draw(0.005f, 0.1f), output = draw(0.005f, 0.1f);
    float weight = draw(0.001f, 0.02f);
    float scale = alignWeightScale(input, weight, output);
    EXPECT_NEAR(scale / weight, 1.0f, 1e-5f);
    auto multiplier = computeMultiplier(realMultiplier(input, scale, output));
    ASSERT_TRUE(static_cast<bool>(multiplier));
    aligned += findFloatScale(*multiplier).has_value();
    kept += scale == weight;
  }
  EXPECT_GE(aligned, 195);
  EXPECT_GE(kept, 100);
}

TEST(FloatScale, alignsSmallScalesUpwards) {
  auto generator = makeGenerator();
  int aligned = 0;
  for (int trial = 0; trial < 100; ++trial) {
    float weight = 5e-5f * (1 + static_cast<float>(generator() % 4096) / 4096);
    float scale = alignWeightScale(1.0f, weight, 1.0f, /*least=*/weight);
    EXPECT_GE(scale, weight);
    EXPECT_LE(scale, weight * (1 + 0x1p-14f));
    auto multiplier = computeMultiplier(realMultiplier(1.0f, scale, 1.0f));
    ASSERT_TRUE(static_cast<bool>(multiplier));
    aligned += findFloatScale(*multiplier).has_value();
  }
  EXPECT_GE(aligned, 95);
}

TEST(FloatScale, keepsWhatHasNoMultiplier) {
  EXPECT_EQ(alignWeightScale(1.0f, 0x1p-40f, 1.0f), 0x1p-40f);
  EXPECT_EQ(alignWeightScale(1.0f, 1.0f, 1.0f), 1.0f);
}

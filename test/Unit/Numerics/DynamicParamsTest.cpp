// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ranges that are found while a model runs, and what becomes of its sums.
#include "quantc/Numerics/DynamicParams.h"
#include "Support.h"
#include "quantc/Numerics/Quantize.h"

#include <cmath>
#include <limits>

using namespace quantc::numerics;

static constexpr float kInfinite = std::numeric_limits<float>::infinity();
static constexpr float kNotANumber = std::numeric_limits<float>::quiet_NaN();

// N33: the range holds zero, and is [0, 255] steps wide.
TEST(DynamicParams, range_holds_zero) {
  EXPECT_EQ(chooseDynamic({1.0f, 2.55f}), (QuantParams{2.55f / 255.0f, 0}));
  EXPECT_EQ(chooseDynamic({-2.55f, -1.0f}), (QuantParams{2.55f / 255.0f, 255}));
  EXPECT_EQ(chooseDynamic({-127.0f, 128.0f}), (QuantParams{1.0f, 127}));
}

// N33: the zero point rounds ties to even.
TEST(DynamicParams, zero_point_ties_to_even) {
  EXPECT_EQ(chooseDynamic({-2.5f, 252.5f}).zeroPoint, 2);
  EXPECT_EQ(chooseDynamic({-3.5f, 251.5f}).zeroPoint, 4);
}

// N33: nothing but zero has scale 1; NaN is passed over; infinities and
// denormal ranges give legal scales.
TEST(DynamicParams, edges) {
  EXPECT_EQ(chooseDynamic({}), (QuantParams{1.0f, 0}));
  EXPECT_EQ(chooseDynamic({0.0f, -0.0f}), (QuantParams{1.0f, 0}));
  EXPECT_EQ(chooseDynamic({kNotANumber, 255.0f, kNotANumber}),
            (QuantParams{1.0f, 0}));
  QuantParams wide = chooseDynamic({-kInfinite, kInfinite});
  EXPECT_EQ(wide, (QuantParams{0x1p127f / 255.0f, 127}));
  EXPECT_EQ(chooseDynamic({0x1p-140f}), (QuantParams{0x1p-125f, 0}));
}

// N33: every number of the range is stored within half a step, with a little
// room for the rounding of f32.
TEST(DynamicParams, covers_the_range) {
  auto generator = makeGenerator();
  std::uniform_real_distribution<float> exponent(-30, 30), unit(-1, 1);
  for (int i = 0; i < 20000; ++i) {
    float width = std::exp2(exponent(generator));
    float a = width * unit(generator), b = width * unit(generator);
    QuantParams p = chooseDynamic({a, b});
    for (float real : {a, b, 0.0f}) {
      int32_t stored =
          quantizeF32(real, p.scale, p.zeroPoint, StorageRange::uint8());
      ASSERT_LE(std::fabs(dequantizeF32(stored, p.scale, p.zeroPoint) - real),
                1.001f * p.scale)
          << a << " " << b;
    }
  }
}

// N34: three roundings, none of them skipped. A fused multiply-add would give
// 2^-24 for the second.
TEST(DynamicParams, accumulator_is_rounded_step_by_step) {
  EXPECT_EQ(scaleAccumulator(100, 0.5f, 0.25f, 1.0f), 13.5f);
  float scale = 1.0f + 0x1p-12f;
  EXPECT_EQ(scaleAccumulator(1, scale, scale, -(1.0f + 0x1p-11f)), 0.0f);
  EXPECT_EQ(scaleAccumulator(16777217, 1.0f, 1.0f, 0.0f), 16777216.0f);
}

// N35: a weight in a register is the number that dequantize gives.
TEST(DynamicParams, weights_are_dequantized_numbers) {
  for (int32_t stored = -127; stored <= 127; ++stored)
    EXPECT_EQ(dequantizeF32(stored, 0.1f, 0), 0.1f * float(stored));
}

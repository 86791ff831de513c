// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The examples with which quantization is taught, every number written out.
// They show the contract at work; that it holds everywhere is shown elsewhere.
#include "Support.h"
#include "quantc/Numerics/AccumulatorBounds.h"
#include "quantc/Numerics/QuantParams.h"
#include "quantc/Numerics/Quantize.h"
#include "quantc/Numerics/Requantize.h"
#include <cmath>
#include <set>

using namespace quantc::numerics;

// 256 steps over [-1.5, 1]: each is 2.5 / 255, and zero takes the 153rd step
// from the bottom.
TEST(Textbook, float_to_int8_over_minus_one_and_a_half_to_one) {
  StorageRange int8 = StorageRange::int8();
  QuantParams p = unwrap(chooseAsymmetric(-1.5, 1.0, int8));
  EXPECT_EQ(p.scale, 0.00980392191f);
  EXPECT_EQ(p.zeroPoint, 25);

  auto stored = [&](float real) {
    return quantizeF32(real, p.scale, p.zeroPoint, int8);
  };
  EXPECT_EQ(stored(-1.5f), -128);
  EXPECT_EQ(stored(-1.0f), -77);
  EXPECT_EQ(stored(0.0f), 25);
  EXPECT_EQ(stored(0.3f), 56); // 30.6 steps
  EXPECT_EQ(stored(0.5f), 76); // 51 steps
  EXPECT_EQ(stored(1.0f), 127);
  EXPECT_EQ(stored(2.0f), 127);
  EXPECT_EQ(stored(-7.0f), -128);
  EXPECT_FLOAT_EQ(dequantizeF32(56, p.scale, p.zeroPoint), 0.303921580f);
}

// The output of a ReLU6 lies in [0, 6]. A symmetric int8 spends half of its
// values on negative numbers that never come, and its error doubles.
TEST(Textbook, symmetric_against_asymmetric_on_one_sided_data) {
  StorageRange int8 = StorageRange::int8();
  QuantParams asymmetric = unwrap(chooseAsymmetric(0.0, 6.0, int8));
  QuantParams symmetric = unwrap(chooseSymmetric(6.0, int8));
  EXPECT_EQ(asymmetric, (QuantParams{0.0235294122f, -128}));
  EXPECT_EQ(symmetric, (QuantParams{0.0472440943f, 0}));

  auto measure = [&](QuantParams p) {
    std::set<int32_t> used;
    double worst = 0;
    for (int i = 0; i <= 60000; ++i) {
      float real = float(i) / 10000.0f;
      int32_t stored = quantizeF32(real, p.scale, p.zeroPoint, int8);
      used.insert(stored);
      double back = dequantizeF32(stored, p.scale, p.zeroPoint);
      worst = std::max(worst, std::fabs(back - real));
    }
    return std::make_pair(used.size(), worst);
  };
  auto [asymmetricValues, asymmetricError] = measure(asymmetric);
  auto [symmetricValues, symmetricError] = measure(symmetric);
  EXPECT_EQ(asymmetricValues, 256u);
  EXPECT_EQ(symmetricValues, 128u);
  EXPECT_NEAR(asymmetricError, 0.0118, 0.0001);
  EXPECT_NEAR(symmetricError, 0.0236, 0.0001);
}

// One channel up to 100, one up to 0.1. With one scale for both, the small
// channel is lost; with one each, both keep seven digits.
TEST(Textbook, per_tensor_against_per_axis_weights) {
  StorageRange narrow = StorageRange::narrowInt8();
  const float large[] = {100.0f, -50.0f, 3.0f};
  const float small[] = {0.1f, -0.05f, 0.003f};

  float tensor = unwrap(chooseSymmetric(100.0, narrow)).scale;
  EXPECT_EQ(quantizeF32(large[0], tensor, 0, narrow), 127);
  EXPECT_EQ(quantizeF32(large[1], tensor, 0, narrow), -64); // -63.5, to even
  EXPECT_EQ(quantizeF32(large[2], tensor, 0, narrow), 4);
  for (float weight : small)
    EXPECT_EQ(quantizeF32(weight, tensor, 0, narrow), 0);

  float channel = unwrap(chooseSymmetric(0.1, narrow)).scale;
  EXPECT_EQ(quantizeF32(small[0], channel, 0, narrow), 127);
  EXPECT_EQ(quantizeF32(small[1], channel, 0, narrow), -64);
  EXPECT_EQ(quantizeF32(small[2], channel, 0, narrow), 4);
  EXPECT_NEAR(dequantizeF32(4, channel, 0), 0.003f, channel / 2);
}

// 0.29 * 1.04 = 0.3016. The product of two integers at scale 2^n has scale
// 2^2n; the fewer bits, the less of the number is left.
TEST(Textbook, fixed_point_product_at_three_scales) {
  struct Case {
    int bits;
    int32_t a, b, product, requantized;
    double error;
  };
  const Case cases[] = {
      {15, 9503, 34079, 323852737, 9883, 1.2e-5},
      {10, 297, 1065, 316305, 309, 1.6e-4},
      {5, 9, 33, 297, 9, 2.1e-2},
  };
  for (const Case &c : cases) {
    float scale = std::ldexp(1.0f, -c.bits);
    StorageRange wide = StorageRange::get(17, true);
    int32_t a = quantizeF32(0.29f, scale, 0, wide);
    int32_t b = quantizeF32(1.04f, scale, 0, wide);
    EXPECT_EQ(a, c.a);
    EXPECT_EQ(b, c.b);
    EXPECT_EQ(a * b, c.product);
    EXPECT_NEAR(std::ldexp(double(a * b), -2 * c.bits), 0.3016, c.error);

    FixedPointMultiplier back =
        unwrap(computeMultiplier(realMultiplier(scale, scale, scale)));
    EXPECT_EQ(back, (FixedPointMultiplier{1 << 30, 30 + c.bits}));
    int32_t result = requantize(a * b, back, Rounding::Single, 0, wide);
    EXPECT_EQ(result, c.requantized);
    EXPECT_NEAR(dequantizeF32(result, scale, 0), 0.3016, c.error + scale / 2);
  }
}

// The largest product of an 8-bit input (255 steps from its zero point) and a
// narrow weight is 32,385: an int32 holds 66,311 of them, of either sign. An
// int16 does not hold two.
TEST(Textbook, int32_accumulation_at_both_ends) {
  for (int32_t weight : {127, -127}) {
    AccumulatorBounds bounds(StorageRange::int8(), -128, 0, 0);
    int32_t accumulator = 0;
    for (int i = 0; i < 66311; ++i) {
      bounds.add(int64_t(weight));
      accumulator += (127 - -128) * weight;
    }
    EXPECT_EQ(accumulator, weight > 0 ? 2147481735 : -2147481735);
    EXPECT_TRUE(bounds.total().fitsInt32());
    bounds.add(int64_t(weight));
    EXPECT_FALSE(bounds.total().fitsInt32());
  }
  EXPECT_TRUE((Interval{0, 255 * 127}).fitsInt16());
  EXPECT_FALSE((Interval{0, 2 * 255 * 127}).fitsInt16());
}

// 64 filters of 3 x 3 x 64: 147,456 bytes become 36,864, and no weight moves
// by more than half a step.
TEST(Textbook, weights_four_times_smaller) {
  std::vector<float> weights(64 * 3 * 3 * 64);
  auto generator = makeGenerator();
  std::normal_distribution<float> normal(0.0f, 0.05f);
  double absMax = 0;
  for (float &weight : weights) {
    weight = normal(generator);
    absMax = std::max(absMax, std::fabs(double(weight)));
  }
  StorageRange narrow = StorageRange::narrowInt8();
  float scale = unwrap(chooseSymmetric(absMax, narrow)).scale;
  std::vector<int8_t> stored;
  for (float weight : weights) {
    stored.push_back(int8_t(quantizeF32(weight, scale, 0, narrow)));
    ASSERT_LE(std::fabs(dequantizeF32(stored.back(), scale, 0) - weight),
              0.5001f * scale);
  }
  EXPECT_EQ(weights.size() * sizeof(weights[0]), 147456u);
  EXPECT_EQ(stored.size() * sizeof(stored[0]), 36864u);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The choice of scale and zero point: what it must keep for every range, and
// the ranges at which it must think twice.
#include "quantc/Numerics/QuantParams.h"
#include "Support.h"
#include "quantc/Numerics/Quantize.h"
#include <cmath>

using namespace quantc::numerics;
using testing::HasSubstr;

// N9: zero is exact, and every real number of the range lands within half a
// step, with a little room for the rounding of f32.
TEST(QuantParams, asymmetric_covers_the_range) {
  auto generator = makeGenerator();
  std::uniform_real_distribution<double> exponent(-30, 30), unit(0, 1);
  for (int i = 0; i < 20000; ++i) {
    double width = std::exp2(exponent(generator));
    double min = -width * unit(generator), max = width * unit(generator);
    for (StorageRange range : {StorageRange::int8(), StorageRange::uint8(),
                               StorageRange::narrowInt8()}) {
      QuantParams p = unwrap(chooseAsymmetric(min, max, range));
      ASSERT_TRUE(range.contains(p.zeroPoint));
      ASSERT_EQ(p.scale, float((max - min) / double(range.steps())));
      ASSERT_EQ(quantizeF32(0.0f, p.scale, p.zeroPoint, range), p.zeroPoint);
      for (double real : {min, min / 3, max / 7, max}) {
        int32_t stored = quantizeF32(float(real), p.scale, p.zeroPoint, range);
        double back = dequantizeF32(stored, p.scale, p.zeroPoint);
        ASSERT_LE(std::fabs(back - real), 0.5001 * p.scale)
            << min << " " << max;
      }
    }
  }
}

// N9: the zero point belongs to the scale in f32, also where the scale before
// its rounding puts it on a tie.
TEST(QuantParams, asymmetric_zero_point_follows_the_rounded_scale) {
  for (int steps = 0; steps < 255; ++steps)
    for (double width : {0.1, 0.7, 2.5, 6.1, 1234.5}) {
      double min = -(steps + 0.5) * width / 255, max = min + width;
      QuantParams p = unwrap(chooseAsymmetric(min, max, StorageRange::int8()));
      ASSERT_EQ(p.zeroPoint, std::lrint(-128 - min / double(p.scale)));
    }
}

// N9: a one-sided range is extended to zero, which is then at an end.
TEST(QuantParams, asymmetric_extends_to_zero) {
  StorageRange range = StorageRange::int8();
  EXPECT_EQ(unwrap(chooseAsymmetric(2.0, 5.1, range)),
            unwrap(chooseAsymmetric(0.0, 5.1, range)));
  EXPECT_EQ(unwrap(chooseAsymmetric(0.0, 5.1, range)),
            (QuantParams{0.02f, -128}));
  EXPECT_EQ(unwrap(chooseAsymmetric(-5.1, -2.0, range)),
            (QuantParams{0.02f, 127}));
  EXPECT_EQ(unwrap(chooseAsymmetric(0.0, 5.1, StorageRange::uint8())),
            (QuantParams{0.02f, 0}));
}

// N9: signed and unsigned storage differ by 128 and in nothing else.
TEST(QuantParams, asymmetric_signedness_only_moves_the_zero_point) {
  for (int tenths = -100; tenths <= 100; ++tenths) {
    double min = tenths / 10.0 - 7.77, max = tenths / 10.0 + 3.3;
    QuantParams s = unwrap(chooseAsymmetric(min, max, StorageRange::int8()));
    QuantParams u = unwrap(chooseAsymmetric(min, max, StorageRange::uint8()));
    EXPECT_EQ(s.scale, u.scale);
    // A zero point that is a tie goes to even, so both are even or both odd.
    EXPECT_EQ(s.zeroPoint + 128, u.zeroPoint);
  }
}

// N9: ranges that hold nothing, next to nothing, or no number.
TEST(QuantParams, asymmetric_edges) {
  StorageRange range = StorageRange::int8();
  EXPECT_EQ(unwrap(chooseAsymmetric(0.0, 0.0, range)),
            (QuantParams{float(1.0 / 255.0), -128}));
  EXPECT_EQ(unwrap(chooseAsymmetric(0.0, 5e-324, range)),
            (QuantParams{kMinScale, -128}));
  EXPECT_EQ(unwrap(chooseAsymmetric(-1e-42, 1e-42, range)).scale, kMinScale);
  EXPECT_THAT(errorOf(chooseAsymmetric(kNaN, 1, range)),
              HasSubstr("not finite"));
  EXPECT_THAT(errorOf(chooseAsymmetric(0, kNaN, range)),
              HasSubstr("not finite"));
  EXPECT_THAT(errorOf(chooseAsymmetric(-kInf, 0, range)),
              HasSubstr("not finite"));
  EXPECT_THAT(errorOf(chooseAsymmetric(0, kInf, range)),
              HasSubstr("not finite"));
  EXPECT_THAT(errorOf(chooseAsymmetric(2, 1, range)),
              HasSubstr("range [2, 1] is empty"));
  EXPECT_THAT(errorOf(chooseAsymmetric(-1e300, 1e300, range)),
              HasSubstr("too large"));
}

// N10: the largest value takes the last step, the middle is the zero point.
TEST(QuantParams, symmetric_uses_equal_sides) {
  EXPECT_EQ(unwrap(chooseSymmetric(2.54, StorageRange::narrowInt8())),
            (QuantParams{0.02f, 0}));
  EXPECT_EQ(unwrap(chooseSymmetric(2.54, StorageRange::int8())),
            (QuantParams{0.02f, 0}));
  EXPECT_EQ(unwrap(chooseSymmetric(2.54, StorageRange::uint8())),
            (QuantParams{0.02f, 128}));
  EXPECT_EQ(unwrap(chooseSymmetric(7.0, StorageRange::get(4, true))),
            (QuantParams{1.0f, 0}));
}

// N10: both ends are reached without saturation, for every magnitude.
TEST(QuantParams, symmetric_reaches_both_ends) {
  auto generator = makeGenerator();
  for (int i = 0; i < 100000; ++i) {
    uint32_t bits = uint32_t(generator()) & 0x7fffffff;
    float absMax = floatOfBits(bits);
    if (!(absMax > 127 * kMinScale && absMax < kMaxScale))
      continue;
    StorageRange range = StorageRange::narrowInt8();
    float scale = unwrap(chooseSymmetric(absMax, range)).scale;
    ASSERT_EQ(quantizeF32(absMax, scale, 0, StorageRange::int8()), 127);
    ASSERT_EQ(quantizeF32(-absMax, scale, 0, StorageRange::int8()), -127);
  }
}

// N10: tensors that hold nothing, next to nothing, or no number.
TEST(QuantParams, symmetric_edges) {
  StorageRange range = StorageRange::narrowInt8();
  EXPECT_EQ(unwrap(chooseSymmetric(0.0, range)),
            (QuantParams{float(1.0 / 127.0), 0}));
  EXPECT_EQ(unwrap(chooseSymmetric(1e-44, range)), (QuantParams{kMinScale, 0}));
  for (double bad : {kNaN, kInf, -kInf, -1.0})
    EXPECT_THAT(errorOf(chooseSymmetric(bad, range)),
                HasSubstr("not the largest absolute value"));
  EXPECT_THAT(errorOf(chooseSymmetric(1e300, range)), HasSubstr("too large"));
}

// N32: the next power of two, which a power of two is already.
TEST(QuantParams, powers_of_two_are_rounded_up) {
  EXPECT_EQ(roundUpToPowerOfTwo(0.25f), 0.25f);
  EXPECT_EQ(roundUpToPowerOfTwo(std::nextafter(0.25f, 1.0f)), 0.5f);
  EXPECT_EQ(roundUpToPowerOfTwo(0.02f), 0x1p-5f);
  EXPECT_EQ(unwrap(chooseSymmetric(2.54, StorageRange::narrowInt8(), true)),
            (QuantParams{0x1p-5f, 0}));
  EXPECT_EQ(unwrap(chooseAsymmetric(-1.0, 2.0, StorageRange::uint8(), true)),
            (QuantParams{0x1p-6f, 64}));
}

// N32: the range still fits, and the scale is at most twice what it would be.
TEST(QuantParams, powers_of_two_hold_the_range) {
  auto generator = makeGenerator();
  for (int i = 0; i < 100000; ++i) {
    float absMax = floatOfBits(uint32_t(generator()) & 0x7fffffff);
    if (!(absMax > 127 * kMinScale && absMax < kMaxScale / 4))
      continue;
    StorageRange range = StorageRange::narrowInt8();
    float exact = unwrap(chooseSymmetric(absMax, range)).scale;
    float scale = unwrap(chooseSymmetric(absMax, range, true)).scale;
    int exponent;
    ASSERT_EQ(std::frexp(scale, &exponent), 0.5f);
    ASSERT_GE(scale, exact);
    ASSERT_LT(scale, 2 * exact);
  }
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rounding, legal scales, quantize, dequantize and the bias, each against a
// formulation that shares no step with the library's.
#include "quantc/Numerics/Quantize.h"
#include "Support.h"
#include "quantc/Numerics/Requantize.h"
#include <cmath>

using namespace quantc::numerics;
using testing::HasSubstr;

static const float kScales[] = {kMinScale, 1e-30f,      0x1p-24f, 0.0039f,
                                0.1f,      1.0f / 3.0f, 1.0f,     3.7f,
                                0x1p+40f,  kMaxScale};

/// Quantization by the correctly rounded f32 quotient (a double quotient of two
/// f32 numbers rounds to it) and the C library's own rounding to even.
static int32_t quantizeByLibrary(float value, float scale, int64_t zeroPoint,
                                 StorageRange range) {
  float quotient = float(double(value) / double(scale));
  if (quotient >= 1e6f)
    return int32_t(range.max);
  if (quotient <= -1e6f)
    return int32_t(range.min);
  int64_t steps = std::isnan(quotient) ? 0 : std::lrint(quotient);
  return int32_t(range.saturate(steps + zeroPoint));
}

// N1: against the C library, around every quarter and every power of two.
TEST(Quantize, rounds_half_to_even) {
  for (int quarters = -4000; quarters <= 4000; ++quarters) {
    double value = quarters / 4.0;
    for (double nearby :
         {value, std::nextafter(value, kInf), std::nextafter(value, -kInf)})
      EXPECT_EQ(roundHalfEven(nearby), std::nearbyint(nearby)) << nearby;
  }
  for (int exponent = -1074; exponent < 1024; ++exponent)
    for (double sign : {-1.0, 1.0})
      for (double factor : {1.0, 1.25, 1.5, 1.75}) {
        double value = sign * std::ldexp(factor, exponent);
        EXPECT_EQ(roundHalfEven(value), std::nearbyint(value)) << value;
      }
  EXPECT_EQ(roundHalfEven(kInf), kInf);
  EXPECT_EQ(roundHalfEven(-kInf), -kInf);
  EXPECT_TRUE(std::isnan(roundHalfEven(kNaN)));
}

// N2: both ends are legal, whatever lies beyond them is refused by name.
TEST(Quantize, refuses_illegal_scales) {
  EXPECT_EQ(unwrap(makeScale(0x1p-125)), kMinScale);
  EXPECT_EQ(unwrap(makeScale(0x1p+119)), kMaxScale);
  EXPECT_EQ(unwrap(makeScale(0.1)), 0.1f);
  EXPECT_THAT(errorOf(makeScale(kNaN)), HasSubstr("got NaN"));
  EXPECT_THAT(errorOf(makeScale(0.0)), HasSubstr("must be positive, got 0"));
  EXPECT_THAT(errorOf(makeScale(-0.0)), HasSubstr("must be positive"));
  EXPECT_THAT(errorOf(makeScale(-0.1)),
              HasSubstr("must be positive, got -0.1"));
  EXPECT_THAT(errorOf(makeScale(-kInf)), HasSubstr("must be positive"));
  EXPECT_THAT(errorOf(makeScale(kInf)), HasSubstr("inf is too large"));
  EXPECT_THAT(errorOf(makeScale(0x1.000002p+119)), HasSubstr("too large"));
  EXPECT_THAT(errorOf(makeScale(0x1.fffffep-126)), HasSubstr("too small"));
  EXPECT_THAT(errorOf(makeScale(1e-40)), HasSubstr("too small"));
  EXPECT_THAT(errorOf(makeScale(5e-324)), HasSubstr("too small"));
}

// N2: with the smallest scale every denormal number quantizes like zero, and
// every dequantized number but zero is normal and finite at both ends.
TEST(Quantize, no_result_depends_on_denormals) {
  for (uint32_t bits = 0; bits < 0x00800000; bits += 97)
    for (uint32_t sign : {0u, 0x80000000u})
      ASSERT_EQ(quantizeF32(floatOfBits(bits | sign), kMinScale, 3,
                            StorageRange::int8()),
                3);
  for (float scale : {kMinScale, kMaxScale})
    for (int32_t difference = 1; difference <= 255; ++difference) {
      EXPECT_TRUE(std::isnormal(dequantizeF32(difference, scale, 0)));
      EXPECT_TRUE(std::isnormal(dequantizeF32(-difference, scale, 0)));
    }
}

// N3: every 4099th of all f32 bit patterns, at ten scales.
TEST(Quantize, f32_quotient_ties_to_even) {
  for (float scale : kScales)
    for (uint64_t bits = 0; bits < (uint64_t(1) << 32); bits += 4099) {
      float value = floatOfBits(uint32_t(bits));
      ASSERT_EQ(quantizeF32(value, scale, -5, StorageRange::int8()),
                quantizeByLibrary(value, scale, -5, StorageRange::int8()))
          << value << " at " << scale;
    }
}

// N3: every tie and both its neighbours, for every zero point.
TEST(Quantize, ties_before_the_zero_point_is_added) {
  StorageRange range = StorageRange::int8();
  for (int64_t zeroPoint = -128; zeroPoint <= 127; ++zeroPoint)
    for (int halves = -600; halves <= 600; ++halves) {
      float tie = float(halves) / 2.0f;
      for (float value :
           {tie, std::nextafterf(tie, 1e9f), std::nextafterf(tie, -1e9f)})
        ASSERT_EQ(quantizeF32(value, 1.0f, zeroPoint, range),
                  quantizeByLibrary(value, 1.0f, zeroPoint, range));
    }
  // Rounded after the zero point was added, 2.5 + 1 would give 4.
  EXPECT_EQ(quantizeF32(2.5f, 1.0f, 1, range), 3);
}

// N3: the numbers nearest to every tie of many scales, where a product with the
// reciprocal or a wider quotient would often round to the other side.
TEST(Quantize, quotients_next_to_ties) {
  auto generator = makeGenerator();
  std::uniform_real_distribution<float> logScale(-20.0f, 20.0f);
  StorageRange range = StorageRange::int8();
  for (int i = 0; i < 500; ++i) {
    float scale = std::exp2(logScale(generator));
    for (int steps = -130; steps <= 130; ++steps) {
      float tie = (float(steps) + 0.5f) * scale;
      for (float value :
           {tie, std::nextafterf(tie, 1e30f), std::nextafterf(tie, -1e30f)})
        ASSERT_EQ(quantizeF32(value, scale, 0, range),
                  quantizeByLibrary(value, scale, 0, range))
            << value << " at " << scale;
    }
  }
}

// N3: the quotient is rounded to f32 before it is rounded to an integer. The
// real quotient here is 3.4999999, whose nearest f32 number is 3.5.
TEST(Quantize, quotient_is_f32) {
  EXPECT_LT(double(0.35f) / double(0.1f), 3.5);
  EXPECT_EQ(quantizeF32(0.35f, 0.1f, 0, StorageRange::int8()), 4);
}

// N4: what is no number of steps.
TEST(Quantize, not_a_number_infinity_and_saturation) {
  float inf = std::numeric_limits<float>::infinity();
  float nan = std::numeric_limits<float>::quiet_NaN();
  float largest = std::numeric_limits<float>::max();
  for (float scale : kScales)
    for (StorageRange range :
         {StorageRange::int8(), StorageRange::uint8(),
          StorageRange::narrowInt8(), StorageRange::get(16, true)})
      for (int64_t zeroPoint : {range.min, range.min + 9, range.max}) {
        EXPECT_EQ(quantizeF32(nan, scale, zeroPoint, range), zeroPoint);
        EXPECT_EQ(quantizeF32(-nan, scale, zeroPoint, range), zeroPoint);
        EXPECT_EQ(quantizeF32(inf, scale, zeroPoint, range), range.max);
        EXPECT_EQ(quantizeF32(-inf, scale, zeroPoint, range), range.min);
        EXPECT_EQ(quantizeF32(-0.0f, scale, zeroPoint, range), zeroPoint);
      }
  EXPECT_EQ(quantizeF32(largest, kMinScale, 0, StorageRange::int8()), 127);
  EXPECT_EQ(quantizeF32(-largest, kMinScale, 0, StorageRange::int8()), -128);
}

// N5: one f32 multiplication, and the way back gives every integer again.
TEST(Quantize, dequantize_then_quantize_is_identity) {
  StorageRange range = StorageRange::int8();
  for (float scale : kScales)
    for (int64_t zeroPoint = -128; zeroPoint <= 127; ++zeroPoint)
      for (int32_t stored = -128; stored <= 127; ++stored) {
        float real = dequantizeF32(stored, scale, zeroPoint);
        ASSERT_EQ(real, float(double(scale) * double(stored - zeroPoint)));
        ASSERT_EQ(quantizeF32(real, scale, zeroPoint, range), stored);
      }
}

// N6: the product of two scales has at most 48 digits and is exact.
TEST(Quantize, accumulator_scale_is_exact) {
  auto generator = makeGenerator();
  for (int i = 0; i < 100000; ++i) {
    uint32_t a = uint32_t(generator()) >> 8 | 1, b = uint32_t(generator()) >> 8;
    double product =
        accumulatorScale(std::ldexp(float(a), -30), std::ldexp(float(b), -40));
    ASSERT_EQ(std::ldexp(product, 70), double(uint64_t(a) * b));
  }
}

// N7: ties to even in double, up to both ends of i32.
TEST(Quantize, bias_is_rounded_in_double) {
  EXPECT_EQ(unwrap(quantizeBias(2.5, 1.0)), 2);
  EXPECT_EQ(unwrap(quantizeBias(-3.5, 1.0)), -4);
  EXPECT_EQ(unwrap(quantizeBias(0.0, 1e-12)), 0);
  // 2^24 + 1 is no f32 number.
  EXPECT_EQ(unwrap(quantizeBias(16777217.0, 1.0)), 16777217);
  EXPECT_EQ(unwrap(quantizeBias(2147483647.5, 1.0 + 0x1p-40)), kMaxInt32);
  EXPECT_EQ(unwrap(quantizeBias(-2147483648.0, 1.0)), kMinInt32);
  EXPECT_THAT(errorOf(quantizeBias(2147483648.0, 1.0)),
              HasSubstr("does not fit i32"));
  EXPECT_THAT(errorOf(quantizeBias(-2147483649.0, 1.0)),
              HasSubstr("does not fit i32"));
  EXPECT_THAT(errorOf(quantizeBias(1.0, 5e-324)),
              HasSubstr("does not fit i32"));
  EXPECT_THAT(errorOf(quantizeBias(kNaN, 1.0)), HasSubstr("not finite"));
  EXPECT_THAT(errorOf(quantizeBias(-kInf, 1.0)), HasSubstr("not finite"));
  EXPECT_THAT(errorOf(quantizeBias(1.0, 0.0)), HasSubstr("bias scale 0"));
  EXPECT_THAT(errorOf(quantizeBias(1.0, kNaN)), HasSubstr("bias scale"));
  EXPECT_THAT(errorOf(quantizeBias(1.0, kInf)), HasSubstr("bias scale"));
}

// N8: with the smallest weight scale, the bias takes half of i32 and the
// multiplier exists; the scale is no more than a millionth too large.
TEST(Quantize, smallest_weight_scale_is_enough_and_tight) {
  for (float input : {1e-6f, 0.0235f, 1.0f, 900.0f})
    for (float output : {1e-6f, 0.05f, 1.0f, 900.0f})
      for (double bias : {0.0, 1e-9, -0.7, 12.5, -1e5}) {
        float weight = unwrap(smallestWeightScale(input, output, bias));
        EXPECT_LE(std::abs(int64_t(unwrap(
                      quantizeBias(bias, accumulatorScale(input, weight))))),
                  int64_t(1) << 30);
        EXPECT_TRUE(
            unwrap(computeMultiplier(realMultiplier(input, weight, output)))
                .isLegal());
        double less = double(weight) * (1.0 - 0x1p-20) * input;
        EXPECT_TRUE(std::fabs(bias) / less > 0x1p30 || less / output < 0x1p-32);
      }
  EXPECT_THAT(errorOf(smallestWeightScale(1.0f, 1.0f, kNaN)),
              HasSubstr("not finite"));
  EXPECT_THAT(errorOf(smallestWeightScale(1e-30f, 1.0f, 1e30)),
              HasSubstr("too large"));
}

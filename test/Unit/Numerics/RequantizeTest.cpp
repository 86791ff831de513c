// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The multiplier and the three roundings, against exact integer divisions and
// against the formulations of TOSA, TFLite and ONNX Runtime.
#include "quantc/Numerics/Requantize.h"
#include "Support.h"
#include <cmath>

using namespace quantc::numerics;
using testing::HasSubstr;

/// Both ends of every multiplier range and numbers without a pattern.
static const int32_t kMultipliers[] = {1 << 30,    (1 << 30) + 1, 1140850689,
                                       1518500250, 0x7ffffffe,    0x7fffffff};

/// floor(accumulator * m / 2^s + 1/2), with divisions instead of shifts.
static __int128 divideRounded(__int128 accumulator, FixedPointMultiplier m) {
  __int128 denominator = __int128(1) << m.shift;
  return floorDivide(2 * accumulator * m.multiplier + denominator,
                     2 * denominator);
}

/// The two steps of TFLite's reference kernels: the high half of the doubled
/// product, then a division by a power of two with ties away from zero.
static int64_t roundTwiceLikeTFLite(int32_t accumulator,
                                    FixedPointMultiplier m) {
  int64_t product = int64_t(accumulator) * m.multiplier;
  int64_t nudge = product >= 0 ? (1 << 30) : 1 - (1 << 30);
  int64_t high = (product + nudge) / (int64_t(1) << 31);
  int64_t divisor = int64_t(1) << (m.shift - 31);
  int64_t quotient = high / divisor, rest = std::llabs(high % divisor);
  if (2 * rest >= divisor && rest != 0)
    quotient += high < 0 ? -1 : 1;
  return quotient;
}

/// ONNX Runtime's requantization as its kernels spell it.
static int32_t requantizeLikeRuntime(int32_t accumulator, float scale,
                                     int32_t zeroPoint, StorageRange range) {
  float value = float(accumulator) * scale;
  value = std::fmax(value, float(range.min - zeroPoint));
  value = std::fmin(value, float(range.max - zeroPoint));
  return int32_t(std::lrintf(value)) + zeroPoint;
}

/// Calls `check(accumulator, multiplier)` for every legal shift, and for edge
/// and random accumulators.
template <typename Check>
static void forEachCase(Check check) {
  auto generator = makeGenerator();
  std::vector<int32_t> edges = edgeAccumulators();
  for (int32_t shift = 2; shift <= 62; ++shift)
    for (int32_t multiplier : kMultipliers) {
      FixedPointMultiplier m{multiplier, shift};
      for (int32_t accumulator : edges)
        check(accumulator, m);
      for (int i = 0; i < 2000; ++i)
        check(int32_t(anyMagnitude(generator, 32)), m);
    }
}

// N11: the value of a multiplier and what is legal.
TEST(Multiplier, value_and_legality) {
  EXPECT_EQ((FixedPointMultiplier{1 << 30, 30}).toReal(), 1.0);
  EXPECT_EQ((FixedPointMultiplier{3 << 29, 33}).toReal(), 0.1875);
  EXPECT_TRUE((FixedPointMultiplier{1 << 30, 2}).isLegal());
  EXPECT_TRUE((FixedPointMultiplier{kMaxInt32, 62}).isLegal());
  EXPECT_FALSE((FixedPointMultiplier{(1 << 30) - 1, 40}).isLegal());
  EXPECT_FALSE((FixedPointMultiplier{-(1 << 30), 40}).isLegal());
  EXPECT_FALSE((FixedPointMultiplier{1 << 30, 1}).isLegal());
  EXPECT_FALSE((FixedPointMultiplier{1 << 30, 63}).isLegal());
}

// N12: every exponent; the 53 digits of the double are rounded to 31 with
// integers only, ties up.
TEST(Multiplier, from_the_digits_of_a_double) {
  auto generator = makeGenerator();
  for (int exponent = -32; exponent < 29; ++exponent)
    for (int i = 0; i < 2000; ++i) {
      uint64_t digits = (generator() >> 12) | (uint64_t(1) << 52);
      if (i % 4 == 0) // A tie.
        digits = (digits & ~((uint64_t(1) << 22) - 1)) | (uint64_t(1) << 21);
      double real = std::ldexp(double(digits), exponent - 52);
      uint64_t rounded = (digits + (uint64_t(1) << 21)) >> 22;
      bool carried = rounded == uint64_t(1) << 31;
      FixedPointMultiplier expected{int32_t(carried ? rounded / 2 : rounded),
                                    30 - exponent - carried};
      FixedPointMultiplier m = unwrap(computeMultiplier(real));
      ASSERT_TRUE(m == expected) << real;
      ASSERT_TRUE(m.isLegal());
      ASSERT_LE(std::fabs(m.toReal() / real - 1.0), 0x1p-31);
    }
}

// N12: powers of two, the carry, both ends and everything beyond them.
TEST(Multiplier, edges) {
  for (int exponent = -32; exponent <= 28; ++exponent)
    EXPECT_EQ(unwrap(computeMultiplier(std::ldexp(1.0, exponent))),
              (FixedPointMultiplier{1 << 30, 30 - exponent}));
  EXPECT_EQ(unwrap(computeMultiplier(std::nextafter(1.0, 0.0))),
            (FixedPointMultiplier{1 << 30, 30}));
  EXPECT_EQ(unwrap(computeMultiplier(0x1p-32 * (1 - 0x1p-40))),
            (FixedPointMultiplier{1 << 30, 62}));
  EXPECT_EQ(unwrap(computeMultiplier(0x1p29 - 1)),
            (FixedPointMultiplier{kMaxInt32 - 3, 2}));
  EXPECT_THAT(errorOf(computeMultiplier(0x1p29)), HasSubstr("too large"));
  EXPECT_THAT(errorOf(computeMultiplier(std::nextafter(0x1p29, 0.0))),
              HasSubstr("too large"));
  EXPECT_THAT(errorOf(computeMultiplier(1e308)), HasSubstr("too large"));
  EXPECT_THAT(errorOf(computeMultiplier(0x1p-32 * (1 - 0x1p-30))),
              HasSubstr("too small"));
  EXPECT_THAT(errorOf(computeMultiplier(5e-324)), HasSubstr("too small"));
  EXPECT_THAT(errorOf(computeMultiplier(0.0)), HasSubstr("positive, got 0"));
  EXPECT_THAT(errorOf(computeMultiplier(-1.0)), HasSubstr("positive, got -1"));
  EXPECT_THAT(errorOf(computeMultiplier(kInf)), HasSubstr("finite"));
  EXPECT_THAT(errorOf(computeMultiplier(-kInf)), HasSubstr("positive"));
  EXPECT_THAT(errorOf(computeMultiplier(kNaN)), HasSubstr("NaN"));
}

// N12: the refused small multipliers lose nothing: even the largest legal one
// below 2^-32 takes every i32 to zero.
TEST(Multiplier, below_the_smallest_everything_is_zero) {
  FixedPointMultiplier smallest{1 << 30, 62};
  for (int32_t accumulator : edgeAccumulators())
    EXPECT_EQ(applyMultiplier(accumulator, smallest), 0);
  EXPECT_EQ(applyMultiplier(kMaxInt32, {(1 << 30) + 1, 62}), 1);
}

// N13: one rounding, exactly, at every shift.
TEST(Requantize, single_is_the_exact_quotient) {
  forEachCase([](int32_t accumulator, FixedPointMultiplier m) {
    ASSERT_EQ(applyMultiplier(accumulator, m, Rounding::Single),
              int64_t(divideRounded(accumulator, m)))
        << accumulator << " * " << m.multiplier << " >> " << m.shift;
  });
}

// N13: from shift 31 on, i32 stays i32; at shift 30 it does not.
TEST(Requantize, keeps_int32_below_one) {
  forEachCase([](int32_t accumulator, FixedPointMultiplier m) {
    if (!m.keepsInt32())
      return;
    int64_t scaled = applyMultiplier(accumulator, m, Rounding::Single);
    ASSERT_EQ(scaled, saturateTo<int32_t>(scaled));
    scaled = applyMultiplier(accumulator, m, Rounding::Double);
    ASSERT_EQ(scaled, saturateTo<int32_t>(scaled));
  });
  FixedPointMultiplier two{1 << 30, 29};
  EXPECT_FALSE(two.keepsInt32());
  EXPECT_EQ(applyMultiplier(kMaxInt32, two), int64_t(kMaxInt32) * 2);
}

// N14: two roundings where the shift has room for two, else one.
TEST(Requantize, double_is_the_two_steps_of_tflite) {
  forEachCase([](int32_t accumulator, FixedPointMultiplier m) {
    int64_t expected = m.shift > 31 ? roundTwiceLikeTFLite(accumulator, m)
                                    : int64_t(divideRounded(accumulator, m));
    ASSERT_EQ(applyMultiplier(accumulator, m, Rounding::Double), expected)
        << accumulator << " * " << m.multiplier << " >> " << m.shift;
  });
}

// N15: the i64 form is the i32 form on i32 accumulators.
TEST(Requantize, int64_extends_int32) {
  forEachCase([](int32_t accumulator, FixedPointMultiplier m) {
    for (Rounding rounding : {Rounding::Single, Rounding::Double})
      ASSERT_EQ(applyMultiplier(int64_t(accumulator), m, rounding),
                applyMultiplier(accumulator, m, rounding));
  });
}

// N15: exact beyond i32, saturating beyond i64, and equal to the two 64-bit
// products with which a lowering can compute it.
TEST(Requantize, int64_is_the_exact_quotient) {
  auto generator = makeGenerator();
  std::vector<int64_t> accumulators = {kMinInt64, kMinInt64 + 1, kMaxInt64};
  for (int i = 0; i < 2000; ++i)
    accumulators.push_back(anyMagnitude(generator, 64));
  for (int32_t shift = 2; shift <= 62; ++shift)
    for (int32_t multiplier : kMultipliers)
      for (int64_t accumulator : accumulators) {
        FixedPointMultiplier m{multiplier, shift};
        __int128 expected = divideRounded(accumulator, m);
        expected = std::clamp<__int128>(expected, kMinInt64, kMaxInt64);
        ASSERT_EQ(applyMultiplier(accumulator, m), int64_t(expected));
        if (shift < 32)
          continue;
        int64_t high = accumulator >> 31, low = accumulator & 0x7fffffff;
        int64_t sum = high * multiplier + ((low * multiplier) >> 31);
        ASSERT_EQ((sum + (int64_t(1) << (shift - 32))) >> (shift - 31),
                  int64_t(expected));
      }
}

// N13, N14: zero point and clamp follow the rounding, for all 65,536 products
// of two 8-bit numbers, in every rounding, at every 8-bit zero point's ends.
TEST(Requantize, all_products_of_two_bytes) {
  StorageRange range = StorageRange::int8();
  for (double real : {1.0, 0.0078125, 0.00392, 0.37, 1.9})
    for (int64_t zeroPoint : {-128, 0, 7, 127}) {
      FixedPointMultiplier m = unwrap(computeMultiplier(real));
      for (int32_t a = -128; a <= 127; ++a)
        for (int32_t b = -128; b <= 127; ++b) {
          int32_t product = a * b;
          int64_t once = int64_t(divideRounded(product, m)) + zeroPoint;
          ASSERT_EQ(requantize(product, m, Rounding::Single, zeroPoint, range),
                    std::min<int64_t>(127, std::max<int64_t>(-128, once)));
          int64_t twice = m.shift > 31
                              ? roundTwiceLikeTFLite(product, m) + zeroPoint
                              : once;
          ASSERT_EQ(requantize(product, m, Rounding::Double, zeroPoint, range),
                    std::min<int64_t>(127, std::max<int64_t>(-128, twice)));
          ASSERT_EQ(requantizeFloatEven(product, float(real), zeroPoint, range),
                    requantizeLikeRuntime(product, float(real),
                                          int32_t(zeroPoint), range));
        }
    }
}

// N13: no accumulator, however large its scaled value, wraps at the clamp.
TEST(Requantize, saturates_at_the_ends) {
  StorageRange range = StorageRange::uint8();
  FixedPointMultiplier largest{kMaxInt32, 2};
  for (Rounding rounding : {Rounding::Single, Rounding::Double}) {
    EXPECT_EQ(requantize(kMaxInt32, largest, rounding, 3, range), 255);
    EXPECT_EQ(requantize(kMinInt32, largest, rounding, 3, range), 0);
    EXPECT_EQ(requantize(kMaxInt64, largest, rounding, 3, range), 255);
    EXPECT_EQ(requantize(kMinInt64, largest, rounding, 3, range), 0);
  }
}

// N16: f32 multiplication, then ties to even, over all magnitudes.
TEST(Requantize, float_even_is_onnx_runtime) {
  auto generator = makeGenerator();
  std::vector<int32_t> accumulators = edgeAccumulators();
  for (int i = 0; i < 20000; ++i)
    accumulators.push_back(int32_t(anyMagnitude(generator, 32)));
  for (float scale : {0x1p-32f, 1e-5f, 0.0039f, 0.25f, 1.0f, 255.0f})
    for (int32_t zeroPoint : {-128, 5, 127})
      for (int32_t accumulator : accumulators) {
        int32_t expected = requantizeLikeRuntime(accumulator, scale, zeroPoint,
                                                 StorageRange::int8());
        ASSERT_EQ(requantizeFloatEven(accumulator, scale, zeroPoint,
                                      StorageRange::int8()),
                  expected);
        ASSERT_EQ(requantizeFloatEven(int64_t(accumulator), scale, zeroPoint,
                                      StorageRange::int8()),
                  expected);
      }
  EXPECT_EQ(floatMultiplier(0.1f, 0.3f, 0.7f), (0.1f * 0.3f) / 0.7f);
}

// N13, N14, N16: one tie, 2.5 and -2.5 steps, tells the three apart.
TEST(Requantize, the_three_roundings_of_a_tie) {
  StorageRange range = StorageRange::int8();
  FixedPointMultiplier eighth = unwrap(computeMultiplier(0.125));
  EXPECT_EQ(requantize(20, eighth, Rounding::Single, 0, range), 3);
  EXPECT_EQ(requantize(20, eighth, Rounding::Double, 0, range), 3);
  EXPECT_EQ(requantizeFloatEven(20, 0.125f, 0, range), 2);
  EXPECT_EQ(requantize(-20, eighth, Rounding::Single, 0, range), -2);
  EXPECT_EQ(requantize(-20, eighth, Rounding::Double, 0, range), -3);
  EXPECT_EQ(requantizeFloatEven(-20, 0.125f, 0, range), -2);
}

// N37: where the ends of i32 saturate, saturating the accumulator to i32 first
// changes nothing.
TEST(Requantize, saturated_accumulators) {
  auto generator = makeGenerator();
  for (unsigned bits : {8u, 16u})
    for (Rounding rounding : {Rounding::Single, Rounding::Double})
      for (int32_t shift = 2; shift <= 62; ++shift)
        for (int32_t multiplier : kMultipliers) {
          FixedPointMultiplier m{multiplier, shift};
          StorageRange range = StorageRange::get(bits, true);
          bool saturates = saturatesBeyondInt32(m, rounding, 5, range);
          // Every multiplier of at least 2^-14 does.
          ASSERT_TRUE(saturates || m.toReal() < 0x1p-14);
          if (!saturates)
            continue;
          for (int i = 0; i < 100; ++i) {
            int64_t accumulator = anyMagnitude(generator, 61);
            int32_t saturated = saturateTo<int32_t>(accumulator);
            ASSERT_EQ(requantize(accumulator, m, rounding, 5, range),
                      requantize(saturated, m, rounding, 5, range));
          }
        }
}

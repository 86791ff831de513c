// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A float simulation against the integers that it stands for.
#include "Support.h"
#include "quantc/Numerics/Quantize.h"
#include "quantc/Numerics/Requantize.h"

#include <cmath>
#include <random>

using namespace quantc::numerics;

// N40: the sum of dequantized products, added up in f32 and quantized again,
// is the requantized sum of the integers where scales are powers of two.
TEST(Simulation, is_exact_for_powers_of_two) {
  std::mt19937 random(5);
  std::uniform_int_distribution<int> byte(-128, 127), exponent(-12, 0);
  StorageRange range{-128, 127};
  for (int run = 0; run < 2000; ++run) {
    float input = std::ldexp(1.0f, exponent(random));
    float weight = std::ldexp(1.0f, exponent(random));
    float output = std::ldexp(1.0f, exponent(random));
    int64_t inputZero = byte(random), outputZero = byte(random);
    int32_t bias = byte(random) * 1000;
    // 255 * 127 * 500 is below 2^24.
    float sum = input * weight * static_cast<float>(bias);
    int32_t accumulator = bias;
    for (int term = 0; term < 500; ++term) {
      int32_t x = byte(random), w = std::max(byte(random), -127);
      sum += dequantizeF32(x, input, inputZero) * dequantizeF32(w, weight, 0);
      accumulator += static_cast<int32_t>(x - inputZero) * w;
    }
    ASSERT_LT(std::abs(accumulator), 1 << 24);
    EXPECT_EQ(quantizeF32(sum, output, outputZero, range),
              requantizeFloatEven(accumulator,
                                  floatMultiplier(input, weight, output),
                                  outputZero, range));
  }
}

// N41: the sum of two dequantized integers, quantized again, is the sum of the
// integers at the ratios of the scales where these are powers of two.
TEST(Simulation, adds_exactly_for_powers_of_two) {
  std::mt19937 random(6);
  std::uniform_int_distribution<int> byte(-128, 127), exponent(-12, 0);
  StorageRange range{-128, 127};
  for (int run = 0; run < 100000; ++run) {
    float left = std::ldexp(1.0f, exponent(random));
    float right = std::ldexp(1.0f, exponent(random));
    float output = std::ldexp(1.0f, exponent(random));
    int64_t leftZero = byte(random), rightZero = byte(random);
    int64_t outputZero = byte(random);
    int32_t a = byte(random), b = byte(random);
    float steps = static_cast<float>(a - leftZero) * (left / output) +
                  static_cast<float>(b - rightZero) * (right / output);
    EXPECT_EQ(quantizeF32(dequantizeF32(a, left, leftZero) +
                              dequantizeF32(b, right, rightZero),
                          output, outputZero, range),
              range.saturate(outputZero + static_cast<int64_t>(roundHalfEven(
                                              static_cast<double>(steps)))));
  }
}

// N40: the pair of a quantize and a dequantize changes no number on the grid,
// whatever the scale, so that repeating it is free.
TEST(Simulation, repeats_without_a_change) {
  StorageRange range{-32768, 32767};
  for (float scale : {0x1p-20f, 0.0039f, 1.0f / 3.0f, 3.7f})
    for (int32_t stored = -32768; stored <= 32767; stored += 7) {
      float real = dequantizeF32(stored, scale, 11);
      EXPECT_EQ(quantizeF32(real, scale, 11, range), stored);
    }
}

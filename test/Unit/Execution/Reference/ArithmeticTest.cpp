// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reference arithmetic against the Numerics library: two formulations of
// one contract, over the whole space of stored integers where it is small.
#include "Support.h"

#include "quantc/Numerics/AddMultipliers.h"
#include "quantc/Numerics/Quantize.h"
#include "quantc/Numerics/Requantize.h"
#include "quantc/Numerics/SoftmaxTable.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

using namespace quantc::exec::test;
using namespace quantc::numerics;

namespace {

/// Ratios around one, with ties, far below and above, and of odd bits.
const std::vector<std::pair<float, float>> kScalePairs = {
    {1.0f, 1.0f},   {0.5f, 1.0f},          {0.25f, 1.0f},     {1.0f, 0.3f},
    {0.1f, 0.7f},   {0.0123f, 0.0456f},    {3.7f, 0.011f},    {1e-4f, 2.0f},
    {1.0f, 4096.f}, {0.0078125f, 0.0625f}, {1.9999999f, 1.0f}};

struct RoundingCase {
  const char *name;
  Rounding rounding;
};
const RoundingCase kRoundings[] = {{"single", Rounding::Single},
                                   {"double", Rounding::Double},
                                   {"float_even", Rounding::FloatEven}};

TEST(ReferenceArithmetic, RequantizeEvery16BitInteger) {
  std::vector<int16_t> x = allValues<int16_t>();
  for (auto [from, to] : kScalePairs)
    for (const RoundingCase &rounding : kRoundings) {
      std::string text = llvm::formatv(
          "func.func @main(%x: tensor<65536x{0}>) -> tensor<65536x{1}> {{\n"
          "%0 = qnn.requantize %x {{rounding = #qnn.rounding<{2}>, clamp = "
          "array<i32: -100, 127>} : tensor<65536x{0}> -> tensor<65536x{1}>\n"
          "return %0 : tensor<65536x{1}>\n}",
          quantized("i16", from, 5), quantized("i8", to, -7), rounding.name);
      std::vector<int8_t> actual = evaluate<int8_t>(text, x.size(), x);
      FixedPointMultiplier multiplier =
          llvm::cantFail(computeMultiplier(realMultiplier(from, 1.0f, to)));
      for (size_t i = 0; i < x.size(); ++i) {
        int32_t difference = x[i] - 5;
        int32_t expected =
            rounding.rounding == Rounding::FloatEven
                ? requantizeFloatEven(difference,
                                      floatMultiplier(from, 1.0f, to), -7,
                                      StorageRange::int8())
                : requantize(difference, multiplier, rounding.rounding, -7,
                             StorageRange::int8());
        ASSERT_EQ(actual[i], std::max(expected, -100))
            << x[i] << " from " << from << " to " << to << ", "
            << rounding.name;
      }
    }
}

/// The accumulator is the bias, so that all of i32 is reached.
TEST(ReferenceArithmetic, RequantizeWideAccumulators) {
  std::mt19937 random(1);
  std::vector<int32_t> bias = {0, 1, -1, std::numeric_limits<int32_t>::max(),
                               std::numeric_limits<int32_t>::min()};
  while (bias.size() < 4096)
    bias.push_back(static_cast<int32_t>(random()) >> random() % 32);
  for (auto [weightScale, resultScale] : kScalePairs)
    for (const RoundingCase &rounding : kRoundings) {
      float inputScale = 0.37f;
      std::string text = llvm::formatv(
          "func.func @main(%x: tensor<1x1x{0}>, %w: tensor<4096x1x{1}>, %b: "
          "tensor<4096x!quant.uniform<i32:f32, {2:E17}>>) -> "
          "tensor<1x4096x{3}> "
          "{{\n"
          "%0 = qnn.fully_connected %x, %w, %b {{rounding = "
          "#qnn.rounding<{4}>} : (tensor<1x1x{0}>, tensor<4096x1x{1}>, "
          "tensor<4096x!quant.uniform<i32:f32, {2:E17}>>) -> "
          "tensor<1x4096x{3}>\n"
          "return %0 : tensor<1x4096x{3}>\n}",
          quantized("i8", inputScale, 3), quantized("i8", weightScale, 0),
          double(inputScale) * double(weightScale),
          quantized("u16", resultScale, 30000), rounding.name);
      std::vector<uint16_t> actual =
          evaluate<uint16_t>(text, bias.size(), std::vector<int8_t>{3},
                             std::vector<int8_t>(4096), bias);
      FixedPointMultiplier multiplier = llvm::cantFail(computeMultiplier(
          realMultiplier(inputScale, weightScale, resultScale)));
      StorageRange range = StorageRange::get(16, false);
      for (size_t i = 0; i < bias.size(); ++i) {
        int32_t expected =
            rounding.rounding == Rounding::FloatEven
                ? requantizeFloatEven(
                      bias[i],
                      floatMultiplier(inputScale, weightScale, resultScale),
                      30000, range)
                : requantize(bias[i], multiplier, rounding.rounding, 30000,
                             range);
        ASSERT_EQ(actual[i], expected)
            << bias[i] << ", weight scale " << weightScale << ", result scale "
            << resultScale << ", " << rounding.name;
      }
    }
}

/// One operation of all pairs of 8-bit integers, by broadcast.
std::vector<int8_t> evaluatePairs(llvm::StringRef operation,
                                  llvm::StringRef attributes, float lhs,
                                  float rhs, float result) {
  std::string text = llvm::formatv(
      "func.func @main(%a: tensor<256x1x{2}>, %b: tensor<1x256x{3}>) -> "
      "tensor<256x256x{4}> {{\n"
      "%0 = qnn.{0} %a, %b {1} : (tensor<256x1x{2}>, tensor<1x256x{3}>) -> "
      "tensor<256x256x{4}>\n"
      "return %0 : tensor<256x256x{4}>\n}",
      operation, attributes, quantized("i8", lhs, -3),
      quantized("u8", rhs, 131), quantized("i8", result, 9));
  return evaluate<int8_t>(text, 256 * 256, allValues<int8_t>(),
                          allValues<uint8_t>());
}

TEST(ReferenceArithmetic, SumsAndDifferencesOfEveryPair) {
  for (auto [lhs, result] :
       {std::pair(0.5f, 1.0f), {0.013f, 0.021f}, {0.7f, 0.011f}, {1.0f, 1.0f}})
    for (float rhs : {0.25f, 0.0077f, 1.3f})
      for (int sign : {1, -1}) {
        std::vector<int8_t> actual =
            evaluatePairs(sign > 0 ? "add" : "sub",
                          "{clamp = array<i32: -128, 101>}", lhs, rhs, result);
        AddMultipliers multipliers = llvm::cantFail(computeAddMultipliers(
            double(lhs) / double(result), sign * double(rhs) / double(result)));
        for (int a = -128; a < 128; ++a)
          for (int b = 0; b < 256; ++b) {
            int32_t expected =
                std::min(addQuantized(a + 3, b - 131, multipliers, 9,
                                      StorageRange::int8()),
                         101);
            ASSERT_EQ(actual[(a + 128) * 256 + b], expected)
                << a << " and " << b << ", scales " << lhs << ", " << rhs
                << " to " << result << ", sign " << sign;
          }
      }
}

TEST(ReferenceArithmetic, ProductsOfEveryPair) {
  for (auto [lhs, result] : kScalePairs)
    for (const RoundingCase &rounding : kRoundings) {
      float rhs = 0.043f;
      std::string attributes =
          llvm::formatv("{{rounding = #qnn.rounding<{0}>}", rounding.name);
      std::vector<int8_t> actual =
          evaluatePairs("mul", attributes, lhs, rhs, result);
      FixedPointMultiplier multiplier =
          llvm::cantFail(computeMultiplier(realMultiplier(lhs, rhs, result)));
      for (int a = -128; a < 128; ++a)
        for (int b = 0; b < 256; ++b) {
          int32_t product = (a + 3) * (b - 131);
          int32_t expected =
              rounding.rounding == Rounding::FloatEven
                  ? requantizeFloatEven(product,
                                        floatMultiplier(lhs, rhs, result), 9,
                                        StorageRange::int8())
                  : requantize(product, multiplier, rounding.rounding, 9,
                               StorageRange::int8());
          ASSERT_EQ(actual[(a + 128) * 256 + b], expected)
              << a << " and " << b << ", " << rounding.name;
        }
    }
}

TEST(ReferenceArithmetic, QuantizeFloatsOfAllKinds) {
  std::mt19937 random(2);
  std::vector<float> x = {0.0f, -0.0f, NAN, INFINITY, -INFINITY, 1e-45f, 1e38f};
  for (int i = -600; i <= 600; ++i)
    x.push_back(static_cast<float>(i) * 0.25f * 0.3f);
  while (x.size() < 8192) {
    uint32_t bits = random();
    float value;
    std::memcpy(&value, &bits, sizeof(value));
    x.push_back(value);
  }
  for (float scale : {0.5f, 0.3f, 1e-3f, 0x1p-125f, 0x1p119f}) {
    std::string text = llvm::formatv(
        "func.func @main(%x: tensor<8192xf32>) -> tensor<8192x{0}> {{\n"
        "%0 = qnn.quantize %x : tensor<8192xf32> -> tensor<8192x{0}>\n"
        "return %0 : tensor<8192x{0}>\n}",
        quantized("u8", scale, 77));
    std::vector<uint8_t> actual = evaluate<uint8_t>(text, x.size(), x);
    for (size_t i = 0; i < x.size(); ++i)
      ASSERT_EQ(actual[i], quantizeF32(x[i], scale, 77, StorageRange::uint8()))
          << x[i] << " at scale " << scale;
  }
}

TEST(ReferenceArithmetic, DequantizeEveryByte) {
  for (float scale : {0.5f, 0.3f, 0x1p-125f, 0x1p119f}) {
    std::string text = llvm::formatv(
        "func.func @main(%x: tensor<256x{0}>) -> tensor<256xf32> {{\n"
        "%0 = qnn.dequantize %x : tensor<256x{0}> -> tensor<256xf32>\n"
        "return %0 : tensor<256xf32>\n}",
        quantized("i8", scale, -9));
    std::vector<float> actual = evaluate<float>(text, 256, allValues<int8_t>());
    for (int q = -128; q < 128; ++q)
      EXPECT_EQ(actual[q + 128], dequantizeF32(q, scale, -9));
  }
}

// Every step of 16 bits and what lies between two, of two channels.
TEST(ReferenceArithmetic, FakeQuantizeIsBothCasts) {
  constexpr float kScales[] = {0.25f, 0.3f};
  std::vector<float> x = {NAN, NAN, INFINITY, INFINITY, -INFINITY, -INFINITY};
  for (int step = -33000; step <= 33000; step += 3)
    for (float scale : kScales)
      x.push_back((static_cast<float>(step) + 0.5f) * scale);
  std::string type = llvm::formatv("tensor<{0}x2xf32>", x.size() / 2);
  std::string text = llvm::formatv(
      "func.func @main(%x: {0}) -> {0} {{\n"
      "%0 = qnn.fake_quantize %x as !quant.uniform<i16:f32:1, {{0.25:7, "
      "0.3:-9}> : {0}\n"
      "return %0 : {0}\n}",
      type);
  std::vector<float> actual = evaluate<float>(text, x.size(), x);
  StorageRange range = StorageRange::get(16, /*isSigned=*/true, false);
  for (size_t i = 0; i < x.size(); ++i) {
    float scale = kScales[i % 2];
    int64_t zeroPoint = i % 2 ? -9 : 7;
    int32_t stored = quantizeF32(x[i], scale, zeroPoint, range);
    ASSERT_EQ(actual[i], dequantizeF32(stored, scale, zeroPoint)) << x[i];
  }
}

/// The row runs along the middle axis; its length changes the fraction bits.
TEST(ReferenceArithmetic, SoftmaxOfRandomRows) {
  std::mt19937 random(3);
  for (int64_t length : {1, 2, 10, 257, 1001})
    for (float scale : {0.01f, 0.1f, 0.7f, 30.0f}) {
      std::vector<uint8_t> x(2 * length * 3);
      for (uint8_t &value : x)
        value = static_cast<uint8_t>(random());
      std::string text = llvm::formatv(
          "func.func @main(%x: tensor<2x{0}x3x{1}>) -> tensor<2x{0}x3x{2}> {{\n"
          "%0 = qnn.softmax %x {{axis = 1 : i64} : tensor<2x{0}x3x{1}> -> "
          "tensor<2x{0}x3x{2}>\n"
          "return %0 : tensor<2x{0}x3x{2}>\n}",
          length, quantized("u8", scale, 128),
          quantized("i8", 1.0 / 256, -128));
      std::vector<int8_t> actual = evaluate<int8_t>(text, x.size(), x);
      SoftmaxTable table = llvm::cantFail(computeSoftmaxTable(scale, length));
      for (int64_t row = 0; row < 6; ++row) {
        auto at = [&](int64_t i) {
          return (row / 3 * length + i) * 3 + row % 3;
        };
        uint8_t greatest = 0;
        for (int64_t i = 0; i < length; ++i)
          greatest = std::max(greatest, x[at(i)]);
        uint32_t sum = 0;
        for (int64_t i = 0; i < length; ++i)
          sum += table.values[greatest - x[at(i)]];
        for (int64_t i = 0; i < length; ++i)
          ASSERT_EQ(actual[at(i)] + 128,
                    static_cast<int>(softmaxProbability(
                        table.values[greatest - x[at(i)]], sum)))
              << "length " << length << ", scale " << scale;
      }
    }
}

} // namespace

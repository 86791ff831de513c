// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions and matrix products. Shapes are odd and unequal in all
// dimensions, so that no two can be confused.
#include "Differential.h"
#include "gtest/gtest.h"

using namespace quantc::test;

namespace {

const char *const kRoundings[] = {"single", "double", "float_even"};

std::string rounding(const std::string &name) {
  return "rounding = #qnn.rounding<" + name + ">";
}

/// A layer `name` of %x0 with constant weights and bias.
Model makeLayer(const std::string &name, const Shape &inputShape,
                const Quant &input, const Shape &weightShape,
                const Quant &weight, int64_t channels, const Shape &resultShape,
                const Quant &result, const std::string &attributes,
                unsigned seed = 1) {
  Random random(seed);
  int64_t count = 1;
  for (int64_t size : weightShape)
    count *= size;
  Quant bias = biasOf(input, weight);
  std::vector<int64_t> biases;
  for (int64_t c = 0; c < channels; ++c)
    biases.push_back(random.between(-20000, 20000));
  Model model;
  std::string x = model.addArgument(inputShape, input);
  model.body +=
      constantText("w", weightShape, weight, random.stored(weight, count)) +
      constantText("b", {channels}, bias, biases) + "  %r = qnn." + name +
      " %" + x + ", %w, %b {" + attributes + "} : (" +
      tensorText(inputShape, input) + ", " + tensorText(weightShape, weight) +
      ", " + tensorText({channels}, bias) + ") -> " +
      tensorText(resultShape, result) + "\n";
  model.setResult("r", resultShape, result);
  return model;
}

std::vector<double> makeScales(int64_t count, unsigned seed) {
  Random random(seed);
  std::vector<double> scales;
  for (int64_t c = 0; c < count; ++c)
    scales.push_back(random.scale() / 32);
  return scales;
}

TEST(Conv2D, EveryRoundingAndSignedness) {
  for (const char *name : kRoundings)
    for (Quant input : {int8(0.03, -7), uint8(0.03, 131)})
      for (Quant result : {int8(0.07, 11), uint8(0.07, 0)})
        expectSameBits(makeLayer("conv_2d", {1, 5, 4, 3}, input, {6, 3, 2, 3},
                                 perAxis(makeScales(6, 3), 0), 6, {1, 3, 3, 6},
                                 result, rounding(name)));
}

TEST(Conv2D, StridePaddingDilation) {
  Quant input = int8(0.03, 100), weight = narrowInt8(0.01);
  expectSameBits(makeLayer(
      "conv_2d", {2, 7, 6, 2}, input, {3, 3, 3, 2}, weight, 3, {2, 4, 3, 3},
      int8(0.1, 3), "stride = array<i64: 2, 2>, pad = array<i64: 1, 2, 0, 1>"));
  expectSameBits(
      makeLayer("conv_2d", {1, 9, 8, 2}, input, {3, 3, 2, 2}, weight, 3,
                {1, 5, 4, 3}, int8(0.1, 3),
                "stride = array<i64: 1, 2>, pad = array<i64: 0, 0, 1, 2>, "
                "dilation = array<i64: 2, 3>"));
}

TEST(Conv2D, Groups) {
  Quant input = uint8(0.03, 9);
  Quant weight = perAxis(makeScales(6, 5), 0);
  // Two input channels a group, one input channel a group with several output
  // channels, and as many groups as channels on both sides.
  for (auto [channels, group] :
       {std::pair<int64_t, int64_t>{6, 3}, std::pair<int64_t, int64_t>{3, 3},
        std::pair<int64_t, int64_t>{6, 6}})
    expectSameBits(makeLayer(
        "conv_2d", {1, 4, 5, channels}, input, {6, 3, 2, channels / group},
        weight, 6, {1, 4, 4, 6}, int8(0.1, 0),
        "pad = array<i64: 1, 1, 0, 0>, group = " + std::to_string(group) +
            " : i64"));
}

TEST(Conv2D, WeightZeroPoints) {
  Quant input = int8(0.03, -50);
  // Distances that fit 8 bits, and that need 16.
  Quant middle{false, 8, 0, 255, {0.01}, {128}};
  Quant aside{true, 8, -128, 127, {0.01, 0.02, 0.03}, {-100, 0, 90}, 0};
  Quant low{false, 8, 0, 255, {0.01}, {3}};
  for (const Quant &weight : {middle, aside, low})
    expectSameBits(makeLayer("conv_2d", {1, 4, 4, 2}, input, {3, 2, 2, 2},
                             weight, 3, {1, 5, 5, 3}, int8(0.2, 5),
                             "pad = array<i64: 1, 1, 1, 1>"));
}

TEST(Conv2D, OtherWidths) {
  Quant four{true, 4, -8, 7, {0.05}, {1}};
  Quant narrowFour{true, 4, -7, 7, {0.01}, {0}};
  Quant unsignedSix{false, 6, 0, 63, {0.05}, {10}};
  Quant sixteen{true, 16, -32768, 32767, {0.0005}, {300}};
  Quant unsignedSixteen{false, 16, 0, 65535, {0.0005}, {40000}};
  for (auto [input, weight, result] :
       {std::tuple(four, narrowFour, four),
        {unsignedSix, narrowFour, four},
        {int8(0.05, 0), narrowInt8(0.01), sixteen},
        {sixteen, narrowInt8(0.01), unsignedSixteen},
        {unsignedSixteen, narrowFour, unsignedSix}})
    expectSameBits(makeLayer("conv_2d", {1, 3, 4, 2}, input, {3, 2, 2, 2},
                             weight, 3, {1, 3, 4, 3}, result,
                             "pad = array<i64: 1, 0, 0, 1>"));
}

TEST(Conv2D, Clamp) {
  expectSameBits(makeLayer("conv_2d", {1, 4, 4, 2}, int8(0.1, 0), {3, 1, 1, 2},
                           narrowInt8(0.01), 3, {1, 4, 4, 3}, int8(0.05, -20),
                           "clamp = array<i32: -20, 90>"));
}

// A multiplier above 1, at 1/2, and so small that all becomes the zero point:
// every form of the requantize.
TEST(Conv2D, EveryShift) {
  for (const char *name : kRoundings)
    for (double scale : {1e-6, 1e-3, 0.0009765625, 1.0, 1000.0, 1e5}) {
      expectSameBits(makeLayer("conv_2d", {1, 4, 4, 2}, int8(0.0625, 3),
                               {3, 1, 2, 2}, narrowInt8(0.03125), 3,
                               {1, 4, 3, 3}, int8(scale, 4), rounding(name)));
      // Shifts on both sides of 31 between the channels of one layer.
      expectSameBits(makeLayer("conv_2d", {1, 4, 4, 2}, int8(0.0625, 3),
                               {3, 1, 2, 2}, perAxis({8.0, 0.03, 0.001}, 0), 3,
                               {1, 4, 3, 3}, int8(scale, 4), rounding(name)));
    }
}

TEST(DepthwiseConv2D, EveryRoundingAndMultiplier) {
  for (const char *name : kRoundings)
    for (int64_t multiplier : {1, 2})
      expectSameBits(makeLayer(
          "depthwise_conv_2d", {1, 6, 5, 3}, uint8(0.03, 77),
          {3, 2, 3 * multiplier}, perAxis(makeScales(3 * multiplier, 9), 2),
          3 * multiplier, {1, 3, 6, 3 * multiplier}, int8(0.1, -4),
          "stride = array<i64: 2, 1>, pad = array<i64: 1, 0, 1, 1>, " +
              rounding(name)));
}

TEST(FullyConnected, EveryRounding) {
  for (const char *name : kRoundings)
    expectSameBits(makeLayer("fully_connected", {3, 17}, int8(0.03, 5), {5, 17},
                             perAxis(makeScales(5, 2), 0), 5, {3, 5},
                             int8(0.2, 1), rounding(name)));
}

// Large enough for the weights to become a resource.
TEST(FullyConnected, ManyWeights) {
  expectSameBits(makeLayer("fully_connected", {1, 130}, int8(0.03, 5),
                           {11, 130}, narrowInt8(0.01), 11, {1, 11},
                           int8(0.5, 1), ""));
}

TEST(FullyConnected, WeightsOfTheCaller) {
  Quant input = uint8(0.05, 30), result = int8(0.5, 0);
  Quant weight{true, 8, -128, 127, {0.02}, {5}};
  Quant bias = biasOf(input, weight);
  Model model;
  model.arguments = {tensorText({2, 7}, input), tensorText({3, 7}, weight)};
  model.body = constantText("b", {3}, bias, {100, -2000, 7}) +
               "  %r = qnn.fully_connected %x0, %x1, %b : (" +
               model.arguments[0] + ", " + model.arguments[1] + ", " +
               tensorText({3}, bias) + ") -> " + tensorText({2, 3}, result) +
               "\n";
  model.result = "r";
  model.resultType = tensorText({2, 3}, result);
  expectSameBits(model);
}

// The accumulators reach both ends of the 32-bit range: 16-bit inputs at their
// ends against weights of one sign, with a bias that fills the rest.
TEST(FullyConnected, EndsOfTheAccumulator) {
  Quant input{true, 16, -32768, 32767, {0.5}, {0}};
  Quant weight = narrowInt8(0.5);
  Quant bias = biasOf(input, weight);
  Quant result{true, 16, -32768, 32767, {16384.0}, {0}};
  // 500 * 127 * 32768 = 2080768000.
  std::vector<int64_t> weights(500, 127);
  for (const char *name : kRoundings) {
    Model model;
    model.arguments = {tensorText({2, 500}, input)};
    model.body = constantText("w", {1, 500}, weight, weights) +
                 constantText("b", {1}, bias, {-66715648}) +
                 "  %r = qnn.fully_connected %x0, %w, %b {" + rounding(name) +
                 "} : (" + model.arguments[0] + ", " +
                 tensorText({1, 500}, weight) + ", " + tensorText({1}, bias) +
                 ") -> " + tensorText({2, 1}, result) + "\n";
    model.result = "r";
    model.resultType = tensorText({2, 1}, result);
    expectSameBits(model);
  }
}

// Sums beyond 32 bits: 64-bit accumulators that are saturated first, and with a
// multiplier so small that they are not.
TEST(FullyConnected, WideAccumulators) {
  Quant input{true, 16, -32768, 32767, {0.5}, {-7000}};
  for (const Quant &weight :
       {narrowInt8(0.5), Quant{true, 16, -32768, 32767, {0.5}, {3}}})
    for (double scale : {300.0, 16384.0, 1.0e9})
      for (const char *name : kRoundings)
        expectSameBits(makeLayer(
            "fully_connected", {2, 900}, input, {3, 900}, weight, 3, {2, 3},
            {true, 16, -32768, 32767, {scale}, {11}}, rounding(name)));
}

} // namespace

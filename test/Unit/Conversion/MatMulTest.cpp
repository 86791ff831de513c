// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// matmul of two activations, and layer_norm. Zero points at both ends and in
// the middle, because each side's are handled on their own.
#include "Differential.h"
#include "gtest/gtest.h"

using namespace quantc::test;

namespace {

Model makeMatMul(const Shape &lhsShape, const Quant &lhs, const Shape &rhsShape,
                 const Quant &rhs, const Quant &result,
                 const std::string &attributes = "") {
  Shape shape{lhsShape[0], lhsShape[1], rhsShape[2]};
  Model model;
  std::string x = model.addArgument(lhsShape, lhs);
  std::string y = model.addArgument(rhsShape, rhs);
  model.body += "  %r = qnn.matmul %" + x + ", %" + y + " {" + attributes +
                "} : (" + tensorText(lhsShape, lhs) + ", " +
                tensorText(rhsShape, rhs) + ") -> " +
                tensorText(shape, result) + "\n";
  model.setResult("r", shape, result);
  return model;
}

TEST(MatMul, ZeroPointsOfBothSides) {
  for (const Quant &lhs : {int8(0.03, -7), uint8(0.03, 0), uint8(0.03, 131),
                           int8(0.03, 0), int8(0.03, 127)})
    for (const Quant &rhs : {int8(0.02, 5), int8(0.02, 0), uint8(0.02, 128),
                             uint8(0.02, 0), uint8(0.02, 255)})
      expectSameBits(makeMatMul({2, 3, 5}, lhs, {2, 5, 4}, rhs, int8(0.1, -3)));
}

TEST(MatMul, ShapesAndRoundings) {
  Quant a = uint8(0.03, 7), b = int8(0.02, -9), c = uint8(0.2, 99);
  for (const char *rounding : {"single", "double", "float_even"})
    expectSameBits(
        makeMatMul({1, 7, 33}, a, {1, 33, 17}, b, c,
                   std::string("rounding = #qnn.rounding<") + rounding + ">"));
  expectSameBits(makeMatMul({3, 1, 1}, a, {3, 1, 1}, b, c));
  expectSameBits(makeMatMul({1, 1, 64}, a, {1, 64, 40}, b, c,
                            "clamp = array<i32: 90, 120>"));
}

// Sides of 16 bits need accumulators of 64, those of 8 and 16 bits may not.
TEST(MatMul, Words) {
  Quant word{true, 16, -32768, 32767, {0.0003}, {0}};
  Quant aside{true, 16, -32768, 32767, {0.0003}, {-9000}};
  Quant unsignedWord{false, 16, 0, 65535, {0.0003}, {40000}};
  Quant nibble{false, 4, 0, 15, {0.2}, {7}};
  for (const char *rounding : {"single", "double", "float_even"})
    for (const Quant &a : {word, unsignedWord, int8(0.02, 5)})
      for (const Quant &b : {aside, unsignedWord, uint8(0.02, 131), nibble})
        for (const Quant &result : {int8(0.1, -3), word})
          expectSameBits(makeMatMul({2, 3, 9}, a, {2, 9, 5}, b, result,
                                    std::string("rounding = #qnn.rounding<") +
                                        rounding + ">"));
}

Model makeLayerNorm(const Shape &shape, const Quant &input, const Quant &result,
                    unsigned seed, const std::string &epsilon = "1.0e-5") {
  Random random(seed);
  auto numbers = [&](int64_t count) {
    std::string text;
    for (int64_t i = 0; i < count; ++i)
      text += (i ? ", " : "") +
              std::to_string(double(random.between(-2000, 2000)) / 1000);
    return "dense<[" + text + "]> : tensor<" + std::to_string(count) + "xf32>";
  };
  Model model;
  std::string x = model.addArgument(shape, input);
  model.body += "  %r = qnn.layer_norm %" + x +
                " {gamma = " + numbers(shape.back()) +
                ", beta = " + numbers(shape.back()) + ", epsilon = " + epsilon +
                " : f32} : " + tensorText(shape, input) + " -> " +
                tensorText(shape, result) + "\n";
  model.setResult("r", shape, result);
  return model;
}

TEST(LayerNorm, SignednessAndLengths) {
  for (const Quant &input : {int8(0.05, -3), uint8(0.05, 125), uint8(2.0, 0)})
    for (const Quant &result : {int8(0.03, 11), uint8(0.05, 128)})
      for (const Shape &shape :
           {Shape{5, 7}, Shape{1, 3, 64}, Shape{4, 1}, Shape{9}, Shape{3, 130}})
        expectSameBits(makeLayerNorm(shape, input, result, 3));
}

TEST(LayerNorm, Epsilons) {
  for (const char *epsilon : {"0.0", "1.0e-12", "0.5", "1.0e+9"})
    expectSameBits(
        makeLayerNorm({3, 12}, int8(0.02, 4), int8(0.03, 0), 4, epsilon));
  // Rows of equal numbers: an input that is one constant.
  Model model = makeLayerNorm({2, 8}, int8(0.02, 4), int8(0.03, 0), 5);
  expectSameBits(model, 8);
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// add, sub, mul, requantize, lookup and softmax. Where there are 256 x 256
// pairs of operands, all of them are computed.
#include "Differential.h"
#include "gtest/gtest.h"

using namespace quantc::test;

namespace {

const char *const kRoundings[] = {"single", "double", "float_even"};

Model makeBinary(const std::string &name, const Shape &lhsShape,
                 const Quant &lhs, const Shape &rhsShape, const Quant &rhs,
                 const Shape &shape, const Quant &result,
                 const std::string &attributes = "") {
  Model model;
  model.arguments = {tensorText(lhsShape, lhs), tensorText(rhsShape, rhs)};
  model.resultType = tensorText(shape, result);
  model.body = "  %r = qnn." + name + " %x0, %x1 {" + attributes + "} : (" +
               model.arguments[0] + ", " + model.arguments[1] + ") -> " +
               model.resultType + "\n";
  model.result = "r";
  return model;
}

Model makeUnary(const std::string &operation, const Shape &shape,
                const Quant &input, const Shape &resultShape,
                const Quant &result, const std::string &attributes) {
  Model model;
  model.arguments = {tensorText(shape, input)};
  model.resultType = tensorText(resultShape, result);
  model.body = "  %r = qnn." + operation + " {" + attributes +
               "} : " + model.arguments[0] + " -> " + model.resultType + "\n";
  model.result = "r";
  return model;
}

/// All stored integers in order, as a constant of `shape`.
std::string allStored(const std::string &name, const Shape &shape,
                      const Quant &type) {
  std::vector<int64_t> values;
  for (int64_t value = type.min; value <= type.max; ++value)
    values.push_back(value);
  return constantText(name, shape, type, values);
}

/// Every pair of stored integers, through broadcasting.
Model makeAllPairs(const std::string &name, const Quant &lhs, const Quant &rhs,
                   const Quant &result, const std::string &attributes = "") {
  Model model;
  model.resultType = tensorText({256, 256}, result);
  model.body = allStored("l", {256, 1}, lhs) + allStored("m", {1, 256}, rhs) +
               "  %r = qnn." + name + " %l, %m {" + attributes + "} : (" +
               tensorText({256, 1}, lhs) + ", " + tensorText({1, 256}, rhs) +
               ") -> " + model.resultType + "\n";
  model.result = "r";
  return model;
}

TEST(AddSub, AllPairs) {
  for (const char *name : {"add", "sub"}) {
    expectSameBits(
        makeAllPairs(name, int8(0.05, -3), uint8(0.07, 100), int8(0.1, 5)), 1);
    expectSameBits(makeAllPairs(name, uint8(0.5, 0), uint8(0.0625, 255),
                                uint8(0.25, 128), "clamp = array<i32: 7, 200>"),
                   1);
    // No shift at all: ratios so large that the multipliers use all bits.
    expectSameBits(makeAllPairs(name, int8(2097152.0, 1), int8(1048576.0, -1),
                                int8(1.0, 0)),
                   1);
  }
}

TEST(AddSub, Broadcasting) {
  Quant a = int8(0.05, -3), b = int8(0.02, 9), c = int8(0.1, 1);
  for (const char *name : {"add", "sub"}) {
    expectSameBits(
        makeBinary(name, {2, 3, 4, 5}, a, {1, 1, 1, 5}, b, {2, 3, 4, 5}, c));
    expectSameBits(
        makeBinary(name, {2, 1, 4, 1}, a, {1, 3, 1, 5}, b, {2, 3, 4, 5}, c));
    expectSameBits(makeBinary(name, {1, 1}, a, {3, 4}, b, {3, 4}, c));
    expectSameBits(makeBinary(name, {1, 3, 1}, a, {1, 3, 1}, b, {1, 3, 1}, c));
  }
}

TEST(Mul, AllPairsInEveryRounding) {
  for (const char *rounding : kRoundings) {
    std::string attributes =
        "rounding = #qnn.rounding<" + std::string(rounding) + ">";
    expectSameBits(makeAllPairs("mul", int8(0.05, -3), uint8(0.07, 100),
                                int8(0.25, 5), attributes),
                   1);
    // A multiplier of 1/2: every odd product is a tie.
    expectSameBits(makeAllPairs("mul", int8(0.5, 0), int8(0.5, 0),
                                int8(0.5, -1), attributes),
                   1);
    expectSameBits(makeAllPairs("mul", int8(4.0, 0), int8(0.5, 0),
                                uint8(0.25, 9),
                                attributes + ", clamp = array<i32: 9, 90>"),
                   1);
  }
}

/// A constant of a type that no function can take.
Model makeRequantizeOfConstant(const Quant &type,
                               const std::string &attributes) {
  Model model;
  Random random(3);
  model.resultType = tensorText({20, 3}, int8(0.1, -3));
  model.body = constantText("c", {20, 3}, type, random.stored(type, 60)) +
               "  %r = qnn.requantize %c {" + attributes +
               "} : " + tensorText({20, 3}, type) + " -> " + model.resultType +
               "\n";
  model.result = "r";
  return model;
}

TEST(Requantize, EveryRounding) {
  Quant perChannel{true, 8, -128, 127, {0.05, 0.9, 0.0001}, {3, -5, 100}, 1};
  Quant wide{true, 32, INT32_MIN, INT32_MAX, {0.0001}, {0}};
  Quant nearZero{true, 32, -3000, 3000, {0.0001}, {0}};
  for (const char *name : kRoundings) {
    std::string attributes =
        "rounding = #qnn.rounding<" + std::string(name) + ">";
    for (Quant result : {int8(0.1, -3), uint8(0.03, 200)})
      expectSameBits(makeUnary("requantize %x0", {256}, int8(0.07, 9), {256},
                               result, attributes));
    for (const Quant &type : {wide, nearZero, perChannel})
      expectSameBits(makeRequantizeOfConstant(type, attributes), 1);
  }
}

TEST(Lookup, EveryEntry) {
  Random random(5);
  for (Quant input : {int8(0.5, 3), uint8(0.5, 3)})
    for (Quant result : {int8(0.25, 0), uint8(0.25, 0)}) {
      Model model;
      std::string table = "dense<[" + listText(random.stored(result, 256)) +
                          "]> : tensor<256xi8>";
      model.resultType = tensorText({256, 1}, result);
      model.body = allStored("c", {256, 1}, input) + "  %r = qnn.lookup %c, " +
                   table + " : " + tensorText({256, 1}, input) + " -> " +
                   model.resultType + "\n";
      model.result = "r";
      expectSameBits(model, 1);
    }
}

TEST(Softmax, EveryAxis) {
  Quant sig = int8(1.0 / 256, -128), uns = uint8(1.0 / 256, 0);
  for (Quant input : {int8(0.02, 3), uint8(0.3, 30), int8(20.0, 0)})
    for (const Quant &result : {sig, uns})
      for (int axis : {0, 1, 2})
        expectSameBits(makeUnary("softmax %x0", {3, 10, 7}, input, {3, 10, 7},
                                 result,
                                 "axis = " + std::to_string(axis) + " : i64"));
  // One element, whose quotient saturates, and a long row.
  expectSameBits(makeUnary("softmax %x0", {2, 1}, int8(0.1, 0), {2, 1}, sig,
                           "axis = 1 : i64"));
  expectSameBits(makeUnary("softmax %x0", {1000}, int8(0.001, 0), {1000}, sig,
                           "axis = 0 : i64"));
}

/// Activations of up to 16 bits, with zero points in the middle and aside.
const Quant kWords[] = {{true, 16, -32768, 32767, {0.0003}, {0}},
                        {true, 16, -32768, 32767, {0.0003}, {-9000}},
                        {false, 16, 0, 65535, {0.0003}, {40000}}};
const Quant kNibbles[] = {{true, 4, -8, 7, {0.5}, {1}},
                          {false, 4, 0, 15, {0.5}, {7}}};

TEST(Words, SumsAndProducts) {
  for (const char *name : {"add", "sub", "mul"})
    for (const Quant &a : kWords)
      for (const Quant &b : {int8(0.07, -3), uint8(0.1, 9), kWords[1]})
        for (const Quant &result : {int8(0.1, 5), kWords[0], kWords[2]}) {
          expectSameBits(
              makeBinary(name, {5, 17}, a, {5, 17}, b, {5, 17}, result));
          expectSameBits(
              makeBinary(name, {5, 17}, b, {1, 17}, a, {5, 17}, result));
        }
  // Both sides have 8 bits, the result more: 32-bit sums.
  expectSameBits(makeBinary("add", {40}, int8(0.05, -3), {40}, uint8(0.07, 3),
                            {40}, kWords[1]));
}

TEST(Words, Requantize) {
  for (const char *name : kRoundings) {
    std::string attributes =
        "rounding = #qnn.rounding<" + std::string(name) + ">";
    for (const Quant &a : kWords) {
      for (const Quant &b : {int8(0.1, -3), uint8(0.08, 100), kWords[2]}) {
        expectSameBits(
            makeUnary("requantize %x0", {256}, a, {256}, b, attributes));
        expectSameBits(
            makeUnary("requantize %x0", {256}, b, {256}, a, attributes));
      }
      // Powers of two, in both directions.
      Quant power = a;
      power.scales = {0.5};
      expectSameBits(makeUnary("requantize %x0", {256}, power, {256},
                               int8(64.0, 1), attributes));
      expectSameBits(makeUnary("requantize %x0", {256}, int8(64.0, 1), {256},
                               power, attributes));
    }
  }
}

TEST(Words, Softmax) {
  Quant share{true, 16, -32768, 32767, {1.0 / 65536}, {-32768}};
  Quant symmetric{true, 16, -32768, 32767, {1.0 / 32768}, {0}};
  Quant unsignedShare{false, 16, 0, 65535, {1.0 / 65536}, {0}};
  for (const Quant &input : {kWords[0], kWords[2], int8(0.02, 3)})
    for (const Quant &result : {share, symmetric, unsignedShare,
                                int8(1.0 / 256, -128), uint8(1.0 / 128, 0)})
      for (int axis : {0, 2})
        expectSameBits(makeUnary("softmax %x0", {3, 10, 7}, input, {3, 10, 7},
                                 result,
                                 "axis = " + std::to_string(axis) + " : i64"));
}

TEST(Words, Lookup) {
  Random random(6);
  for (const Quant &input : {kWords[0], kWords[2]})
    for (const Quant &result : {int8(0.25, 0), kWords[1]}) {
      Model model;
      model.arguments = {tensorText({300}, input)};
      model.resultType = tensorText({300}, result);
      model.body = "  %r = qnn.lookup %x0, dense<[" +
                   listText(random.stored(result, 65536)) +
                   "]> : tensor<65536xi" + std::to_string(result.bits) +
                   "> : " + model.arguments[0] + " -> " + model.resultType +
                   "\n";
      model.result = "r";
      expectSameBits(model);
    }
}

TEST(Nibbles, LookupAndSums) {
  Random random(7);
  for (const Quant &input : kNibbles)
    for (const Quant &result : {kNibbles[0], kNibbles[1], int8(0.25, 3)}) {
      Model model;
      std::string x = model.addArgument({60}, input);
      model.body +=
          "  %s = qnn.add %" + x + ", %" + x + " : (" +
          tensorText({60}, input) + ", " + tensorText({60}, input) + ") -> " +
          tensorText({60}, input) + "\n" + "  %r = qnn.lookup %s, dense<[" +
          listText(random.stored(result, 256)) + "]> : tensor<256xi" +
          std::to_string(result.bits) + "> : " + tensorText({60}, input) +
          " -> " + tensorText({60}, result) + "\n";
      model.setResult("r", {60}, result);
      expectSameBits(model);
    }
}

} // namespace

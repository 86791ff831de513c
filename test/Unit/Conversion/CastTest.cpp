// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The border between f32 and stored integers, at its edges.
#include "Differential.h"
#include "gtest/gtest.h"

using namespace quantc::test;

namespace {

/// Floats to stored integers, which come back as floats where no function can
/// give them.
Model makeQuantize(const Shape &shape, const Quant &type) {
  Model model;
  model.arguments = {tensorText(shape, "f32")};
  model.body = "  %r = qnn.quantize %x0 : " + model.arguments[0] + " -> " +
               tensorText(shape, type) + "\n";
  model.setResult("r", shape, type);
  return model;
}

TEST(Quantize, EdgesInEveryStorage) {
  Quant four{true, 4, -8, 7, {0.5}, {-8}};
  Quant sixteen{false, 16, 0, 65535, {0.003}, {1000}};
  for (const Quant &type : {int8(0.5, 0), int8(0.5, -128), uint8(0.25, 255),
                            narrowInt8(0.1), four, sixteen})
    expectSameBits(makeQuantize({101, 2}, type));
}

TEST(Quantize, PerAxis) {
  Quant type{true, 8, -128, 127, {0.5, 0.03, 4.0}, {3, -100, 0}, 1};
  expectSameBits(makeQuantize({50, 3}, type));
}

TEST(Dequantize, EveryStorage) {
  Quant sixteen{true, 16, -32768, 32767, {0.003}, {1000}};
  for (const Quant &type : {int8(0.3, -128), uint8(0.3, 7), sixteen}) {
    Model model;
    model.addArgument({256}, type);
    model.body = "  %r = qnn.dequantize %x0 : " + model.arguments[0] + " -> " +
                 tensorText({256}, "f32") + "\n";
    model.result = "r";
    model.resultType = tensorText({256}, "f32");
    expectSameBits(model);
  }
}

TEST(Dequantize, Constants) {
  Quant four{false, 4, 0, 15, {0.5}, {3}};
  Quant bias{true, 32, INT32_MIN, INT32_MAX, {1e-5}, {0}};
  Random random(11);
  for (const Quant &type : {four, bias}) {
    Model model;
    model.body = constantText("c", {64}, type, random.stored(type, 64));
    model.setResult("c", {64}, type);
    expectSameBits(model, 1);
  }
}

} // namespace

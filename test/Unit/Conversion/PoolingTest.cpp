// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pooling with windows that lie partly outside of the image.
#include "Differential.h"
#include "gtest/gtest.h"

using namespace quantc::test;

namespace {

Model makePool(const std::string &name, const Shape &inputShape,
               const Quant &input, const Shape &resultShape,
               const Quant &result, const std::string &attributes) {
  Model model;
  model.arguments = {tensorText(inputShape, input)};
  model.resultType = tensorText(resultShape, result);
  model.body = "  %r = qnn." + name + " %x0 {" + attributes +
               "} : " + model.arguments[0] + " -> " + model.resultType + "\n";
  model.result = "r";
  return model;
}

const std::string kPartlyOutside =
    "kernel = array<i64: 3, 2>, stride = array<i64: 2, 1>, "
    "pad = array<i64: 1, 2, 1, 0>";

TEST(MaxPool2D, SignedAndUnsigned) {
  Quant narrow{true, 8, -127, 127, {0.1}, {0}};
  Quant sixteen{false, 16, 0, 65535, {0.1}, {400}};
  for (const Quant &type : {int8(0.1, 5), uint8(0.1, 5), narrow, sixteen})
    expectSameBits(makePool("max_pool_2d", {2, 6, 5, 3}, type, {2, 4, 5, 3},
                            type, kPartlyOutside));
}

TEST(AvgPool2D, EveryRoundingAndCount) {
  for (const char *name : {"single", "double", "float_even"})
    for (Quant input : {int8(0.1, 5), uint8(0.1, 250)})
      for (Quant result : {int8(0.09, -7), uint8(0.1, 3)})
        expectSameBits(makePool(
            "avg_pool_2d", {2, 6, 5, 3}, input, {2, 4, 5, 3}, result,
            kPartlyOutside + ", rounding = #qnn.rounding<" + name + ">"));
}

TEST(AvgPool2D, GlobalWithClamp) {
  expectSameBits(makePool(
      "avg_pool_2d", {1, 7, 9, 4}, int8(0.1, 5), {1, 1, 1, 4}, int8(0.02, 5),
      "kernel = array<i64: 7, 9>, clamp = array<i32: 5, 100>"));
}

} // namespace

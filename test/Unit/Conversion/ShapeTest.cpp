// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stored integers that only move.
#include "Differential.h"
#include "gtest/gtest.h"

using namespace quantc::test;

namespace {

Model makeMove(const std::string &operation, const Shape &from, const Shape &to,
               const Quant &type) {
  Model model;
  model.arguments = {tensorText(from, type)};
  model.resultType = tensorText(to, type);
  model.body = "  %r = qnn." + operation + " : " + model.arguments[0] + " -> " +
               model.resultType + "\n";
  model.result = "r";
  return model;
}

TEST(Shape, Reshape) {
  Quant type = uint8(0.5, 3);
  for (const auto &[from, to] :
       std::vector<std::pair<Shape, Shape>>{{{2, 3, 4}, {6, 4}},
                                            {{6, 4}, {2, 3, 4}},
                                            {{2, 3, 4}, {4, 3, 2}},
                                            {{6, 4}, {3, 4, 2}},
                                            {{24}, {2, 12}},
                                            {{2, 12}, {24}},
                                            {{1, 24, 1}, {24, 1, 1}},
                                            {{1, 1}, {}},
                                            {{}, {1, 1, 1}},
                                            {{}, {1}}})
    expectSameBits(makeMove("reshape %x0", from, to, type), 1);
}

TEST(Shape, TransposePadSlice) {
  Quant type = int8(0.5, 3);
  expectSameBits(makeMove("transpose %x0 {permutation = array<i64: 2, 0, 1>}",
                          {2, 3, 4}, {4, 2, 3}, type));
  expectSameBits(makeMove("pad %x0 {low = array<i64: 1, 0, 2>, high = "
                          "array<i64: 0, 3, 1>, value = -9 : i64}",
                          {2, 3, 4}, {3, 6, 7}, type));
  expectSameBits(makeMove("slice %x0 {start = array<i64: 1, 0, 2>}", {2, 3, 4},
                          {1, 2, 2}, type));
  expectSameBits(makeMove("pad %x0 {low = array<i64: 1>, high = "
                          "array<i64: 1>, value = 200 : i64}",
                          {2}, {4}, uint8(0.5, 3)));
}

TEST(Shape, Concat) {
  Quant type = int8(0.5, 3);
  Model model;
  model.arguments = {tensorText({2, 3, 4}, type), tensorText({2, 1, 4}, type),
                     tensorText({2, 2, 4}, type)};
  model.resultType = tensorText({2, 6, 4}, type);
  model.body = "  %r = qnn.concat %x0, %x1, %x2 {axis = 1 : i64} : (" +
               model.arguments[0] + ", " + model.arguments[1] + ", " +
               model.arguments[2] + ") -> " + model.resultType + "\n";
  model.result = "r";
  expectSameBits(model);
}

} // namespace

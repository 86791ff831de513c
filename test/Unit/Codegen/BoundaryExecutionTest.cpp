// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What crosses the C interface in the corner cases: outputs that no kernel
// computes, outputs that are one value, operations that have no kernel.
#include "NativeModel.h"

#include <gtest/gtest.h>

using namespace quantc::test;

namespace {

using Bytes = std::vector<int8_t>;

TEST(BoundaryExecution, InputsAndConstantsAreOutputs) {
  auto model = NativeModel::compile(R"mlir(
func.func @main(%x: tensor<2x3xi8>) -> (tensor<6xi8>, tensor<2x3xi8>, tensor<4xi8>, tensor<i8>) {
  %0 = tensor.collapse_shape %x [[0, 1]] : tensor<2x3xi8> into tensor<6xi8>
  %c = arith.constant dense<[1, 2, 3, 4]> : tensor<4xi8>
  %s = arith.constant dense<7> : tensor<i8>
  return %0, %x, %c, %s : tensor<6xi8>, tensor<2x3xi8>, tensor<4xi8>, tensor<i8>
}
)mlir",
                                    NativeOptions());
  ASSERT_TRUE(model);
  const Bytes input = {9, 8, 7, 6, 5, 4};
  Bytes flat(6), same(6), list(4), scalar(1);
  model->run({input.data()},
             {flat.data(), same.data(), list.data(), scalar.data()});
  EXPECT_EQ(flat, input);
  EXPECT_EQ(same, input);
  EXPECT_EQ(list, (Bytes{1, 2, 3, 4}));
  EXPECT_EQ(scalar, Bytes{7});
}

TEST(BoundaryExecution, OneValueIsTwoOutputsAndAnInputOfALaterKernel) {
  auto model = NativeModel::compile(R"mlir(
func.func @main(%x: tensor<5xi8>) -> (tensor<5xi8>, tensor<5xi8>, tensor<5xi8>) {
  %0 = arith.addi %x, %x : tensor<5xi8>
  %1 = arith.addi %0, %x : tensor<5xi8>
  return %0, %0, %1 : tensor<5xi8>, tensor<5xi8>, tensor<5xi8>
}
)mlir",
                                    NativeOptions());
  ASSERT_TRUE(model);
  const Bytes input = {1, 2, 3, 4, 5};
  Bytes a(5), b(5), c(5);
  model->run({input.data()}, {a.data(), b.data(), c.data()});
  EXPECT_EQ(a, (Bytes{2, 4, 6, 8, 10}));
  EXPECT_EQ(b, a);
  EXPECT_EQ(c, (Bytes{3, 6, 9, 12, 15}));
}

TEST(BoundaryExecution, OperationsWithoutAKernelRunAsPlainLoops) {
  // Two results: the maximum and where it stands.
  auto model = NativeModel::compile(R"mlir(
func.func @main(%x: tensor<2x5xf32>) -> tensor<2xi32> {
  %0 = tosa.argmax %x {axis = 1 : i32} : (tensor<2x5xf32>) -> tensor<2xi32>
  return %0 : tensor<2xi32>
}
)mlir",
                                    NativeOptions());
  ASSERT_TRUE(model);
  const std::vector<float> input = {0, 3, 1, 2, -1, -5, -4, -3, -6, -7};
  std::vector<int32_t> indices(2);
  model->run({input.data()}, {indices.data()});
  EXPECT_EQ(indices, (std::vector<int32_t>{1, 2}));
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Casts of one scale are elementwise: the transposes of an imported model cancel
// across them.

// RUN: quant-opt %s --qnn-cancel-transposes | FileCheck %s

!q = !quant.uniform<i8:f32, 0.5:3>

// CHECK-LABEL: func @between_layers
// CHECK-NOT: tosa.transpose
// CHECK: qnn.quantize %{{.+}} : tensor<1x4x4x8xf32> -> tensor<1x4x4x8x!quant.uniform<i8:f32, 5.000000e-01:3>>
func.func @between_layers(%x: tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32> {
  %0 = tosa.tanh %x : (tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32>
  %1 = tosa.transpose %0 {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x4x4x8xf32>) -> tensor<1x8x4x4xf32>
  %2 = qnn.quantize %1 : tensor<1x8x4x4xf32> -> tensor<1x8x4x4x!q>
  %3 = qnn.dequantize %2 : tensor<1x8x4x4x!q> -> tensor<1x8x4x4xf32>
  %4 = tosa.transpose %3 {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x8x4x4xf32>) -> tensor<1x4x4x8xf32>
  return %4 : tensor<1x4x4x8xf32>
}

// What is left rises to the argument, in front of the quantize.
// CHECK-LABEL: func @to_the_argument
// CHECK: %[[T:.+]] = tosa.transpose %arg0
// CHECK: qnn.quantize %[[T]]
func.func @to_the_argument(%x: tensor<1x8x4x4xf32>) -> tensor<1x4x4x8xf32> {
  %0 = qnn.quantize %x : tensor<1x8x4x4xf32> -> tensor<1x8x4x4x!q>
  %1 = qnn.dequantize %0 : tensor<1x8x4x4x!q> -> tensor<1x8x4x4xf32>
  %2 = tosa.transpose %1 {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x8x4x4xf32>) -> tensor<1x4x4x8xf32>
  return %2 : tensor<1x4x4x8xf32>
}

// TOSA does not transpose stored integers.
// CHECK-LABEL: func @stored_argument
// CHECK: %[[D:.+]] = qnn.dequantize %arg0
// CHECK: tosa.transpose %[[D]]
func.func @stored_argument(%x: tensor<1x8x4x4x!q>) -> tensor<1x4x4x8xf32> {
  %0 = qnn.dequantize %x : tensor<1x8x4x4x!q> -> tensor<1x8x4x4xf32>
  %1 = tosa.transpose %0 {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x8x4x4xf32>) -> tensor<1x4x4x8xf32>
  return %1 : tensor<1x4x4x8xf32>
}

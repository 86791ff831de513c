// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exporters leave out casts behind what only moves numbers.

// RUN: quant-opt %s --qnn-propagate-casts --split-input-file | FileCheck %s

!q = !quant.uniform<i8:f32, 0.5:3>

// CHECK-LABEL: func @reshape
// CHECK: %[[R:.+]] = tosa.reshape
// CHECK: %[[Q:.+]] = qnn.quantize %[[R]] : tensor<4xf32> -> tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>
// CHECK: %[[D:.+]] = qnn.dequantize %[[Q]]
// CHECK: tosa.tanh %[[D]]
func.func @reshape(%x: tensor<2x2x!q>) -> tensor<4xf32> {
  %0 = qnn.dequantize %x : tensor<2x2x!q> -> tensor<2x2xf32>
  %shape = tosa.const_shape {values = dense<[4]> : tensor<1xindex>} : () -> !tosa.shape<1>
  %1 = tosa.reshape %0, %shape : (tensor<2x2xf32>, !tosa.shape<1>) -> tensor<4xf32>
  %2 = tosa.tanh %1 : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// Where a quantize follows there is nothing to add.
!q = !quant.uniform<i8:f32, 0.5:3>
// CHECK-LABEL: func @quantized
// CHECK-COUNT-1: qnn.quantize
// CHECK-NOT: qnn.quantize
func.func @quantized(%x: tensor<2x2x!q>) -> tensor<2x2x!q> {
  %0 = qnn.dequantize %x : tensor<2x2x!q> -> tensor<2x2xf32>
  %1 = tosa.transpose %0 {perms = array<i32: 1, 0>} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %2 = qnn.quantize %1 : tensor<2x2xf32> -> tensor<2x2x!q>
  return %2 : tensor<2x2x!q>
}

// -----

// Two types are no one grid.
// CHECK-LABEL: func @concat_of_two_types
// CHECK-NOT: qnn.quantize
func.func @concat_of_two_types(%x: tensor<2x!quant.uniform<i8:f32, 0.5>>, %y: tensor<2x!quant.uniform<i8:f32, 0.25>>) -> tensor<4xf32> {
  %0 = qnn.dequantize %x : tensor<2x!quant.uniform<i8:f32, 0.5>> -> tensor<2xf32>
  %1 = qnn.dequantize %y : tensor<2x!quant.uniform<i8:f32, 0.25>> -> tensor<2xf32>
  %2 = tosa.concat %0, %1 {axis = 0 : i32} : (tensor<2xf32>, tensor<2xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// 0.3 is between two steps of 0.5.
!q = !quant.uniform<i8:f32, 0.5:3>
// CHECK-LABEL: func @pad_between_steps
// CHECK-NOT: qnn.quantize
func.func @pad_between_steps(%x: tensor<2x!q>) -> tensor<4xf32> {
  %0 = qnn.dequantize %x : tensor<2x!q> -> tensor<2xf32>
  %shape = tosa.const_shape {values = dense<[1, 1]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %value = "tosa.const"() <{values = dense<0.3> : tensor<1xf32>}> : () -> tensor<1xf32>
  %1 = tosa.pad %0, %shape, %value : (tensor<2xf32>, !tosa.shape<2>, tensor<1xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

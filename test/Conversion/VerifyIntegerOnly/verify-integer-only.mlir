// RUN: quant-opt %s --qnn-verify-integer-only | FileCheck %s
// RUN: quant-opt %s --convert-qnn-to-linalg --qnn-verify-integer-only --verify-each
// RUN: quant-opt %s --convert-qnn-to-linalg --canonicalize --cse --qnn-verify-integer-only

// The same functions pass in qnn form, as integer linalg, and after cleanup.

!q = !quant.uniform<i8:f32, 0.5:-3>

// Floats are moved at the entry and at the exit, and computed on by the two
// boundary operations alone.
// CHECK-LABEL: func @boundaries
func.func @boundaries(%x: tensor<1x2x3x4xf32>) -> tensor<1x24xf32> {
  %0 = tosa.transpose %x {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x2x3x4xf32>) -> tensor<1x3x4x2xf32>
  %1 = qnn.quantize %0 : tensor<1x3x4x2xf32> -> tensor<1x3x4x2x!q>
  %2 = qnn.max_pool_2d %1 {kernel = array<i64: 1, 1>} : tensor<1x3x4x2x!q> -> tensor<1x3x4x2x!q>
  %3 = qnn.dequantize %2 : tensor<1x3x4x2x!q> -> tensor<1x3x4x2xf32>
  %4 = tensor.collapse_shape %3 [[0], [1, 2, 3]] : tensor<1x3x4x2xf32> into tensor<1x24xf32>
  return %4 : tensor<1x24xf32>
}

// An argument that only passes through is moved, not computed on. One that is
// quantized twice has two boundaries.
// CHECK-LABEL: func @two_of_each
func.func @two_of_each(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4x!q>) {
  %0 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!q>
  %1 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!quant.uniform<u8:f32, 0.25>>
  %2 = qnn.dequantize %1 : tensor<4x!quant.uniform<u8:f32, 0.25>> -> tensor<4xf32>
  return %2, %x, %0 : tensor<4xf32>, tensor<4xf32>, tensor<4x!q>
}

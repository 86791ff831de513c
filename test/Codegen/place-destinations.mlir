// RUN: quant-opt %s --quantc-place-destinations --split-input-file | FileCheck %s

// The padded tensor is filled before the operation whose result it takes.
// CHECK-LABEL: func.func @fill_before_the_producer
// CHECK: linalg.fill
// CHECK: math.absf
// CHECK: tensor.insert_slice
func.func @fill_before_the_producer(%x: tensor<4xf32>) -> tensor<6xf32> {
  %c = arith.constant 1.0 : f32
  %0 = math.absf %x : tensor<4xf32>
  %e = tensor.empty() : tensor<6xf32>
  %f = linalg.fill ins(%c : f32) outs(%e : tensor<6xf32>) -> tensor<6xf32>
  %r = tensor.insert_slice %0 into %f[1] [4] [1] : tensor<4xf32> into tensor<6xf32>
  return %r : tensor<6xf32>
}

// -----

// The operation whose result is reshaped may compute it in the other shape.
// CHECK-LABEL: func.func @fill_before_the_producer_of_what_is_reshaped
// CHECK: linalg.fill
// CHECK: math.absf
// CHECK: tensor.collapse_shape
// CHECK: tensor.insert_slice
func.func @fill_before_the_producer_of_what_is_reshaped(%x: tensor<2x2xf32>) -> tensor<6xf32> {
  %c = arith.constant 1.0 : f32
  %0 = math.absf %x : tensor<2x2xf32>
  %s = tensor.collapse_shape %0 [[0, 1]] : tensor<2x2xf32> into tensor<4xf32>
  %e = tensor.empty() : tensor<6xf32>
  %f = linalg.fill ins(%c : f32) outs(%e : tensor<6xf32>) -> tensor<6xf32>
  %r = tensor.insert_slice %s into %f[1] [4] [1] : tensor<4xf32> into tensor<6xf32>
  return %r : tensor<6xf32>
}

// -----

// A destination that is computed from the source has to stay behind it.
// CHECK-LABEL: func.func @dependent_destination_stays
// CHECK: math.absf
// CHECK: math.sqrt
func.func @dependent_destination_stays(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = math.absf %x : tensor<4xf32>
  %1 = math.sqrt %0 : tensor<4xf32>
  %s = tensor.extract_slice %0[0] [2] [1] : tensor<4xf32> to tensor<2xf32>
  %r = tensor.insert_slice %s into %1[1] [2] [1] : tensor<2xf32> into tensor<4xf32>
  return %r : tensor<4xf32>
}

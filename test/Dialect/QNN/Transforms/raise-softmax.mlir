// RUN: quant-opt %s --qnn-raise-softmax --canonicalize | FileCheck %s

// Both orders of the product, the axis in the middle.
// CHECK-LABEL: func @with_maximum
// CHECK-SAME: (%[[X:.+]]: tensor<2x4x3xf32>)
// CHECK-NEXT: %[[E:.+]] = tensor.empty() : tensor<2x4x3xf32>
// CHECK-NEXT: %[[S:.+]] = linalg.softmax dimension(1) ins(%[[X]] : tensor<2x4x3xf32>) outs(%[[E]] : tensor<2x4x3xf32>)
// CHECK-NEXT: return %[[S]]
func.func @with_maximum(%x: tensor<2x4x3xf32>) -> tensor<2x4x3xf32> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = tosa.reduce_max %x {axis = 1 : i32} : (tensor<2x4x3xf32>) -> tensor<2x1x3xf32>
  %1 = tosa.sub %x, %0 : (tensor<2x4x3xf32>, tensor<2x1x3xf32>) -> tensor<2x4x3xf32>
  %2 = tosa.exp %1 : (tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
  %3 = tosa.reduce_sum %2 {axis = 1 : i32} : (tensor<2x4x3xf32>) -> tensor<2x1x3xf32>
  %4 = tosa.reciprocal %3 : (tensor<2x1x3xf32>) -> tensor<2x1x3xf32>
  %5 = tosa.mul %4, %2, %shift : (tensor<2x1x3xf32>, tensor<2x4x3xf32>, tensor<1xi8>) -> tensor<2x4x3xf32>
  return %5 : tensor<2x4x3xf32>
}

// CHECK-LABEL: func @without_maximum
// CHECK-SAME: (%[[X:.+]]: tensor<1x4xf32>)
// CHECK: linalg.softmax dimension(1) ins(%[[X]] :
// CHECK-NOT: tosa
func.func @without_maximum(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = tosa.exp %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = tosa.reduce_sum %0 {axis = 1 : i32} : (tensor<1x4xf32>) -> tensor<1x1xf32>
  %2 = tosa.reciprocal %1 : (tensor<1x1xf32>) -> tensor<1x1xf32>
  %3 = tosa.mul %0, %2, %shift : (tensor<1x4xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<1x4xf32>
  return %3 : tensor<1x4xf32>
}

// The maximum along another axis is no constant of the sum: it is subtracted
// before the softmax.
// CHECK-LABEL: func @maximum_of_other_axis
// CHECK: %[[D:.+]] = tosa.sub
// CHECK: linalg.softmax dimension(1) ins(%[[D]] :
func.func @maximum_of_other_axis(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = tosa.reduce_max %x {axis = 0 : i32} : (tensor<2x4xf32>) -> tensor<1x4xf32>
  %1 = tosa.sub %x, %0 : (tensor<2x4xf32>, tensor<1x4xf32>) -> tensor<2x4xf32>
  %2 = tosa.exp %1 : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %3 = tosa.reduce_sum %2 {axis = 1 : i32} : (tensor<2x4xf32>) -> tensor<2x1xf32>
  %4 = tosa.reciprocal %3 : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %5 = tosa.mul %2, %4, %shift : (tensor<2x4xf32>, tensor<2x1xf32>, tensor<1xi8>) -> tensor<2x4xf32>
  return %5 : tensor<2x4xf32>
}

// Divided by the sum of something else.
// CHECK-LABEL: func @foreign_sum
// CHECK-NOT: linalg.softmax
// CHECK: return
func.func @foreign_sum(%x: tensor<1x4xf32>, %y: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = tosa.exp %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = tosa.reduce_sum %y {axis = 1 : i32} : (tensor<1x4xf32>) -> tensor<1x1xf32>
  %2 = tosa.reciprocal %1 : (tensor<1x1xf32>) -> tensor<1x1xf32>
  %3 = tosa.mul %0, %2, %shift : (tensor<1x4xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<1x4xf32>
  return %3 : tensor<1x4xf32>
}

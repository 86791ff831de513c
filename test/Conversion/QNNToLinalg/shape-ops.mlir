// RUN: quant-opt %s --convert-qnn-to-linalg --split-input-file | FileCheck %s

!q = !quant.uniform<i8:f32, 0.5:-3>

// CHECK-LABEL: func @concat
// CHECK-SAME: (%[[A:.+]]: tensor<1x2xi8> {{{.*}}}, %[[B:.+]]: tensor<1x3xi8>
// CHECK: %[[E:.+]] = tensor.empty() : tensor<1x5xi8>
// CHECK: %[[I:.+]] = tensor.insert_slice %[[A]] into %[[E]][0, 0] [1, 2] [1, 1]
// CHECK: tensor.insert_slice %[[B]] into %[[I]][0, 2] [1, 3] [1, 1]
func.func @concat(%a: tensor<1x2x!q>, %b: tensor<1x3x!q>) -> tensor<1x5x!q> {
  %r = qnn.concat %a, %b {axis = 1 : i64} : (tensor<1x2x!q>, tensor<1x3x!q>) -> tensor<1x5x!q>
  return %r : tensor<1x5x!q>
}

// CHECK-LABEL: func @reshape
// CHECK: tensor.collapse_shape
// CHECK-NOT: tensor.expand_shape
func.func @reshape(%x: tensor<2x3x!q>) -> tensor<6x!q> {
  %r = qnn.reshape %x : tensor<2x3x!q> -> tensor<6x!q>
  return %r : tensor<6x!q>
}

// No dimension of one shape is a product of those of the other.
// CHECK-LABEL: func @reshape_through_one_dimension
// CHECK: tensor.collapse_shape {{.*}} into tensor<6xi8>
// CHECK: tensor.expand_shape {{.*}} into tensor<3x2xi8>
func.func @reshape_through_one_dimension(%x: tensor<2x3x!q>) -> tensor<3x2x!q> {
  %r = qnn.reshape %x : tensor<2x3x!q> -> tensor<3x2x!q>
  return %r : tensor<3x2x!q>
}

// CHECK-LABEL: func @transpose
// CHECK: linalg.transpose {{.*}} permutation = [1, 0]
func.func @transpose(%x: tensor<2x3x!q>) -> tensor<3x2x!q> {
  %r = qnn.transpose %x {permutation = array<i64: 1, 0>} : tensor<2x3x!q> -> tensor<3x2x!q>
  return %r : tensor<3x2x!q>
}

// CHECK-LABEL: func @pad
// CHECK: %[[V:.+]] = arith.constant -9 : i8
// CHECK: tensor.pad %{{.+}} low[0, 1] high[0, 2]
// CHECK: tensor.yield %[[V]]
func.func @pad(%x: tensor<2x3x!q>) -> tensor<2x6x!q> {
  %r = qnn.pad %x {low = array<i64: 0, 1>, high = array<i64: 0, 2>, value = -9 : i64} : tensor<2x3x!q> -> tensor<2x6x!q>
  return %r : tensor<2x6x!q>
}

// CHECK-LABEL: func @slice
// CHECK: tensor.extract_slice %{{.+}}[0, 1] [2, 2] [1, 1]
func.func @slice(%x: tensor<2x3x!q>) -> tensor<2x2x!q> {
  %r = qnn.slice %x {start = array<i64: 0, 1>} : tensor<2x3x!q> -> tensor<2x2x!q>
  return %r : tensor<2x2x!q>
}

// RUN: quant-opt %s --quantc-normalize-structured-ops --split-input-file | FileCheck %s

// Each structured operation ends as linalg.generic, and constants are moved at
// compile time whatever way they are stored.

// CHECK-LABEL: func.func @concat_is_insertions
// CHECK: tensor.insert_slice %{{.+}} into %{{.+}}[0, 0] [2, 3] [1, 1]
// CHECK: tensor.insert_slice %{{.+}} into %{{.+}}[0, 3] [2, 4] [1, 1]
// CHECK-NOT: tensor.concat
func.func @concat_is_insertions(%x: tensor<2x3xi8>, %y: tensor<2x4xi8>) -> tensor<2x7xi8> {
  %0 = tensor.concat dim(1) %x, %y : (tensor<2x3xi8>, tensor<2x4xi8>) -> tensor<2x7xi8>
  return %0 : tensor<2x7xi8>
}

// -----

// The multiplier dimension of size 1 is gone from loops and operands.
// CHECK-LABEL: func.func @depthwise_loses_the_unit_multiplier
// CHECK: linalg.generic
// CHECK-SAME: iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]
// CHECK-SAME: tensor<3x3x5xf32>
func.func @depthwise_loses_the_unit_multiplier(%x: tensor<1x6x6x5xf32>, %w: tensor<3x3x5x1xf32>, %i: tensor<1x4x4x5x1xf32>) -> tensor<1x4x4x5x1xf32> {
  %0 = linalg.depthwise_conv_2d_nhwc_hwcm {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
    ins(%x, %w : tensor<1x6x6x5xf32>, tensor<3x3x5x1xf32>) outs(%i : tensor<1x4x4x5x1xf32>) -> tensor<1x4x4x5x1xf32>
  return %0 : tensor<1x4x4x5x1xf32>
}

// -----

// CHECK-LABEL: func.func @transpose_of_dense_constant
// CHECK: arith.constant dense<{{\[}}[1, 4], [2, 5], [3, 6]]> : tensor<3x2xi8>
// CHECK-NOT: linalg
func.func @transpose_of_dense_constant() -> tensor<3x2xi8> {
  %c = arith.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi8>
  %e = tensor.empty() : tensor<3x2xi8>
  %0 = linalg.transpose ins(%c : tensor<2x3xi8>) outs(%e : tensor<3x2xi8>) permutation = [1, 0]
  return %0 : tensor<3x2xi8>
}

// -----

// A small result is printed, even of a resource.
// CHECK-LABEL: func.func @transpose_of_resource
// CHECK: arith.constant dense<{{\[}}[1, 4], [2, 5], [3, 6]]> : tensor<3x2xi8>
func.func @transpose_of_resource() -> tensor<3x2xi8> {
  %c = arith.constant dense_resource<six> : tensor<2x3xi8>
  %e = tensor.empty() : tensor<3x2xi8>
  %0 = linalg.transpose ins(%c : tensor<2x3xi8>) outs(%e : tensor<3x2xi8>) permutation = [1, 0]
  return %0 : tensor<3x2xi8>
}

{-#
  dialect_resources: {
    builtin: {
      six: "0x01000000010203040506"
    }
  }
#-}

// -----

// CHECK-LABEL: func.func @reshape_of_splat
// CHECK: arith.constant dense<7> : tensor<6xi8>
// CHECK-NOT: tensor.collapse_shape
func.func @reshape_of_splat() -> tensor<6xi8> {
  %c = arith.constant dense<7> : tensor<2x3xi8>
  %0 = tensor.collapse_shape %c [[0, 1]] : tensor<2x3xi8> into tensor<6xi8>
  return %0 : tensor<6xi8>
}

// -----

// CHECK-LABEL: func.func @softmax_is_decomposed
// CHECK: arith.maxnumf
// CHECK: math.exp
// CHECK: arith.addf
// CHECK: arith.divf
// CHECK-NOT: linalg.softmax
func.func @softmax_is_decomposed(%x: tensor<2x10xf32>) -> tensor<2x10xf32> {
  %e = tensor.empty() : tensor<2x10xf32>
  %0 = linalg.softmax dimension(1) ins(%x : tensor<2x10xf32>) outs(%e : tensor<2x10xf32>) -> tensor<2x10xf32>
  return %0 : tensor<2x10xf32>
}

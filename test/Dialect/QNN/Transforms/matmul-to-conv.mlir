// RUN: quant-opt %s --qnn-matmul-to-conv | FileCheck %s
// RUN: quant-opt %s --qnn-matmul-to-conv --qnn-fold-batch-norm --canonicalize | FileCheck %s --check-prefix=BIAS

// Three rows, depth two, two columns: every extent that may be confused
// differs from its neighbour but for the matrix, whose numbers tell.
// The bias that follows is folded by the batch norm pass, across the reshape.
// CHECK-LABEL: func @fully_connected
// CHECK-SAME: (%[[X:.+]]: tensor<1x3x2xf32>)
// BIAS-LABEL: func @fully_connected
func.func @fully_connected(%x: tensor<1x3x2xf32>) -> tensor<1x3x2xf32> {
  %w = "tosa.const"() <{values = dense<[[[1.0, 2.0], [3.0, 4.0]]]> : tensor<1x2x2xf32>}> : () -> tensor<1x2x2xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %bias = "tosa.const"() <{values = dense<[[[5.0, 6.0]]]> : tensor<1x1x2xf32>}> : () -> tensor<1x1x2xf32>
  // CHECK: %[[W:.+]] = "tosa.const"() <{values = dense<{{\[\[\[\[}}1.000000e+00, 3.000000e+00]]], {{\[\[\[}}2.000000e+00, 4.000000e+00]]]]> : tensor<2x1x1x2xf32>}>
  // CHECK: %[[ROWS:.+]] = tosa.reshape %[[X]], %{{.+}} -> tensor<3x1x1x2xf32>
  // CHECK-NEXT: %[[Y:.+]] = tosa.conv2d %[[ROWS]], %[[W]]
  // CHECK: %[[R:.+]] = tosa.reshape %[[Y]], %{{.+}} -> tensor<1x3x2xf32>
  // CHECK-NEXT: tosa.add %[[R]]
  // BIAS: %[[B:.+]] = "tosa.const"() <{values = dense<[5.000000e+00, 6.000000e+00]> : tensor<2xf32>}>
  // BIAS: tosa.conv2d %{{.+}}, %{{.+}}, %[[B]]
  // BIAS-NOT: tosa.add
  %0 = tosa.matmul %x, %w, %zp, %zp : (tensor<1x3x2xf32>, tensor<1x2x2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x2xf32>
  %1 = tosa.add %0, %bias : (tensor<1x3x2xf32>, tensor<1x1x2xf32>) -> tensor<1x3x2xf32>
  return %1 : tensor<1x3x2xf32>
}

// Refused: both operands are values of the model.
// CHECK-LABEL: func @refuse_variable_matrix
func.func @refuse_variable_matrix(%x: tensor<1x3x2xf32>, %w: tensor<1x2x5xf32>) -> tensor<1x3x5xf32> {
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // CHECK: tosa.matmul
  %0 = tosa.matmul %x, %w, %zp, %zp : (tensor<1x3x2xf32>, tensor<1x2x5xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x5xf32>
  return %0 : tensor<1x3x5xf32>
}

// Refused: each of the two batches has a matrix of its own.
// CHECK-LABEL: func @refuse_batch
func.func @refuse_batch(%x: tensor<2x3x2xf32>) -> tensor<2x3x5xf32> {
  %w = "tosa.const"() <{values = dense<1.0> : tensor<2x2x5xf32>}> : () -> tensor<2x2x5xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // CHECK: tosa.matmul
  %0 = tosa.matmul %x, %w, %zp, %zp : (tensor<2x3x2xf32>, tensor<2x2x5xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x3x5xf32>
  return %0 : tensor<2x3x5xf32>
}

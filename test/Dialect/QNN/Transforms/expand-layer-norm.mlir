// RUN: quant-opt %s --qnn-expand-layer-norm --split-input-file --verify-diagnostics | FileCheck %s

// Rank 3: the sums keep their dimension, the constants broadcast along the last.
// CHECK-LABEL: func @rank_3
// CHECK-SAME: (%[[X:.+]]: tensor<2x3x4xf32>)
// CHECK: %[[S:.+]] = tosa.reduce_sum %[[X]] {axis = 2 : i32} : (tensor<2x3x4xf32>) -> tensor<2x3x1xf32>
// CHECK: dense<2.500000e-01> : tensor<1x1x1xf32>
// CHECK: %[[M:.+]] = tosa.mul %[[S]],
// CHECK: %[[C:.+]] = tosa.sub %[[X]], %[[M]]
// CHECK: %[[Q:.+]] = tosa.mul %[[C]], %[[C]],
// CHECK: tosa.reduce_sum %[[Q]]
// CHECK: %[[I:.+]] = tosa.rsqrt
// CHECK: %[[N:.+]] = tosa.mul %[[C]], %[[I]],
// CHECK: dense<2.000000e+00> : tensor<1x1x4xf32>
// CHECK: %[[G:.+]] = tosa.mul %[[N]],
// CHECK: %[[R:.+]] = tosa.add %[[G]],
// CHECK: return %[[R]]
func.func @rank_3(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %r = qnn.float_layer_norm %x {gamma = dense<2.0> : tensor<4xf32>, beta = dense<0.5> : tensor<4xf32>, epsilon = 0.125 : f32} : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %r : tensor<2x3x4xf32>
}

// -----

func.func @no_data(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  // expected-error@+1 {{gamma or beta has no data}}
  %r = qnn.float_layer_norm %x {gamma = dense_resource<absent> : tensor<4xf32>, beta = dense<0.5> : tensor<4xf32>, epsilon = 0.125 : f32} : tensor<2x4xf32> -> tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}

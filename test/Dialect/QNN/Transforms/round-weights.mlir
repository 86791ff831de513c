// RUN: quant-opt %s --qnn-round-weights --canonicalize | FileCheck %s

// The second and third inputs are nearly equal, and the first is the largest:
// 127 gives the scale of 1 and is rounded first. Then 0.375 becomes 0, and the
// third weight takes up the 0.375 that the second lost: 0.375 + 0.37 is rounded
// to 1. Rounding to nearest would leave two zeros.
// CHECK-LABEL: func @inputs_that_move_together
func.func @inputs_that_move_together(%x: tensor<1x4x4x3xf32>) -> tensor<1x4x4x1xf32> {
  %w = "tosa.const"() <{values = dense<[[[[127.0, 0.375, 0.375]]]]> : tensor<1x1x1x3xf32>}> : () -> tensor<1x1x1x3xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // CHECK: %[[W:.+]] = "tosa.const"() <{values = dense<{{\[\[\[\[}}1.270000e+02, 0.000000e+00, 1.000000e+00]]]]>
  // CHECK: tosa.conv2d %{{.+}}, %[[W]]
  // CHECK-NOT: qnn.input_moments
  // CHECK-SAME: qnn.weight_scales = array<f32: 1.000000e+00>
  %0 = tosa.conv2d %x, %w, %z, %z, %z {qnn.input_moments = dense<[[[16.0, 0.0, 0.0], [0.0, 4.0, 3.96875], [0.0, 3.96875, 4.0]]]> : tensor<1x3x3xf32>, acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x3xf32>, tensor<1x1x1x3xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x1xf32>
  return %0 : tensor<1x4x4x1xf32>
}

// Each channel of a depthwise convolution is a block of its own. Channel 0 has
// independent inputs: nearest. Channel 1 has equal ones.
// CHECK-LABEL: func @depthwise
func.func @depthwise(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x2x2xf32> {
  %w = "tosa.const"() <{values = dense<[[[[127.0], [127.0]], [[0.375], [0.375]], [[0.375], [0.375]]]]> : tensor<1x3x2x1xf32>}> : () -> tensor<1x3x2x1xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // CHECK: dense<{{\[\[\[\[}}1.270000e+02], [1.270000e+02]], {{\[\[}}0.000000e+00], [0.000000e+00]], {{\[\[}}0.000000e+00], [1.000000e+00]]]]>
  // CHECK: tosa.depthwise_conv2d
  %0 = tosa.depthwise_conv2d %x, %w, %z, %z, %z {qnn.input_moments = dense<[[[16.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 4.0]], [[16.0, 0.0, 0.0], [0.0, 4.0, 3.96875], [0.0, 3.96875, 4.0]]]> : tensor<2x3x3xf32>, acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x2xf32>, tensor<1x3x2x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x2x2xf32>
  return %0 : tensor<1x4x2x2xf32>
}

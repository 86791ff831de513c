// RUN: quant-opt %s --qnn-equalize-channels --canonicalize --split-input-file | FileCheck %s

// All numbers are powers of two: scaled weights are exact. Channels are two.

// Channel 1 was measured up to 0.5, the value up to 4: a factor of 8 on what
// makes the channel, 1/8 on the depthwise weight that reads it. The range and
// the clamp stay; what was measured for later passes follows.
#wide = #qnn.calibration<method = "min-max", samples = 1, min = 0.0, max = 4.0>
// CHECK-LABEL: func @through_clamp_to_depthwise
func.func @through_clamp_to_depthwise(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x2xf32> {
  %w0 = "tosa.const"() <{values = dense<[[[[2.0]]], [[[4.0]]]]> : tensor<2x1x1x1xf32>}> : () -> tensor<2x1x1x1xf32>
  %b0 = "tosa.const"() <{values = dense<[1.0, 0.5]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %w1 = "tosa.const"() <{values = dense<[[[[1.0], [16.0]]]]> : tensor<1x1x2x1xf32>}> : () -> tensor<1x1x2x1xf32>
  %b1 = "tosa.const"() <{values = dense<[3.0, 5.0]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // CHECK-DAG: %[[B1:.+]] = "tosa.const"() <{values = dense<[3.000000e+00, 5.000000e+00]>
  // CHECK-DAG: %[[W0:.+]] = "tosa.const"() <{values = dense<{{\[\[\[\[}}2.000000e+00]]], {{\[\[\[}}3.200000e+01]]]]>
  // CHECK-DAG: %[[B0:.+]] = "tosa.const"() <{values = dense<[1.000000e+00, 4.000000e+00]>
  // CHECK-DAG: %[[W1:.+]] = "tosa.const"() <{values = dense<{{\[\[\[\[}}1.000000e+00], [2.000000e+00]]]]>
  // CHECK: %[[C:.+]] = tosa.conv2d %{{.+}}, %[[W0]], %[[B0]]
  // CHECK-SAME: qnn.output_mean = array<f32: 1.000000e+00, 2.000000e+00>
  // CHECK: %[[A:.+]] = tosa.clamp %[[C]]
  // CHECK-SAME: max_val = 6.000000e+00
  // CHECK-NOT: qnn.channel_ranges
  // CHECK: tosa.depthwise_conv2d %[[A]], %[[W1]], %[[B1]]
  %0 = tosa.conv2d %x, %w0, %b0, %z, %z {qnn.output_mean = array<f32: 1.0, 0.25>, acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 6.0 : f32, qnn.calibration = [#wide], qnn.channel_ranges = array<f32: 0.0, 4.0, 0.0, 0.5>} : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %2 = tosa.depthwise_conv2d %1, %w1, %b1, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x2xf32>, tensor<1x1x2x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  return %2 : tensor<1x4x4x2xf32>
}

// -----

// The clamp acts on channel 1 at 6, which was seen there: no factor, though the
// range is wider.
#wide = #qnn.calibration<method = "percentile", samples = 1, min = 0.0, max = 8.0>
// CHECK-LABEL: func @clamp_is_reached
func.func @clamp_is_reached(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x2xf32> {
  %w0 = "tosa.const"() <{values = dense<[[[[2.0]]], [[[4.0]]]]> : tensor<2x1x1x1xf32>}> : () -> tensor<2x1x1x1xf32>
  %b0 = "tosa.const"() <{values = dense<[1.0, 0.5]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %w1 = "tosa.const"() <{values = dense<[[[[1.0], [16.0]]]]> : tensor<1x1x2x1xf32>}> : () -> tensor<1x1x2x1xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // CHECK-DAG: dense<{{\[\[\[\[}}2.000000e+00]]], {{\[\[\[}}4.000000e+00]]]]>
  // CHECK-DAG: dense<{{\[\[\[\[}}1.000000e+00], [1.600000e+01]]]]>
  // CHECK: tosa.conv2d
  %0 = tosa.conv2d %x, %w0, %b0, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 6.0 : f32, qnn.calibration = [#wide], qnn.channel_ranges = array<f32: 0.0, 6.0, 0.0, 6.0>} : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %2 = tosa.depthwise_conv2d %1, %w1, %b0, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x2xf32>, tensor<1x1x2x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  return %2 : tensor<1x4x4x2xf32>
}

// -----

// A convolution that reads both channels: dividing the small weight of channel
// 1 by its factor changes no scale of the weights, so the largest exponent has
// the least error, and the factor is 8 again.
#wide = #qnn.calibration<method = "min-max", samples = 1, min = 0.0, max = 4.0>
// CHECK-LABEL: func @to_convolution
func.func @to_convolution(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32> {
  %w0 = "tosa.const"() <{values = dense<[[[[2.0]]], [[[4.0]]]]> : tensor<2x1x1x1xf32>}> : () -> tensor<2x1x1x1xf32>
  %b0 = "tosa.const"() <{values = dense<[1.0, 0.5]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %w1 = "tosa.const"() <{values = dense<[[[[0.0, 16.0]]]]> : tensor<1x1x1x2xf32>}> : () -> tensor<1x1x1x2xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // CHECK-DAG: dense<{{\[\[\[\[}}2.000000e+00]]], {{\[\[\[}}3.200000e+01]]]]>
  // CHECK-DAG: dense<{{\[\[\[\[}}0.000000e+00, 2.000000e+00]]]]>
  // CHECK: tosa.conv2d
  %0 = tosa.conv2d %x, %w0, %b0, %z, %z {qnn.calibration = [#wide], qnn.channel_ranges = array<f32: 0.0, 4.0, 0.0, 0.5>, qnn.channel_variances = array<f32: 1.0, 0.015625>, acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  %1 = tosa.conv2d %0, %w1, %z, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x1xf32>
  return %1 : tensor<1x4x4x1xf32>
}

// -----

// Somebody else reads the value too: nothing can be scaled.
#wide = #qnn.calibration<method = "min-max", samples = 1, min = 0.0, max = 4.0>
// CHECK-LABEL: func @other_reader
func.func @other_reader(%x: tensor<1x4x4x1xf32>) -> (tensor<1x4x4x2xf32>, tensor<1x4x4x2xf32>) {
  %w0 = "tosa.const"() <{values = dense<[[[[2.0]]], [[[4.0]]]]> : tensor<2x1x1x1xf32>}> : () -> tensor<2x1x1x1xf32>
  %b0 = "tosa.const"() <{values = dense<[1.0, 0.5]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %w1 = "tosa.const"() <{values = dense<[[[[1.0], [16.0]]]]> : tensor<1x1x2x1xf32>}> : () -> tensor<1x1x2x1xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // CHECK-DAG: dense<{{\[\[\[\[}}2.000000e+00]]], {{\[\[\[}}4.000000e+00]]]]>
  // CHECK: tosa.conv2d
  %0 = tosa.conv2d %x, %w0, %b0, %z, %z {qnn.calibration = [#wide], qnn.channel_ranges = array<f32: 0.0, 4.0, 0.0, 0.5>, acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  %1 = tosa.depthwise_conv2d %0, %w1, %b0, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x2xf32>, tensor<1x1x2x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  return %0, %1 : tensor<1x4x4x2xf32>, tensor<1x4x4x2xf32>
}

// -----

// Sixteen bits have steps to spare for every channel: nothing to scale, and no
// channel is clipped at the greatest number that was measured.
#wide = #qnn.calibration<method = "min-max", samples = 1, min = 0.0, max = 4.0>
// CHECK-LABEL: func @sixteen_bits
func.func @sixteen_bits(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x2xf32> {
  %w0 = "tosa.const"() <{values = dense<[[[[2.0]]], [[[4.0]]]]> : tensor<2x1x1x1xf32>}> : () -> tensor<2x1x1x1xf32>
  %b0 = "tosa.const"() <{values = dense<[1.0, 0.5]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %w1 = "tosa.const"() <{values = dense<[[[[1.0], [16.0]]]]> : tensor<1x1x2x1xf32>}> : () -> tensor<1x1x2x1xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // CHECK-DAG: dense<{{\[\[\[\[}}2.000000e+00]]], {{\[\[\[}}4.000000e+00]]]]>
  // CHECK-DAG: dense<{{\[\[\[\[}}1.000000e+00], [1.600000e+01]]]]>
  // CHECK: tosa.conv2d
  %0 = tosa.conv2d %x, %w0, %b0, %z, %z {qnn.policy = #qnn.policy<i16>, qnn.calibration = [#wide], qnn.channel_ranges = array<f32: 0.0, 4.0, 0.0, 0.5>, acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  %1 = tosa.depthwise_conv2d %0, %w1, %b0, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x2xf32>, tensor<1x1x2x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  return %1 : tensor<1x4x4x2xf32>
}

// -----

// A layer norm whose channel 0 has great numbers: channel 1 is scaled up by 8 in
// gamma and beta, and its weight down, behind a reshape that keeps the channels.
// What the weight of channel 1 is worth makes the largest exponent the best.
#wide = #qnn.calibration<method = "min-max", samples = 1, min = -4.0, max = 4.0>
// CHECK-LABEL: func @behind_layer_norm
// CHECK-DAG: dense<{{\[\[\[\[}}0.000000e+00, 2.000000e+00]]]]>
// CHECK: qnn.float_layer_norm
// CHECK-SAME: beta = dense<[1.000000e+00, 4.000000e+00]>
// CHECK-SAME: gamma = dense<[4.000000e+00, 2.000000e+00]>
func.func @behind_layer_norm(%x: tensor<1x4x2xf32>) -> tensor<4x1x1x1xf32> {
  %w = "tosa.const"() <{values = dense<[[[[0.0, 16.0]]]]> : tensor<1x1x1x2xf32>}> : () -> tensor<1x1x1x2xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %s = tosa.const_shape {values = dense<[4, 1, 1, 2]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %0 = qnn.float_layer_norm %x {beta = dense<[1.0, 0.5]> : tensor<2xf32>, epsilon = 1.0e-5 : f32, gamma = dense<[4.0, 0.25]> : tensor<2xf32>, qnn.calibration = [#wide], qnn.channel_ranges = array<f32: -4.0, 4.0, -0.5, 0.25>, qnn.channel_variances = array<f32: 1.0, 0.015625>} : tensor<1x4x2xf32> -> tensor<1x4x2xf32>
  %1 = tosa.reshape %0, %s : (tensor<1x4x2xf32>, !tosa.shape<4>) -> tensor<4x1x1x2xf32>
  %2 = tosa.conv2d %1, %w, %z, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<4x1x1x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<4x1x1x1xf32>
  return %2 : tensor<4x1x1x1xf32>
}

// -----

// The residual sum reads the layer norm too: nothing can be scaled.
#wide = #qnn.calibration<method = "min-max", samples = 1, min = -4.0, max = 4.0>
// CHECK-LABEL: func @layer_norm_with_other_reader
// CHECK: qnn.float_layer_norm
// CHECK-SAME: gamma = dense<[4.000000e+00, 2.500000e-01]>
func.func @layer_norm_with_other_reader(%x: tensor<4x1x1x2xf32>) -> (tensor<4x1x1x1xf32>, tensor<4x1x1x2xf32>) {
  %w = "tosa.const"() <{values = dense<[[[[0.0, 16.0]]]]> : tensor<1x1x1x2xf32>}> : () -> tensor<1x1x1x2xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = qnn.float_layer_norm %x {beta = dense<[1.0, 0.5]> : tensor<2xf32>, epsilon = 1.0e-5 : f32, gamma = dense<[4.0, 0.25]> : tensor<2xf32>, qnn.calibration = [#wide], qnn.channel_ranges = array<f32: -4.0, 4.0, -0.5, 0.25>, qnn.channel_variances = array<f32: 1.0, 0.015625>} : tensor<4x1x1x2xf32> -> tensor<4x1x1x2xf32>
  %1 = tosa.conv2d %0, %w, %z, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<4x1x1x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<4x1x1x1xf32>
  %2 = tosa.add %0, %x : (tensor<4x1x1x2xf32>, tensor<4x1x1x2xf32>) -> tensor<4x1x1x2xf32>
  return %1, %2 : tensor<4x1x1x1xf32>, tensor<4x1x1x2xf32>
}

// RUN: quant-opt %s --qnn-absorb-biases --canonicalize --split-input-file | FileCheck %s
// RUN: quant-opt %s --qnn-absorb-biases --qnn-equalize-channels --canonicalize --split-input-file | FileCheck %s --check-prefix=BOTH

// Channels in [-1, 1] and [6, 8]: 7 is taken from the second, and 7 times the
// weight that reads it added to each bias behind. Measured means follow; what
// the range had beside its channels (1 below, 2 above) it keeps.
#wide = #qnn.calibration<method = "min-max", samples = 1, min = -2.0, max = 10.0>
// CHECK-LABEL: func @linear
// CHECK-DAG: %[[B0:.+]] = "tosa.const"() <{values = dense<[1.000000e+00, -6.500000e+00]>
// CHECK-DAG: %[[B1:.+]] = "tosa.const"() <{values = dense<[3.100000e+01, -9.000000e+00]>
// CHECK: %[[C:.+]] = tosa.conv2d %{{.+}}, %{{.+}}, %[[B0]]
// CHECK-SAME: qnn.calibration = [#qnn.calibration<method = "min-max", samples = 1, min = -2.000000e+00, max = 3.000000e+00>]
// CHECK-SAME: qnn.channel_ranges = array<f32: -1.000000e+00, 1.000000e+00, -1.000000e+00, 1.000000e+00>
// CHECK-SAME: qnn.output_mean = array<f32: 0.000000e+00, 2.500000e-01>
// CHECK: tosa.conv2d %[[C]], %{{.+}}, %[[B1]]
// CHECK-SAME: qnn.input_mean = array<f32: 0.000000e+00, 2.500000e-01>
func.func @linear(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x2xf32> {
  %w0 = "tosa.const"() <{values = dense<[[[[2.0]]], [[[4.0]]]]> : tensor<2x1x1x1xf32>}> : () -> tensor<2x1x1x1xf32>
  %b0 = "tosa.const"() <{values = dense<[1.0, 0.5]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %w1 = "tosa.const"() <{values = dense<[[[[1.0, 4.0]]], [[[8.0, -2.0]]]]> : tensor<2x1x1x2xf32>}> : () -> tensor<2x1x1x2xf32>
  %b1 = "tosa.const"() <{values = dense<[3.0, 5.0]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w0, %b0, %z, %z {qnn.calibration = [#wide], qnn.channel_ranges = array<f32: -1.0, 1.0, 6.0, 8.0>, qnn.output_mean = array<f32: 0.0, 7.25>, acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  %1 = tosa.conv2d %0, %w1, %b1, %z, %z {qnn.input_mean = array<f32: 0.0, 7.25>, acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  return %1 : tensor<1x4x4x2xf32>
}

// -----

// Behind a clamp at zero a channel may move as far as its least number: 6, and
// the other stays. Its range is then a quarter of the value's, which the
// factors of equalized channels use.
#wide = #qnn.calibration<method = "min-max", samples = 1, min = 0.0, max = 8.0>
// CHECK-LABEL: func @behind_clamp
// CHECK-DAG: dense<[1.000000e+00, -5.500000e+00]>
// CHECK-DAG: dense<[3.000000e+00, 1.010000e+02]>
// CHECK: tosa.clamp
// CHECK-SAME: max_val = 2.000000e+01
// CHECK-SAME: min = 0.000000e+00, max = 8.000000e+00
// CHECK-SAME: qnn.channel_ranges = array<f32: 0.000000e+00, 8.000000e+00, 0.000000e+00, 2.000000e+00>
// BOTH-LABEL: func @behind_clamp
// BOTH-DAG: dense<[1.000000e+00, -2.200000e+01]>
// BOTH-DAG: dense<{{\[\[\[\[}}2.000000e+00]]], {{\[\[\[}}1.600000e+01]]]]>
// BOTH-DAG: dense<{{\[\[\[\[}}1.000000e+00], [4.000000e+00]]]]>
func.func @behind_clamp(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x2xf32> {
  %w0 = "tosa.const"() <{values = dense<[[[[2.0]]], [[[4.0]]]]> : tensor<2x1x1x1xf32>}> : () -> tensor<2x1x1x1xf32>
  %b0 = "tosa.const"() <{values = dense<[1.0, 0.5]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %w1 = "tosa.const"() <{values = dense<[[[[1.0], [16.0]]]]> : tensor<1x1x2x1xf32>}> : () -> tensor<1x1x2x1xf32>
  %b1 = "tosa.const"() <{values = dense<[3.0, 5.0]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w0, %b0, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 20.0 : f32, qnn.calibration = [#wide], qnn.channel_ranges = array<f32: 0.0, 8.0, 6.0, 8.0>} : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %2 = tosa.depthwise_conv2d %1, %w1, %b1, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x2xf32>, tensor<1x1x2x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  return %2 : tensor<1x4x4x2xf32>
}

// -----

// A layer norm, read behind a reshape: beta moves.
#wide = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 9.0>
// CHECK-LABEL: func @behind_layer_norm
// CHECK-DAG: dense<1.280000e+02>
// CHECK: qnn.float_layer_norm
// CHECK-SAME: beta = dense<[1.000000e+00, 5.000000e-01]>
// CHECK-SAME: max = 1.000000e+00
func.func @behind_layer_norm(%x: tensor<1x4x2xf32>) -> tensor<4x1x1x1xf32> {
  %w = "tosa.const"() <{values = dense<[[[[0.0, 16.0]]]]> : tensor<1x1x1x2xf32>}> : () -> tensor<1x1x1x2xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %s = tosa.const_shape {values = dense<[4, 1, 1, 2]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %0 = qnn.float_layer_norm %x {beta = dense<[1.0, 8.5]> : tensor<2xf32>, epsilon = 1.0e-5 : f32, gamma = dense<[4.0, 0.25]> : tensor<2xf32>, qnn.calibration = [#wide], qnn.channel_ranges = array<f32: -1.0, 1.0, 7.0, 9.0>} : tensor<1x4x2xf32> -> tensor<1x4x2xf32>
  %1 = tosa.reshape %0, %s : (tensor<1x4x2xf32>, !tosa.shape<4>) -> tensor<4x1x1x2xf32>
  %2 = tosa.conv2d %1, %w, %z, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<4x1x1x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<4x1x1x1xf32>
  return %2 : tensor<4x1x1x1xf32>
}

// -----

// The reader adds a border of zeros, which would have to be one of other
// numbers.
#wide = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 8.0>
// CHECK-LABEL: func @border
// CHECK: qnn.channel_ranges = array<f32: -1.000000e+00, 1.000000e+00, 6.000000e+00, 8.000000e+00>
func.func @border(%x: tensor<1x4x4x1xf32>) -> tensor<1x6x4x2xf32> {
  %w0 = "tosa.const"() <{values = dense<[[[[2.0]]], [[[4.0]]]]> : tensor<2x1x1x1xf32>}> : () -> tensor<2x1x1x1xf32>
  %b0 = "tosa.const"() <{values = dense<[1.0, 0.5]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %w1 = "tosa.const"() <{values = dense<[[[[1.0, 4.0]]], [[[8.0, -2.0]]]]> : tensor<2x1x1x2xf32>}> : () -> tensor<2x1x1x2xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w0, %b0, %z, %z {qnn.calibration = [#wide], qnn.channel_ranges = array<f32: -1.0, 1.0, 6.0, 8.0>, acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  %1 = tosa.conv2d %0, %w1, %b0, %z, %z {acc_type = f32, pad = array<i64: 1, 1, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x6x4x2xf32>
  return %1 : tensor<1x6x4x2xf32>
}

// -----

// Channels in the middle of the others leave the range as it is, and a range
// that was chosen narrower than its channels is not reasoned about.
#wide = #qnn.calibration<method = "min-max", samples = 1, min = -8.0, max = 8.0>
#narrow = #qnn.calibration<method = "percentile", samples = 1, min = -1.0, max = 7.0>
// CHECK-LABEL: func @nothing_to_gain
// CHECK: qnn.channel_ranges = array<f32: -8.000000e+00, 8.000000e+00, 6.000000e+00, 8.000000e+00>
// CHECK: qnn.channel_ranges = array<f32: -1.000000e+00, 1.000000e+00, 6.000000e+00, 8.000000e+00>
func.func @nothing_to_gain(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x2xf32> {
  %w0 = "tosa.const"() <{values = dense<[[[[2.0]]], [[[4.0]]]]> : tensor<2x1x1x1xf32>}> : () -> tensor<2x1x1x1xf32>
  %b0 = "tosa.const"() <{values = dense<[1.0, 0.5]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %w1 = "tosa.const"() <{values = dense<[[[[1.0, 4.0]]], [[[8.0, -2.0]]]]> : tensor<2x1x1x2xf32>}> : () -> tensor<2x1x1x2xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w0, %b0, %z, %z {qnn.calibration = [#wide], qnn.channel_ranges = array<f32: -8.0, 8.0, 6.0, 8.0>, acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  %1 = tosa.conv2d %0, %w1, %b0, %z, %z {qnn.calibration = [#narrow], qnn.channel_ranges = array<f32: -1.0, 1.0, 6.0, 8.0>, acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  %2 = tosa.conv2d %1, %w1, %b0, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  return %2 : tensor<1x4x4x2xf32>
}

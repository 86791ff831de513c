// RUN: quant-opt %s --qnn-correct-bias --canonicalize | FileCheck %s

// What was measured is taken from the bias of its channel.
// CHECK-LABEL: func @measured
func.func @measured(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x2xf32> {
  %w = "tosa.const"() <{values = dense<[[[[2.0]]], [[[4.0]]]]> : tensor<2x1x1x1xf32>}> : () -> tensor<2x1x1x1xf32>
  %b = "tosa.const"() <{values = dense<[1.0, 0.5]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // CHECK: %[[B:.+]] = "tosa.const"() <{values = dense<[7.500000e-01, 2.500000e+00]>
  // CHECK: tosa.conv2d %{{.+}}, %{{.+}}, %[[B]]
  // CHECK-NOT: qnn.output_error
  %0 = tosa.conv2d %x, %w, %b, %z, %z {qnn.output_error = array<f32: 0.25, -2.0>, acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  return %0 : tensor<1x4x4x2xf32>
}

// The scale of the weights is 127 / 127 = 1: 0.25 is rounded to 0 and 1.75 to
// 2. With inputs of mean 4 and 2 the result loses 1 and gains 0.5, so the bias
// grows by 0.5. One number of bias is enough for all channels before, not
// after.
// CHECK-LABEL: func @computed
func.func @computed(%x: tensor<1x4x4x3xf32>) -> tensor<1x4x4x1xf32> {
  %w = "tosa.const"() <{values = dense<[[[[127.0, 0.25, 1.75]]]]> : tensor<1x1x1x3xf32>}> : () -> tensor<1x1x1x3xf32>
  %b = "tosa.const"() <{values = dense<[8.0]> : tensor<1xf32>}> : () -> tensor<1xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // CHECK: %[[B:.+]] = "tosa.const"() <{values = dense<8.500000e+00>
  // CHECK: tosa.conv2d %{{.+}}, %{{.+}}, %[[B]]
  %0 = tosa.conv2d %x, %w, %b, %z, %z {qnn.input_mean = array<f32: 1.0, 4.0, 2.0>, acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x3xf32>, tensor<1x1x1x3xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x1xf32>
  return %0 : tensor<1x4x4x1xf32>
}

// A depthwise weight is [KH, KW, C, M] and each channel has its scale: 1 and 2.
// 0.25 becomes 0 and 3.5 becomes 4.
// CHECK-LABEL: func @depthwise
func.func @depthwise(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x3x2xf32> {
  %w = "tosa.const"() <{values = dense<[[[[127.0], [254.0]], [[0.25], [3.5]]]]> : tensor<1x2x2x1xf32>}> : () -> tensor<1x2x2x1xf32>
  %b = "tosa.const"() <{values = dense<[8.0, 8.0]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // CHECK: %[[B:.+]] = "tosa.const"() <{values = dense<[9.000000e+00, 7.000000e+00]>
  // CHECK: tosa.depthwise_conv2d %{{.+}}, %{{.+}}, %[[B]]
  %0 = tosa.depthwise_conv2d %x, %w, %b, %z, %z {qnn.input_mean = array<f32: 1.0, 1.0, 4.0, 2.0>, acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x2xf32>, tensor<1x2x2x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x3x2xf32>
  return %0 : tensor<1x4x3x2xf32>
}

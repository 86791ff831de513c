// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights become stored integers behind a dequantize, all else stays as it is.
//
// RUN: quant-opt %s --qnn-quantize-weights | FileCheck %s
// RUN: quant-opt %s --qnn-quantize-weights="bits=4 block=2" | FileCheck %s --check-prefix=FOUR
// RUN: quant-opt %s --qnn-quantize-weights="bits=4 block=15" | FileCheck %s --check-prefix=BOX
// RUN: quant-opt %s --qnn-quantize-weights --remarks-filter='qnn.*' -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// 127 / 127 and 63.5 / 127 as scales of the two output channels. With 4 bits each
// pair of input channels has its own.
// CHECK-LABEL: func @conv
// CHECK: %[[Q:.+]] = qnn.constant dense<{{.*}}[127, -64, 0, 1]{{.*}}[0, 0, 127, -2]{{.*}}> : tensor<2x1x1x4xi8> as tensor<2x1x1x4x!quant.uniform<i8<-127:127>:f32:0, {1.000000e+00,5.000000e-01}>>
// CHECK: %[[W:.+]] = qnn.dequantize %[[Q]]
// CHECK: tosa.conv2d %arg0, %[[W]], %{{.+}} -> tensor<1x2x2x2xf32>
// FOUR-LABEL: func @conv
// FOUR: qnn.constant {{.*}} : tensor<2x1x1x4xi4> as tensor<2x1x1x4x!quant.uniform<i4<-7:7>:f32:{0:1, 1:1, 2:1, 3:2}
func.func @conv(%x: tensor<1x2x2x4xf32>) -> tensor<1x2x2x2xf32> {
  %w = "tosa.const"() {values = dense<[[[[127.0, -64.0, 0.0, 1.0]]], [[[0.0, 0.0, 63.5, -1.0]]]]> : tensor<2x1x1x4xf32>} : () -> tensor<2x1x1x4xf32>
  %b = "tosa.const"() {values = dense<[1.0, 2.0]> : tensor<2xf32>} : () -> tensor<2xf32>
  %z = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %r = tosa.conv2d %x, %w, %b, %z, %z {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>}
      : (tensor<1x2x2x4xf32>, tensor<2x1x1x4xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x2xf32>
  return %r : tensor<1x2x2x2xf32>
}

// The errors of a channel add up to nothing, though each number alone would go up:
// two of four times 0.6 go down. With 4 bits, 32 weights may share a scale: one
// block is all of the four input channels, of a row of three taps.
// CHECK-LABEL: func @taps
// CHECK: qnn.constant dense<{{.*}}[127, 0, 0, 1], [1, 1, 0, 0], [0, 0, 0, 0]{{.*}} : tensor<1x2x3x4xi8> as tensor<1x2x3x4x!quant.uniform<i8<-127:127>:f32:0, {1.000000e+00}>>
// BOX-LABEL: func @taps
// BOX: as tensor<1x2x3x4x!quant.uniform<i4<-7:7>:f32:{0:1, 1:1, 2:3, 3:4}
func.func @taps(%x: tensor<1x2x3x4xf32>) -> tensor<1x1x1x1xf32> {
  %w = "tosa.const"() {values = dense<[[[[127.0, 0.6, 0.6, 0.6], [0.6, 0.6, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]],
                                        [[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]]> : tensor<1x2x3x4xf32>} : () -> tensor<1x2x3x4xf32>
  %b = "tosa.const"() {values = dense<[1.0]> : tensor<1xf32>} : () -> tensor<1xf32>
  %z = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %r = tosa.conv2d %x, %w, %b, %z, %z {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>}
      : (tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %r : tensor<1x1x1x1xf32>
}

// A depthwise weight has its channels in one dimension while it is quantized.
// CHECK-LABEL: func @depthwise
// CHECK: qnn.constant {{.*}} as tensor<1x1x2x!quant.uniform<i8<-127:127>:f32:2, {1.000000e+00,5.000000e-01}>>
// CHECK: qnn.dequantize
// CHECK: tosa.reshape {{.*}} -> tensor<1x1x2x1xf32>
func.func @depthwise(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
  %w = "tosa.const"() {values = dense<[[[[127.0], [63.5]]]]> : tensor<1x1x2x1xf32>} : () -> tensor<1x1x2x1xf32>
  %b = "tosa.const"() {values = dense<0.0> : tensor<2xf32>} : () -> tensor<2xf32>
  %z = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %r = tosa.depthwise_conv2d %x, %w, %b, %z, %z {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>}
      : (tensor<1x2x2x2xf32>, tensor<1x1x2x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x2xf32>
  return %r : tensor<1x2x2x2xf32>
}

// CHECK-LABEL: func @weight_of_run_time
// CHECK-NOT: qnn.
// REMARK: tosa.conv2d: the weight is no f32 constant
func.func @weight_of_run_time(%x: tensor<1x2x2x4xf32>, %w: tensor<2x1x1x4xf32>) -> tensor<1x2x2x2xf32> {
  %b = "tosa.const"() {values = dense<0.0> : tensor<2xf32>} : () -> tensor<2xf32>
  %z = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %r = tosa.conv2d %x, %w, %b, %z, %z {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>}
      : (tensor<1x2x2x4xf32>, tensor<2x1x1x4xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x2xf32>
  return %r : tensor<1x2x2x2xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// QDQ form as other tools spell it: what this project's own quantize stage never
// writes.

// RUN: quant-opt %s --qnn-legalize --split-input-file | FileCheck %s
// RUN: quant-opt %s --qnn-legalize --remarks-filter='qnn.*' --split-input-file -o %t 2>&1 | FileCheck %s --check-prefix=REMARK

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32:0, {0.25, 0.5}>
!y = !quant.uniform<i8:f32, 1.0>

// A bias that was left in float is rounded to the scale of the accumulator:
// 3.0 / (0.5 * 0.25) and 3.0 / (0.5 * 0.5).
// CHECK-LABEL: func @float_bias
// CHECK-DAG: %[[B:.+]] = qnn.constant dense<[24, 12]> : tensor<2xi32> as tensor<2x!quant.uniform<i32:f32:0, {1.250000e-01,2.500000e-01}>>
// CHECK: qnn.conv_2d %{{.+}}, %{{.+}}, %[[B]]
func.func @float_bias(%q: tensor<1x2x2x1x!x>) -> tensor<1x2x2x2x!y> {
  %x = qnn.dequantize %q : tensor<1x2x2x1x!x> -> tensor<1x2x2x1xf32>
  %wq = qnn.constant dense<1> : tensor<2x1x1x1xi8> as tensor<2x1x1x1x!w>
  %w = qnn.dequantize %wq : tensor<2x1x1x1x!w> -> tensor<2x1x1x1xf32>
  %b = "tosa.const"() <{values = dense<3.0> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %c = tosa.conv2d %x, %w, %b, %zp, %zp {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>} : (tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x2xf32>
  %r = qnn.quantize %c : tensor<1x2x2x2xf32> -> tensor<1x2x2x2x!y>
  return %r : tensor<1x2x2x2x!y>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32:2, {0.25, 0.5}>
!y = !quant.uniform<i8:f32, 1.0>

// A depthwise weight in the shape of the float operand.
// CHECK-LABEL: func @depthwise_weight
// CHECK: %[[W:.+]] = qnn.constant {{.*}} as tensor<1x1x2x!quant.uniform<i8<-127:127>:f32:2, {2.500000e-01,5.000000e-01}>>
// CHECK: qnn.depthwise_conv_2d %{{.+}}, %[[W]]
func.func @depthwise_weight(%q: tensor<1x2x2x2x!x>) -> tensor<1x2x2x2x!y> {
  %x = qnn.dequantize %q : tensor<1x2x2x2x!x> -> tensor<1x2x2x2xf32>
  %wq = qnn.constant dense<[[[[1], [2]]]]> : tensor<1x1x2x1xi8> as tensor<1x1x2x1x!w>
  %w = qnn.dequantize %wq : tensor<1x1x2x1x!w> -> tensor<1x1x2x1xf32>
  %b = "tosa.const"() <{values = dense<0.0> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %c = tosa.depthwise_conv2d %x, %w, %b, %zp, %zp {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>} : (tensor<1x2x2x2xf32>, tensor<1x1x2x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x2xf32>
  %r = qnn.quantize %c : tensor<1x2x2x2xf32> -> tensor<1x2x2x2x!y>
  return %r : tensor<1x2x2x2x!y>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32:3, {0.25, 0.5}>
!y = !quant.uniform<i8:f32, 1.0>

// Scales along the input channels cannot leave the sum.
// REMARK: the scales of the weight do not lie along the output channels
// CHECK-LABEL: func @input_channels
// CHECK: tosa.conv2d
func.func @input_channels(%q: tensor<1x2x2x2x!x>) -> tensor<1x2x2x1x!y> {
  %x = qnn.dequantize %q : tensor<1x2x2x2x!x> -> tensor<1x2x2x2xf32>
  %wq = qnn.constant dense<1> : tensor<1x1x1x2xi8> as tensor<1x1x1x2x!w>
  %w = qnn.dequantize %wq : tensor<1x1x1x2x!w> -> tensor<1x1x1x2xf32>
  %b = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %c = tosa.conv2d %x, %w, %b, %b, %b {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>} : (tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %r = qnn.quantize %c : tensor<1x2x2x1xf32> -> tensor<1x2x2x1x!y>
  return %r : tensor<1x2x2x1x!y>
}

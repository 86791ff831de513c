// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dynamic quantization: the QDQ form, and what integers compute of it.
//
// RUN: quant-opt %s --qnn-insert-dynamic-qdq | FileCheck %s --check-prefix=QDQ
// RUN: quant-opt %s --qnn-insert-dynamic-qdq --qnn-legalize-dynamic --canonicalize | FileCheck %s
// RUN: quant-opt %s --quantc-quantize-dynamic --quantc-legalize=report-float=false | FileCheck %s

// One pair for both readers. The weight scales are 1 and 1/2; the bias of zeros
// is not added.
// QDQ-LABEL: func @conv
// QDQ: %[[Q:.+]], %[[S:.+]], %[[Z:.+]] = qnn.dynamic_quantize %arg0 :
// QDQ-NEXT: %[[D:.+]] = qnn.dynamic_dequantize %[[Q]], %[[S]], %[[Z]]
// QDQ-NOT: qnn.dynamic_quantize
// QDQ: %[[W:.+]] = qnn.dequantize
// QDQ: tosa.conv2d %[[D]], %[[W]]
// QDQ: tosa.conv2d %[[D]],
// QDQ: return
// CHECK-LABEL: func @conv
// CHECK: %[[SCALES:.+]] = "tosa.const"() <{values = dense<{{.*}}[1.000000e+00, 5.000000e-01]{{.*}}> : tensor<1x1x1x2xf32>}>
// CHECK: %[[Q:.+]], %[[S:.+]], %[[Z:.+]] = qnn.dynamic_quantize %arg0 :
// CHECK-NOT: qnn.dynamic_dequantize
// CHECK: %[[SUM:.+]] = qnn.integer_conv_2d %[[Q]], %[[Z]], %{{.+}} {pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 2, 2>}
// CHECK: %[[F:.+]] = tosa.cast %[[SUM]]
// CHECK: %[[S4:.+]] = tosa.reshape %[[S]]
// CHECK: %[[M:.+]] = tosa.mul %[[S4]], %[[SCALES]]
// CHECK: %[[P:.+]] = tosa.mul %[[F]], %[[M]]
// CHECK: tosa.add %[[P]],
// CHECK: qnn.integer_conv_2d
// CHECK-NOT: tosa.add
// CHECK: return
func.func @conv(%x: tensor<1x3x3x4xf32>) -> (tensor<1x3x3x2xf32>, tensor<1x3x3x2xf32>) {
  %w = "tosa.const"() {values = dense<[[[[127.0, -64.0, 0.0, 1.0]]], [[[0.0, 0.0, 63.5, -1.0]]]]> : tensor<2x1x1x4xf32>} : () -> tensor<2x1x1x4xf32>
  %b = "tosa.const"() {values = dense<[1.0, 2.0]> : tensor<2xf32>} : () -> tensor<2xf32>
  %zeros = "tosa.const"() {values = dense<0.0> : tensor<2xf32>} : () -> tensor<2xf32>
  %z = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %r = tosa.conv2d %x, %w, %b, %z, %z {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 2, 2>}
      : (tensor<1x3x3x4xf32>, tensor<2x1x1x4xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x2xf32>
  %t = tosa.conv2d %x, %w, %zeros, %z, %z {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>}
      : (tensor<1x3x3x4xf32>, tensor<2x1x1x4xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x2xf32>
  return %r, %t : tensor<1x3x3x2xf32>, tensor<1x3x3x2xf32>
}

// What is rectified, pooled and reshaped is not negative; a sum with an argument
// may be.
// QDQ-LABEL: func @signs
// QDQ: qnn.dynamic_quantize %{{.+}} non_negative
// QDQ: qnn.dynamic_quantize %{{[^ ]+}} :
func.func @signs(%x: tensor<1x4x4x1xf32>, %y: tensor<1x2x2xf32>) -> (tensor<1x2x2xf32>, tensor<1x2x2xf32>) {
  %shape = tosa.const_shape {values = dense<[1, 2, 2]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %z = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %0 = tosa.clamp %x {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32>
  %1 = tosa.max_pool2d %0 {kernel = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>} : (tensor<1x4x4x1xf32>) -> tensor<1x2x2x1xf32>
  %2 = tosa.reshape %1, %shape : (tensor<1x2x2x1xf32>, !tosa.shape<3>) -> tensor<1x2x2xf32>
  %3 = tosa.add %2, %y : (tensor<1x2x2xf32>, tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
  %4 = tosa.matmul %2, %2, %z, %z : (tensor<1x2x2xf32>, tensor<1x2x2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2xf32>
  %5 = tosa.matmul %3, %3, %z, %z : (tensor<1x2x2xf32>, tensor<1x2x2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2xf32>
  return %4, %5 : tensor<1x2x2xf32>, tensor<1x2x2xf32>
}

// CHECK-LABEL: func @matmul
// CHECK-DAG: %[[A:.+]], %[[SA:.+]], %[[ZA:.+]] = qnn.dynamic_quantize %arg0
// CHECK-DAG: %[[B:.+]], %[[SB:.+]], %[[ZB:.+]] = qnn.dynamic_quantize %arg1
// CHECK: %[[SUM:.+]] = qnn.integer_matmul %[[A]], %[[ZA]], %[[B]], %[[ZB]] :
// CHECK: tosa.cast %[[SUM]]
// CHECK: tosa.mul
// CHECK: tosa.mul
func.func @matmul(%a: tensor<2x3x4xf32>, %b: tensor<2x4x5xf32>) -> tensor<2x3x5xf32> {
  %z = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %r = tosa.matmul %a, %b, %z, %z : (tensor<2x3x4xf32>, tensor<2x4x5xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x3x5xf32>
  return %r : tensor<2x3x5xf32>
}

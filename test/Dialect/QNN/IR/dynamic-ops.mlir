// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operations of run-time quantization survive their own syntax, the generic
// syntax and bytecode, with every attribute given and at its default.
//
// RUN: quant-opt %s --verify-each | quant-opt | FileCheck %s
// RUN: quant-opt %s --mlir-print-op-generic | quant-opt | FileCheck %s
// RUN: quant-opt %s --emit-bytecode | quant-opt | FileCheck %s

!w = !quant.uniform<i8<-127:127>:f32:0, {5.000000e-01, 2.500000e-01}>
!wd = !quant.uniform<u8:f32, 1.000000e+00:7>

// CHECK-LABEL: func @casts
// CHECK: qnn.dynamic_quantize %{{.+}} : (tensor<2x4xf32>) -> (tensor<2x4xi8>, tensor<1xf32>, tensor<1xi8>)
// CHECK: qnn.dynamic_quantize %{{.+}} non_negative : (tensor<2x4xf32>) -> (tensor<2x4xi8>, tensor<1xf32>, tensor<1xi8>)
// CHECK: qnn.dynamic_dequantize %{{.+}}, %{{.+}}, %{{.+}} : (tensor<2x4xi8>, tensor<1xf32>, tensor<1xi8>) -> tensor<2x4xf32>
func.func @casts(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %q, %s, %z = qnn.dynamic_quantize %x : (tensor<2x4xf32>) -> (tensor<2x4xi8>, tensor<1xf32>, tensor<1xi8>)
  %p:3 = qnn.dynamic_quantize %x non_negative : (tensor<2x4xf32>) -> (tensor<2x4xi8>, tensor<1xf32>, tensor<1xi8>)
  %r = qnn.dynamic_dequantize %p#0, %s, %z : (tensor<2x4xi8>, tensor<1xf32>, tensor<1xi8>) -> tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}

// CHECK-LABEL: func @sums
// CHECK: qnn.integer_conv_2d %{{.+}}, %{{.+}}, %{{.+}} : (tensor<1x4x4x3xi8>, tensor<1xi8>, tensor<2x3x3x3x!quant.uniform<{{.+}}>>) -> tensor<1x2x2x2xi32>
// CHECK: qnn.integer_conv_2d %{{.+}} {dilation = array<i64: 1, 2>, group = 3 : i64, input_signed, pad = array<i64: 1, 1, 2, 2>, stride = array<i64: 2, 1>}
// CHECK: qnn.integer_depthwise_conv_2d %{{.+}} : (tensor<1x4x4x3xi8>, tensor<1xi8>, tensor<3x3x6x!quant.uniform<{{.+}}>>) -> tensor<1x2x2x6xi32>
// CHECK: qnn.integer_matmul %{{.+}}, %{{.+}}, %{{.+}}, %{{.+}} {lhs_signed, rhs_signed}
func.func @sums(%x: tensor<1x4x4x3xi8>, %z: tensor<1xi8>, %w: tensor<2x3x3x3x!w>, %g: tensor<3x3x3x1x!wd>,
                %d: tensor<3x3x6x!wd>, %a: tensor<2x3x4xi8>, %b: tensor<2x4x5xi8>) {
  %0 = qnn.integer_conv_2d %x, %z, %w : (tensor<1x4x4x3xi8>, tensor<1xi8>, tensor<2x3x3x3x!w>) -> tensor<1x2x2x2xi32>
  %1 = qnn.integer_conv_2d %x, %z, %g {stride = array<i64: 2, 1>, pad = array<i64: 1, 1, 2, 2>,
      dilation = array<i64: 1, 2>, group = 3 : i64, input_signed}
      : (tensor<1x4x4x3xi8>, tensor<1xi8>, tensor<3x3x3x1x!wd>) -> tensor<1x2x4x3xi32>
  %2 = qnn.integer_depthwise_conv_2d %x, %z, %d
      : (tensor<1x4x4x3xi8>, tensor<1xi8>, tensor<3x3x6x!wd>) -> tensor<1x2x2x6xi32>
  %3 = qnn.integer_matmul %a, %z, %b, %z {lhs_signed, rhs_signed}
      : (tensor<2x3x4xi8>, tensor<1xi8>, tensor<2x4x5xi8>, tensor<1xi8>) -> tensor<2x3x5xi32>
  return
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights of 4 bits: two products of a channel in a byte, the first in the low
// nibble, channels side by side; scales likewise.
//
// RUN: quant-opt %s --convert-qnn-to-linalg --split-input-file | FileCheck %s

!w = !quant.uniform<i4<-7:7>:f32:{0:1, 3:2}, {{{{0.5, 0.25}}}, {{{1.0, 2.0}}}}>

// Products 1, -2, 3, -4 and -1, 7, 0, 5: bytes 0xE1 and 0x7F, then 0xC3 and 0x50.
// CHECK: #[[$BYTES:.+]] = affine_map<(d0, d1, d2, d3) -> ((d1 + d2) * 2 + d3 floordiv 2, d0)>
// CHECK: #[[$SCALES:.+]] = affine_map<(d0, d1, d2, d3) -> (d3 floordiv 2, d0)>
// CHECK-LABEL: func @blocks
// CHECK-DAG: arith.constant dense<{{\[\[}}-31, 127], [-61, 80]]> : tensor<2x2xi8>
// CHECK-DAG: arith.constant dense<{{\[\[}}5.000000e-01, 1.000000e+00], [2.500000e-01, 2.000000e+00]]> : tensor<2x2xf32>
// CHECK: linalg.generic {indexing_maps = [#[[$BYTES]], #[[$SCALES]], #{{.+}}]
// CHECK-NEXT: ^bb0(%[[BYTE:.+]]: i8, %[[SCALE:.+]]: f32, %{{.+}}: f32)
// CHECK: %[[SHIFT:.+]] = arith.index_cast
// CHECK: %[[WIDE:.+]] = arith.extsi %[[BYTE]] : i8 to i32
// CHECK: %[[HIGH:.+]] = arith.shli %[[WIDE]], %[[SHIFT]]
// CHECK: %[[NIBBLE:.+]] = arith.shrsi %[[HIGH]], %c28_i32
// CHECK: arith.sitofp %[[NIBBLE]]
func.func @blocks() -> tensor<2x1x1x4xf32> {
  %w = qnn.constant dense<[[[[1, -2, 3, -4]]], [[[-1, 7, 0, 5]]]]> : tensor<2x1x1x4xi4> as tensor<2x1x1x4x!w>
  %r = qnn.dequantize %w : tensor<2x1x1x4x!w> -> tensor<2x1x1x4xf32>
  return %r : tensor<2x1x1x4xf32>
}

// -----

!w = !quant.uniform<i4<-7:7>:f32:2, {0.5, 0.25}>

// Taps of a depthwise kernel; the last byte of each channel is half empty.
// CHECK-LABEL: func @depthwise
// CHECK-DAG: arith.constant dense<{{\[\[}}49, 66], [5, 6]]> : tensor<2x2xi8>
// CHECK-DAG: arith.constant dense<[5.000000e-01, 2.500000e-01]> : tensor<2xf32>
func.func @depthwise() -> tensor<3x1x2xf32> {
  %w = qnn.constant dense<[[[1, 2]], [[3, 4]], [[5, 6]]]> : tensor<3x1x2xi4> as tensor<3x1x2x!w>
  %r = qnn.dequantize %w : tensor<3x1x2x!w> -> tensor<3x1x2xf32>
  return %r : tensor<3x1x2xf32>
}

// -----

!w = !quant.uniform<i4:f32, 0.5:1>

// With a zero point an integer takes a byte.
// CHECK-LABEL: func @zero_point
// CHECK: arith.constant dense<[1, -2]> : tensor<2xi8>
func.func @zero_point() -> tensor<2xf32> {
  %w = qnn.constant dense<[1, -2]> : tensor<2xi4> as tensor<2x!w>
  %r = qnn.dequantize %w : tensor<2x!w> -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the folders compute, and where they keep away. The numbers are worked
// out beside each function.
//
// RUN: quant-opt %s --canonicalize | FileCheck %s

!q = !quant.uniform<i8:f32, 5.000000e-01:-3>
!u = !quant.uniform<u8:f32, 5.000000e-01:128>
!h = !quant.uniform<i8:f32, 2.500000e-01:3>
!s = !quant.uniform<u16:f32, 5.000000e-01:0>
!huge = !quant.uniform<u16:f32, 3.32306998946228968E+35>

// 0.25 / 0.5 = 0.5 is a tie and goes to the even 0, 0.75 / 0.5 = 1.5 to 2; NaN
// is the zero point; what is too large saturates.
// CHECK-LABEL: func @quantize_constant
// CHECK-NEXT: %[[Q:.*]] = qnn.constant dense<[-3, -1, -3, 127, -128]> : tensor<5xi8> as
// CHECK-NEXT: return %[[Q]]
func.func @quantize_constant() -> tensor<5x!q> {
  %0 = arith.constant dense<[0.25, 0.75, 0x7FC00000, 0x7F800000, 0xFF800000]> : tensor<5xf32>
  %1 = qnn.quantize %0 : tensor<5xf32> -> tensor<5x!q>
  return %1 : tensor<5x!q>
}

// 200 and 128 do not fit the signless i8 but are what unsigned storage holds.
// CHECK-LABEL: func @quantize_constant_unsigned
// CHECK: qnn.constant dense<[-56, -128]> : tensor<2xi8> as
func.func @quantize_constant_unsigned() -> tensor<2x!u> {
  %0 = arith.constant dense<[36.0, 0.0]> : tensor<2xf32>
  %1 = qnn.quantize %0 : tensor<2xf32> -> tensor<2x!u>
  return %1 : tensor<2x!u>
}

// Axis 1 of three: the scale changes every two elements and starts again.
// CHECK-LABEL: func @quantize_constant_per_axis
// CHECK: qnn.constant dense<{{\[\[\[}}2, 2], [4, 4]], {{\[\[}}2, 2], [4, 4]]]> : tensor<2x2x2xi8>
func.func @quantize_constant_per_axis() -> tensor<2x2x2x!quant.uniform<i8:f32:1, {0.5, 0.25}>> {
  %0 = arith.constant dense<1.0> : tensor<2x2x2xf32>
  %1 = qnn.quantize %0 : tensor<2x2x2xf32> -> tensor<2x2x2x!quant.uniform<i8:f32:1, {0.5, 0.25}>>
  return %1 : tensor<2x2x2x!quant.uniform<i8:f32:1, {0.5, 0.25}>>
}

// CHECK-LABEL: func @quantize_of_dequantize
// CHECK-SAME: %[[X:.*]]: tensor<2x
// CHECK-NEXT: return %[[X]]
func.func @quantize_of_dequantize(%x: tensor<2x!q>) -> tensor<2x!q> {
  %0 = qnn.dequantize %x : tensor<2x!q> -> tensor<2xf32>
  %1 = qnn.quantize %0 : tensor<2xf32> -> tensor<2x!q>
  return %1 : tensor<2x!q>
}

// CHECK-LABEL: func @quantize_of_dequantize_16_bits
// CHECK-SAME: %[[X:.*]]: tensor<2x
// CHECK-NEXT: return %[[X]]
func.func @quantize_of_dequantize_16_bits(%x: tensor<2x!s>) -> tensor<2x!s> {
  %0 = qnn.dequantize %x : tensor<2x!s> -> tensor<2xf32>
  %1 = qnn.quantize %0 : tensor<2xf32> -> tensor<2x!s>
  return %1 : tensor<2x!s>
}

// 65535 * 2^118 is no f32 number: the pair saturates.
// CHECK-LABEL: func @quantize_of_dequantize_that_overflows
// CHECK: qnn.dequantize
// CHECK: qnn.quantize
func.func @quantize_of_dequantize_that_overflows(%x: tensor<2x!huge>) -> tensor<2x!huge> {
  %0 = qnn.dequantize %x : tensor<2x!huge> -> tensor<2xf32>
  %1 = qnn.quantize %0 : tensor<2xf32> -> tensor<2x!huge>
  return %1 : tensor<2x!huge>
}

// CHECK-LABEL: func @quantize_of_dequantize_of_another_type
// CHECK: qnn.dequantize
// CHECK: qnn.quantize
func.func @quantize_of_dequantize_of_another_type(%x: tensor<2x!q>) -> tensor<2x!h> {
  %0 = qnn.dequantize %x : tensor<2x!q> -> tensor<2xf32>
  %1 = qnn.quantize %0 : tensor<2xf32> -> tensor<2x!h>
  return %1 : tensor<2x!h>
}

// M = 2: 3 + 2 * (-3 + 3), 3 + 2 * (1 + 3), 3 + 2 * (127 + 3) saturated.
// CHECK-LABEL: func @requantize_constant
// CHECK-NEXT: qnn.constant dense<[3, 11, 127]> : tensor<3xi8>
func.func @requantize_constant() -> tensor<3x!h> {
  %0 = qnn.constant dense<[-3, 1, 127]> : tensor<3xi8> as tensor<3x!q>
  %1 = qnn.requantize %0 : tensor<3x!q> -> tensor<3x!h>
  return %1 : tensor<3x!h>
}

// M = 1/4 of 2, -2, 6, -6: the roundings differ in the ties.
// CHECK-LABEL: func @requantize_constant_ties
// CHECK-DAG: qnn.constant dense<[1, 0, 2, -1]>
// CHECK-DAG: qnn.constant dense<[1, -1, 2, -2]>
// CHECK-DAG: qnn.constant dense<[0, 0, 2, -2]>
func.func @requantize_constant_ties() -> (tensor<4x!quant.uniform<i8:f32, 1.0>>, tensor<4x!quant.uniform<i8:f32, 1.0>>, tensor<4x!quant.uniform<i8:f32, 1.0>>) {
  %0 = qnn.constant dense<[2, -2, 6, -6]> : tensor<4xi8> as tensor<4x!quant.uniform<i8:f32, 0.25>>
  %1 = qnn.requantize %0 : tensor<4x!quant.uniform<i8:f32, 0.25>> -> tensor<4x!quant.uniform<i8:f32, 1.0>>
  %2 = qnn.requantize %0 {rounding = #qnn.rounding<double>} : tensor<4x!quant.uniform<i8:f32, 0.25>> -> tensor<4x!quant.uniform<i8:f32, 1.0>>
  %3 = qnn.requantize %0 {rounding = #qnn.rounding<float_even>} : tensor<4x!quant.uniform<i8:f32, 0.25>> -> tensor<4x!quant.uniform<i8:f32, 1.0>>
  return %1, %2, %3 : tensor<4x!quant.uniform<i8:f32, 1.0>>, tensor<4x!quant.uniform<i8:f32, 1.0>>, tensor<4x!quant.uniform<i8:f32, 1.0>>
}

// Two channels at 0.5 and 0.25, unsigned result around 128, clamped at 130.
// CHECK-LABEL: func @requantize_constant_per_axis
// CHECK-NEXT: qnn.constant dense<[-126, -127]> : tensor<2xi8>
func.func @requantize_constant_per_axis() -> tensor<2x!u> {
  %0 = qnn.constant dense<[9, 2]> : tensor<2xi32> as tensor<2x!quant.uniform<i32:f32:0, {0.5, 0.25}>>
  %1 = qnn.requantize %0 {clamp = array<i32: 128, 130>} : tensor<2x!quant.uniform<i32:f32:0, {0.5, 0.25}>> -> tensor<2x!u>
  return %1 : tensor<2x!u>
}

// No multiplier exists for 2^40: the operation stays for the lowering to refuse.
// CHECK-LABEL: func @requantize_constant_without_multiplier
// CHECK: qnn.requantize
func.func @requantize_constant_without_multiplier() -> tensor<1x!quant.uniform<i8:f32, 9.094947017729282E-13>> {
  %0 = qnn.constant dense<1> : tensor<1xi8> as tensor<1x!quant.uniform<i8:f32, 1.0>>
  %1 = qnn.requantize %0 : tensor<1x!quant.uniform<i8:f32, 1.0>> -> tensor<1x!quant.uniform<i8:f32, 9.094947017729282E-13>>
  return %1 : tensor<1x!quant.uniform<i8:f32, 9.094947017729282E-13>>
}

// CHECK-LABEL: func @requantize_to_itself
// CHECK-SAME: %[[X:.*]]: tensor<2x
// CHECK-NEXT: return %[[X]]
func.func @requantize_to_itself(%x: tensor<2x!q>) -> tensor<2x!q> {
  %0 = qnn.requantize %x {clamp = array<i32: -128, 127>} : tensor<2x!q> -> tensor<2x!q>
  return %0 : tensor<2x!q>
}

// CHECK-LABEL: func @requantize_to_itself_with_clamp
// CHECK: qnn.requantize
func.func @requantize_to_itself_with_clamp(%x: tensor<2x!q>) -> tensor<2x!q> {
  %0 = qnn.requantize %x {clamp = array<i32: -3, 127>} : tensor<2x!q> -> tensor<2x!q>
  return %0 : tensor<2x!q>
}

// CHECK-LABEL: func @lookup_constant
// CHECK: qnn.constant dense<[0, 127, -128]> : tensor<3xi8>
func.func @lookup_constant() -> tensor<3x!q> {
  %0 = qnn.constant dense<[-128, -1, 0]> : tensor<3xi8> as tensor<3x!q>
  %1 = qnn.lookup %0, dense<"0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"> : tensor<256xi8>
      : tensor<3x!q> -> tensor<3x!q>
  return %1 : tensor<3x!q>
}

// The same table on unsigned storage is the identity.
// CHECK-LABEL: func @lookup_identity
// CHECK-SAME: %[[X:.*]]: tensor<3x
// CHECK-NEXT: return %[[X]]
func.func @lookup_identity(%x: tensor<3x!u>) -> tensor<3x!u> {
  %1 = qnn.lookup %x, dense<"0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"> : tensor<256xi8>
      : tensor<3x!u> -> tensor<3x!u>
  return %1 : tensor<3x!u>
}

// CHECK-LABEL: func @reshape_constant
// CHECK-NEXT: qnn.constant dense<{{\[\[}}1, 2], [3, 4]]> : tensor<2x2xi8>
func.func @reshape_constant() -> tensor<2x2x!q> {
  %0 = qnn.constant dense<[1, 2, 3, 4]> : tensor<4xi8> as tensor<4x!q>
  %1 = qnn.reshape %0 : tensor<4x!q> -> tensor<2x2x!q>
  return %1 : tensor<2x2x!q>
}

// CHECK-LABEL: func @reshape_resource
// CHECK-NEXT: qnn.constant dense_resource<stored> : tensor<2x2xi8>
func.func @reshape_resource() -> tensor<2x2x!q> {
  %0 = qnn.constant dense_resource<stored> : tensor<4xi8> as tensor<4x!q>
  %1 = qnn.reshape %0 : tensor<4x!q> -> tensor<2x2x!q>
  return %1 : tensor<2x2x!q>
}

// The three sizes differ, so that no stride passes for another.
// CHECK-LABEL: func @transpose_constant
// CHECK-NEXT: qnn.constant dense<{{\[\[\[}}1, 4], [2, 5], [3, 6]]]> : tensor<1x3x2xi8>
func.func @transpose_constant() -> tensor<1x3x2x!q> {
  %0 = qnn.constant dense<[[[1], [2], [3]], [[4], [5], [6]]]> : tensor<2x3x1xi8> as tensor<2x3x1x!q>
  %1 = qnn.transpose %0 {permutation = array<i64: 2, 1, 0>} : tensor<2x3x1x!q> -> tensor<1x3x2x!q>
  return %1 : tensor<1x3x2x!q>
}

// CHECK-LABEL: func @pad_constant
// CHECK-NEXT: qnn.constant dense<{{\[\[}}-3, -3, -3, -3], [-3, 1, 2, -3]]> : tensor<2x4xi8>
func.func @pad_constant() -> tensor<2x4x!q> {
  %0 = qnn.constant dense<[[1, 2]]> : tensor<1x2xi8> as tensor<1x2x!q>
  %1 = qnn.pad %0 {low = array<i64: 1, 1>, high = array<i64: 0, 1>, value = -3 : i64} : tensor<1x2x!q> -> tensor<2x4x!q>
  return %1 : tensor<2x4x!q>
}

// CHECK-LABEL: func @slice_constant
// CHECK-NEXT: qnn.constant dense<{{\[\[}}6], [9]]> : tensor<2x1xi8>
func.func @slice_constant() -> tensor<2x1x!q> {
  %0 = qnn.constant dense<[[1, 2, 3], [4, 5, 6], [7, 8, 9]]> : tensor<3x3xi8> as tensor<3x3x!q>
  %1 = qnn.slice %0 {start = array<i64: 1, 2>} : tensor<3x3x!q> -> tensor<2x1x!q>
  return %1 : tensor<2x1x!q>
}

// CHECK-LABEL: func @movement_of_nothing
// CHECK-SAME: %[[X:.*]]: tensor<1x4x4x2x
// CHECK-NEXT: return %[[X]]
func.func @movement_of_nothing(%x: tensor<1x4x4x2x!q>) -> tensor<1x4x4x2x!q> {
  %0 = qnn.reshape %x : tensor<1x4x4x2x!q> -> tensor<1x4x4x2x!q>
  %1 = qnn.transpose %0 {permutation = array<i64: 0, 1, 2, 3>} : tensor<1x4x4x2x!q> -> tensor<1x4x4x2x!q>
  %2 = qnn.pad %1 {low = array<i64: 0, 0, 0, 0>, high = array<i64: 0, 0, 0, 0>, value = 0 : i64} : tensor<1x4x4x2x!q> -> tensor<1x4x4x2x!q>
  %3 = qnn.slice %2 {start = array<i64: 0, 0, 0, 0>} : tensor<1x4x4x2x!q> -> tensor<1x4x4x2x!q>
  %4 = qnn.concat %3 {axis = 1 : i64} : (tensor<1x4x4x2x!q>) -> tensor<1x4x4x2x!q>
  %5 = qnn.max_pool_2d %4 {kernel = array<i64: 1, 1>} : tensor<1x4x4x2x!q> -> tensor<1x4x4x2x!q>
  return %5 : tensor<1x4x4x2x!q>
}

// CHECK-LABEL: func @transpose_back
// CHECK-SAME: %[[X:.*]]: tensor<2x3x4x
// CHECK-NEXT: return %[[X]]
func.func @transpose_back(%x: tensor<2x3x4x!q>) -> tensor<2x3x4x!q> {
  %0 = qnn.transpose %x {permutation = array<i64: 2, 0, 1>} : tensor<2x3x4x!q> -> tensor<4x2x3x!q>
  %1 = qnn.transpose %0 {permutation = array<i64: 1, 2, 0>} : tensor<4x2x3x!q> -> tensor<2x3x4x!q>
  return %1 : tensor<2x3x4x!q>
}

// CHECK-LABEL: func @transpose_twice
// CHECK-SAME: %[[X:.*]]: tensor<2x3x4x
// CHECK-NEXT: qnn.transpose %[[X]] {permutation = array<i64: 1, 2, 0>}
// CHECK-NEXT: return
func.func @transpose_twice(%x: tensor<2x3x4x!q>) -> tensor<3x4x2x!q> {
  %0 = qnn.transpose %x {permutation = array<i64: 2, 0, 1>} : tensor<2x3x4x!q> -> tensor<4x2x3x!q>
  %1 = qnn.transpose %0 {permutation = array<i64: 2, 0, 1>} : tensor<4x2x3x!q> -> tensor<3x4x2x!q>
  return %1 : tensor<3x4x2x!q>
}

// CHECK-LABEL: func @reshape_twice
// CHECK-SAME: %[[X:.*]]: tensor<6x
// CHECK-NEXT: qnn.reshape %[[X]] : tensor<6x{{.*}}> -> tensor<3x2x
// CHECK-NEXT: return
func.func @reshape_twice(%x: tensor<6x!q>) -> tensor<3x2x!q> {
  %0 = qnn.reshape %x : tensor<6x!q> -> tensor<2x3x!q>
  %1 = qnn.reshape %0 : tensor<2x3x!q> -> tensor<3x2x!q>
  return %1 : tensor<3x2x!q>
}

{-#
  dialect_resources: {
    builtin: {
      stored: "0x0100000001020304"
    }
  }
#-}

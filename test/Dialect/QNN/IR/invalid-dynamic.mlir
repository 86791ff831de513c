// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every constraint of the operations of run-time quantization, broken once.
//
// RUN: quant-opt %s --split-input-file --verify-diagnostics

// C1
func.func @quantize_shape(%x: tensor<2x4xf32>) {
  // expected-error@+1 {{result 'tensor<8xi8>', expected the shape of the input 'tensor<2x4xf32>'}}
  %0:3 = qnn.dynamic_quantize %x : (tensor<2x4xf32>) -> (tensor<8xi8>, tensor<1xf32>, tensor<1xi8>)
  return
}

// -----

func.func @quantize_scale(%x: tensor<4xf32>) {
  // expected-error@+1 {{result #1 must be one-element tensor of 32-bit float values}}
  %0:3 = qnn.dynamic_quantize %x : (tensor<4xf32>) -> (tensor<4xi8>, tensor<4xf32>, tensor<1xi8>)
  return
}

// -----

// C1
func.func @dequantize_shape(%q: tensor<4xi8>, %s: tensor<1xf32>, %z: tensor<1xi8>) {
  // expected-error@+1 {{result 'tensor<2xf32>', expected the shape of the input 'tensor<4xi8>'}}
  %0 = qnn.dynamic_dequantize %q, %s, %z : (tensor<4xi8>, tensor<1xf32>, tensor<1xi8>) -> tensor<2xf32>
  return
}

// -----

// C1
!w = !quant.uniform<i8:f32, 0.5>
func.func @conv_group(%x: tensor<1x4x4x3xi8>, %z: tensor<1xi8>, %w: tensor<2x3x3x3x!w>) {
  // expected-error@+1 {{group 2 does not divide 3 input and 2 output channels}}
  %0 = qnn.integer_conv_2d %x, %z, %w {group = 2 : i64} : (tensor<1x4x4x3xi8>, tensor<1xi8>, tensor<2x3x3x3x!w>) -> tensor<1x2x2x2xi32>
  return
}

// -----

// C1
!w = !quant.uniform<i8:f32, 0.5>
func.func @conv_channels(%x: tensor<1x4x4x3xi8>, %z: tensor<1xi8>, %w: tensor<2x3x3x4x!w>) {
  // expected-error@+1 {{weight has 4 input channels, expected 3}}
  %0 = qnn.integer_conv_2d %x, %z, %w : (tensor<1x4x4x3xi8>, tensor<1xi8>, tensor<2x3x3x4x!w>) -> tensor<1x2x2x2xi32>
  return
}

// -----

// C2
!w = !quant.uniform<i16:f32, 0.5>
func.func @conv_storage(%x: tensor<1x4x4x3xi8>, %z: tensor<1xi8>, %w: tensor<2x3x3x3x!w>) {
  // expected-error@+1 {{expected 8 bits of storage}}
  %0 = qnn.integer_conv_2d %x, %z, %w : (tensor<1x4x4x3xi8>, tensor<1xi8>, tensor<2x3x3x3x!w>) -> tensor<1x2x2x2xi32>
  return
}

// -----

// C2
!w = !quant.uniform<i8:f32:3, {0.5, 0.25, 0.5}>
func.func @conv_axis(%x: tensor<1x4x4x3xi8>, %z: tensor<1xi8>, %w: tensor<2x3x3x3x!w>) {
  // expected-error@+1 {{weight is quantized along axis 3, expected axis 0}}
  %0 = qnn.integer_conv_2d %x, %z, %w : (tensor<1x4x4x3xi8>, tensor<1xi8>, tensor<2x3x3x3x!w>) -> tensor<1x2x2x2xi32>
  return
}

// -----

// C4
!w = !quant.uniform<i8:f32, 0.5>
func.func @conv_result(%x: tensor<1x4x4x3xi8>, %z: tensor<1xi8>, %w: tensor<2x3x3x3x!w>) {
  // expected-error@+1 {{height 4 of the result, expected 2}}
  %0 = qnn.integer_conv_2d %x, %z, %w : (tensor<1x4x4x3xi8>, tensor<1xi8>, tensor<2x3x3x3x!w>) -> tensor<1x4x4x2xi32>
  return
}

// -----

// C1
!w = !quant.uniform<i8:f32, 0.5>
func.func @depthwise_channels(%x: tensor<1x4x4x3xi8>, %z: tensor<1xi8>, %w: tensor<3x3x4x!w>) {
  // expected-error@+1 {{4 output channels, expected a multiple of 3}}
  %0 = qnn.integer_depthwise_conv_2d %x, %z, %w : (tensor<1x4x4x3xi8>, tensor<1xi8>, tensor<3x3x4x!w>) -> tensor<1x2x2x4xi32>
  return
}

// -----

// C4
!w = !quant.uniform<i8:f32, 0.5>
func.func @depthwise_result(%x: tensor<1x4x4x3xi8>, %z: tensor<1xi8>, %w: tensor<3x3x6x!w>) {
  // expected-error@+1 {{3 channels of the result, expected 6}}
  %0 = qnn.integer_depthwise_conv_2d %x, %z, %w : (tensor<1x4x4x3xi8>, tensor<1xi8>, tensor<3x3x6x!w>) -> tensor<1x2x2x3xi32>
  return
}

// -----

// C2
func.func @matmul_depth(%a: tensor<2x3x4xi8>, %z: tensor<1xi8>, %b: tensor<2x5x5xi8>) {
  // expected-error@+1 {{left side 'tensor<2x3x4xi8>' does not fit the right side 'tensor<2x5x5xi8>'}}
  %0 = qnn.integer_matmul %a, %z, %b, %z : (tensor<2x3x4xi8>, tensor<1xi8>, tensor<2x5x5xi8>, tensor<1xi8>) -> tensor<2x3x5xi32>
  return
}

// -----

// C2
func.func @matmul_result(%a: tensor<2x3x4xi8>, %z: tensor<1xi8>, %b: tensor<2x4x5xi8>) {
  // expected-error@+1 {{result 'tensor<2x5x3xi32>', expected the shape 'tensor<2x3x5xi32>'}}
  %0 = qnn.integer_matmul %a, %z, %b, %z : (tensor<2x3x4xi8>, tensor<1xi8>, tensor<2x4x5xi8>, tensor<1xi8>) -> tensor<2x5x3xi32>
  return
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sub-channel types: what the constraints T5, C2 and C3 ask of blocks.
//
// RUN: quant-opt %s --split-input-file --verify-diagnostics

// Blocks of 32, an unnamed dimension as one block, power-of-two scales, zero
// points.
!w = !quant.uniform<u4:f32:{0:1, 1:2}, {{0.5:3, 0.25:7}, {0.125, 1.0}}>
!k = !quant.uniform<i8:f32:{0:1, 3:2}, {{{{0.5, 0.25}}}, {{{0.125, 1.0}}}}>
func.func @legal(%x: tensor<2x4xf32>, %y: tensor<2x3x3x4xf32>) {
  %0 = qnn.quantize %x : tensor<2x4xf32> -> tensor<2x4x!w>
  %1 = qnn.dequantize %0 : tensor<2x4x!w> -> tensor<2x4xf32>
  %2 = qnn.quantize %y : tensor<2x3x3x4xf32> -> tensor<2x3x3x4x!k>
  return
}

// -----

!w = !quant.uniform<i8:f32:{0:1, 2:2}, {{0.5, 0.25}, {0.125, 1.0}}>
// T5
func.func @dimension(%x: tensor<2x4xf32>) {
  // expected-error@+1 {{block dimension 2}}
  %0 = qnn.quantize %x : tensor<2x4xf32> -> tensor<2x4x!w>
  return
}

// -----

!w = !quant.uniform<i8:f32:{0:1, 1:3}, {{0.5}, {0.125}}>
// T5
func.func @size(%x: tensor<2x4xf32>) {
  // expected-error@+1 {{blocks of 3 do not divide the size 4 of dimension 1}}
  %0 = qnn.quantize %x : tensor<2x4xf32> -> tensor<2x4x!w>
  return
}

// -----

!w = !quant.uniform<i8:f32:{0:1, 1:2}, {{0.5, 0.25, 0.125}, {0.125, 1.0, 2.0}}>
// T5
func.func @count(%x: tensor<2x4xf32>) {
  // expected-error@+1 {{scales of shape [2, 3] do not match the blocks of}}
  %0 = qnn.quantize %x : tensor<2x4xf32> -> tensor<2x4x!w>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32:{0:2, 1:2}, {{0.5, 0.25}}>
!b = !quant.uniform<i32:f32, 0.25>
// C2
func.func @two_channels(%x: tensor<1x4x!q>, %w: tensor<2x4x!w>, %b: tensor<2x!b>) {
  // expected-error@+1 {{weight blocks span 2 channels of axis 0, expected 1}}
  %0 = qnn.fully_connected %x, %w, %b : (tensor<1x4x!q>, tensor<2x4x!w>, tensor<2x!b>) -> tensor<1x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32:{0:1, 1:2}, {{0.5, 0.25}}>
!b = !quant.uniform<i32:f32, 0.25>
// C2
func.func @rounding(%x: tensor<1x4x!q>, %w: tensor<1x4x!w>, %b: tensor<1x!b>) {
  // expected-error@+1 {{weight blocks are summed with the rounding 'single' only}}
  %0 = qnn.fully_connected %x, %w, %b {rounding = #qnn.rounding<double>} : (tensor<1x4x!q>, tensor<1x4x!w>, tensor<1x!b>) -> tensor<1x1x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32:{0:1, 1:2}, {{0.5, 0.25}}>
!b = !quant.uniform<i32:f32, 0.25:1>
// C3
func.func @bias(%x: tensor<1x4x!q>, %w: tensor<1x4x!w>, %b: tensor<1x!b>) {
  // expected-error@+1 {{bias zero point 1, expected 0}}
  %0 = qnn.fully_connected %x, %w, %b : (tensor<1x4x!q>, tensor<1x4x!w>, tensor<1x!b>) -> tensor<1x1x!q>
  return
}

// -----

!w = !quant.uniform<i8:f32:{0:1, 1:2}, {{0.5, 0.25}}>
// C1
func.func @requantize(%w: tensor<1x4x!w>) {
  // expected-error@+1 {{input has blocks, expected one scale for the tensor or an axis}}
  %0 = qnn.requantize %w : tensor<1x4x!w> -> tensor<1x4x!quant.uniform<i8:f32, 0.5>>
  return
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One constraint, one split, one message: conv_2d, depthwise_conv_2d,
// fully_connected.
// C1 and so on are the constraints of the operation's description.
//
// RUN: quant-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// conv_2d
//===----------------------------------------------------------------------===//

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C1
func.func @conv_bias_size(%x: tensor<1x4x4x2x!q>, %w: tensor<3x1x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{bias has 2 elements, expected 3}}
  %0 = qnn.conv_2d %x, %w, %b : (tensor<1x4x4x2x!q>, tensor<3x1x1x2x!q>, tensor<2x!b>) -> tensor<1x4x4x3x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C1
func.func @conv_group(%x: tensor<1x4x4x3x!q>, %w: tensor<2x1x1x1x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{group 2 does not divide 3 input and 2 output channels}}
  %0 = qnn.conv_2d %x, %w, %b {group = 2 : i64} : (tensor<1x4x4x3x!q>, tensor<2x1x1x1x!q>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C1
func.func @conv_input_channels(%x: tensor<1x4x4x4x!q>, %w: tensor<2x1x1x4x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{weight has 4 input channels, expected 2}}
  %0 = qnn.conv_2d %x, %w, %b {group = 2 : i64} : (tensor<1x4x4x4x!q>, tensor<2x1x1x4x!q>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C1
func.func @conv_result_channels(%x: tensor<1x4x4x2x!q>, %w: tensor<2x1x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{3 channels of the result, expected 2}}
  %0 = qnn.conv_2d %x, %w, %b : (tensor<1x4x4x2x!q>, tensor<2x1x1x2x!q>, tensor<2x!b>) -> tensor<1x4x4x3x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32:3, {0.5, 0.5}>
!b = !quant.uniform<i32:f32:0, {0.25, 0.25}>
// C2
func.func @conv_weight_axis(%x: tensor<1x4x4x2x!q>, %w: tensor<2x1x1x2x!w>, %b: tensor<2x!b>) {
  // expected-error@+1 {{weight is quantized along axis 3, expected axis 0}}
  %0 = qnn.conv_2d %x, %w, %b : (tensor<1x4x4x2x!q>, tensor<2x1x1x2x!w>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.26>
// C3
func.func @conv_bias_scale(%x: tensor<1x4x4x2x!q>, %w: tensor<2x1x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{of channel 0, expected input scale * weight scale = }}
  %0 = qnn.conv_2d %x, %w, %b : (tensor<1x4x4x2x!q>, tensor<2x1x1x2x!q>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32:0, {0.5, 0.25}>
!b = !quant.uniform<i32:f32:0, {0.25, 0.25}>
// C3
func.func @conv_bias_scale_of_second_channel(%x: tensor<1x4x4x2x!q>, %w: tensor<2x1x1x2x!w>, %b: tensor<2x!b>) {
  // expected-error@+1 {{of channel 1, expected input scale * weight scale = }}
  %0 = qnn.conv_2d %x, %w, %b : (tensor<1x4x4x2x!q>, tensor<2x1x1x2x!w>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25:1>
// C3
func.func @conv_bias_zero_point(%x: tensor<1x4x4x2x!q>, %w: tensor<2x1x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{bias zero point 1 of channel 0, expected 0}}
  %0 = qnn.conv_2d %x, %w, %b : (tensor<1x4x4x2x!q>, tensor<2x1x1x2x!q>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32:0, {0.25, 0.25}>
// C3
func.func @conv_bias_axis(%x: tensor<1x4x4x2x!q>, %w: tensor<2x1x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{bias and weight are expected to be both per-tensor or both per-axis}}
  %0 = qnn.conv_2d %x, %w, %b : (tensor<1x4x4x2x!q>, tensor<2x1x1x2x!q>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C4: (4 + 1 + 0 - 2 * (2 - 1) - 1) / 2 + 1 = 2.
func.func @conv_height(%x: tensor<1x4x4x2x!q>, %w: tensor<2x2x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{height 3 of the result, expected 2}}
  %0 = qnn.conv_2d %x, %w, %b {stride = array<i64: 2, 1>, dilation = array<i64: 2, 1>, pad = array<i64: 1, 0, 0, 0>}
      : (tensor<1x4x4x2x!q>, tensor<2x2x1x2x!q>, tensor<2x!b>) -> tensor<1x3x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C4
func.func @conv_width(%x: tensor<1x4x4x2x!q>, %w: tensor<2x1x2x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{width 4 of the result, expected 3}}
  %0 = qnn.conv_2d %x, %w, %b : (tensor<1x4x4x2x!q>, tensor<2x1x2x2x!q>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C4
func.func @conv_kernel_does_not_fit(%x: tensor<1x4x4x2x!q>, %w: tensor<2x3x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{the kernel does not fit the padded input height 4}}
  %0 = qnn.conv_2d %x, %w, %b {dilation = array<i64: 2, 1>}
      : (tensor<1x4x4x2x!q>, tensor<2x3x1x2x!q>, tensor<2x!b>) -> tensor<1x1x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C4
func.func @conv_batch(%x: tensor<1x4x4x2x!q>, %w: tensor<2x1x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{batch size 2 of the result, expected 1}}
  %0 = qnn.conv_2d %x, %w, %b : (tensor<1x4x4x2x!q>, tensor<2x1x1x2x!q>, tensor<2x!b>) -> tensor<2x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C4: a dilation whose product with the kernel leaves 64 bits.
func.func @conv_overflow(%x: tensor<1x4x4x2x!q>, %w: tensor<2x3x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{window parameter 9223372036854775807 along the height, expected at most 1073741824}}
  %0 = qnn.conv_2d %x, %w, %b {dilation = array<i64: 9223372036854775807, 1>}
      : (tensor<1x4x4x2x!q>, tensor<2x3x1x2x!q>, tensor<2x!b>) -> tensor<1x1x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C5
func.func @conv_clamp(%x: tensor<1x4x4x2x!q>, %w: tensor<2x1x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{clamp [-129, 0] is no range inside the storage range [-128, 127]}}
  %0 = qnn.conv_2d %x, %w, %b {clamp = array<i32: -129, 0>} : (tensor<1x4x4x2x!q>, tensor<2x1x1x2x!q>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
func.func @conv_stride(%x: tensor<1x4x4x2x!q>, %w: tensor<2x1x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{attribute 'stride' failed to satisfy constraint: i64 dense array attribute with exactly 2 elements whose value is positive}}
  %0 = qnn.conv_2d %x, %w, %b {stride = array<i64: 0, 1>} : (tensor<1x4x4x2x!q>, tensor<2x1x1x2x!q>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
func.func @conv_pad(%x: tensor<1x4x4x2x!q>, %w: tensor<2x1x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{attribute 'pad' failed to satisfy constraint: i64 dense array attribute with exactly 4 elements}}
  %0 = qnn.conv_2d %x, %w, %b {pad = array<i64: 0, 1>} : (tensor<1x4x4x2x!q>, tensor<2x1x1x2x!q>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
func.func @conv_negative_pad(%x: tensor<1x4x4x2x!q>, %w: tensor<2x1x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{attribute 'pad' failed to satisfy constraint: i64 dense array attribute with exactly 4 elements whose value is non-negative}}
  %0 = qnn.conv_2d %x, %w, %b {pad = array<i64: 0, 0, -1, 0>} : (tensor<1x4x4x2x!q>, tensor<2x1x1x2x!q>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
func.func @conv_group_zero(%x: tensor<1x4x4x2x!q>, %w: tensor<2x1x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{attribute 'group' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  %0 = qnn.conv_2d %x, %w, %b {group = 0 : i64} : (tensor<1x4x4x2x!q>, tensor<2x1x1x2x!q>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
func.func @conv_rank(%x: tensor<4x4x2x!q>, %w: tensor<2x1x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{operand #0 must be 4D tensor of per-tensor !quant.uniform type of 4 to 16 bits storage values}}
  %0 = qnn.conv_2d %x, %w, %b : (tensor<4x4x2x!q>, tensor<2x1x1x2x!q>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

//===----------------------------------------------------------------------===//
// depthwise_conv_2d
//===----------------------------------------------------------------------===//

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C1
func.func @depthwise_channels(%x: tensor<1x4x4x2x!q>, %w: tensor<1x1x3x!q>, %b: tensor<3x!b>) {
  // expected-error@+1 {{3 channels of the weight, expected a multiple of the 2 input channels}}
  %0 = qnn.depthwise_conv_2d %x, %w, %b : (tensor<1x4x4x2x!q>, tensor<1x1x3x!q>, tensor<3x!b>) -> tensor<1x4x4x3x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C1
func.func @depthwise_bias(%x: tensor<1x4x4x2x!q>, %w: tensor<1x1x4x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{bias has 2 elements, expected 4}}
  %0 = qnn.depthwise_conv_2d %x, %w, %b : (tensor<1x4x4x2x!q>, tensor<1x1x4x!q>, tensor<2x!b>) -> tensor<1x4x4x4x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32:0, {0.5, 0.5}>
!b = !quant.uniform<i32:f32:0, {0.25, 0.25}>
// C2
func.func @depthwise_weight_axis(%x: tensor<1x4x4x2x!q>, %w: tensor<2x1x2x!w>, %b: tensor<2x!b>) {
  // expected-error@+1 {{weight is quantized along axis 0, expected axis 2}}
  %0 = qnn.depthwise_conv_2d %x, %w, %b : (tensor<1x4x4x2x!q>, tensor<2x1x2x!w>, tensor<2x!b>) -> tensor<1x3x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.5>
// C3
func.func @depthwise_bias_scale(%x: tensor<1x4x4x2x!q>, %w: tensor<1x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{bias scale}}
  %0 = qnn.depthwise_conv_2d %x, %w, %b : (tensor<1x4x4x2x!q>, tensor<1x1x2x!q>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C4
func.func @depthwise_height(%x: tensor<1x4x4x2x!q>, %w: tensor<2x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{height 4 of the result, expected 3}}
  %0 = qnn.depthwise_conv_2d %x, %w, %b : (tensor<1x4x4x2x!q>, tensor<2x1x2x!q>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C5
func.func @depthwise_clamp(%x: tensor<1x4x4x2x!q>, %w: tensor<1x1x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{clamp [1, 0] is no range inside the storage range [-128, 127]}}
  %0 = qnn.depthwise_conv_2d %x, %w, %b {clamp = array<i32: 1, 0>} : (tensor<1x4x4x2x!q>, tensor<1x1x2x!q>, tensor<2x!b>) -> tensor<1x4x4x2x!q>
  return
}

// -----

//===----------------------------------------------------------------------===//
// fully_connected
//===----------------------------------------------------------------------===//

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C1
func.func @fully_connected_input_channels(%x: tensor<1x4x!q>, %w: tensor<2x3x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{weight has 3 input channels, expected 4}}
  %0 = qnn.fully_connected %x, %w, %b : (tensor<1x4x!q>, tensor<2x3x!q>, tensor<2x!b>) -> tensor<1x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C1
func.func @fully_connected_result(%x: tensor<1x4x!q>, %w: tensor<2x4x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{3 channels of the result, expected 2}}
  %0 = qnn.fully_connected %x, %w, %b : (tensor<1x4x!q>, tensor<2x4x!q>, tensor<2x!b>) -> tensor<1x3x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C1
func.func @fully_connected_batch(%x: tensor<1x4x!q>, %w: tensor<2x4x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{batch size 2 of the result, expected 1}}
  %0 = qnn.fully_connected %x, %w, %b : (tensor<1x4x!q>, tensor<2x4x!q>, tensor<2x!b>) -> tensor<2x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32:1, {0.5, 0.5}>
!b = !quant.uniform<i32:f32:0, {0.25, 0.25}>
// C2
func.func @fully_connected_weight_axis(%x: tensor<1x2x!q>, %w: tensor<2x2x!w>, %b: tensor<2x!b>) {
  // expected-error@+1 {{weight is quantized along axis 1, expected axis 0}}
  %0 = qnn.fully_connected %x, %w, %b : (tensor<1x2x!q>, tensor<2x2x!w>, tensor<2x!b>) -> tensor<1x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.5>
// C3
func.func @fully_connected_bias_scale(%x: tensor<1x2x!q>, %w: tensor<2x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{bias scale}}
  %0 = qnn.fully_connected %x, %w, %b : (tensor<1x2x!q>, tensor<2x2x!q>, tensor<2x!b>) -> tensor<1x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
// C5
func.func @fully_connected_clamp(%x: tensor<1x2x!q>, %w: tensor<2x2x!q>, %b: tensor<2x!b>) {
  // expected-error@+1 {{clamp [0, 128] is no range inside the storage range [-128, 127]}}
  %0 = qnn.fully_connected %x, %w, %b {clamp = array<i32: 0, 128>} : (tensor<1x2x!q>, tensor<2x2x!q>, tensor<2x!b>) -> tensor<1x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C1
func.func @matmul_depth(%a: tensor<1x2x3x!q>, %b: tensor<1x4x5x!q>) {
  // expected-error@+1 {{do not match, expected [B, M, K] and [B, K, N]}}
  %0 = qnn.matmul %a, %b : (tensor<1x2x3x!q>, tensor<1x4x5x!q>) -> tensor<1x2x5x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C1
func.func @matmul_batch(%a: tensor<1x2x3x!q>, %b: tensor<2x3x5x!q>) {
  // expected-error@+1 {{do not match, expected [B, M, K] and [B, K, N]}}
  %0 = qnn.matmul %a, %b : (tensor<1x2x3x!q>, tensor<2x3x5x!q>) -> tensor<2x2x5x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C1
func.func @matmul_result(%a: tensor<1x2x3x!q>, %b: tensor<1x3x5x!q>) {
  // expected-error@+1 {{expected shape 1x2x5}}
  %0 = qnn.matmul %a, %b : (tensor<1x2x3x!q>, tensor<1x3x5x!q>) -> tensor<1x5x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C5
func.func @matmul_clamp(%a: tensor<1x2x3x!q>, %b: tensor<1x3x5x!q>) {
  // expected-error@+1 {{clamp [0, 128] is no range inside the storage range [-128, 127]}}
  %0 = qnn.matmul %a, %b {clamp = array<i32: 0, 128>} : (tensor<1x2x3x!q>, tensor<1x3x5x!q>) -> tensor<1x2x5x!q>
  return
}

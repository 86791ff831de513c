// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One constraint, one split, one message. T1 to T4 are the constraints on types
// in the dialect's description, C1 and so on those of the operation.
//
// RUN: quant-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

// T1
func.func @dynamic_shape(%x: tensor<?x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error@+1 {{has a dynamic or an empty dimension}}
  %0 = qnn.dequantize %x : tensor<?x!quant.uniform<i8:f32, 0.5>> -> tensor<?xf32>
  return
}

// -----

// T1
func.func @empty_shape(%x: tensor<2x0x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error@+1 {{has a dynamic or an empty dimension}}
  %0 = qnn.dequantize %x : tensor<2x0x!quant.uniform<i8:f32, 0.5>> -> tensor<2x0xf32>
  return
}

// -----

// T2
func.func @zero_point_above(%x: tensor<2xf32>) {
  // expected-error@+1 {{zero point 300 of '!quant.uniform<i8:f32, 5.000000e-01:300>' is outside its storage range [-128, 127]}}
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<i8:f32, 0.5:300>>
  return
}

// -----

// T2
func.func @zero_point_below_unsigned(%x: tensor<2xf32>) {
  // expected-error@+1 {{zero point -1 of '!quant.uniform<u8:f32, 5.000000e-01:-1>' is outside its storage range [0, 255]}}
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<u8:f32, 0.5:-1>>
  return
}

// -----

// T2
func.func @zero_point_outside_narrow_range(%x: tensor<2xf32>) {
  // expected-error@+1 {{is outside its storage range [-127, 127]}}
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5:-128>>
  return
}

// -----

// T2
func.func @zero_point_of_second_channel(%x: tensor<2xf32>) {
  // expected-error@+1 {{zero point 128 of}}
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<i8:f32:0, {0.5:127, 0.5:128}>>
  return
}

// -----

// T3
func.func @scale_too_large(%x: tensor<2xf32>) {
  // expected-error@+1 {{is too large: the largest legal scale is 2^119, in '!quant.uniform<i8:f32, 1.000000e+36>'}}
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<i8:f32, 1.0e36>>
  return
}

// -----

// T3
func.func @scale_too_small(%x: tensor<2xf32>) {
  // expected-error@+1 {{is too small: the smallest legal scale is 2^-125}}
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<i8:f32, 1.2e-38>>
  return
}

// -----

// T4
func.func @axis_is_no_dimension(%x: tensor<2xf32>) {
  // expected-error@+1 {{quantized axis 1 of 'tensor<2x!quant.uniform<i8:f32:1, {5.000000e-01,2.500000e-01}>>' is no dimension of a tensor of rank 1}}
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<i8:f32:1, {0.5, 0.25}>>
  return
}

// -----

// T4
func.func @scale_count(%x: tensor<3xf32>) {
  // expected-error@+1 {{2 scales of 'tensor<3x!quant.uniform<i8:f32:0, {5.000000e-01,2.500000e-01}>>' do not match the size 3 of axis 0}}
  %0 = qnn.quantize %x : tensor<3xf32> -> tensor<3x!quant.uniform<i8:f32:0, {0.5, 0.25}>>
  return
}

// -----

//===----------------------------------------------------------------------===//
// observe, constant, quantize, dequantize, requantize
//===----------------------------------------------------------------------===//

func.func @observe_integers(%x: tensor<2xi8>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of f32}}
  %0 = "qnn.observe"(%x) {tensor = "a"} : (tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @observe_type_change(%x: tensor<2xf32>) {
  // expected-error@+1 {{failed to verify that all of {input, result} have same type}}
  %0 = "qnn.observe"(%x) {tensor = "a"} : (tensor<2xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @observe_without_name(%x: tensor<2xf32>) {
  // expected-error@+1 {{requires attribute 'tensor'}}
  %0 = "qnn.observe"(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

// C1
func.func @constant_shape() {
  // expected-error@+1 {{value has type 'tensor<3xi8>', expected 'tensor<2xi8>'}}
  %0 = qnn.constant dense<1> : tensor<3xi8> as tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

// C2
func.func @constant_width() {
  // expected-error@+1 {{value has type 'tensor<2xi16>', expected 'tensor<2xi8>'}}
  %0 = qnn.constant dense<1> : tensor<2xi16> as tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

// C2: signedness is the result type's.
func.func @constant_signedness() {
  // expected-error@+1 {{value has type 'tensor<2xui8>', expected 'tensor<2xi8>'}}
  %0 = qnn.constant dense<1> : tensor<2xui8> as tensor<2x!quant.uniform<u8:f32, 0.5>>
  return
}

// -----

// C3
func.func @constant_range() {
  // expected-error@+1 {{value has an element outside the storage range [-127, 127]}}
  %0 = qnn.constant dense<[0, -128]> : tensor<2xi8> as tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
  return
}

// -----

// C3: the bits of -1 are 255.
func.func @constant_range_unsigned() {
  // expected-error@+1 {{value has an element outside the storage range [0, 254]}}
  %0 = qnn.constant dense<-1> : tensor<2xi8> as tensor<2x!quant.uniform<u8<0:254>:f32, 0.5>>
  return
}

// -----

func.func @constant_of_floats() {
  // expected-error@+1 {{result #0 must be ranked tensor of !quant.uniform elements}}
  %0 = "qnn.constant"() {value = dense<1.0> : tensor<2xf32>} : () -> tensor<2xf32>
  return
}

// -----

// C1
func.func @quantize_to_32_bits(%x: tensor<2xf32>) {
  // expected-error@+1 {{result has 32 bits of storage, expected 2 to 16}}
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<i32:f32, 0.5>>
  return
}

// -----

func.func @quantize_shape(%x: tensor<2xf32>) {
  // expected-error@+1 {{requires the same shape for all operands and results}}
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<3x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @quantize_f64(%x: tensor<2xf64>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of f32}}
  %0 = qnn.quantize %x : tensor<2xf64> -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @dequantize_shape(%x: tensor<2x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error@+1 {{requires the same shape for all operands and results}}
  %0 = qnn.dequantize %x : tensor<2x!quant.uniform<i8:f32, 0.5>> -> tensor<3xf32>
  return
}

// -----

func.func @dequantize_floats(%x: tensor<2xf32>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of !quant.uniform elements}}
  %0 = qnn.dequantize %x : tensor<2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @requantize_to_per_axis(%x: tensor<2x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error@+1 {{result #0 must be ranked tensor of per-tensor quantized elements}}
  %0 = qnn.requantize %x : tensor<2x!quant.uniform<i8:f32, 0.5>> -> tensor<2x!quant.uniform<i8:f32:0, {0.5, 0.25}>>
  return
}

// -----

// C5
func.func @requantize_clamp_order(%x: tensor<2x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error@+1 {{clamp [5, 4] is no range inside the storage range [-128, 127]}}
  %0 = qnn.requantize %x {clamp = array<i32: 5, 4>} : tensor<2x!quant.uniform<i8:f32, 0.5>> -> tensor<2x!quant.uniform<i8:f32, 0.25>>
  return
}

// -----

// C5
func.func @requantize_clamp_range(%x: tensor<2x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error@+1 {{clamp [0, 256] is no range inside the storage range [0, 255]}}
  %0 = qnn.requantize %x {clamp = array<i32: 0, 256>} : tensor<2x!quant.uniform<i8:f32, 0.5>> -> tensor<2x!quant.uniform<u8:f32, 0.25>>
  return
}

// -----

func.func @requantize_clamp_count(%x: tensor<2x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error@+1 {{attribute 'clamp' failed to satisfy constraint: i32 dense array attribute with exactly 2 elements}}
  %0 = qnn.requantize %x {clamp = array<i32: 0>} : tensor<2x!quant.uniform<i8:f32, 0.5>> -> tensor<2x!quant.uniform<i8:f32, 0.25>>
  return
}

// -----

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

//===----------------------------------------------------------------------===//
// add, sub, mul, lookup, softmax
//===----------------------------------------------------------------------===//

// C1
func.func @add_storage(%x: tensor<2x!quant.uniform<i16:f32, 0.5>>) {
  // expected-error@+1 {{expected 8 bits of storage for every operand and result}}
  %0 = qnn.add %x, %x : (tensor<2x!quant.uniform<i16:f32, 0.5>>, tensor<2x!quant.uniform<i16:f32, 0.5>>) -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @add_ranks(%x: tensor<2x!q>, %y: tensor<1x2x!q>) {
  // expected-error@+1 {{do not broadcast at equal rank}}
  %0 = qnn.add %x, %y : (tensor<2x!q>, tensor<1x2x!q>) -> tensor<1x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @sub_shapes(%x: tensor<2x!q>, %y: tensor<3x!q>) {
  // expected-error@+1 {{do not broadcast at equal rank}}
  %0 = qnn.sub %x, %y : (tensor<2x!q>, tensor<3x!q>) -> tensor<3x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @mul_result(%x: tensor<2x1x!q>, %y: tensor<1x3x!q>) {
  // expected-error@+1 {{does not have the broadcast shape}}
  %0 = qnn.mul %x, %y : (tensor<2x1x!q>, tensor<1x3x!q>) -> tensor<2x1x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C5
func.func @add_clamp(%x: tensor<2x!q>) {
  // expected-error@+1 {{clamp [2, 1] is no range inside the storage range [-128, 127]}}
  %0 = qnn.add %x, %x {clamp = array<i32: 2, 1>} : (tensor<2x!q>, tensor<2x!q>) -> tensor<2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C5
func.func @mul_clamp(%x: tensor<2x!q>) {
  // expected-error@+1 {{clamp [2, 1] is no range inside the storage range [-128, 127]}}
  %0 = qnn.mul %x, %x {clamp = array<i32: 2, 1>} : (tensor<2x!q>, tensor<2x!q>) -> tensor<2x!q>
  return
}

// -----

// C1
func.func @lookup_storage(%x: tensor<2x!quant.uniform<i16:f32, 0.5>>) {
  // expected-error@+1 {{expected 8 bits of storage for every operand and result}}
  %0 = qnn.lookup %x, dense<0> : tensor<256xi8> : tensor<2x!quant.uniform<i16:f32, 0.5>> -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @lookup_table_size(%x: tensor<2x!q>) {
  // expected-error@+1 {{table has type 'tensor<255xi8>', expected 'tensor<256xi8>'}}
  %0 = qnn.lookup %x, dense<0> : tensor<255xi8> : tensor<2x!q> -> tensor<2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!n = !quant.uniform<i8<-127:127>:f32, 0.5>
// C2
func.func @lookup_entry(%x: tensor<2x!q>) {
  // expected-error@+1 {{table entry -128 is outside the storage range [-127, 127]}}
  %0 = qnn.lookup %x, dense<-128> : tensor<256xi8> : tensor<2x!q> -> tensor<2x!n>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @lookup_resource(%x: tensor<2x!q>) {
  // expected-error@+1 {{expected a dense table}}
  %0 = qnn.lookup %x, dense_resource<table> : tensor<256xi8> : tensor<2x!q> -> tensor<2x!q>
  return
}

// -----

// C1
func.func @softmax_storage(%x: tensor<2x!quant.uniform<i16:f32, 0.5>>) {
  // expected-error@+1 {{expected 8 bits of storage for every operand and result}}
  %0 = qnn.softmax %x {axis = 0 : i64} : tensor<2x!quant.uniform<i16:f32, 0.5>> -> tensor<2x!quant.uniform<i8:f32, 0.00390625:-128>>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @softmax_axis(%x: tensor<2x!q>) {
  // expected-error@+1 {{axis 1 is no dimension of 'tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>'}}
  %0 = qnn.softmax %x {axis = 1 : i64} : tensor<2x!q> -> tensor<2x!quant.uniform<i8:f32, 0.00390625:-128>>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @softmax_row(%x: tensor<262145x!q>) {
  // expected-error@+1 {{size 262145 along the axis, expected at most 262144}}
  %0 = qnn.softmax %x {axis = 0 : i64} : tensor<262145x!q> -> tensor<262145x!quant.uniform<i8:f32, 0.00390625:-128>>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C3
func.func @softmax_scale(%x: tensor<2x!q>) {
  // expected-error@+1 {{expected scale 1/256 and zero point -128}}
  %0 = qnn.softmax %x {axis = 0 : i64} : tensor<2x!q> -> tensor<2x!quant.uniform<i8:f32, 0.0078125:-128>>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C3
func.func @softmax_zero_point(%x: tensor<2x!q>) {
  // expected-error@+1 {{expected scale 1/256 and zero point 0}}
  %0 = qnn.softmax %x {axis = 0 : i64} : tensor<2x!q> -> tensor<2x!quant.uniform<u8:f32, 0.00390625:128>>
  return
}

// -----

//===----------------------------------------------------------------------===//
// max_pool_2d, avg_pool_2d
//===----------------------------------------------------------------------===//

!q = !quant.uniform<i8:f32, 0.5>
// C1
func.func @max_pool_element(%x: tensor<1x4x4x2x!q>) {
  // expected-error@+1 {{of an operand, expected that of the result}}
  %0 = qnn.max_pool_2d %x {kernel = array<i64: 1, 1>} : tensor<1x4x4x2x!q> -> tensor<1x4x4x2x!quant.uniform<i8:f32, 0.25>>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C1
func.func @max_pool_channels(%x: tensor<1x4x4x2x!q>) {
  // expected-error@+1 {{3 channels of the result, expected 2}}
  %0 = qnn.max_pool_2d %x {kernel = array<i64: 1, 1>} : tensor<1x4x4x2x!q> -> tensor<1x4x4x3x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @max_pool_height(%x: tensor<1x4x4x2x!q>) {
  // expected-error@+1 {{height 2 of the result, expected 1}}
  %0 = qnn.max_pool_2d %x {kernel = array<i64: 3, 1>, stride = array<i64: 2, 1>} : tensor<1x4x4x2x!q> -> tensor<1x2x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @max_pool_batch(%x: tensor<1x4x4x2x!q>) {
  // expected-error@+1 {{batch size 2 of the result, expected 1}}
  %0 = qnn.max_pool_2d %x {kernel = array<i64: 1, 1>} : tensor<1x4x4x2x!q> -> tensor<2x4x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C3
func.func @max_pool_padding(%x: tensor<1x4x4x2x!q>) {
  // expected-error@+1 {{padding 2, expected less than the kernel size 2}}
  %0 = qnn.max_pool_2d %x {kernel = array<i64: 3, 2>, pad = array<i64: 2, 2, 1, 2>} : tensor<1x4x4x2x!q> -> tensor<1x6x6x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C1
func.func @avg_pool_channels(%x: tensor<1x4x4x2x!q>) {
  // expected-error@+1 {{1 channels of the result, expected 2}}
  %0 = qnn.avg_pool_2d %x {kernel = array<i64: 4, 4>} : tensor<1x4x4x2x!q> -> tensor<1x1x1x1x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @avg_pool_kernel_does_not_fit(%x: tensor<1x4x4x2x!q>) {
  // expected-error@+1 {{the kernel does not fit the padded input width 4}}
  %0 = qnn.avg_pool_2d %x {kernel = array<i64: 4, 5>} : tensor<1x4x4x2x!q> -> tensor<1x1x1x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C3
func.func @avg_pool_padding(%x: tensor<1x4x4x2x!q>) {
  // expected-error@+1 {{padding 1, expected less than the kernel size 1}}
  %0 = qnn.avg_pool_2d %x {kernel = array<i64: 1, 1>, pad = array<i64: 1, 0, 0, 0>} : tensor<1x4x4x2x!q> -> tensor<1x5x4x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C5
func.func @avg_pool_clamp(%x: tensor<1x4x4x2x!q>) {
  // expected-error@+1 {{clamp [0, 200] is no range inside the storage range [-128, 127]}}
  %0 = qnn.avg_pool_2d %x {kernel = array<i64: 4, 4>, clamp = array<i32: 0, 200>} : tensor<1x4x4x2x!q> -> tensor<1x1x1x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
func.func @max_pool_kernel(%x: tensor<1x4x4x2x!q>) {
  // expected-error@+1 {{requires attribute 'kernel'}}
  %0 = qnn.max_pool_2d %x : tensor<1x4x4x2x!q> -> tensor<1x4x4x2x!q>
  return
}

// -----

//===----------------------------------------------------------------------===//
// concat, reshape, transpose, pad, slice
//===----------------------------------------------------------------------===//

func.func @concat_nothing() {
  // expected-error@+1 {{expected at least one operand}}
  %0 = qnn.concat {axis = 0 : i64} : () -> tensor<1x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!h = !quant.uniform<i8:f32, 0.25>
// C1
func.func @concat_element(%x: tensor<1x!q>, %y: tensor<1x!h>) {
  // expected-error@+1 {{of an operand, expected that of the result}}
  %0 = qnn.concat %x, %y {axis = 0 : i64} : (tensor<1x!q>, tensor<1x!h>) -> tensor<2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @concat_axis(%x: tensor<1x!q>) {
  // expected-error@+1 {{axis 1 is no dimension of}}
  %0 = qnn.concat %x, %x {axis = 1 : i64} : (tensor<1x!q>, tensor<1x!q>) -> tensor<2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @concat_other_dimension(%x: tensor<1x2x!q>, %y: tensor<1x3x!q>) {
  // expected-error@+1 {{outside axis 0}}
  %0 = qnn.concat %x, %y {axis = 0 : i64} : (tensor<1x2x!q>, tensor<1x3x!q>) -> tensor<2x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @concat_rank(%x: tensor<1x2x!q>, %y: tensor<2x!q>) {
  // expected-error@+1 {{outside axis 0}}
  %0 = qnn.concat %x, %y {axis = 0 : i64} : (tensor<1x2x!q>, tensor<2x!q>) -> tensor<2x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @concat_size(%x: tensor<1x2x!q>) {
  // expected-error@+1 {{size 3 of the result along axis 0, expected 2}}
  %0 = qnn.concat %x, %x {axis = 0 : i64} : (tensor<1x2x!q>, tensor<1x2x!q>) -> tensor<3x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C1
func.func @reshape_element(%x: tensor<2x!q>) {
  // expected-error@+1 {{of an operand, expected that of the result}}
  %0 = qnn.reshape %x : tensor<2x!q> -> tensor<2x!quant.uniform<i8:f32, 0.25>>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C1
func.func @reshape_size(%x: tensor<6x!q>) {
  // expected-error@+1 {{6 elements cannot become 4}}
  %0 = qnn.reshape %x : tensor<6x!q> -> tensor<2x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C1
func.func @transpose_element(%x: tensor<2x3x!q>) {
  // expected-error@+1 {{of an operand, expected that of the result}}
  %0 = qnn.transpose %x {permutation = array<i64: 1, 0>} : tensor<2x3x!q> -> tensor<3x2x!quant.uniform<i8:f32, 0.25>>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @transpose_permutation(%x: tensor<2x3x!q>) {
  // expected-error@+1 {{expected a permutation of 2 dimensions}}
  %0 = qnn.transpose %x {permutation = array<i64: 0, 0>} : tensor<2x3x!q> -> tensor<2x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @transpose_rank(%x: tensor<2x3x!q>) {
  // expected-error@+1 {{expected a permutation of 2 dimensions}}
  %0 = qnn.transpose %x {permutation = array<i64: 1, 0, 2>} : tensor<2x3x!q> -> tensor<3x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @transpose_shape(%x: tensor<2x3x!q>) {
  // expected-error@+1 {{does not have the permuted shape}}
  %0 = qnn.transpose %x {permutation = array<i64: 1, 0>} : tensor<2x3x!q> -> tensor<2x3x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C1
func.func @pad_element(%x: tensor<2x!q>) {
  // expected-error@+1 {{of an operand, expected that of the result}}
  %0 = qnn.pad %x {low = array<i64: 0>, high = array<i64: 0>, value = 0 : i64} : tensor<2x!q> -> tensor<2x!quant.uniform<i8:f32, 0.25>>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @pad_rank(%x: tensor<2x!q>) {
  // expected-error@+1 {{expected low, high and result of rank 1}}
  %0 = qnn.pad %x {low = array<i64: 0, 0>, high = array<i64: 0>, value = 0 : i64} : tensor<2x!q> -> tensor<2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @pad_size(%x: tensor<2x!q>) {
  // expected-error@+1 {{size 4 of result dimension 0, expected 2 padded by 1 and 2}}
  %0 = qnn.pad %x {low = array<i64: 1>, high = array<i64: 2>, value = 0 : i64} : tensor<2x!q> -> tensor<4x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2: a sum that leaves 64 bits.
func.func @pad_overflow(%x: tensor<2x!q>) {
  // expected-error@+1 {{size 2 of result dimension 0, expected 2 padded by 9223372036854775807 and 9223372036854775807}}
  %0 = qnn.pad %x {low = array<i64: 9223372036854775807>, high = array<i64: 9223372036854775807>, value = 0 : i64} : tensor<2x!q> -> tensor<2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @pad_negative(%x: tensor<2x!q>) {
  // expected-error@+1 {{attribute 'low' failed to satisfy constraint: i64 dense array attribute whose value is non-negative}}
  %0 = qnn.pad %x {low = array<i64: -1>, high = array<i64: 0>, value = 0 : i64} : tensor<2x!q> -> tensor<1x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C3
func.func @pad_value(%x: tensor<2x!q>) {
  // expected-error@+1 {{value 128 is outside the storage range [-128, 127]}}
  %0 = qnn.pad %x {low = array<i64: 1>, high = array<i64: 0>, value = 128 : i64} : tensor<2x!q> -> tensor<3x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C1
func.func @slice_element(%x: tensor<2x!q>) {
  // expected-error@+1 {{of an operand, expected that of the result}}
  %0 = qnn.slice %x {start = array<i64: 0>} : tensor<2x!q> -> tensor<2x!quant.uniform<i8:f32, 0.25>>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @slice_rank(%x: tensor<2x!q>) {
  // expected-error@+1 {{expected start and result of rank 1}}
  %0 = qnn.slice %x {start = array<i64: 0, 0>} : tensor<2x!q> -> tensor<1x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @slice_end(%x: tensor<2x3x!q>) {
  // expected-error@+1 {{size 2 from 2 along dimension 1 ends beyond the size 3}}
  %0 = qnn.slice %x {start = array<i64: 0, 2>} : tensor<2x3x!q> -> tensor<2x2x!q>
  return
}

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

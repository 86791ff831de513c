// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which of upstream's quantized types the operations take: every storage width
// and signedness that the constraints name, at both ends.
//
// RUN: quant-opt %s --split-input-file --verify-diagnostics

func.func @activation_4_bits(%x: tensor<2xf32>) -> tensor<2x!quant.uniform<i4:f32, 0.5:-8>> {
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<i4:f32, 0.5:-8>>
  return %0 : tensor<2x!quant.uniform<i4:f32, 0.5:-8>>
}

// -----

func.func @activation_16_bits(%x: tensor<2xf32>) -> tensor<2x!quant.uniform<u16:f32, 0.5:65535>> {
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<u16:f32, 0.5:65535>>
  %1 = qnn.reshape %0 : tensor<2x!quant.uniform<u16:f32, 0.5:65535>> -> tensor<2x1x!quant.uniform<u16:f32, 0.5:65535>>
  return %0 : tensor<2x!quant.uniform<u16:f32, 0.5:65535>>
}

// -----

func.func @weight_2_bits(%x: tensor<1x4x!quant.uniform<i8:f32, 0.5>>, %w: tensor<3x4x!quant.uniform<i2<-1:1>:f32, 0.5>>,
                         %b: tensor<3x!quant.uniform<i32:f32, 0.25>>) {
  %0 = qnn.fully_connected %x, %w, %b
      : (tensor<1x4x!quant.uniform<i8:f32, 0.5>>, tensor<3x4x!quant.uniform<i2<-1:1>:f32, 0.5>>,
         tensor<3x!quant.uniform<i32:f32, 0.25>>) -> tensor<1x3x!quant.uniform<i8:f32, 1.0>>
  return
}

// -----

// Both ends of the legal scales, 2^-125 and 2^119, and of the zero points.
func.func @ends_of_the_legal_parameters(%x: tensor<2xf32>) {
  %0 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<i8:f32, 2.35098870164457501593e-38:-128>>
  %1 = qnn.quantize %x : tensor<2xf32> -> tensor<2x!quant.uniform<i8:f32, 6.64613997892457936e+35:127>>
  return
}

// -----

func.func @activation_3_bits(%x: tensor<2x!quant.uniform<i3:f32, 0.5>>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of per-tensor quantized elements}}
  %0 = qnn.reshape %x : tensor<2x!quant.uniform<i3:f32, 0.5>> -> tensor<2x1x!quant.uniform<i3:f32, 0.5>>
  return
}

// -----

func.func @activation_32_bits(%x: tensor<2x!quant.uniform<i32:f32, 0.5>>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of per-tensor quantized elements}}
  %0 = qnn.reshape %x : tensor<2x!quant.uniform<i32:f32, 0.5>> -> tensor<2x1x!quant.uniform<i32:f32, 0.5>>
  return
}

// -----

func.func @activation_per_axis(%x: tensor<2x!quant.uniform<i8:f32:0, {0.5, 0.25}>>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of per-tensor quantized elements}}
  %0 = qnn.reshape %x : tensor<2x!quant.uniform<i8:f32:0, {0.5, 0.25}>> -> tensor<2x1x!quant.uniform<i8:f32:0, {0.5, 0.25}>>
  return
}

// -----

// Weights alone may have blocks.
func.func @activation_sub_channel(%x: tensor<2x4x!quant.uniform<i8:f32:{0:1, 1:2}, {{0.5, 0.25}, {1.0, 2.0}}>>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of per-tensor quantized elements}}
  %0 = qnn.reshape %x : tensor<2x4x!quant.uniform<i8:f32:{0:1, 1:2}, {{0.5, 0.25}, {1.0, 2.0}}>> -> tensor<8x!quant.uniform<i8:f32:{0:1, 1:2}, {{0.5, 0.25}, {1.0, 2.0}}>>
  return
}

// -----

func.func @expressed_f64(%x: tensor<2x!quant.uniform<i8:f64, 0.5>>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of !quant.uniform elements}}
  %0 = qnn.dequantize %x : tensor<2x!quant.uniform<i8:f64, 0.5>> -> tensor<2xf32>
  return
}

// -----

func.func @unranked(%x: tensor<*x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error@+1 {{'qnn.dequantize' invalid kind of type specified: expected builtin.tensor}}
  %0 = qnn.dequantize %x : tensor<*x!quant.uniform<i8:f32, 0.5>> -> tensor<*xf32>
  return
}

// -----

func.func @unsigned_bias(%x: tensor<1x4x!quant.uniform<i8:f32, 0.5>>, %w: tensor<3x4x!quant.uniform<i8:f32, 0.5>>,
                         %b: tensor<3x!quant.uniform<u32:f32, 0.25>>) {
  // expected-error@+1 {{operand #2 must be 1D tensor of per-tensor or per-axis !quant.uniform type of 32 bits signed storage}}
  %0 = qnn.fully_connected %x, %w, %b
      : (tensor<1x4x!quant.uniform<i8:f32, 0.5>>, tensor<3x4x!quant.uniform<i8:f32, 0.5>>,
         tensor<3x!quant.uniform<u32:f32, 0.25>>) -> tensor<1x3x!quant.uniform<i8:f32, 1.0>>
  return
}

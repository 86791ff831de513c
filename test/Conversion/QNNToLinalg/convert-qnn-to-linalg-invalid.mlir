// RUN: quant-opt %s --convert-qnn-to-linalg --split-input-file --verify-diagnostics

// A sum that 32 bits do not hold needs a common form of all multipliers: the
// first channel of these is so small that its accumulators need more than 32
// bits, the second is too large for the form in 64 bits.

!x = !quant.uniform<i16:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32:0, {1.0e-9, 0.5}>
!b = !quant.uniform<i32:f32:0, {5.0e-10, 0.25}>

func.func @too_different(%x: tensor<1x517x!x>) -> tensor<1x2x!x> {
  %w = qnn.constant dense<127> : tensor<2x517xi8> as tensor<2x517x!w>
  %b = qnn.constant dense<0> : tensor<2xi32> as tensor<2x!b>
  // expected-error @below {{the accumulator can reach [-2151514112, 2151448453], beyond 32 bits, and the scales of its channels are too different for 64 bits}}
  %r = qnn.fully_connected %x, %w, %b : (tensor<1x517x!x>, tensor<2x517x!w>, tensor<2x!b>) -> tensor<1x2x!x>
  return %r : tensor<1x2x!x>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32:{0:1, 1:2}, {{0.5, 0.25}, {0.125, 1.0}}>
!b = !quant.uniform<i32:f32, 0.25>

func.func @unknown_blocks(%x: tensor<1x4x!x>, %r: tensor<2x4xf32>) -> tensor<1x2x!x> {
  %w = qnn.quantize %r : tensor<2x4xf32> -> tensor<2x4x!w>
  %b = qnn.constant dense<0> : tensor<2xi32> as tensor<2x!b>
  // expected-error @below {{weights with blocks and their bias are expected to be constants}}
  %0 = qnn.fully_connected %x, %w, %b : (tensor<1x4x!x>, tensor<2x4x!w>, tensor<2x!b>) -> tensor<1x2x!x>
  return %0 : tensor<1x2x!x>
}

// -----

// One block is so coarse that the multipliers of the others have no bits.

!x = !quant.uniform<i16:f32, 1.0e10>
!w = !quant.uniform<i16:f32:{0:1, 1:2}, {{1.0e10, 0.25}}>
!b = !quant.uniform<i32:f32, 0.25>
!r = !quant.uniform<i16:f32, 1.0e-10>

func.func @block_scales(%x: tensor<1x4x!x>) -> tensor<1x1x!r> {
  %w = qnn.constant dense<1> : tensor<1x4xi16> as tensor<1x4x!w>
  %b = qnn.constant dense<0> : tensor<1xi32> as tensor<1x!b>
  // expected-error @below {{channel 0: the scales of the blocks have no multipliers of 16 bits whose sum stays in 64 bits}}
  %0 = qnn.fully_connected %x, %w, %b : (tensor<1x4x!x>, tensor<1x4x!w>, tensor<1x!b>) -> tensor<1x1x!r>
  return %0 : tensor<1x1x!r>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>

func.func @unknown_bias(%x: tensor<1x4x!x>, %b: tensor<1x!b>) -> tensor<1x1x!x> {
  %w = qnn.constant dense<0> : tensor<1x4xi8> as tensor<1x4x!w>
  // expected-error @below {{the bias is no constant}}
  %r = qnn.fully_connected %x, %w, %b : (tensor<1x4x!x>, tensor<1x4x!w>, tensor<1x!b>) -> tensor<1x1x!x>
  return %r : tensor<1x1x!x>
}

// -----

// All refusals are reported at once.

!x = !quant.uniform<i8:f32, 1.0e10>
!r = !quant.uniform<i8:f32, 1.0e-5>

func.func @no_multiplier(%x: tensor<4x!x>, %y: tensor<4x!r>) -> (tensor<4x!r>, tensor<4x!r>) {
  // expected-error @below {{channel 0: multiplier}}
  %0 = qnn.requantize %x : tensor<4x!x> -> tensor<4x!r>
  // expected-error @below {{of a sum have no multipliers}}
  %1 = qnn.add %x, %y : (tensor<4x!x>, tensor<4x!r>) -> tensor<4x!r>
  return %0, %1 : tensor<4x!r>, tensor<4x!r>
}

// -----

!c = !quant.uniform<i8:f32:0, {0.5, 0.25}>

// expected-error @below {{in its signature: expected one scale and zero point}}
func.func @per_axis_boundary(%x: tensor<2x!c>) -> tensor<2xf32> {
  %r = qnn.dequantize %x : tensor<2x!c> -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// -----

// C3 of qnn.constant for a resource, whose numbers the verifier does not read.

!c = !quant.uniform<i8<-127:127>:f32, 0.5>

func.func @resource_outside() -> tensor<2x!c> {
  // expected-error @below {{element 1 is -128, outside the storage range [-127, 127]}}
  %c = qnn.constant dense_resource<values> : tensor<2xi8> as tensor<2x!c>
  return %c : tensor<2x!c>
}

func.func @resource_too_short() -> tensor<3x!c> {
  // expected-error @below {{the value is incomplete}}
  %c = qnn.constant dense_resource<values> : tensor<3xi8> as tensor<3x!c>
  return %c : tensor<3x!c>
}

{-#
  dialect_resources: {
    builtin: {
      values: "0x040000000180"
    }
  }
#-}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!fine = !quant.uniform<i8:f32, 1.0e-6>

func.func @layer_norm_output_scale(%x: tensor<2x4x!q>) -> tensor<2x4x!fine> {
  // expected-error @below {{gamma or beta is too large for the output scale}}
  %r = qnn.layer_norm %x {gamma = dense<1.0> : tensor<4xf32>, beta = dense<0.0> : tensor<4xf32>, epsilon = 0.0 : f32} : tensor<2x4x!q> -> tensor<2x4x!fine>
  return %r : tensor<2x4x!fine>
}

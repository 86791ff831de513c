// RUN: quant-opt %s --convert-qnn-to-linalg --split-input-file --verify-diagnostics

// 16-bit inputs from -32768 to 32767 at zero point 0. With 516 weights of 127
// the least sum is -516 * 127 * 32768 = -2147352576, and the bias fills the rest
// down to -2^31. One more weight does not fit.

!x = !quant.uniform<i16:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>

func.func @fits(%x: tensor<1x516x!x>) -> tensor<1x1x!x> {
  %w = qnn.constant dense<127> : tensor<1x516xi8> as tensor<1x516x!w>
  %b = qnn.constant dense<-131072> : tensor<1xi32> as tensor<1x!b>
  %r = qnn.fully_connected %x, %w, %b : (tensor<1x516x!x>, tensor<1x516x!w>, tensor<1x!b>) -> tensor<1x1x!x>
  return %r : tensor<1x1x!x>
}

// -----

!x = !quant.uniform<i16:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>

func.func @one_too_many(%x: tensor<1x517x!x>) -> tensor<1x1x!x> {
  %w = qnn.constant dense<127> : tensor<1x517xi8> as tensor<1x517x!w>
  %b = qnn.constant dense<0> : tensor<1xi32> as tensor<1x!b>
  // expected-error @below {{the accumulator of output channel 0 can reach [-2151514112, 2151448453], beyond a 32-bit accumulator}}
  %r = qnn.fully_connected %x, %w, %b : (tensor<1x517x!x>, tensor<1x517x!w>, tensor<1x!b>) -> tensor<1x1x!x>
  return %r : tensor<1x1x!x>
}

// -----

// The bias alone can be too much, in one channel of several.

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>

func.func @bias(%x: tensor<1x3x3x1x!x>) -> tensor<1x1x1x2x!x> {
  %w = qnn.constant dense<1> : tensor<2x3x3x1xi8> as tensor<2x3x3x1x!w>
  %b = qnn.constant dense<[0, 2147483647]> : tensor<2xi32> as tensor<2x!b>
  // expected-error @below {{the accumulator of output channel 1 can reach [2147482495, 2147484790], beyond a 32-bit accumulator}}
  %r = qnn.conv_2d %x, %w, %b : (tensor<1x3x3x1x!x>, tensor<2x3x3x1x!w>, tensor<2x!b>) -> tensor<1x1x1x2x!x>
  return %r : tensor<1x1x1x2x!x>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>

func.func @depthwise_bias(%x: tensor<1x3x3x1x!x>) -> tensor<1x1x1x1x!x> {
  %w = qnn.constant dense<-1> : tensor<3x3x1xi8> as tensor<3x3x1x!w>
  %b = qnn.constant dense<-2147483648> : tensor<1xi32> as tensor<1x!b>
  // expected-error @below {{the accumulator of output channel 0 can reach [-2147484791, -2147482496], beyond a 32-bit accumulator}}
  %r = qnn.depthwise_conv_2d %x, %w, %b : (tensor<1x3x3x1x!x>, tensor<3x3x1x!w>, tensor<1x!b>) -> tensor<1x1x1x1x!x>
  return %r : tensor<1x1x1x1x!x>
}

// -----

// Unknown weights can be anything that their type holds.

!x = !quant.uniform<i16:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>

func.func @unknown_weights(%x: tensor<1x517x!x>, %w: tensor<1x517x!w>) -> tensor<1x1x!x> {
  %b = qnn.constant dense<0> : tensor<1xi32> as tensor<1x!b>
  // expected-error @below {{the accumulator of output channel 0 can reach [-2151514112, 2151514112]}}
  %r = qnn.fully_connected %x, %w, %b : (tensor<1x517x!x>, tensor<1x517x!w>, tensor<1x!b>) -> tensor<1x1x!x>
  return %r : tensor<1x1x!x>
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

!x = !quant.uniform<u16:f32, 0.5>

// 65535 * 192 * 192 = 2415882240.
func.func @window(%x: tensor<1x192x192x1x!x>) -> tensor<1x1x1x1x!x> {
  // expected-error @below {{the window sum can reach [0, 2415882240], beyond a 32-bit accumulator}}
  %r = qnn.avg_pool_2d %x {kernel = array<i64: 192, 192>} : tensor<1x192x192x1x!x> -> tensor<1x1x1x1x!x>
  return %r : tensor<1x1x1x1x!x>
}

// -----

!x = !quant.uniform<i32:f32, 0.5:1>
!r = !quant.uniform<i8:f32, 0.5>

func.func @distance(%x: tensor<4x!x>) -> tensor<4x!r> {
  // expected-error @below {{the sum can reach [-2147483649, 2147483646]}}
  %r = qnn.requantize %x : tensor<4x!x> -> tensor<4x!r>
  return %r : tensor<4x!r>
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

// 40,000 products of up to 255 * 255.

!q = !quant.uniform<u8:f32, 0.5>

func.func @matmul_too_deep(%a: tensor<1x1x40000x!q>, %b: tensor<1x40000x1x!q>) -> tensor<1x1x1x!q> {
  // expected-error @below {{the sum can reach [0, 2601000000], beyond a 32-bit accumulator}}
  %r = qnn.matmul %a, %b : (tensor<1x1x40000x!q>, tensor<1x40000x1x!q>) -> tensor<1x1x1x!q>
  return %r : tensor<1x1x1x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!fine = !quant.uniform<i8:f32, 1.0e-6>

func.func @layer_norm_output_scale(%x: tensor<2x4x!q>) -> tensor<2x4x!fine> {
  // expected-error @below {{gamma or beta is too large for the output scale}}
  %r = qnn.layer_norm %x {gamma = dense<1.0> : tensor<4xf32>, beta = dense<0.0> : tensor<4xf32>, epsilon = 0.0 : f32} : tensor<2x4x!q> -> tensor<2x4x!fine>
  return %r : tensor<2x4x!fine>
}

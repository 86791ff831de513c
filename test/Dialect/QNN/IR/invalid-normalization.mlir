// RUN: quant-opt %s --split-input-file --verify-diagnostics

!q = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i16:f32, 0.5>
// C1
func.func @storage(%x: tensor<2x4x!w>) {
  // expected-error@+1 {{8 bits}}
  %0 = qnn.layer_norm %x {gamma = dense<1.0> : tensor<4xf32>, beta = dense<0.0> : tensor<4xf32>, epsilon = 0.0 : f32} : tensor<2x4x!w> -> tensor<2x4x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @gamma_length(%x: tensor<2x4x!q>) {
  // expected-error@+1 {{gamma has type 'tensor<2xf32>', expected tensor<4xf32>}}
  %0 = qnn.layer_norm %x {gamma = dense<1.0> : tensor<2xf32>, beta = dense<0.0> : tensor<4xf32>, epsilon = 0.0 : f32} : tensor<2x4x!q> -> tensor<2x4x!q>
  return
}

// -----

// C2
func.func @beta_not_finite(%x: tensor<2x1xf32>) {
  // expected-error@+1 {{beta has a number that is not finite}}
  %0 = qnn.float_layer_norm %x {gamma = dense<1.0> : tensor<1xf32>, beta = dense<0x7F800000> : tensor<1xf32>, epsilon = 0.0 : f32} : tensor<2x1xf32> -> tensor<2x1xf32>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @row_too_long(%x: tensor<65537x!q>) {
  // expected-error@+1 {{size 65537 along the last axis, expected at most 65536}}
  %0 = qnn.layer_norm %x {gamma = dense<1.0> : tensor<65537xf32>, beta = dense<0.0> : tensor<65537xf32>, epsilon = 0.0 : f32} : tensor<65537x!q> -> tensor<65537x!q>
  return
}

// -----

// C2
func.func @no_axis(%x: tensor<f32>) {
  // expected-error@+1 {{has no axis}}
  %0 = qnn.float_layer_norm %x {gamma = dense<1.0> : tensor<1xf32>, beta = dense<0.0> : tensor<1xf32>, epsilon = 0.0 : f32} : tensor<f32> -> tensor<f32>
  return
}

// -----

// C3
func.func @epsilon(%x: tensor<2x4xf32>) {
  // expected-error@+1 {{epsilon -1.000000e+00, expected a finite number of at least 0}}
  %0 = qnn.float_layer_norm %x {gamma = dense<1.0> : tensor<4xf32>, beta = dense<0.0> : tensor<4xf32>, epsilon = -1.0 : f32} : tensor<2x4xf32> -> tensor<2x4xf32>
  return
}

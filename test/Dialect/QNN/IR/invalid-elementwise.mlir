// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One constraint, one split, one message: add, sub, mul, lookup, softmax.
// C1 and so on are the constraints of the operation's description.
//
// RUN: quant-opt %s --split-input-file --verify-diagnostics

!q = !quant.uniform<i8:f32, 0.5>
// C1
func.func @add_ranks(%x: tensor<2x!q>, %y: tensor<1x2x!q>) {
  // expected-error@+1 {{do not broadcast at equal rank}}
  %0 = qnn.add %x, %y : (tensor<2x!q>, tensor<1x2x!q>) -> tensor<1x2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C1
func.func @sub_shapes(%x: tensor<2x!q>, %y: tensor<3x!q>) {
  // expected-error@+1 {{do not broadcast at equal rank}}
  %0 = qnn.sub %x, %y : (tensor<2x!q>, tensor<3x!q>) -> tensor<3x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C1
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

!q = !quant.uniform<i8:f32, 0.5>
// C1
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
// C1
func.func @lookup_resource(%x: tensor<2x!q>) {
  // expected-error@+1 {{expected a dense table}}
  %0 = qnn.lookup %x, dense_resource<table> : tensor<256xi8> : tensor<2x!q> -> tensor<2x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C1
func.func @softmax_axis(%x: tensor<2x!q>) {
  // expected-error@+1 {{axis 1 is no dimension of 'tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>'}}
  %0 = qnn.softmax %x {axis = 1 : i64} : tensor<2x!q> -> tensor<2x!quant.uniform<i8:f32, 0.00390625:-128>>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C1
func.func @softmax_row(%x: tensor<262145x!q>) {
  // expected-error@+1 {{size 262145 along the axis, expected at most 262144}}
  %0 = qnn.softmax %x {axis = 0 : i64} : tensor<262145x!q> -> tensor<262145x!quant.uniform<i8:f32, 0.00390625:-128>>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// C2
func.func @softmax_scale(%x: tensor<2x!q>) {
  // expected-error@+1 {{expected a power of two from 2^-16 to 2^-1 as scale}}
  %0 = qnn.softmax %x {axis = 0 : i64} : tensor<2x!q> -> tensor<2x!quant.uniform<i8:f32, 0.0078:-128>>
  return
}

// -----

!q = !quant.uniform<i16:f32, 0.5>
// C2
func.func @softmax_scale_too_fine(%x: tensor<2x!q>) {
  // expected-error@+1 {{expected a power of two from 2^-16 to 2^-1 as scale}}
  %0 = qnn.softmax %x {axis = 0 : i64} : tensor<2x!q> -> tensor<2x!quant.uniform<i16:f32, 7.62939453125e-06>>
  return
}

// -----

!q = !quant.uniform<i16:f32, 0.5>
// C1
func.func @lookup_wide_table_size(%x: tensor<2x!q>) {
  // expected-error@+1 {{table has type 'tensor<256xi16>', expected 'tensor<65536xi16>'}}
  %0 = qnn.lookup %x, dense<0> : tensor<256xi16> : tensor<2x!q> -> tensor<2x!q>
  return
}

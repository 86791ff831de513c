// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One constraint, one split, one message: concat, reshape, transpose, pad,
// slice.
// C1 and so on are the constraints of the operation's description.
//
// RUN: quant-opt %s --split-input-file --verify-diagnostics

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

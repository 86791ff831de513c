// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One constraint, one split, one message: max_pool_2d, avg_pool_2d.
// C1 and so on are the constraints of the operation's description.
//
// RUN: quant-opt %s --split-input-file --verify-diagnostics

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

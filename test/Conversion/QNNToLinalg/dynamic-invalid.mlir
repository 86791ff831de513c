// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sums that could leave 32 bits whatever the zero point turns out to be.
//
// RUN: quant-opt %s --convert-qnn-to-linalg --split-input-file --verify-diagnostics

!w = !quant.uniform<i8:f32, 1.0>
func.func @conv(%x: tensor<1x1x1x70000xi8>, %z: tensor<1xi8>) -> tensor<1x1x1x1xi32> {
  %w = qnn.constant dense<127> : tensor<1x1x1x70000xi8> as tensor<1x1x1x70000x!w>
  // expected-error@+1 {{the accumulator of output channel 0}}
  %r = qnn.integer_conv_2d %x, %z, %w : (tensor<1x1x1x70000xi8>, tensor<1xi8>, tensor<1x1x1x70000x!w>) -> tensor<1x1x1x1xi32>
  return %r : tensor<1x1x1x1xi32>
}

// -----

func.func @matmul(%a: tensor<1x1x40000xi8>, %z: tensor<1xi8>, %b: tensor<1x40000x1xi8>) -> tensor<1x1x1xi32> {
  // expected-error@+1 {{the accumulator}}
  %r = qnn.integer_matmul %a, %z, %b, %z : (tensor<1x1x40000xi8>, tensor<1xi8>, tensor<1x40000x1xi8>, tensor<1xi8>) -> tensor<1x1x1xi32>
  return %r : tensor<1x1x1xi32>
}

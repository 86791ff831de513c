// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One split for each constraint of qnn.fake_quantize.

// RUN: quant-opt %s --verify-diagnostics --split-input-file

func.func @wide(%x: tensor<4xf32>) { // C1
  // expected-error @+1 {{type has 32 bits of storage, expected 2 to 16}}
  %0 = qnn.fake_quantize %x as !quant.uniform<i32:f32, 0.5> : tensor<4xf32>
  return
}

// -----

func.func @zero_point(%x: tensor<4xf32>) { // C2
  // expected-error @+1 {{zero point 300}}
  %0 = qnn.fake_quantize %x as !quant.uniform<i8:f32, 0.5:300> : tensor<4xf32>
  return
}

// -----

func.func @axis(%x: tensor<4xf32>) { // C2
  // expected-error @+1 {{2 scales of}}
  %0 = qnn.fake_quantize %x as !quant.uniform<i8:f32:0, {0.5, 0.25}> : tensor<4xf32>
  return
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A simulation and QDQ form say the same, parameter for parameter: each becomes
// the other.

// RUN: quant-opt %s --qnn-convert-fake-quantize --split-input-file | FileCheck %s --check-prefix=QDQ
// RUN: quant-opt %s --qnn-convert-fake-quantize --qnn-insert-fake-quantize --split-input-file | FileCheck %s --check-prefix=FAKE

// QDQ-LABEL: func @activation
// QDQ: %[[Q:.+]] = qnn.quantize %{{.+}} : tensor<4xf32> -> tensor<4x!quant.uniform<u8:f32, 5.000000e-01:3>>
// QDQ: qnn.dequantize %[[Q]]
// FAKE-LABEL: func @activation
// FAKE-NEXT: qnn.fake_quantize %{{.+}} as !quant.uniform<u8:f32, 5.000000e-01:3> : tensor<4xf32>
func.func @activation(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = qnn.fake_quantize %x as !quant.uniform<u8:f32, 0.5:3> : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// A weight is a constant to everything behind; 1.2 is the fifth step of 0.25.
// QDQ-LABEL: func @weight
// QDQ: qnn.constant dense<{{\[\[}}5, -4], [3, 127]]> : tensor<2x2xi8> as tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {2.500000e-01,5.000000e-01}>>
// QDQ: qnn.dequantize
// QDQ-NOT: qnn.quantize
// FAKE-LABEL: func @weight
// FAKE: %[[W:.+]] = "tosa.const"() <{values = dense<{{\[\[}}1.250000e+00, -1.000000e+00], [1.500000e+00, 6.350000e+01]]>
// FAKE: qnn.fake_quantize %[[W]] as !quant.uniform<i8<-127:127>:f32:0, {2.500000e-01,5.000000e-01}>
func.func @weight() -> tensor<2x2xf32> {
  %w = "tosa.const"() <{values = dense<[[1.2, -1.0], [1.5, 100.0]]> : tensor<2x2xf32>}> : () -> tensor<2x2xf32>
  %0 = qnn.fake_quantize %w as !quant.uniform<i8<-127:127>:f32:0, {0.25, 0.5}> : tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// -----

// Of a bias the real numbers are left; what is dequantized from the boundary
// stays.
// FAKE-LABEL: func @bias
// FAKE: qnn.dequantize %arg0
// FAKE: "tosa.const"() <{values = dense<[2.500000e-01, -5.000000e-01]> : tensor<2xf32>}>
// FAKE-NOT: qnn.fake_quantize
func.func @bias(%q: tensor<2x!quant.uniform<i8:f32, 0.5>>) -> tensor<2xf32> {
  %x = qnn.dequantize %q : tensor<2x!quant.uniform<i8:f32, 0.5>> -> tensor<2xf32>
  %b = qnn.constant dense<[1, -2]> : tensor<2xi32> as tensor<2x!quant.uniform<i32:f32, 0.25>>
  %0 = qnn.dequantize %b : tensor<2x!quant.uniform<i32:f32, 0.25>> -> tensor<2xf32>
  %1 = tosa.add %x, %0 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

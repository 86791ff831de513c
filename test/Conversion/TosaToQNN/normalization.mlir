// Layer normalization, and why it may stay float.
//
// RUN: quant-opt %s --qnn-legalize | FileCheck %s
// RUN: quant-opt %s --qnn-legalize --remarks-filter='qnn.*' -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

!q = !quant.uniform<i8:f32, 0.5:3>
!r = !quant.uniform<i8:f32, 0.03125>
!fine = !quant.uniform<i8:f32, 1.0e-6>
!wide = !quant.uniform<i16:f32, 0.5>

// CHECK-LABEL: func @layer_norm
// CHECK: %[[R:.+]] = qnn.layer_norm %{{.+}} {beta = dense<5.000000e-01> : tensor<4xf32>, epsilon = 1.250000e-01 : f32, gamma = dense<2.000000e+00> : tensor<4xf32>}
// CHECK-NEXT: return %[[R]]
func.func @layer_norm(%x: tensor<2x4x!q>) -> tensor<2x4x!r> {
  %0 = qnn.dequantize %x : tensor<2x4x!q> -> tensor<2x4xf32>
  %1 = qnn.float_layer_norm %0 {gamma = dense<2.0> : tensor<4xf32>, beta = dense<0.5> : tensor<4xf32>, epsilon = 0.125 : f32} : tensor<2x4xf32> -> tensor<2x4xf32>
  %2 = qnn.quantize %1 : tensor<2x4xf32> -> tensor<2x4x!r>
  return %2 : tensor<2x4x!r>
}

// CHECK-LABEL: func @storage
// CHECK: qnn.float_layer_norm
// REMARK: [[#@LINE+3]]:8: remark: {{.*}}qnn.float_layer_norm: the integer form needs 8-bit storage
func.func @storage(%x: tensor<2x4x!wide>) -> tensor<2x4x!r> {
  %0 = qnn.dequantize %x : tensor<2x4x!wide> -> tensor<2x4xf32>
  %1 = qnn.float_layer_norm %0 {gamma = dense<2.0> : tensor<4xf32>, beta = dense<0.5> : tensor<4xf32>, epsilon = 0.125 : f32} : tensor<2x4xf32> -> tensor<2x4xf32>
  %2 = qnn.quantize %1 : tensor<2x4xf32> -> tensor<2x4x!r>
  return %2 : tensor<2x4x!r>
}

// CHECK-LABEL: func @output_scale
// CHECK: qnn.float_layer_norm
// REMARK: [[#@LINE+3]]:8: remark: {{.*}}qnn.float_layer_norm: gamma or beta is too large for the output scale
func.func @output_scale(%x: tensor<2x4x!q>) -> tensor<2x4x!fine> {
  %0 = qnn.dequantize %x : tensor<2x4x!q> -> tensor<2x4xf32>
  %1 = qnn.float_layer_norm %0 {gamma = dense<2.0> : tensor<4xf32>, beta = dense<0.5> : tensor<4xf32>, epsilon = 0.125 : f32} : tensor<2x4xf32> -> tensor<2x4xf32>
  %2 = qnn.quantize %1 : tensor<2x4xf32> -> tensor<2x4x!fine>
  return %2 : tensor<2x4x!fine>
}

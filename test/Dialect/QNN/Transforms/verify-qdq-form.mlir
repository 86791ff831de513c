// RUN: quant-opt %s --qnn-verify-qdq-form | FileCheck %s

!q = !quant.uniform<i8:f32, 0.5>

// A chain and a fused clamp have no casts inside.
// CHECK-LABEL: func @chain_and_clamp
func.func @chain_and_clamp(%x: tensor<4x!q>, %y: tensor<4x!q>) -> tensor<4x!q> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = qnn.dequantize %x : tensor<4x!q> -> tensor<4xf32>
  %1 = tosa.sigmoid %0 : (tensor<4xf32>) -> tensor<4xf32>
  %2 = tosa.mul %0, %1, %shift : (tensor<4xf32>, tensor<4xf32>, tensor<1xi8>) -> tensor<4xf32>
  %3 = qnn.quantize %2 : tensor<4xf32> -> tensor<4x!q>
  %4 = qnn.dequantize %3 : tensor<4x!q> -> tensor<4xf32>
  %5 = qnn.dequantize %y : tensor<4x!q> -> tensor<4xf32>
  %6 = tosa.add %4, %5 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %7 = tosa.clamp %6 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %8 = qnn.quantize %7 : tensor<4xf32> -> tensor<4x!q>
  return %8 : tensor<4x!q>
}

// An operation that nothing can quantize is nobody's concern.
// CHECK-LABEL: func @float_operation
func.func @float_operation(%x: tensor<4xf32>) -> tensor<1xf32> {
  %0 = tosa.reduce_sum %x {axis = 0 : i32} : (tensor<4xf32>) -> tensor<1xf32>
  return %0 : tensor<1xf32>
}

// RUN: quant-opt %s --qnn-verify-qdq-form --split-input-file --verify-diagnostics

!q = !quant.uniform<i8:f32, 0.5>

// Q1 of an operation with two operands; both mistakes of the function at once.
func.func @operand(%x: tensor<4x!q>, %y: tensor<4xf32>) -> tensor<4x!q> {
  %0 = qnn.dequantize %x : tensor<4x!q> -> tensor<4xf32>
  // expected-error @+1 {{'tosa.add' op operand #1 comes from no qnn.dequantize}}
  %1 = tosa.add %0, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  // expected-error @+1 {{'tosa.sub' op operand #1 comes from no qnn.dequantize}}
  %2 = tosa.sub %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = qnn.quantize %2 : tensor<4xf32> -> tensor<4x!q>
  return %3 : tensor<4x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

// Q1 of a chain: where it starts.
func.func @chain(%x: tensor<4xf32>) -> tensor<4x!q> {
  // expected-error @+1 {{'tosa.tanh' op is a function of a value without qnn.dequantize}}
  %0 = tosa.tanh %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = qnn.quantize %0 : tensor<4xf32> -> tensor<4x!q>
  return %1 : tensor<4x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

// Q2.
func.func @result(%x: tensor<4x!q>) -> tensor<4xf32> {
  %0 = qnn.dequantize %x : tensor<4x!q> -> tensor<4xf32>
  // expected-error @+1 {{'tosa.tanh' op result is used by 'func.return' without qnn.quantize}}
  %1 = tosa.tanh %0 : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

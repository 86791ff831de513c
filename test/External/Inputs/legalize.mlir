// QDQ form with a float operation that has its table, and one for the external
// models of upstream operations.
func.func @main(%x: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5>>)
    -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.0078125>> {
  %0 = qnn.dequantize %x : tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5>> -> tensor<1x4x4x2xf32>
  %1 = tosa.tanh %0 : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %2 = qnn.quantize %1 : tensor<1x4x4x2xf32> -> tensor<1x4x4x2x!quant.uniform<i8:f32, 0.0078125>>
  %3 = qnn.dequantize %2 : tensor<1x4x4x2x!quant.uniform<i8:f32, 0.0078125>> -> tensor<1x4x4x2xf32>
  %4 = tosa.max_pool2d %3 {kernel = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>}
      : (tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32>
  %5 = qnn.quantize %4 : tensor<1x2x2x2xf32> -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.0078125>>
  return %5 : tensor<1x2x2x2x!quant.uniform<i8:f32, 0.0078125>>
}

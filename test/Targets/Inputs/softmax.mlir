func.func @main(%x0: tensor<1x2x2x!quant.uniform<i8:f32, 1.0:0>>) -> tensor<1x2x2x!quant.uniform<i8:f32, 0.00390625:-128>> {
  %r = qnn.softmax %x0 {axis = 2 : i64} : tensor<1x2x2x!quant.uniform<i8:f32, 1.0:0>> -> tensor<1x2x2x!quant.uniform<i8:f32, 0.00390625:-128>>
  return %r : tensor<1x2x2x!quant.uniform<i8:f32, 0.00390625:-128>>
}

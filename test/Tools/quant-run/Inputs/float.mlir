func.func @main(%x: tensor<1x3xf32> {qnn.name = "x"}) -> tensor<1x3xf32> {
  %0 = tosa.exp %x : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

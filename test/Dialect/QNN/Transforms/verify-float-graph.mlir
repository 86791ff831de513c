// RUN: quant-opt %s --qnn-verify-float-graph | FileCheck %s

// Everything that a float graph may hold: tosa with its i8 shift and its shape
// operands, a comparison for a select, named linalg operations, whose regions
// are not the graph's, tensor operations, and a layer normalization.
// CHECK-LABEL: func @main
func.func @main(%x: tensor<2x2xf32> {qnn.name = "input"}) -> (tensor<2x2xf32> {qnn.name = "output"}) {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zero = arith.constant dense<0.0> : tensor<2x2xf32>
  %shape = tosa.const_shape {values = dense<[2, 2]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %0 = tosa.mul %x, %x, %shift : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<1xi8>) -> tensor<2x2xf32>
  %1 = tosa.reshape %0, %shape : (tensor<2x2xf32>, !tosa.shape<2>) -> tensor<2x2xf32>
  %2 = tosa.greater %1, %x : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xi1>
  %3 = tosa.select %2, %1, %x : (tensor<2x2xi1>, tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %4 = tensor.empty() : tensor<2x2xf32>
  %5 = linalg.matmul ins(%3, %x : tensor<2x2xf32>, tensor<2x2xf32>) outs(%zero : tensor<2x2xf32>) -> tensor<2x2xf32>
  %6 = linalg.softmax dimension(1) ins(%5 : tensor<2x2xf32>) outs(%4 : tensor<2x2xf32>) -> tensor<2x2xf32>
  %7 = qnn.float_layer_norm %6 {gamma = dense<1.0> : tensor<2xf32>, beta = dense<0.0> : tensor<2xf32>, epsilon = 0.0 : f32} : tensor<2x2xf32> -> tensor<2x2xf32>
  return %7 : tensor<2x2xf32>
}

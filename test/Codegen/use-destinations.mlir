// RUN: quant-opt %s --quantc-use-destinations | FileCheck %s

// CHECK: module attributes {qnn.interface = {
// CHECK-SAME: entry = "main"
// CHECK-SAME: inputs = [{name = "image", scale = 5.000000e-01 : f64, shape = array<i64: 2, 3>, type = "u8", zero_point = 3 : i64}]
// CHECK-SAME: outputs = [{name = "scores", shape = array<i64: 6>, type = "i8"}, {name = "output1", shape = array<i64: 2, 3>, type = "i8"}]

// The reshape moves to the destination, so that its operand is written there.
// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[X:.+]]: tensor<2x3xi8> {bufferization.writable = false
// CHECK-SAME: %[[A:.+]]: memref<6xi8>, %[[B:.+]]: memref<2x3xi8>)
// CHECK: %[[VIEW:.+]] = memref.expand_shape %[[A]]
// CHECK-DAG: bufferization.materialize_in_destination %[[X]] in restrict writable %[[VIEW]]
// CHECK-DAG: bufferization.materialize_in_destination %[[X]] in restrict writable %[[B]]
// CHECK: return{{$}}
func.func @main(%x: tensor<2x3xi8> {qnn.name = "image", qnn.scale = 0.5 : f64, qnn.zero_point = 3 : i64, qnn.unsigned})
    -> (tensor<6xi8> {qnn.name = "scores"}, tensor<2x3xi8>) {
  %0 = tensor.collapse_shape %x [[0, 1]] : tensor<2x3xi8> into tensor<6xi8>
  return %0, %x : tensor<6xi8>, tensor<2x3xi8>
}

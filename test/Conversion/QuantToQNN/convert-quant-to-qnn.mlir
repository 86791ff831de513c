// RUN: quant-opt %s --convert-quant-to-qnn --canonicalize --split-input-file | FileCheck %s
// RUN: quant-opt %s --quantc-prepare --split-input-file | FileCheck %s

// The pair rounds, so it stays: upstream's canonicalization would delete its
// own (test/Dialect/QNN/IR/upstream-facts.mlir).
// CHECK-LABEL: func.func @pair
// CHECK: %[[Q:.+]] = qnn.quantize %arg0 : tensor<4xf32> -> tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>
// CHECK: qnn.dequantize %[[Q]]
func.func @pair(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = quant.qcast %x : tensor<4xf32> to tensor<4x!quant.uniform<i8:f32, 0.5:3>>
  %1 = quant.dcast %0 : tensor<4x!quant.uniform<i8:f32, 0.5:3>> to tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// Scales of channels.
// CHECK-LABEL: func.func @channels
// CHECK: qnn.quantize {{.+}} -> tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {5.000000e-01,2.500000e-01}>>
func.func @channels(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %0 = quant.qcast %x : tensor<2x2xf32> to tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>>
  %1 = quant.dcast %0 : tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>> to tensor<2x2xf32>
  return %1 : tensor<2x2xf32>
}

// RUN: quant-opt %s --quantc-lower-observe --split-input-file | FileCheck %s

// CHECK: func.func private @quantc_observe(!llvm.ptr, i64, !llvm.ptr, i64)
// CHECK-LABEL: func.func @observed
// CHECK-SAME: %[[CTX:[a-z0-9]+]]: !llvm.ptr {qnn.context})
// CHECK: %[[BUFFER:.+]] = bufferization.to_buffer %{{.+}} read_only
// CHECK: memref.extract_aligned_pointer_as_index %[[BUFFER]]
// CHECK: %[[INDEX:.+]] = arith.constant 0 : i64
// CHECK: %[[COUNT:.+]] = arith.constant 6 : i64
// CHECK: call @quantc_observe(%[[CTX]], %[[INDEX]], %{{.+}}, %[[COUNT]])
// CHECK: arith.constant 1 : i64
// CHECK: call @quantc_observe
// CHECK-NOT: qnn.observe
func.func @observed(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = qnn.observe %x "a" : tensor<2x3xf32>
  %1 = qnn.observe %0 "b" : tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @nothing_observed
// CHECK-SAME: (%{{[^,]+}}: tensor<2xf32>)
func.func @nothing_observed(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}

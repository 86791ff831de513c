// RUN: quant-opt %s --quantc-codegen-pipeline --quantc-llvm-pipeline | FileCheck %s
// RUN: quant-opt %s --quantc-codegen-pipeline --quantc-llvm-pipeline=shared-library | FileCheck %s --check-prefix=SHARED

module attributes {qnn.model_name = "tiny"} {
  func.func @main(%x: tensor<4xf32> {qnn.name = "x"}) -> (tensor<4xf32> {qnn.name = "y"}) {
    %0 = math.absf %x : tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}

// CHECK: llvm.func internal @tiny_compute(
// CHECK: llvm.func @tiny_run(%[[IN:.+]]: !llvm.ptr, %[[OUT:.+]]: !llvm.ptr, %[[ARENA:.+]]: !llvm.ptr)
// CHECK: %[[X:.+]] = llvm.load
// CHECK: %[[Y:.+]] = llvm.load
// CHECK: llvm.call @tiny_compute(%[[X]], %[[Y]], %[[ARENA]])
// CHECK: llvm.mlir.global external constant @tiny_arena_size(
// CHECK: llvm.mlir.global external constant @tiny_descriptor(
// CHECK-SAME: run\22:\22tiny_run
// CHECK-NOT: @quantc_model_descriptor
// SHARED: @quantc_model_descriptor

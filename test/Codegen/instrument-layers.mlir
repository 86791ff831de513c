// The host is called between layers. Who a layer is, is in the locations.

// RUN: quant-opt %s --quantc-instrument-layers --split-input-file | FileCheck %s

#interface = {arena_size = 128 : i64, entry = "main",
  inputs = [{name = "x", shape = array<i64: 16>, type = "i8"}],
  outputs = [{name = "y", shape = array<i64: 16>, type = "i8"}]}

// The border of "conv" is written before "pad" and belongs to "conv+add",
// whose names it is a part of: three segments, two layers, in the order in which
// they end. "conv" touches the whole arena buffer, 16 bytes of it through a view.
// CHECK: qnn.interface = {
// CHECK-SAME: context
// CHECK-SAME: profile = {layers = [
// CHECK-SAME: {bytes = 32 : i64, float = false, macs = 0 : i64, name = "pad"},
// CHECK-SAME: {bytes = 52 : i64, float = false, macs = 96 : i64, name = "conv+add"}],
// CHECK-SAME: segments = array<i64: 1, 0, 1>}
module attributes {qnn.interface = #interface} {
  memref.global "private" constant @weights : memref<4xi8> = dense<1>
  // CHECK-LABEL: func.func @main
  // CHECK-SAME: %[[CTX:[a-z0-9]+]]: !llvm.ptr {qnn.context}
  // CHECK-NOT: qnn.macs
  // CHECK: %[[CALL:.+]] = llvm.load %[[CTX]]
  // CHECK: %[[I0:.+]] = llvm.mlir.constant(0 : i64)
  // CHECK-NEXT: llvm.call %[[CALL]](%[[CTX]], %[[I0]]) : !llvm.ptr, (!llvm.ptr, i64) -> ()
  // CHECK-NEXT: memref.store
  // CHECK: %[[I1:.+]] = llvm.mlir.constant(1 : i64)
  // CHECK-NEXT: llvm.call %[[CALL]](%[[CTX]], %[[I1]])
  // CHECK-NEXT: memref.copy
  // CHECK: %[[I2:.+]] = llvm.mlir.constant(2 : i64)
  // CHECK-NEXT: llvm.call %[[CALL]](%[[CTX]], %[[I2]])
  // CHECK-NEXT: scf.for
  // CHECK-NOT: llvm.call
  // CHECK: }
  // CHECK: %[[I3:.+]] = llvm.mlir.constant(3 : i64)
  // CHECK-NEXT: llvm.call %[[CALL]](%[[CTX]], %[[I3]])
  // CHECK-NEXT: return
  func.func @main(%x: memref<16xi8>, %y: memref<16xi8>, %arena: memref<128xi8>)
      attributes {qnn.macs = {conv = [96, i32]}} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c16 = arith.constant 16 : index
    %zero = arith.constant 0 : i8
    %w = memref.get_global @weights : memref<4xi8>
    %buffer = memref.view %arena[%c0][] : memref<128xi8> to memref<32xi8>
    memref.store %zero, %buffer[%c0] : memref<32xi8> loc("conv")
    %inside = memref.subview %buffer[1] [16] [1] : memref<32xi8> to memref<16xi8, strided<[1], offset: 1>>
    memref.copy %x, %inside : memref<16xi8> to memref<16xi8, strided<[1], offset: 1>> loc("pad")
    scf.for %i = %c0 to %c16 step %c1 {
      %a = memref.load %buffer[%i] : memref<32xi8>
      %b = memref.load %w[%c0] : memref<4xi8>
      %p = arith.muli %a, %b : i8
      memref.store %p, %y[%i] : memref<16xi8>
    } loc(fused["conv", "add"])
    return
  }
}

// -----

// What has no name is one layer, and none of a node with a name.
// CHECK: profile = {layers = [
// CHECK-SAME: name = "a"},
// CHECK-SAME: name = "unnamed"}],
// CHECK-SAME: segments = array<i64: 1, 0, 1>}
module attributes {qnn.interface = {arena_size = 0 : i64, entry = "main", inputs = [], outputs = []}} {
  func.func @main(%x: memref<16xi8>, %y: memref<16xi8>) {
    memref.copy %x, %y : memref<16xi8> to memref<16xi8> loc(unknown)
    memref.copy %x, %y : memref<16xi8> to memref<16xi8> loc("a")
    memref.copy %x, %y : memref<16xi8> to memref<16xi8> loc(unknown)
    return
  }
}

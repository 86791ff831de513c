// RUN: quant-opt %s --quantc-lower-copies=vector-bits=128 --split-input-file | FileCheck %s

// Rows of 21 bytes: one vector of 16 and one of 5.
// CHECK-LABEL: func.func @rows_are_vectors
// CHECK: scf.for
// CHECK: vector.load {{.*}} vector<16xi8>
// CHECK: vector.store {{.*}} vector<16xi8>
// CHECK: vector.load {{.*}} vector<5xi8>
// CHECK: vector.store {{.*}} vector<5xi8>
// CHECK-NOT: memref.copy
func.func @rows_are_vectors(%x: memref<4x21xi8>, %y: memref<4x21xi8, strided<[30, 1], offset: 3>>) {
  memref.copy %x, %y : memref<4x21xi8> to memref<4x21xi8, strided<[30, 1], offset: 3>>
  return
}

// -----

// CHECK-LABEL: func.func @inner_stride_is_scalar
// CHECK: memref.load
// CHECK: memref.store
// CHECK-NOT: memref.copy
func.func @inner_stride_is_scalar(%x: memref<4x5xi8, strided<[10, 2]>>, %y: memref<4x5xi8>) {
  memref.copy %x, %y : memref<4x5xi8, strided<[10, 2]>> to memref<4x5xi8>
  return
}

// -----

// Contiguous on both sides: memcpy does it.
// CHECK-LABEL: func.func @contiguous_stays
// CHECK: memref.copy
func.func @contiguous_stays(%x: memref<4x5xi8>, %y: memref<4x5xi8>) {
  memref.copy %x, %y : memref<4x5xi8> to memref<4x5xi8>
  return
}

// -----

// What was computed where it belongs is not copied.
// CHECK-LABEL: func.func @to_itself
// CHECK-NOT: scf.for
// CHECK-NOT: memref.copy
func.func @to_itself(%x: memref<4x8xi8>) {
  %part = memref.subview %x[0, 0] [4, 4] [1, 1] : memref<4x8xi8> to memref<4x4xi8, strided<[8, 1]>>
  memref.copy %part, %part : memref<4x4xi8, strided<[8, 1]>> to memref<4x4xi8, strided<[8, 1]>>
  return
}

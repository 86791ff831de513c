// RUN: quant-opt %s --quantc-plan-memory --split-input-file | FileCheck %s

// %a dies where %c is born: they share bytes. 100 bytes take 128.
// CHECK-LABEL: func.func @chain_shares_bytes
// CHECK-SAME: %[[ARENA:[a-z0-9]+]]: memref<256xi8>) attributes {qnn.arena_size = 256 : i64}
// CHECK: %[[LOW:.+]] = arith.constant 0 : index
// CHECK: memref.view %[[ARENA]][%[[LOW]]][] : memref<256xi8> to memref<100xi8>
// CHECK: %[[HIGH:.+]] = arith.constant 128 : index
// CHECK: memref.view %[[ARENA]][%[[HIGH]]][] : memref<256xi8> to memref<100xi8>
// CHECK: %[[LOW2:.+]] = arith.constant 0 : index
// CHECK: memref.view %[[ARENA]][%[[LOW2]]][] : memref<256xi8> to memref<100xi8>
func.func @chain_shares_bytes(%x: memref<100xi8>, %y: memref<100xi8>) {
  %a = memref.alloc() : memref<100xi8>
  memref.copy %x, %a : memref<100xi8> to memref<100xi8>
  %b = memref.alloc() : memref<100xi8>
  memref.copy %a, %b : memref<100xi8> to memref<100xi8>
  %c = memref.alloc() : memref<100xi8>
  memref.copy %b, %c : memref<100xi8> to memref<100xi8>
  memref.copy %c, %y : memref<100xi8> to memref<100xi8>
  return
}

// -----

// A view keeps its buffer alive.
// CHECK-LABEL: func.func @alias_extends_the_lifetime
// CHECK-SAME: memref<128xi8>)
func.func @alias_extends_the_lifetime(%x: memref<64xi8>, %y: memref<32xi8>) {
  %a = memref.alloc() : memref<64xi8>
  %view = memref.subview %a[0] [32] [1] : memref<64xi8> to memref<32xi8, strided<[1]>>
  memref.copy %x, %a : memref<64xi8> to memref<64xi8>
  %b = memref.alloc() : memref<64xi8>
  memref.copy %x, %b : memref<64xi8> to memref<64xi8>
  memref.copy %view, %y : memref<32xi8, strided<[1]>> to memref<32xi8>
  return
}

// -----

// Who holds the address of a buffer uses the buffer.
// CHECK-LABEL: func.func @address_extends_the_lifetime
// CHECK-SAME: memref<128xi8>)
func.func @address_extends_the_lifetime(%x: memref<64xi8>) {
  %a = memref.alloc() : memref<64xi8>
  memref.copy %x, %a : memref<64xi8> to memref<64xi8>
  %address = memref.extract_aligned_pointer_as_index %a : memref<64xi8> -> index
  %integer = arith.index_cast %address : index to i64
  %b = memref.alloc() : memref<64xi8>
  memref.copy %x, %b : memref<64xi8> to memref<64xi8>
  func.call @observe(%integer) : (i64) -> ()
  return
}
func.func private @observe(i64)

// -----

// What a loop uses lives as long as the loop, its own allocations too.
// CHECK-LABEL: func.func @loop_is_one_step
// CHECK-SAME: memref<192xi8>)
// CHECK-NOT: memref.alloc
func.func @loop_is_one_step(%x: memref<64xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() : memref<64xi8>
  %b = memref.alloc() : memref<64xi8>
  scf.for %i = %c0 to %c4 step %c1 {
    %c = memref.alloc() : memref<64xi8>
    memref.copy %a, %c : memref<64xi8> to memref<64xi8>
    memref.copy %c, %b : memref<64xi8> to memref<64xi8>
  }
  return
}

// -----

// CHECK-LABEL: func.func @no_buffers
// CHECK-SAME: memref<0xi8>) attributes {qnn.arena_size = 0 : i64}
func.func @no_buffers() { return }

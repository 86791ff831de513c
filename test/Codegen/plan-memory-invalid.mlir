// RUN: quant-opt %s --quantc-plan-memory --split-input-file --verify-diagnostics

func.func @dynamic_size(%n: index, %x: memref<?xi8>) {
  // expected-error @below {{has no size that is known at compile time}}
  %a = memref.alloc(%n) : memref<?xi8>
  memref.copy %x, %a : memref<?xi8> to memref<?xi8>
  return
}

// -----

func.func @carried_by_a_loop(%x: memref<4xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %r = scf.for %i = %c0 to %c4 step %c1 iter_args(%b = %x) -> memref<4xi8> {
    // expected-error @below {{is carried from one iteration of a loop to the next}}
    %a = memref.alloc() : memref<4xi8>
    memref.copy %b, %a : memref<4xi8> to memref<4xi8>
    scf.yield %a : memref<4xi8>
  }
  return
}

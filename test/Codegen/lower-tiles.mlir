// The same tiles as registers of the target, and as vectors where it has none.

// RUN: quant-opt %s --quantc-lower-tiles=isa=amx | FileCheck %s --check-prefixes=CHECK,AMX
// RUN: quant-opt %s --quantc-lower-tiles=isa=avx512vnni | FileCheck %s --check-prefixes=CHECK,VECTOR

// Zeros that two sums start from become two registers; the loop carries the
// type; the stack is allocated in front of it.
// CHECK-LABEL: func @sums
func.func @sums(%x: memref<14x1024xi8>, %w: memref<32x128xi8>, %dest: memref<14x32xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c16 = arith.constant 16 : index
  // CHECK: memref.alloca() : memref<14x32xi32>
  // AMX-COUNT-2: llvm.call_intrinsic "llvm.x86.tilezero.internal"
  // VECTOR: arith.constant dense<0> : vector<14x16xi32>
  %zero = qvec.tile_zero : !qvec.tile<14x16xi32>
  // CHECK: scf.for
  scf.for %again = %c0 to %c8 step %c1 {
    // CHECK-NOT: memref.alloca
    %scratch = memref.alloca() : memref<14x32xi32>
    // AMX: scf.for {{.*}} -> (!llvm.x86_amx, !llvm.x86_amx)
    // VECTOR: scf.for {{.*}} -> (vector<14x16xi32>, vector<14x16xi32>)
    %sums:2 = scf.for %k = %c0 to %c8 step %c1 iter_args(%left = %zero, %right = %zero) -> (!qvec.tile<14x16xi32>, !qvec.tile<14x16xi32>) {
      // Rows are 64 bytes apart, along the line.
      // AMX: %[[STRIDE:.*]] = arith.constant 64 : i64
      // AMX: %[[A:.*]] = llvm.call_intrinsic "llvm.x86.tileloadd64.internal"({{.*}}, %[[STRIDE]]) : (i16, i16, !llvm.ptr, i64) -> !llvm.x86_amx
      // VECTOR-COUNT-14: vector.load %{{.*}} : memref<14x1024xi8>, vector<48xi8>
      %a = qvec.tile_load %x[%again, %c0] along 1 by 64 : memref<14x1024xi8>, !qvec.tile<14x48xi8>
      // AMX: %[[LINE:.*]] = arith.constant 128 : i64
      // AMX: %[[B:.*]] = llvm.call_intrinsic "llvm.x86.tileloadd64.internal"({{.*}}, %[[LINE]])
      // VECTOR-COUNT-12: vector.load %{{.*}} : memref<32x128xi8>, vector<64xi8>
      %b = qvec.tile_load %w[%k, %c0] along 0 by 1 : memref<32x128xi8>, !qvec.tile<12x64xi8>
      // AMX: %[[ROWS:.*]] = arith.constant 14 : i16
      // AMX: %[[COLUMNS:.*]] = arith.constant 64 : i16
      // AMX: %[[PRODUCTS:.*]] = arith.constant 48 : i16
      // AMX: llvm.call_intrinsic "llvm.x86.tdpbusd.internal"(%[[ROWS]], %[[COLUMNS]], %[[PRODUCTS]], %{{.*}}, %[[A]], %[[B]])
      // VECTOR-COUNT-168: qvec.dot {{.*}} {lhs_unsigned} : vector<16xi32>, vector<64xi8>
      %1 = qvec.tile_dot %left, %a, %b {lhs_unsigned} : !qvec.tile<14x16xi32>, !qvec.tile<14x48xi8>, !qvec.tile<12x64xi8>
      // AMX: llvm.call_intrinsic "llvm.x86.tdpbssd.internal"
      %2 = qvec.tile_dot %right, %a, %b : !qvec.tile<14x16xi32>, !qvec.tile<14x48xi8>, !qvec.tile<12x64xi8>
      scf.yield %1, %2 : !qvec.tile<14x16xi32>, !qvec.tile<14x16xi32>
    }
    // AMX-COUNT-2: llvm.call_intrinsic "llvm.x86.tilestored64.internal"
    // VECTOR-COUNT-28: vector.store %{{.*}} : memref<14x32xi32>, vector<16xi32>
    qvec.tile_store %sums#0, %scratch[%c0, %c0] : !qvec.tile<14x16xi32>, memref<14x32xi32>
    qvec.tile_store %sums#1, %scratch[%c0, %c16] : !qvec.tile<14x16xi32>, memref<14x32xi32>
    memref.copy %scratch, %dest : memref<14x32xi32> to memref<14x32xi32>
  }
  // CHECK-NOT: qvec.tile
  return
}

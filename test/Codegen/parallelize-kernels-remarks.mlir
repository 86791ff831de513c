// RUN: quant-opt %s --quantc-parallelize-kernels="threads=4 min-work=1000" --split-input-file --remarks-filter='qnn.*' 2>&1 | FileCheck %s

// CHECK: OneThread
// CHECK-SAME: its kernels are too small to be shared by {{.*}}4{{.*}} threads; the model runs on one
// CHECK-LABEL: func.func @small
func.func @small(%x: memref<64xi8>, %y: memref<64xi8>, %arena: memref<0xi8>) {
  memref.copy %x, %y : memref<64xi8> to memref<64xi8>
  return
}

// -----

// The position is the result of a loop that also writes, which only one thread
// may do.
// CHECK: OneThread
// CHECK-SAME: a value that is not in memory would go between {{.*}}4{{.*}} threads; the model runs on one
// CHECK-LABEL: func.func @position
// CHECK-NOT: omp.
func.func @position(%x: memref<8192x64xi8>, %y: memref<8192x64xi8>, %seen: memref<8xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c8192 = arith.constant 8192 : index
  %one = arith.constant 1 : i8
  %at = scf.for %i = %c0 to %c8 step %c1 iter_args(%last = %c0) -> (index) {
    memref.store %one, %seen[%i] : memref<8xi8>
    scf.yield %i : index
  }
  scf.for %i = %c0 to %c8192 step %c1 {
    %v = vector.load %x[%i, %at] : memref<8192x64xi8>, vector<16xi8>
    %w = arith.addi %v, %v : vector<16xi8>
    %z = arith.muli %w, %v : vector<16xi8>
    vector.store %z, %y[%i, %c0] : memref<8192x64xi8>, vector<16xi8>
  } {qvec.parallel}
  return
}

// -----

// All threads read the factor, which one of them writes in front of the loop.
// CHECK: OneThread
// CHECK-SAME: what one thread writes would be read too early by {{.*}}4{{.*}} threads; the model runs on one
// CHECK-LABEL: func.func @factor
// CHECK-NOT: omp.
func.func @factor(%x: memref<8192x64xi8>, %y: memref<8192x64xi8>, %factor: memref<1xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8192 = arith.constant 8192 : index
  %three = arith.constant 3 : i8
  memref.store %three, %factor[%c0] : memref<1xi8>
  %by = memref.load %factor[%c0] : memref<1xi8>
  %all = vector.broadcast %by : i8 to vector<64xi8>
  scf.for %i = %c0 to %c8192 step %c1 {
    %v = vector.load %x[%i, %c0] : memref<8192x64xi8>, vector<64xi8>
    %z = arith.muli %v, %all : vector<64xi8>
    vector.store %z, %y[%i, %c0] : memref<8192x64xi8>, vector<64xi8>
  } {qvec.parallel}
  return
}

// What a kernel needs later is asked for before its sums begin, if it is too
// much to be in a cache.

// RUN: quant-opt %s --quantc-prefetch --split-input-file --verify-each | FileCheck %s
// RUN: quant-opt %s --quantc-prefetch='min-weights=1 min-image=1000000' --split-input-file --verify-each | FileCheck %s --check-prefix=WEIGHTS

memref.global "private" constant @weights : memref<2x16x64xi8> = dense<1>

// The panel behind this one, at the same place.
// WEIGHTS-LABEL: func.func @tile
// WEIGHTS: %[[PANELS:.+]] = memref.get_global @weights
// WEIGHTS: scf.for %[[P:[a-z0-9]+]] =
// WEIGHTS: scf.for
// WEIGHTS-NOT: memref.prefetch
// WEIGHTS: scf.for %[[K:[a-z0-9]+]] =
// WEIGHTS: %[[NEXT:.+]] = arith.addi %[[P]], %{{.+}} : index
// WEIGHTS: memref.prefetch %[[PANELS]][%[[NEXT]], %[[K]], %{{.+}}], read, locality<2>, data : memref<2x16x64xi8>
// WEIGHTS: vector.transfer_read %[[PANELS]][%[[P]], %[[K]], %{{.+}}]
// WEIGHTS-NOT: memref.prefetch

// The weights are small, the image is not. The place that is written is
// computed before the loop.
// CHECK-LABEL: func.func @tile
// CHECK-SAME: %[[OUT:[^:]+]]: memref<8192x32xi8>, %[[SMALL:[^:]+]]: memref<16x16xi8>
// CHECK: %[[ROW:.+]] = affine.apply
// CHECK: memref.prefetch %[[OUT]][%[[ROW]], %{{.+}}], read, locality<3>, data : memref<8192x32xi8>
// CHECK: memref.prefetch %[[OUT]][%{{.+}}, %{{.+}}], write, locality<3>, data : memref<8192x32xi8>
// CHECK-NOT: memref.prefetch
// CHECK: scf.for
// CHECK-NOT: memref.prefetch
// CHECK: return
func.func @tile(%x: memref<2x64xi8>, %out: memref<8192x32xi8>, %small: memref<16x16xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c16 = arith.constant 16 : index
  %zero = arith.constant 0 : i8
  %sums = arith.constant dense<0> : vector<16xi32>
  %w = memref.get_global @weights : memref<2x16x64xi8>
  scf.for %p = %c0 to %c2 step %c1 {
    scf.for %i = %c0 to %c2 step %c1 {
      %r = scf.for %k = %c0 to %c16 step %c1 iter_args(%sum = %sums) -> (vector<16xi32>) {
        %a = vector.transfer_read %x[%i, %c0], %zero {in_bounds = [true]} : memref<2x64xi8>, vector<64xi8>
        %b = vector.transfer_read %w[%p, %k, %c0], %zero {in_bounds = [true]} : memref<2x16x64xi8>, vector<64xi8>
        %d = qvec.dot %sum, %a, %b {lhs_unsigned} : vector<16xi32>, vector<64xi8>
        scf.yield %d : vector<16xi32>
      }
      %row = affine.apply affine_map<(d0, d1) -> (d0 * 4 + d1)>(%p, %i)
      %old = vector.transfer_read %out[%row, %c0], %zero {in_bounds = [true]} : memref<8192x32xi8>, vector<16xi8>
      %t = arith.trunci %r : vector<16xi32> to vector<16xi8>
      %s = arith.addi %t, %old : vector<16xi8>
      vector.transfer_write %s, %out[%row, %c0] {in_bounds = [true]} : vector<16xi8>, memref<8192x32xi8>
      vector.transfer_write %s, %small[%row, %c0] {in_bounds = [true]} : vector<16xi8>, memref<16x16xi8>
    }
  }
  return
}

// -----

// A load that waits for the sums of a tile still reads the same in each tile.
// WEIGHTS-LABEL: func.func @waits_for_the_sums
// WEIGHTS: %[[LAST:.+]] = qvec.stay
// WEIGHTS: memref.prefetch %{{.+}}[%{{.+}}, %[[LAST]], %{{.+}}], read, locality<2>
memref.global "private" constant @weights : memref<2x16x64xi8> = dense<1>
func.func @waits_for_the_sums(%x: memref<2x64xi8>, %out: memref<4x16xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c15 = arith.constant 15 : index
  %zero = arith.constant 0 : i8
  %sums = arith.constant dense<0> : vector<16xi32>
  %w = memref.get_global @weights : memref<2x16x64xi8>
  scf.for %p = %c0 to %c2 step %c1 {
    scf.for %i = %c0 to %c2 step %c1 {
      %a = vector.transfer_read %x[%i, %c0], %zero {in_bounds = [true]} : memref<2x64xi8>, vector<64xi8>
      %first = qvec.dot %sums, %a, %a {lhs_unsigned} : vector<16xi32>, vector<64xi8>
      %last = qvec.stay %c15 in %i after %first : vector<16xi32>
      %b = vector.transfer_read %w[%p, %last, %c0], %zero {in_bounds = [true]} : memref<2x16x64xi8>, vector<64xi8>
      %r = qvec.dot %first, %a, %b {lhs_unsigned} : vector<16xi32>, vector<64xi8>
      %row = affine.apply affine_map<(d0, d1) -> (d0 * 2 + d1)>(%p, %i)
      vector.transfer_write %r, %out[%row, %c0] {in_bounds = [true]} : vector<16xi32>, memref<4x16xi32>
    }
  }
  return
}

// -----

// One tile only: the panels are read once, in the order in which they lie.
// WEIGHTS-LABEL: func.func @reads_weights_once
// WEIGHTS-NOT: memref.prefetch
// WEIGHTS: return
memref.global "private" constant @weights : memref<2x16x64xi8> = dense<1>
func.func @reads_weights_once(%x: memref<16x64xi8>, %out: memref<2x16xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %zero = arith.constant 0 : i8
  %sums = arith.constant dense<0> : vector<16xi32>
  %w = memref.get_global @weights : memref<2x16x64xi8>
  scf.for %column = %c0 to %c32 step %c16 {
    %r = scf.for %k = %c0 to %c16 step %c1 iter_args(%sum = %sums) -> (vector<16xi32>) {
      %p = affine.apply affine_map<(d0) -> (d0 floordiv 16)>(%column)
      %a = vector.transfer_read %x[%k, %c0], %zero {in_bounds = [true]} : memref<16x64xi8>, vector<64xi8>
      %b = vector.transfer_read %w[%p, %k, %c0], %zero {in_bounds = [true]} : memref<2x16x64xi8>, vector<64xi8>
      %d = qvec.dot %sum, %a, %b {lhs_unsigned} : vector<16xi32>, vector<64xi8>
      scf.yield %d : vector<16xi32>
    }
    %p = affine.apply affine_map<(d0) -> (d0 floordiv 16)>(%column)
    vector.transfer_write %r, %out[%p, %c0] {in_bounds = [true]} : vector<16xi32>, memref<2x16xi32>
  }
  return
}

// -----

// What is written depends on the sums, and where. Nothing can be asked for
// before.
// CHECK-LABEL: func.func @depends_on_the_sums
// CHECK-NOT: memref.prefetch
func.func @depends_on_the_sums(%x: memref<64xi8>, %out: memref<8192x32xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %zero = arith.constant 0 : i8
  %sums = arith.constant dense<0> : vector<16xi32>
  %r = scf.for %k = %c0 to %c16 step %c1 iter_args(%sum = %sums) -> (vector<16xi32>) {
    %a = vector.transfer_read %x[%c0], %zero {in_bounds = [true]} : memref<64xi8>, vector<64xi8>
    %d = qvec.dot %sum, %a, %a {lhs_unsigned} : vector<16xi32>, vector<64xi8>
    scf.yield %d : vector<16xi32>
  }
  %first = vector.extract %r[0] : i32 from vector<16xi32>
  %row = arith.index_cast %first : i32 to index
  %t = arith.trunci %r : vector<16xi32> to vector<16xi8>
  vector.transfer_write %t, %out[%row, %c0] {in_bounds = [true]} : vector<16xi8>, memref<8192x32xi8>
  return
}

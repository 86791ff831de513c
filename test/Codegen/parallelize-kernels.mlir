// RUN: quant-opt %s --quantc-parallelize-kernels="threads=2 min-work=1000" --split-input-file | FileCheck %s
// RUN: quant-opt %s --quantc-parallelize-kernels --split-input-file | FileCheck %s --check-prefix=ONE

// With one thread nothing changes but the marks, which are gone.
// ONE-NOT: omp.
// ONE-NOT: qvec.parallel

// Two kernels that depend on each other: one team, a barrier between them, none
// at the end, where the region has its own.
// CHECK-LABEL: func.func @chain
// CHECK: %[[TWO:.+]] = arith.constant 2 : i32
// CHECK-NEXT: omp.parallel num_threads(%[[TWO]] : i32) {
// CHECK: omp.wsloop nowait schedule(static) {
// CHECK-NEXT: omp.loop_nest (%{{.+}}) : index = (%{{.+}}) to (%{{.+}}) step (%{{.+}}) {
// CHECK: vector.store
// CHECK: omp.barrier
// CHECK: omp.wsloop nowait schedule(static)
// CHECK-NOT: omp.barrier
// CHECK: omp.terminator
// CHECK-NEXT: }
// CHECK-NEXT: return
func.func @chain(%x: memref<8192x64xi8>, %y: memref<8192x64xi8>, %arena: memref<524288xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8192 = arith.constant 8192 : index
  %a = memref.view %arena[%c0][] : memref<524288xi8> to memref<8192x64xi8>
  scf.for %i = %c0 to %c8192 step %c1 {
    %v = vector.load %x[%i, %c0] : memref<8192x64xi8>, vector<64xi8>
    vector.store %v, %a[%i, %c0] : memref<8192x64xi8>, vector<64xi8>
  } {qvec.parallel}
  scf.for %i = %c0 to %c8192 step %c1 {
    %v = vector.load %a[%i, %c0] : memref<8192x64xi8>, vector<64xi8>
    vector.store %v, %y[%i, %c0] : memref<8192x64xi8>, vector<64xi8>
  } {qvec.parallel}
  return
}

// -----

// Both kernels only read what they share and write other bytes of the arena: no
// barrier.
// CHECK-LABEL: func.func @independent
// CHECK: omp.wsloop
// CHECK-NOT: omp.barrier
// CHECK: omp.wsloop
func.func @independent(%x: memref<8192x64xi8>, %arena: memref<1048576xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8192 = arith.constant 8192 : index
  %half = arith.constant 524288 : index
  %a = memref.view %arena[%c0][] : memref<1048576xi8> to memref<8192x64xi8>
  %b = memref.view %arena[%half][] : memref<1048576xi8> to memref<8192x64xi8>
  scf.for %i = %c0 to %c8192 step %c1 {
    %v = vector.load %x[%i, %c0] : memref<8192x64xi8>, vector<64xi8>
    vector.store %v, %a[%i, %c0] : memref<8192x64xi8>, vector<64xi8>
  } {qvec.parallel}
  scf.for %i = %c0 to %c8192 step %c1 {
    %v = vector.load %x[%i, %c0] : memref<8192x64xi8>, vector<64xi8>
    vector.store %v, %b[%i, %c0] : memref<8192x64xi8>, vector<64xi8>
  } {qvec.parallel}
  return
}

// -----

// Five iterations are three for one thread and two for the other, and so are
// seven: both loops are dealt out as one. An address is computed inside.
// CHECK-LABEL: func.func @uneven_is_joined_with_the_inner_loop
// CHECK: omp.loop_nest (%[[I:.+]], %[[J:.+]]) : index = (%{{.+}}, %{{.+}}) to (%{{.+}}, %{{.+}}) step (%{{.+}}, %{{.+}}) collapse(2) {
// CHECK-NEXT: %[[ROW:.+]] = arith.addi %[[I]], %[[I]]
// CHECK-NEXT: scf.for
// CHECK: vector.load %{{.+}}[%[[ROW]], %[[J]], %{{.+}}, %{{.+}}]
func.func @uneven_is_joined_with_the_inner_loop(%x: memref<10x7x512x64xi8>, %y: memref<10x7x512x64xi8>, %arena: memref<0xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %c7 = arith.constant 7 : index
  %c512 = arith.constant 512 : index
  scf.for %i = %c0 to %c5 step %c1 {
    %row = arith.addi %i, %i : index
    scf.for %j = %c0 to %c7 step %c1 {
      scf.for %k = %c0 to %c512 step %c1 {
        %v = vector.load %x[%row, %j, %k, %c0] : memref<10x7x512x64xi8>, vector<64xi8>
        vector.store %v, %y[%row, %j, %k, %c0] : memref<10x7x512x64xi8>, vector<64xi8>
      }
    } {qvec.parallel}
  } {qvec.parallel}
  return
}

// -----

// Two panels of weights, and more image than weights: each thread computes its
// rows of all channels, which it finds in its own cache in the next layer too.
// CHECK-LABEL: func.func @rows_of_each_panel
// CHECK: scf.for %[[P:.+]] = %{{.+}} to %{{.+}} step
// CHECK-NEXT: omp.wsloop nowait schedule(static) {
// CHECK-NEXT: omp.loop_nest (%[[ROW:.+]]) : index
// CHECK: vector.load %{{.+}}[%[[ROW]], %{{.+}}]
// CHECK: vector.load %{{.+}}[%[[P]], %{{.+}}]
memref.global "private" constant @few : memref<2x64xi8> = dense<1>
func.func @rows_of_each_panel(%x: memref<8192x64xi8>, %y: memref<2x8192x64xi8>, %arena: memref<0xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c8192 = arith.constant 8192 : index
  %w = memref.get_global @few : memref<2x64xi8>
  scf.for %p = %c0 to %c2 step %c1 {
    scf.for %i = %c0 to %c8192 step %c1 {
      %a = vector.load %x[%i, %c0] : memref<8192x64xi8>, vector<64xi8>
      %b = vector.load %w[%p, %c0] : memref<2x64xi8>, vector<64xi8>
      %s = arith.addi %a, %b : vector<64xi8>
      vector.store %s, %y[%p, %i, %c0] : memref<2x8192x64xi8>, vector<64xi8>
    } {qvec.parallel}
  } {qvec.parallel}
  return
}

// -----

// At a border rows use other weights. They are shared out all the same.
// CHECK-LABEL: func.func @rows_with_a_border
// CHECK: scf.for %[[P:.+]] = %{{.+}} to %{{.+}} step
// CHECK-NEXT: omp.wsloop nowait schedule(static) {
// CHECK-NEXT: omp.loop_nest (%[[ROW:.+]]) : index
// CHECK: affine.min #{{.+}}(%[[ROW]])
// CHECK: vector.load %{{.+}}[%[[P]], %{{.+}}, %{{.+}}]
memref.global "private" constant @taps : memref<2x3x64xi8> = dense<1>
func.func @rows_with_a_border(%x: memref<8192x64xi8>, %y: memref<2x8192x64xi8>, %arena: memref<0xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c8192 = arith.constant 8192 : index
  %w = memref.get_global @taps : memref<2x3x64xi8>
  scf.for %p = %c0 to %c2 step %c1 {
    scf.for %i = %c0 to %c8192 step %c1 {
      %a = vector.load %x[%i, %c0] : memref<8192x64xi8>, vector<64xi8>
      %k = affine.min affine_map<(d0) -> (d0, 2)>(%i)
      %b = vector.load %w[%p, %k, %c0] : memref<2x3x64xi8>, vector<64xi8>
      %s = arith.addi %a, %b : vector<64xi8>
      vector.store %s, %y[%p, %i, %c0] : memref<2x8192x64xi8>, vector<64xi8>
    } {qvec.parallel}
  } {qvec.parallel}
  return
}

// -----

// More weights than image: each thread reads its half of them.
// CHECK-LABEL: func.func @panels_of_each_thread
// CHECK: omp.loop_nest (%[[P:[^,]+]]) : index
// CHECK-NEXT: scf.for
memref.global "private" constant @many : memref<2x65536xi8> = dense<1>
func.func @panels_of_each_thread(%x: memref<1024x64xi8>, %y: memref<2x1024x64xi8>, %arena: memref<0xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c1024 = arith.constant 1024 : index
  %w = memref.get_global @many : memref<2x65536xi8>
  scf.for %p = %c0 to %c2 step %c1 {
    scf.for %i = %c0 to %c1024 step %c1 {
      %a = vector.load %x[%i, %c0] : memref<1024x64xi8>, vector<64xi8>
      %b = vector.load %w[%p, %i] : memref<2x65536xi8>, vector<64xi8>
      %s = arith.addi %a, %b : vector<64xi8>
      %t = arith.muli %s, %b : vector<64xi8>
      vector.store %t, %y[%p, %i, %c0] : memref<2x1024x64xi8>, vector<64xi8>
    } {qvec.parallel}
  } {qvec.parallel}
  return
}

// -----

// An inner loop that is not marked, or not alone, stays inside.
// CHECK-LABEL: func.func @uneven_with_a_dependent_inner_loop
// CHECK: omp.loop_nest (%{{[^,]+}}) : index
// CHECK: scf.for
func.func @uneven_with_a_dependent_inner_loop(%x: memref<5x8192x64xi8>, %y: memref<5x64xi8>, %arena: memref<0xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %c8192 = arith.constant 8192 : index
  scf.for %i = %c0 to %c5 step %c1 {
    scf.for %j = %c0 to %c8192 step %c1 {
      %v = vector.load %x[%i, %j, %c0] : memref<5x8192x64xi8>, vector<64xi8>
      vector.store %v, %y[%i, %c0] : memref<5x64xi8>, vector<64xi8>
    }
  } {qvec.parallel}
  return
}

// -----

// What is too small for a team, and what is not marked, is done by one thread.
// The next kernel waits for it; the first value of the table is read by all.
// CHECK-LABEL: func.func @small_kernels_stay_on_one_thread
// CHECK: omp.parallel
// CHECK: %[[FIRST:.+]] = memref.load
// CHECK: omp.masked {
// CHECK: scf.for
// CHECK: memref.copy
// CHECK: omp.terminator
// CHECK: omp.barrier
// CHECK-NEXT: omp.wsloop
// CHECK: vector.broadcast %[[FIRST]]
func.func @small_kernels_stay_on_one_thread(%x: memref<4x64xi8>, %t: memref<64xi8>, %y: memref<8192x64xi8>, %arena: memref<320xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c256 = arith.constant 256 : index
  %c8192 = arith.constant 8192 : index
  %a = memref.view %arena[%c0][] : memref<320xi8> to memref<4x64xi8>
  %b = memref.view %arena[%c256][] : memref<320xi8> to memref<64xi8>
  scf.for %i = %c0 to %c4 step %c1 {
    %v = vector.load %x[%i, %c0] : memref<4x64xi8>, vector<64xi8>
    vector.store %v, %a[%i, %c0] : memref<4x64xi8>, vector<64xi8>
  } {qvec.parallel}
  %first = memref.load %t[%c0] : memref<64xi8>
  memref.copy %t, %b : memref<64xi8> to memref<64xi8>
  scf.for %i = %c0 to %c8192 step %c1 {
    %v = vector.load %b[%c0] : memref<64xi8>, vector<64xi8>
    %w = vector.broadcast %first : i8 to vector<64xi8>
    %s = arith.addi %v, %w : vector<64xi8>
    vector.store %s, %y[%i, %c0] : memref<8192x64xi8>, vector<64xi8>
  } {qvec.parallel}
  return
}

// -----

// Scratch memory of an iteration exists once: its loop is not shared out, and
// as nothing else is, the model needs no team.
// CHECK-LABEL: func.func @scratch_is_not_shared
// CHECK-NOT: omp.
func.func @scratch_is_not_shared(%x: memref<8192x64xi8>, %y: memref<8192x64xi8>, %arena: memref<64xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8192 = arith.constant 8192 : index
  scf.for %i = %c0 to %c8192 step %c1 {
    %s = memref.view %arena[%c0][] : memref<64xi8> to memref<64xi8>
    %v = vector.load %x[%i, %c0] : memref<8192x64xi8>, vector<64xi8>
    vector.store %v, %s[%c0] : memref<64xi8>, vector<64xi8>
    %w = vector.load %s[%c0] : memref<64xi8>, vector<64xi8>
    vector.store %w, %y[%i, %c0] : memref<8192x64xi8>, vector<64xi8>
  } {qvec.parallel}
  return
}

// RUN: quant-opt %s --quantc-outline-kernels=min-operations=1 --split-input-file | FileCheck %s
// RUN: quant-opt %s --quantc-outline-kernels --split-input-file | FileCheck %s --check-prefix=SHORT

// By default, nests as short as these are not worth a call.
// SHORT-NOT: call

// Two layers of one shape: one function, named after the first. The zero point
// differs and becomes an argument, the step and the bound do not. Weights and
// buffers begin at multiples of 64 bytes and overlap nothing.
// CHECK-LABEL: func.func private @kernel_first_conv
// CHECK-SAME: (%[[X:[^:]+]]: memref<64xi32> {llvm.align = 64 : i64, llvm.noalias},
// CHECK-SAME: %[[W:[^:]+]]: memref<64xi32> {llvm.align = 64 : i64, llvm.noalias},
// CHECK-SAME: %[[ZERO:[^:]+]]: i32,
// CHECK-SAME: %[[Y:[^:]+]]: memref<64xi32> {llvm.align = 64 : i64, llvm.noalias})
// CHECK-SAME: attributes {llvm.linkage = #llvm.linkage<internal>, no_inline}
// CHECK-DAG: %[[C0:.+]] = arith.constant 0 : index
// CHECK-DAG: %[[C1:.+]] = arith.constant 1 : index
// CHECK-DAG: %[[C64:.+]] = arith.constant 64 : index
// CHECK: scf.for %[[I:.+]] = %[[C0]] to %[[C64]] step %[[C1]]
// CHECK: memref.load %[[X]][%[[I]]]
// CHECK: memref.load %[[W]][%[[I]]]
// CHECK: arith.addi %{{.+}}, %[[ZERO]]
// CHECK: memref.store %{{.+}}, %[[Y]][%[[I]]]
// CHECK: return
// CHECK-LABEL: func.func @two_layers
// CHECK-SAME: %[[ARENA:[a-z0-9]+]]: memref<512xi8>
// CHECK-NOT: scf.for
// CHECK-DAG: %[[Z0:.+]] = arith.constant 3 : i32
// CHECK-DAG: %[[Z1:.+]] = arith.constant 4 : i32
// CHECK-DAG: %[[W0:.+]] = memref.get_global @w0
// CHECK-DAG: %[[W1:.+]] = memref.get_global @w1
// CHECK: %[[A:.+]] = memref.view
// CHECK: %[[B:.+]] = memref.view
// CHECK: call @kernel_first_conv(%[[A]], %[[W0]], %[[Z0]], %[[B]]) : (memref<64xi32>, memref<64xi32>, i32, memref<64xi32>) -> ()
// CHECK: call @kernel_first_conv(%[[B]], %[[W1]], %[[Z1]], %[[A]])
// CHECK: return
memref.global "private" constant @w0 : memref<64xi32> = dense<1> {alignment = 64 : i64}
memref.global "private" constant @w1 : memref<64xi32> = dense<2> {alignment = 64 : i64}
func.func @two_layers(%arena: memref<512xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %c256 = arith.constant 256 : index
  %z0 = arith.constant 3 : i32
  %z1 = arith.constant 4 : i32
  %w0 = memref.get_global @w0 : memref<64xi32>
  %w1 = memref.get_global @w1 : memref<64xi32>
  %a = memref.view %arena[%c0][] : memref<512xi8> to memref<64xi32>
  %b = memref.view %arena[%c256][] : memref<512xi8> to memref<64xi32>
  scf.for %i = %c0 to %c64 step %c1 {
    %x = memref.load %a[%i] : memref<64xi32>
    %w = memref.load %w0[%i] : memref<64xi32>
    %z = arith.addi %w, %z0 : i32
    %y = arith.muli %x, %z : i32
    memref.store %y, %b[%i] : memref<64xi32>
  } loc("first/conv")
  scf.for %i = %c0 to %c64 step %c1 {
    %x = memref.load %b[%i] : memref<64xi32>
    %w = memref.load %w1[%i] : memref<64xi32>
    %z = arith.addi %w, %z1 : i32
    %y = arith.muli %x, %z : i32
    memref.store %y, %a[%i] : memref<64xi32>
  } loc("second/conv")
  return
}

// -----

// The second nest computes in place: its buffers share bytes, so this may not
// be ruled out for either. The caller's memory is not known to be aligned. A
// constant that both read stays one.
// CHECK-LABEL: func.func private @kernel_
// CHECK-SAME: (%{{[^:]+}}: memref<64xi32>, %{{[^:]+}}: memref<64xi32> {llvm.align = 64 : i64})
// CHECK: memref.get_global @table
// CHECK-LABEL: func.func @one_in_place
memref.global "private" constant @table : memref<64xi32> = dense<1>
func.func @one_in_place(%x: memref<64xi32>, %arena: memref<256xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %t = memref.get_global @table : memref<64xi32>
  %a = memref.view %arena[%c0][] : memref<256xi8> to memref<64xi32>
  scf.for %i = %c0 to %c64 step %c1 {
    %v = memref.load %x[%i] : memref<64xi32>
    %w = memref.load %t[%i] : memref<64xi32>
    %s = arith.addi %v, %w : i32
    memref.store %s, %a[%i] : memref<64xi32>
  }
  scf.for %i = %c0 to %c64 step %c1 {
    %v = memref.load %a[%i] : memref<64xi32>
    %w = memref.load %t[%i] : memref<64xi32>
    %s = arith.addi %v, %w : i32
    memref.store %s, %a[%i] : memref<64xi32>
  }
  return
}

// -----

// Another bound is another kernel; so is one that reads the same buffer twice
// where the other reads two.
// CHECK-LABEL: func.func @nothing_in_common
// CHECK-NOT: call
func.func @nothing_in_common(%x: memref<64xi32>, %y: memref<64xi32>, %arena: memref<0xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c32 = arith.constant 32 : index
  %c64 = arith.constant 64 : index
  scf.for %i = %c0 to %c64 step %c1 {
    %0 = memref.load %x[%i] : memref<64xi32>
    memref.store %0, %x[%i] : memref<64xi32>
  }
  scf.for %i = %c0 to %c32 step %c1 {
    %0 = memref.load %x[%i] : memref<64xi32>
    memref.store %0, %x[%i] : memref<64xi32>
  }
  scf.for %i = %c0 to %c64 step %c1 {
    %0 = memref.load %x[%i] : memref<64xi32>
    memref.store %0, %y[%i] : memref<64xi32>
  }
  return
}

// -----

// The kernels of a team of threads.
// CHECK-LABEL: func.func private @kernel_
// CHECK: omp.wsloop
// CHECK-LABEL: func.func @team
// CHECK: omp.parallel
// CHECK: call @kernel_
// CHECK: omp.barrier
// CHECK: call @kernel_
func.func @team(%x: memref<64xi32>, %y: memref<64xi32>, %arena: memref<0xi8>) {
  %two = arith.constant 2 : i32
  omp.parallel num_threads(%two : i32) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    omp.wsloop nowait schedule(static) {
      omp.loop_nest (%i) : index = (%c0) to (%c64) step (%c1) {
        %0 = memref.load %x[%i] : memref<64xi32>
        memref.store %0, %y[%i] : memref<64xi32>
        omp.yield
      }
    }
    omp.barrier
    omp.wsloop nowait schedule(static) {
      omp.loop_nest (%i) : index = (%c0) to (%c64) step (%c1) {
        %0 = memref.load %y[%i] : memref<64xi32>
        memref.store %0, %x[%i] : memref<64xi32>
        omp.yield
      }
    }
    omp.terminator
  }
  return
}

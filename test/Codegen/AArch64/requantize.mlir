// The high word of a product of a factor that is never negative: `sqdmulh`, which
// saturates for nothing else than two factors of -2^31, shifted down by one.

// RUN: quant-opt %s --quantc-lower-qvec=isa=neon --verify-each | FileCheck %s
// RUN: quant-opt %s --quantc-lower-qvec=isa=i8mm --verify-each | FileCheck %s

// CHECK-LABEL: func.func @six_lanes
// CHECK-SAME: (%[[A:.+]]: vector<6xi32>, %[[B:.+]]: vector<6xi32>)
// CHECK-DAG: %[[ONE:.+]] = arith.constant dense<1> : vector<4xi32>
// CHECK: %[[TWICE:.+]] = llvm.call_intrinsic "llvm.aarch64.neon.sqdmulh.v4i32"
// CHECK: arith.shrsi %[[TWICE]], %[[ONE]]
// CHECK: %[[REST:.+]] = llvm.call_intrinsic "llvm.aarch64.neon.sqdmulh.v4i32"
// CHECK: arith.shrsi %[[REST]], %[[ONE]]
func.func @six_lanes(%a: vector<6xi32>, %b: vector<6xi32>) -> vector<6xi32> {
  %low, %high = arith.mulsi_extended %a, %b {qvec.nonnegative} : vector<6xi32>
  return %high : vector<6xi32>
}

// CHECK-LABEL: func.func @may_be_negative
// CHECK: arith.mulsi_extended
func.func @may_be_negative(%a: vector<4xi32>, %b: vector<4xi32>) -> vector<4xi32> {
  %low, %high = arith.mulsi_extended %a, %b : vector<4xi32>
  return %high : vector<4xi32>
}

// CHECK-LABEL: func.func @low_word
// CHECK: arith.mulsi_extended
func.func @low_word(%a: vector<4xi32>, %b: vector<4xi32>) -> (vector<4xi32>, vector<4xi32>) {
  %low, %high = arith.mulsi_extended %a, %b {qvec.nonnegative} : vector<4xi32>
  return %low, %high : vector<4xi32>, vector<4xi32>
}

// Twice the high word, and twice what is added to it: half of their sum.
// CHECK-LABEL: func.func @sum
// CHECK-SAME: (%[[A:.+]]: vector<4xi32>, %[[B:.+]]: vector<4xi32>, %[[C:.+]]: vector<4xi32>)
// CHECK-DAG: %[[ONE:.+]] = arith.constant dense<1> : vector<4xi32>
// CHECK: %[[TWICE:.+]] = llvm.call_intrinsic "llvm.aarch64.neon.sqdmulh.v4i32"(%[[A]], %[[B]])
// CHECK: %[[DOUBLE:.+]] = arith.shli %[[C]], %[[ONE]]
// CHECK: %[[SUM:.+]] = llvm.call_intrinsic "llvm.aarch64.neon.shadd.v4i32"(%[[TWICE]], %[[DOUBLE]])
// CHECK: return %[[SUM]]
func.func @sum(%a: vector<4xi32>, %b: vector<4xi32>, %c: vector<4xi32>) -> vector<4xi32> {
  %low, %high = arith.mulsi_extended %a, %b {qvec.nonnegative} : vector<4xi32>
  %0 = arith.addi %high, %c {qvec.doubles} : vector<4xi32>
  return %0 : vector<4xi32>
}

// The high word is read elsewhere, or doubling may wrap.
// CHECK-LABEL: func.func @high_word_too
// CHECK-NOT: shadd
// CHECK: arith.addi
// CHECK-LABEL: func.func @may_wrap
// CHECK-NOT: shadd
// CHECK: arith.addi
func.func @high_word_too(%a: vector<4xi32>, %b: vector<4xi32>, %c: vector<4xi32>) -> (vector<4xi32>, vector<4xi32>) {
  %low, %high = arith.mulsi_extended %a, %b {qvec.nonnegative} : vector<4xi32>
  %0 = arith.addi %high, %c {qvec.doubles} : vector<4xi32>
  return %0, %high : vector<4xi32>, vector<4xi32>
}
func.func @may_wrap(%a: vector<4xi32>, %b: vector<4xi32>, %c: vector<4xi32>) -> vector<4xi32> {
  %low, %high = arith.mulsi_extended %a, %b {qvec.nonnegative} : vector<4xi32>
  %0 = arith.addi %high, %c : vector<4xi32>
  return %0 : vector<4xi32>
}

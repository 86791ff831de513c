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

// What dot products become on each row of the ISA table for AArch64. That all of
// it means the same is executed under an emulator, and in the unit tests.

// RUN: quant-opt %s --quantc-lower-qvec=isa=i8mm --verify-each | FileCheck %s --check-prefixes=CHECK,I8MM
// RUN: quant-opt %s --quantc-lower-qvec=isa=dotprod --verify-each | FileCheck %s --check-prefixes=CHECK,DOT
// RUN: quant-opt %s --quantc-lower-qvec=isa=neon --verify-each | FileCheck %s --check-prefixes=CHECK,NEON

// The weights come first: the second factor may be one lane of a register.
// CHECK-LABEL: func.func @four_lanes
// I8MM-SAME: (%[[ACC:.+]]: vector<4xi32>, %[[A:.+]]: vector<16xi8>, %[[W:.+]]: vector<16xi8>)
// I8MM-NEXT: llvm.call_intrinsic "llvm.aarch64.neon.sdot.v4i32.v16i8"(%[[ACC]], %[[W]], %[[A]])
// DOT-SAME: (%[[ACC:.+]]: vector<4xi32>, %[[A:.+]]: vector<16xi8>, %[[W:.+]]: vector<16xi8>)
// DOT-NEXT: llvm.call_intrinsic "llvm.aarch64.neon.sdot.v4i32.v16i8"(%[[ACC]], %[[W]], %[[A]])
// NEON: arith.muli
func.func @four_lanes(%acc: vector<4xi32>, %a: vector<16xi8>, %w: vector<16xi8>) -> vector<4xi32> {
  %0 = qvec.dot %acc, %a, %w : vector<4xi32>, vector<16xi8>
  return %0 : vector<4xi32>
}

// A part of a register, and more than one.
// CHECK-LABEL: func.func @three_lanes
// DOT: %[[SUM:.+]] = llvm.call_intrinsic "llvm.aarch64.neon.sdot.v4i32.v16i8"
// DOT: vector.extract_strided_slice %[[SUM]] {offsets = [0], sizes = [3]
// CHECK-LABEL: func.func @five_lanes
// DOT-NOT: llvm.call_intrinsic
func.func @three_lanes(%acc: vector<3xi32>, %a: vector<12xi8>, %w: vector<12xi8>) -> vector<3xi32> {
  %0 = qvec.dot %acc, %a, %w : vector<3xi32>, vector<12xi8>
  return %0 : vector<3xi32>
}
func.func @five_lanes(%acc: vector<5xi32>, %a: vector<20xi8>, %w: vector<20xi8>) -> vector<5xi32> {
  %0 = qvec.dot %acc, %a, %w : vector<5xi32>, vector<20xi8>
  return %0 : vector<5xi32>
}

// Both sides are signed.
// CHECK-LABEL: func.func @unsigned_left
// CHECK-NOT: llvm.call_intrinsic
func.func @unsigned_left(%acc: vector<4xi32>, %a: vector<16xi8>, %w: vector<16xi8>) -> vector<4xi32> {
  %0 = qvec.dot %acc, %a, %w {lhs_unsigned} : vector<4xi32>, vector<16xi8>
  return %0 : vector<4xi32>
}

// CHECK-LABEL: func.func @pairs
// I8MM-SAME: (%[[ACC:.+]]: vector<4xi32>, %[[A:.+]]: vector<16xi8>, %[[W:.+]]: vector<16xi8>)
// I8MM-NEXT: llvm.call_intrinsic "llvm.aarch64.neon.smmla.v4i32.v16i8"(%[[ACC]], %[[A]], %[[W]])
// DOT: arith.muli
// NEON: arith.muli
func.func @pairs(%acc: vector<4xi32>, %a: vector<16xi8>, %w: vector<16xi8>) -> vector<4xi32> {
  %0 = qvec.dot_pairs %acc, %a, %w : vector<4xi32>, vector<16xi8>
  return %0 : vector<4xi32>
}

// CHECK-LABEL: func.func @halves
// NEON: %[[LOW:.+]] = llvm.call_intrinsic "llvm.aarch64.neon.smull.v8i16"
// NEON: %[[HIGH:.+]] = llvm.call_intrinsic "llvm.aarch64.neon.smull.v8i16"
// NEON: %[[PRODUCTS:.+]] = arith.addi %[[LOW]], %[[HIGH]] : vector<8xi16>
// NEON: %[[PAIRS:.+]] = llvm.call_intrinsic "llvm.aarch64.neon.saddlp.v4i32.v8i16"(%[[PRODUCTS]])
// NEON: arith.addi %{{.+}}, %[[PAIRS]] : vector<4xi32>
func.func @halves(%acc: vector<4xi32>, %a: vector<16xi8>, %w: vector<16xi8>) -> vector<4xi32> {
  %0 = qvec.dot_halves %acc, %a, %w : vector<4xi32>, vector<16xi8>
  return %0 : vector<4xi32>
}

// CHECK-NOT: qvec.

// Loads stay behind what is in registers, on every row; any other vector is left
// out.
// CHECK-LABEL: func.func @stay_after
// CHECK: llvm.inline_asm "", "=r,0,r,w,w" %{{.+}}, %{{.+}}, %arg2, %arg3 : (i64, i64, vector<4xi32>, vector<16xi8>) -> i64
// CHECK-LABEL: func.func @stay_after_eight_words
// CHECK: llvm.inline_asm "", "=r,0,r" %{{.+}}, %{{.+}} : (i64, i64) -> i64
func.func @stay_after(%index: index, %x: index, %a: vector<4xi32>, %b: vector<16xi8>) -> index {
  %0 = qvec.stay %index in %x after %a, %b : vector<4xi32>, vector<16xi8>
  return %0 : index
}
func.func @stay_after_eight_words(%index: index, %x: index, %a: vector<8xi32>) -> index {
  %0 = qvec.stay %index in %x after %a : vector<8xi32>
  return %0 : index
}

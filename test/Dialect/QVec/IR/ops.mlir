// The operations of qvec, written, read and written again.

// RUN: quant-opt %s --verify-each | FileCheck %s
// RUN: quant-opt %s --mlir-print-op-generic | quant-opt | FileCheck %s

// One register of AVX-512: 16 accumulators, 64 bytes on each side.
// CHECK-LABEL: func.func @dot
// CHECK-SAME: (%[[ACC:.+]]: vector<16xi32>, %[[LHS:.+]]: vector<64xi8>, %[[RHS:.+]]: vector<64xi8>)
// CHECK-NEXT: qvec.dot %[[ACC]], %[[LHS]], %[[RHS]] : vector<16xi32>, vector<64xi8>
func.func @dot(%acc: vector<16xi32>, %a: vector<64xi8>, %w: vector<64xi8>) -> vector<16xi32> {
  %0 = qvec.dot %acc, %a, %w : vector<16xi32>, vector<64xi8>
  return %0 : vector<16xi32>
}

// Each side says for itself whether its bytes are unsigned.
// CHECK-LABEL: func.func @signedness
// CHECK: qvec.dot {{.*}} {lhs_unsigned} : vector<4xi32>, vector<16xi8>
// CHECK: qvec.dot {{.*}} {rhs_unsigned} : vector<4xi32>, vector<16xi8>
// CHECK: qvec.dot {{.*}} {lhs_unsigned, rhs_unsigned} : vector<4xi32>, vector<16xi8>
func.func @signedness(%acc: vector<4xi32>, %a: vector<16xi8>, %w: vector<16xi8>) -> vector<4xi32> {
  %0 = qvec.dot %acc, %a, %w {lhs_unsigned} : vector<4xi32>, vector<16xi8>
  %1 = qvec.dot %0, %a, %w {rhs_unsigned} : vector<4xi32>, vector<16xi8>
  %2 = qvec.dot %1, %a, %w {lhs_unsigned, rhs_unsigned} : vector<4xi32>, vector<16xi8>
  return %2 : vector<4xi32>
}

// Lanes are not bound to a register: one, and an odd number.
// CHECK-LABEL: func.func @any_lanes
// CHECK: qvec.dot {{.*}} : vector<1xi32>, vector<4xi8>
// CHECK: qvec.dot {{.*}} : vector<5xi32>, vector<20xi8>
func.func @any_lanes(%acc1: vector<1xi32>, %a1: vector<4xi8>, %acc5: vector<5xi32>, %a5: vector<20xi8>) -> (vector<1xi32>, vector<5xi32>) {
  %0 = qvec.dot %acc1, %a1, %a1 : vector<1xi32>, vector<4xi8>
  %1 = qvec.dot %acc5, %a5, %a5 : vector<5xi32>, vector<20xi8>
  return %0, %1 : vector<1xi32>, vector<5xi32>
}

// CHECK-LABEL: func.func @dot_words
// CHECK-SAME: (%[[ACC:.+]]: vector<8xi32>, %[[LHS:.+]]: vector<16xi16>, %[[RHS:.+]]: vector<16xi16>)
// CHECK-NEXT: qvec.dot_words %[[ACC]], %[[LHS]], %[[RHS]] : vector<8xi32>, vector<16xi16>
func.func @dot_words(%acc: vector<8xi32>, %a: vector<16xi16>, %w: vector<16xi16>) -> vector<8xi32> {
  %0 = qvec.dot_words %acc, %a, %w : vector<8xi32>, vector<16xi16>
  return %0 : vector<8xi32>
}

// Words to bytes, in both signednesses, and double words to words.
// CHECK-LABEL: func.func @pack
// CHECK: qvec.pack %{{.+}}, %{{.+}} : vector<16xi32> to vector<32xi16>
// CHECK: qvec.pack %{{.+}}, %{{.+}} : vector<32xi16> to vector<64xi8>
// CHECK: qvec.pack %{{.+}}, %{{.+}} {result_unsigned} : vector<32xi16> to vector<64xi8>
func.func @pack(%a: vector<16xi32>, %b: vector<16xi32>) -> (vector<64xi8>, vector<64xi8>) {
  %0 = qvec.pack %a, %b : vector<16xi32> to vector<32xi16>
  %1 = qvec.pack %0, %0 : vector<32xi16> to vector<64xi8>
  %2 = qvec.pack %0, %0 {result_unsigned} : vector<32xi16> to vector<64xi8>
  return %1, %2 : vector<64xi8>, vector<64xi8>
}

// CHECK-LABEL: func.func @stay
// CHECK-SAME: (%[[INDEX:.+]]: index, %[[X:.+]]: index)
// CHECK-NEXT: qvec.stay %[[INDEX]] in %[[X]]
func.func @stay(%index: index, %x: index) -> index {
  %0 = qvec.stay %index in %x
  return %0 : index
}

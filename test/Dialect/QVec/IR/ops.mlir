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

// CHECK-LABEL: func.func @blocks
// CHECK: qvec.dot_pairs %{{.+}}, %{{.+}}, %{{.+}} : vector<4xi32>, vector<16xi8>
// CHECK: qvec.dot_halves %{{.+}}, %{{.+}}, %{{.+}} : vector<4xi32>, vector<16xi8>
func.func @blocks(%acc: vector<4xi32>, %a: vector<16xi8>, %w: vector<16xi8>) -> vector<4xi32> {
  %0 = qvec.dot_pairs %acc, %a, %w : vector<4xi32>, vector<16xi8>
  %1 = qvec.dot_halves %0, %a, %w : vector<4xi32>, vector<16xi8>
  return %1 : vector<4xi32>
}

// CHECK-LABEL: func.func @stay
// CHECK-SAME: (%[[INDEX:.+]]: index, %[[X:.+]]: index)
// CHECK-NEXT: qvec.stay %[[INDEX]] in %[[X]]
func.func @stay(%index: index, %x: index) -> index {
  %0 = qvec.stay %index in %x
  return %0 : index
}

// CHECK-LABEL: func.func @stay_after
// CHECK-SAME: (%[[INDEX:.+]]: index, %[[X:.+]]: index, %[[A:.+]]: vector<4xi32>, %[[B:.+]]: vector<16xi8>)
// CHECK-NEXT: qvec.stay %[[INDEX]] in %[[X]] after %[[A]], %[[B]] : vector<4xi32>, vector<16xi8>
func.func @stay_after(%index: index, %x: index, %a: vector<4xi32>, %b: vector<16xi8>) -> index {
  %0 = qvec.stay %index in %x after %a, %b : vector<4xi32>, vector<16xi8>
  return %0 : index
}

// One entry for each byte.
// CHECK-LABEL: func.func @lookup
// CHECK-SAME: (%[[X:.+]]: vector<64xi8>)
// CHECK-NEXT: qvec.lookup %[[X]] {table = array<i8: -125, -118, {{.*}}>} : vector<64xi8>
func.func @lookup(%x: vector<64xi8>) -> vector<64xi8> {
  %0 = qvec.lookup %x {table = array<i8: -125, -118, -111, -104, -97, -90, -83, -76, -69, -62, -55, -48, -41, -34, -27, -20, -13, -6, 1, 8, 15, 22, 29, 36, 43, 50, 57, 64, 71, 78, 85, 92, 99, 106, 113, 120, 127, -122, -115, -108, -101, -94, -87, -80, -73, -66, -59, -52, -45, -38, -31, -24, -17, -10, -3, 4, 11, 18, 25, 32, 39, 46, 53, 60, 67, 74, 81, 88, 95, 102, 109, 116, 123, -126, -119, -112, -105, -98, -91, -84, -77, -70, -63, -56, -49, -42, -35, -28, -21, -14, -7, 0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 98, 105, 112, 119, 126, -123, -116, -109, -102, -95, -88, -81, -74, -67, -60, -53, -46, -39, -32, -25, -18, -11, -4, 3, 10, 17, 24, 31, 38, 45, 52, 59, 66, 73, 80, 87, 94, 101, 108, 115, 122, -127, -120, -113, -106, -99, -92, -85, -78, -71, -64, -57, -50, -43, -36, -29, -22, -15, -8, -1, 6, 13, 20, 27, 34, 41, 48, 55, 62, 69, 76, 83, 90, 97, 104, 111, 118, 125, -124, -117, -110, -103, -96, -89, -82, -75, -68, -61, -54, -47, -40, -33, -26, -19, -12, -5, 2, 9, 16, 23, 30, 37, 44, 51, 58, 65, 72, 79, 86, 93, 100, 107, 114, 121, -128, -121, -114, -107, -100, -93, -86, -79, -72, -65, -58, -51, -44, -37, -30, -23, -16, -9, -2, 5, 12, 19, 26, 33, 40, 47, 54, 61, 68, 75, 82, 89, 96, 103, 110, 117, 124>} : vector<64xi8>
  return %0 : vector<64xi8>
}

// CHECK-LABEL: func @tiles
func.func @tiles(%x: tensor<14x1024xi8>, %w: memref<2x12x128xi8>, %sums: memref<32x32xi32>, %i: index) {
  // CHECK: %[[ZERO:.*]] = qvec.tile_zero : !qvec.tile<14x16xi32>
  %0 = qvec.tile_zero : !qvec.tile<14x16xi32>
  // CHECK: %[[ROWS:.*]] = qvec.tile_load %{{.*}}[%{{.*}}, %{{.*}}] along 1 by 64 : tensor<14x1024xi8>, !qvec.tile<14x48xi8>
  %1 = qvec.tile_load %x[%i, %i] along 1 by 64 : tensor<14x1024xi8>, !qvec.tile<14x48xi8>
  // CHECK: %[[COLUMNS:.*]] = qvec.tile_load %{{.*}}[%{{.*}}, %{{.*}}, %{{.*}}] along 1 by 1 : memref<2x12x128xi8>, !qvec.tile<12x64xi8>
  %2 = qvec.tile_load %w[%i, %i, %i] along 1 by 1 : memref<2x12x128xi8>, !qvec.tile<12x64xi8>
  // CHECK: %[[SUMS:.*]] = qvec.tile_dot %[[ZERO]], %[[ROWS]], %[[COLUMNS]] {lhs_unsigned} : !qvec.tile<14x16xi32>, !qvec.tile<14x48xi8>, !qvec.tile<12x64xi8>
  %3 = qvec.tile_dot %0, %1, %2 {lhs_unsigned} : !qvec.tile<14x16xi32>, !qvec.tile<14x48xi8>, !qvec.tile<12x64xi8>
  // CHECK: qvec.tile_store %[[SUMS]], %{{.*}}[%{{.*}}, %{{.*}}] : !qvec.tile<14x16xi32>, memref<32x32xi32>
  qvec.tile_store %3, %sums[%i, %i] : !qvec.tile<14x16xi32>, memref<32x32xi32>
  return
}

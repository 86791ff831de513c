// What narrowing, dot products of words, indices that stay and rows of results
// become. That all forms mean the same is executed in the unit tests.

// RUN: quant-opt %s --quantc-lower-qvec --verify-each | FileCheck %s --check-prefixes=CHECK,GENERIC
// RUN: quant-opt %s --quantc-lower-qvec=isa=sse2 --verify-each | FileCheck %s --check-prefixes=CHECK,SSE2
// RUN: quant-opt %s --quantc-lower-qvec=isa=avx2 --verify-each | FileCheck %s --check-prefixes=CHECK,AVX2
// RUN: quant-opt %s --quantc-lower-qvec=isa=avx512 --verify-each | FileCheck %s --check-prefixes=CHECK,AVX512

// GENERIC-LABEL: func.func @pack_double_words
// GENERIC-SAME: (%[[A:.+]]: vector<8xi32>, %[[B:.+]]: vector<8xi32>)
// GENERIC-DAG: %[[LOW:.+]] = arith.constant dense<-32768> : vector<8xi32>
// GENERIC-DAG: %[[HIGH:.+]] = arith.constant dense<32767> : vector<8xi32>
// GENERIC: arith.maxsi %{{.+}}, %[[LOW]]
// GENERIC: arith.minsi %{{.+}}, %[[HIGH]]
// GENERIC: arith.trunci %{{.+}} : vector<8xi32> to vector<8xi16>
// The first 128 bits of both, then the second ones.
// GENERIC: vector.shuffle %{{.+}}, %{{.+}} [0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15]

// No register of the oldest row is so wide.
// SSE2-LABEL: func.func @pack_double_words
// SSE2: arith.trunci
// AVX2-LABEL: func.func @pack_double_words
// AVX2-SAME: (%[[A:.+]]: vector<8xi32>, %[[B:.+]]: vector<8xi32>)
// AVX2-NEXT: llvm.call_intrinsic "llvm.x86.avx2.packssdw"(%[[A]], %[[B]]) : (vector<8xi32>, vector<8xi32>) -> vector<16xi16>
func.func @pack_double_words(%a: vector<8xi32>, %b: vector<8xi32>) -> vector<16xi16> {
  %0 = qvec.pack %a, %b : vector<8xi32> to vector<16xi16>
  return %0 : vector<16xi16>
}

// GENERIC-LABEL: func.func @pack_words
// GENERIC-DAG: arith.constant dense<255> : vector<8xi16>
// GENERIC-DAG: arith.constant dense<127> : vector<8xi16>
// GENERIC-DAG: arith.constant dense<-128> : vector<8xi16>
// SSE2-LABEL: func.func @pack_words
// SSE2: llvm.call_intrinsic "llvm.x86.sse2.packuswb.128"
// SSE2: llvm.call_intrinsic "llvm.x86.sse2.packsswb.128"
// AVX512-LABEL: func.func @pack_words
// AVX512: llvm.call_intrinsic "llvm.x86.sse2.packuswb.128"
func.func @pack_words(%a: vector<8xi16>) -> (vector<16xi8>, vector<16xi8>) {
  %0 = qvec.pack %a, %a {result_unsigned} : vector<8xi16> to vector<16xi8>
  %1 = qvec.pack %a, %a : vector<8xi16> to vector<16xi8>
  return %0, %1 : vector<16xi8>, vector<16xi8>
}

// `packusdw` is younger than the oldest row: the generic form on all.
// CHECK-LABEL: func.func @pack_unsigned_double_words
// CHECK-NOT: llvm.call_intrinsic
// CHECK: arith.trunci
func.func @pack_unsigned_double_words(%a: vector<4xi32>) -> vector<8xi16> {
  %0 = qvec.pack %a, %a {result_unsigned} : vector<4xi32> to vector<8xi16>
  return %0 : vector<8xi16>
}

// GENERIC-LABEL: func.func @dot_words
// GENERIC: %[[P:.+]] = arith.muli %{{.+}}, %{{.+}} : vector<32xi32>
// GENERIC: vector.shuffle %[[P]], %[[P]] [0, 2, 4,
// GENERIC: vector.shuffle %[[P]], %[[P]] [1, 3, 5,
// AVX2-LABEL: func.func @dot_words
// AVX2-NOT: llvm.call_intrinsic
// AVX512-LABEL: func.func @dot_words
// AVX512-SAME: (%[[ACC:.+]]: vector<16xi32>, %[[A:.+]]: vector<32xi16>, %[[W:.+]]: vector<32xi16>)
// AVX512-NEXT: %[[P:.+]] = llvm.call_intrinsic "llvm.x86.avx512.pmaddw.d.512"(%[[A]], %[[W]])
// AVX512-NEXT: arith.addi %[[ACC]], %[[P]]
func.func @dot_words(%acc: vector<16xi32>, %a: vector<32xi16>, %w: vector<32xi16>) -> vector<16xi32> {
  %0 = qvec.dot_words %acc, %a, %w : vector<16xi32>, vector<32xi16>
  return %0 : vector<16xi32>
}

// No instruction at all, on any target.
// CHECK-LABEL: func.func @stay
// CHECK-SAME: (%[[INDEX:.+]]: index, %[[X:.+]]: index)
// CHECK-DAG: %[[I:.+]] = arith.index_cast %[[INDEX]] : index to i64
// CHECK-DAG: %[[N:.+]] = arith.index_cast %[[X]] : index to i64
// CHECK: %[[R:.+]] = llvm.inline_asm "", "=r,0,r" %[[I]], %[[N]] : (i64, i64) -> i64
// CHECK: arith.index_cast %[[R]] : i64 to index
func.func @stay(%index: index, %x: index) -> index {
  %0 = qvec.stay %index in %x
  return %0 : index
}

// Loads stay behind what is in registers; any other vector is left out.
// CHECK-LABEL: func.func @stay_after
// SSE2: llvm.inline_asm "", "=r,0,r,v" %{{.+}}, %{{.+}}, %arg2 : (i64, i64, vector<4xi32>) -> i64
// AVX2: llvm.inline_asm "", "=r,0,r,v,v" %{{.+}}, %{{.+}}, %arg2, %arg3 : (i64, i64, vector<4xi32>, vector<8xf32>) -> i64
// AVX512: llvm.inline_asm "", "=r,0,r,v,v" %{{.+}}, %{{.+}}, %arg2, %arg3 : (i64, i64, vector<4xi32>, vector<8xf32>) -> i64
func.func @stay_after(%index: index, %x: index, %a: vector<4xi32>, %b: vector<8xf32>, %c: vector<10xi32>) -> index {
  %0 = qvec.stay %index in %x after %a, %b, %c : vector<4xi32>, vector<8xf32>, vector<10xi32>
  return %0 : index
}

// Whole rows, one behind the other, are one run of bytes. Rows that lie apart
// stay what they are.
// CHECK-LABEL: func.func @rows
// CHECK-SAME: %[[DEST:[^:]+]]: memref<3x8x16xi8>
// CHECK-SAME: %[[APART:[^:]+]]: memref<3x8x16xi8, strided<[384, 48, 1]>>
// CHECK: %[[FLAT:.+]] = memref.collapse_shape %[[DEST]] {{.*}} : memref<3x8x16xi8> into memref<3x128xi8>
// CHECK: vector.transfer_write %{{.+}}, %[[FLAT]]{{.*}} : vector<64xi8>, memref<3x128xi8>
// CHECK: vector.transfer_write %{{.+}}, %[[APART]]{{.*}} : vector<4x16xi8>
func.func @rows(%rows: vector<64xi8>, %i: index, %dest: memref<3x8x16xi8>, %apart: memref<3x8x16xi8, strided<[384, 48, 1]>>) {
  %zero = arith.constant 0 : index
  %0 = vector.shape_cast %rows : vector<64xi8> to vector<4x16xi8>
  vector.transfer_write %0, %dest[%i, %i, %zero] {in_bounds = [true, true]} : vector<4x16xi8>, memref<3x8x16xi8>
  vector.transfer_write %0, %apart[%i, %i, %zero] {in_bounds = [true, true]} : vector<4x16xi8>, memref<3x8x16xi8, strided<[384, 48, 1]>>
  return
}

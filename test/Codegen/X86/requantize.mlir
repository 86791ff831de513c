// The vector arithmetic of a requantize on the rows of the ISA table. That all
// of it means the same is executed in the unit tests.

// RUN: quant-opt %s --quantc-lower-qvec --verify-each | FileCheck %s --check-prefix=GENERIC
// RUN: quant-opt %s --quantc-lower-qvec=isa=sse2 --verify-each | FileCheck %s --check-prefix=SSE2
// RUN: quant-opt %s --quantc-lower-qvec=isa=sse41 --verify-each | FileCheck %s --check-prefix=SSE41
// RUN: quant-opt %s --quantc-lower-qvec=isa=avx2 --verify-each | FileCheck %s --check-prefix=AVX2
// RUN: quant-opt %s --quantc-lower-qvec=isa=avx512vnni --verify-each | FileCheck %s --check-prefix=AVX512
// RUN: quant-opt %s --quantc-lower-qvec=isa=sse41 --canonicalize --cse | FileCheck %s --check-prefix=PACKS

// Even elements are extended from the low words of 64 bits, odd ones from the
// high words; the high word of an odd product is where it belongs.
// GENERIC-LABEL: func.func @high_words
// GENERIC: arith.mulsi_extended

// SSE41-LABEL: func.func @high_words
// SSE41-SAME: (%[[A:.+]]: vector<4xi32>, %[[M:.+]]: vector<4xi32>)
// SSE41: %[[AW:.+]] = vector.bitcast %[[A]] : vector<4xi32> to vector<2xi64>
// SSE41: %[[AU:.+]] = arith.shli %[[AW]]
// SSE41: %[[AE:.+]] = arith.shrsi %[[AU]]
// SSE41: %[[ME:.+]] = arith.shrsi
// SSE41: %[[PE:.+]] = arith.muli %[[AE]], %[[ME]] : vector<2xi64>
// SSE41: %[[EVEN:.+]] = vector.bitcast %[[PE]] : vector<2xi64> to vector<4xi32>
// SSE41: %[[AO:.+]] = arith.shrsi
// SSE41: %[[MO:.+]] = arith.shrsi
// SSE41: %[[PO:.+]] = arith.muli %[[AO]], %[[MO]] : vector<2xi64>
// SSE41: %[[ODD:.+]] = vector.bitcast %[[PO]] : vector<2xi64> to vector<4xi32>
// SSE41: %[[H:.+]] = vector.shuffle %[[EVEN]], %[[ODD]] [1, 5, 3, 7]
// SSE41: return %[[H]]

// SSE2 multiplies unsigned words only: two corrections for the signs.
// SSE2-LABEL: func.func @high_words
// SSE2-SAME: (%[[A:.+]]: vector<4xi32>, %[[M:.+]]: vector<4xi32>)
// SSE2-COUNT-4: arith.shrui
// SSE2: %[[H:.+]] = vector.shuffle %{{.+}}, %{{.+}} [1, 5, 3, 7]
// SSE2: %[[AS:.+]] = arith.shrsi %[[A]]
// SSE2: %[[AX:.+]] = arith.andi %[[AS]], %[[M]]
// SSE2: %[[H1:.+]] = arith.subi %[[H]], %[[AX]]
// SSE2: %[[MS:.+]] = arith.shrsi %[[M]]
// SSE2: %[[MX:.+]] = arith.andi %[[MS]], %[[A]]
// SSE2: arith.subi %[[H1]], %[[MX]]
func.func @high_words(%a: vector<4xi32>, %m: vector<4xi32>) -> vector<4xi32> {
  %low, %high = arith.mulsi_extended %a, %m : vector<4xi32>
  return %high : vector<4xi32>
}

// 20 elements: a register and a quarter of one.
// AVX512-LABEL: func.func @high_words_of_part_of_a_register
// AVX512: arith.muli %{{.+}} : vector<8xi64>
// AVX512: vector.shuffle {{.*}} : vector<16xi32>, vector<16xi32>
// AVX512: arith.muli %{{.+}} : vector<2xi64>
// AVX512-NOT: mulsi_extended
func.func @high_words_of_part_of_a_register(%a: vector<20xi32>, %m: vector<20xi32>) -> vector<20xi32> {
  %low, %high = arith.mulsi_extended %a, %m : vector<20xi32>
  return %high : vector<20xi32>
}

// Both words: no part of a requantize.
// AVX512-LABEL: func.func @both_words
// AVX512: arith.mulsi_extended
func.func @both_words(%a: vector<16xi32>) -> (vector<16xi32>, vector<16xi32>) {
  %low, %high = arith.mulsi_extended %a, %a : vector<16xi32>
  return %low, %high : vector<16xi32>, vector<16xi32>
}

// Two registers of AVX-512: the packs clamp. Four bytes of each side in every
// 128 bits are brought together.
// AVX512-LABEL: func.func @clamp_unsigned
// AVX512: %[[W:.+]] = llvm.call_intrinsic "llvm.x86.avx512.packssdw.512"(%{{.+}}, %{{.+}})
// AVX512: %[[B:.+]] = llvm.call_intrinsic "llvm.x86.avx512.packuswb.512"(%[[W]], %[[W]])
// AVX512: vector.shuffle %{{.+}}, %{{.+}} [0, 4, 8, 12, 1, 5, 9, 13]
// AVX512-NOT: arith.m
// AVX512: return

// Four of AVX2.
// AVX2-LABEL: func.func @clamp_unsigned
// AVX2: %[[LOW:.+]] = llvm.call_intrinsic "llvm.x86.avx2.packssdw"
// AVX2: %[[HIGH:.+]] = llvm.call_intrinsic "llvm.x86.avx2.packssdw"
// AVX2: %[[B:.+]] = llvm.call_intrinsic "llvm.x86.avx2.packuswb"(%[[LOW]], %[[HIGH]])
// AVX2: vector.shuffle %{{.+}}, %{{.+}} [0, 4, 1, 5, 2, 6, 3, 7]

// GENERIC-LABEL: func.func @clamp_unsigned
// GENERIC: arith.trunci
func.func @clamp_unsigned(%x: vector<32xi32>) -> vector<32xi8> {
  %low = arith.constant dense<0> : vector<32xi32>
  %high = arith.constant dense<255> : vector<32xi32>
  %0 = arith.maxsi %x, %low : vector<32xi32>
  %1 = arith.minsi %0, %high : vector<32xi32>
  %2 = arith.trunci %1 : vector<32xi32> to vector<32xi8>
  return %2 : vector<32xi8>
}

// What a fused activation clamps further is clamped on bytes.
// AVX512-LABEL: func.func @clamp_signed_part
// AVX512: llvm.call_intrinsic "llvm.x86.avx512.packsswb.512"
// AVX512: %[[R:.+]] = arith.maxsi %{{.+}}, %{{.+}} : vector<32xi8>
// AVX512: return %[[R]]
func.func @clamp_signed_part(%x: vector<32xi32>) -> vector<32xi8> {
  %low = arith.constant dense<-3> : vector<32xi32>
  %high = arith.constant dense<127> : vector<32xi32>
  %0 = arith.maxsi %x, %low : vector<32xi32>
  %1 = arith.minsi %0, %high : vector<32xi32>
  %2 = arith.trunci %1 : vector<32xi32> to vector<32xi8>
  return %2 : vector<32xi8>
}

// Bounds that no byte has stay where they are.
// AVX512-LABEL: func.func @clamp_across_signs
// AVX512: arith.maxsi
// AVX512: %[[C:.+]] = arith.minsi
// AVX512-NEXT: arith.trunci %[[C]]
func.func @clamp_across_signs(%x: vector<32xi32>) -> vector<32xi8> {
  %low = arith.constant dense<-3> : vector<32xi32>
  %high = arith.constant dense<200> : vector<32xi32>
  %0 = arith.maxsi %x, %low : vector<32xi32>
  %1 = arith.minsi %0, %high : vector<32xi32>
  %2 = arith.trunci %1 : vector<32xi32> to vector<32xi8>
  return %2 : vector<32xi8>
}

// A kernel that packs by itself: its clamp goes, or goes behind the packs.
// PACKS-LABEL: func.func @clamp_before_packs
// PACKS-SAME: (%[[X:.+]]: vector<4xi32>)
// PACKS: %[[W:.+]] = llvm.call_intrinsic "llvm.x86.sse2.packssdw.128"(%[[X]], %[[X]])
// PACKS: %[[B:.+]] = llvm.call_intrinsic "llvm.x86.sse2.packuswb.128"(%[[W]], %{{.+}})
// PACKS: arith.minui %[[B]], %{{.+}} : vector<16xi8>
func.func @clamp_before_packs(%x: vector<4xi32>) -> vector<16xi8> {
  %low = arith.constant dense<0> : vector<4xi32>
  %high = arith.constant dense<99> : vector<4xi32>
  %0 = arith.maxsi %x, %low : vector<4xi32>
  %1 = arith.minsi %0, %high : vector<4xi32>
  %2 = qvec.pack %1, %1 : vector<4xi32> to vector<8xi16>
  %3 = qvec.pack %2, %2 {result_unsigned} : vector<8xi16> to vector<16xi8>
  return %3 : vector<16xi8>
}

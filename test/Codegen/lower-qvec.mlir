// What a dot product becomes on each row of the ISA table. That all of it means
// the same is executed in the unit tests.

// RUN: quant-opt %s --quantc-lower-qvec --verify-each | FileCheck %s --check-prefix=GENERIC
// RUN: quant-opt %s --quantc-lower-qvec=isa=sse2 --verify-each | FileCheck %s --check-prefix=SSE2
// RUN: quant-opt %s --quantc-lower-qvec=isa=avx2 --verify-each | FileCheck %s --check-prefix=AVX2
// RUN: quant-opt %s --quantc-lower-qvec=isa=avx512 --verify-each | FileCheck %s --check-prefix=AVX512
// RUN: quant-opt %s --quantc-lower-qvec=isa=avxvnni --verify-each | FileCheck %s --check-prefix=AVXVNNI
// RUN: quant-opt %s --quantc-lower-qvec=isa=avx512vnni --verify-each | FileCheck %s --check-prefix=AVX512VNNI
// RUN: not quant-opt %s --quantc-lower-qvec=isa=mmx 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// UNKNOWN: error: unknown isa 'mmx'

// 4 accumulators are a full register of SSE2. Where there is no instruction all
// products are widened and every fourth is added.
// GENERIC-LABEL: func.func @four_lanes
// GENERIC-SAME: (%[[ACC:.+]]: vector<4xi32>, %[[A:.+]]: vector<16xi8>, %[[W:.+]]: vector<16xi8>)
// GENERIC-DAG: %[[WIDEA:.+]] = arith.extui %[[A]] : vector<16xi8> to vector<16xi32>
// GENERIC-DAG: %[[WIDEW:.+]] = arith.extsi %[[W]] : vector<16xi8> to vector<16xi32>
// GENERIC: %[[P:.+]] = arith.muli %[[WIDEA]], %[[WIDEW]] : vector<16xi32>
// GENERIC: vector.shuffle %[[P]], %[[P]] [0, 4, 8, 12]
// GENERIC: vector.shuffle %[[P]], %[[P]] [1, 5, 9, 13]
// GENERIC: vector.shuffle %[[P]], %[[P]] [2, 6, 10, 14]
// GENERIC: vector.shuffle %[[P]], %[[P]] [3, 7, 11, 15]
// GENERIC-NOT: llvm.call_intrinsic

// Even bytes are moved up and all come down again with their sign: unsigned on
// the left, signed on the right. The words hold any byte, and `pmaddwd` adds
// two of their products exactly.
// SSE2-LABEL: func.func @four_lanes
// SSE2-SAME: (%[[ACC:.+]]: vector<4xi32>, %[[A:.+]]: vector<16xi8>, %[[W:.+]]: vector<16xi8>)
// SSE2: %[[AW:.+]] = vector.bitcast %[[A]] : vector<16xi8> to vector<8xi16>
// SSE2: %[[AS:.+]] = arith.shli %[[AW]], %[[EIGHT:.+]] : vector<8xi16>
// SSE2: %[[AE:.+]] = arith.shrui %[[AS]]
// SSE2: %[[WW:.+]] = vector.bitcast %[[W]] : vector<16xi8> to vector<8xi16>
// SSE2: %[[WS:.+]] = arith.shli %[[WW]]
// SSE2: %[[WE:.+]] = arith.shrsi %[[WS]]
// SSE2: %[[EVEN:.+]] = llvm.call_intrinsic "llvm.x86.sse2.pmadd.wd"(%[[AE]], %[[WE]]) : (vector<8xi16>, vector<8xi16>) -> vector<4xi32>
// SSE2: %[[SUM:.+]] = arith.addi %[[ACC]], %[[EVEN]]
// SSE2: %[[AO:.+]] = arith.shrui
// SSE2: %[[WO:.+]] = arith.shrsi
// SSE2: %[[ODD:.+]] = llvm.call_intrinsic "llvm.x86.sse2.pmadd.wd"(%[[AO]], %[[WO]])
// SSE2: arith.addi %[[SUM]], %[[ODD]]
// SSE2-NOT: qvec.dot

// AVX2-LABEL: func.func @four_lanes
// AVX2-COUNT-2: llvm.call_intrinsic "llvm.x86.sse2.pmadd.wd"

// AVXVNNI-LABEL: func.func @four_lanes
// AVXVNNI-SAME: (%[[ACC:.+]]: vector<4xi32>, %[[A:.+]]: vector<16xi8>, %[[W:.+]]: vector<16xi8>)
// AVXVNNI-NEXT: %[[R:.+]] = llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.128"(%[[ACC]], %[[A]], %[[W]])
// AVXVNNI-NEXT: return %[[R]]
func.func @four_lanes(%acc: vector<4xi32>, %a: vector<16xi8>, %w: vector<16xi8>) -> vector<4xi32> {
  %0 = qvec.dot %acc, %a, %w {lhs_unsigned} : vector<4xi32>, vector<16xi8>
  return %0 : vector<4xi32>
}

// 8 accumulators fill a register of AVX2. SSE2 has none so wide and takes the
// generic form, which LLVM splits.
// SSE2-LABEL: func.func @eight_lanes
// SSE2: arith.muli {{.*}} : vector<32xi32>
// SSE2-NOT: llvm.call_intrinsic

// AVX2-LABEL: func.func @eight_lanes
// AVX2-COUNT-2: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"{{.*}} : (vector<16xi16>, vector<16xi16>) -> vector<8xi32>

// AVX512-LABEL: func.func @eight_lanes
// AVX512-COUNT-2: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"

// AVXVNNI-LABEL: func.func @eight_lanes
// AVXVNNI: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.256"{{.*}} : (vector<8xi32>, vector<32xi8>, vector<32xi8>) -> vector<8xi32>
func.func @eight_lanes(%acc: vector<8xi32>, %a: vector<32xi8>, %w: vector<32xi8>) -> vector<8xi32> {
  %0 = qvec.dot %acc, %a, %w {lhs_unsigned} : vector<8xi32>, vector<32xi8>
  return %0 : vector<8xi32>
}

// AVX512-LABEL: func.func @sixteen_lanes
// AVX512-COUNT-2: llvm.call_intrinsic "llvm.x86.avx512.pmaddw.d.512"{{.*}} : (vector<32xi16>, vector<32xi16>) -> vector<16xi32>

// AVX512VNNI-LABEL: func.func @sixteen_lanes
// AVX512VNNI: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"{{.*}} : (vector<16xi32>, vector<64xi8>, vector<64xi8>) -> vector<16xi32>
func.func @sixteen_lanes(%acc: vector<16xi32>, %a: vector<64xi8>, %w: vector<64xi8>) -> vector<16xi32> {
  %0 = qvec.dot %acc, %a, %w {lhs_unsigned} : vector<16xi32>, vector<64xi8>
  return %0 : vector<16xi32>
}

// A remainder of 5 channels takes the next register, 8 lanes, whose other lanes
// are undefined and cut off.
// AVX512VNNI-LABEL: func.func @five_lanes
// AVX512VNNI: %[[ACC8:.+]] = vector.shuffle {{.*}} [0, 1, 2, 3, 4, -1, -1, -1] : vector<5xi32>
// AVX512VNNI: vector.shuffle {{.*}} : vector<20xi8>
// AVX512VNNI: vector.shuffle {{.*}} : vector<20xi8>
// AVX512VNNI: %[[R8:.+]] = llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.256"(%[[ACC8]],
// AVX512VNNI: vector.extract_strided_slice %[[R8]] {offsets = [0], sizes = [5], strides = [1]} : vector<8xi32> to vector<5xi32>

// AVX2-LABEL: func.func @five_lanes
// AVX2-COUNT-2: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
// AVX2: vector.extract_strided_slice
func.func @five_lanes(%acc: vector<5xi32>, %a: vector<20xi8>, %w: vector<20xi8>) -> vector<5xi32> {
  %0 = qvec.dot %acc, %a, %w {lhs_unsigned} : vector<5xi32>, vector<20xi8>
  return %0 : vector<5xi32>
}

// `vpdpbusd` has no other signedness: signed times signed, and unsigned weights,
// take the words.
// AVX512VNNI-LABEL: func.func @signed_left
// AVX512VNNI-NOT: vpdpbusd
// AVX512VNNI-COUNT-2: llvm.call_intrinsic "llvm.x86.avx512.pmaddw.d.512"

// AVXVNNI-LABEL: func.func @unsigned_both
// AVXVNNI-NOT: arith.shrsi
// AVXVNNI-COUNT-2: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
// AVXVNNI-NOT: arith.shrsi
func.func @signed_left(%acc: vector<16xi32>, %a: vector<64xi8>, %w: vector<64xi8>) -> vector<16xi32> {
  %0 = qvec.dot %acc, %a, %w : vector<16xi32>, vector<64xi8>
  return %0 : vector<16xi32>
}

func.func @unsigned_both(%acc: vector<8xi32>, %a: vector<32xi8>, %w: vector<32xi8>) -> vector<8xi32> {
  %0 = qvec.dot %acc, %a, %w {lhs_unsigned, rhs_unsigned} : vector<8xi32>, vector<32xi8>
  return %0 : vector<8xi32>
}

// GENERIC-NOT: qvec.dot

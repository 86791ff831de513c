// A lookup on the rows of the ISA table. That all of it means the same is
// executed in the unit tests.

// RUN: quant-opt %s --quantc-lower-qvec --verify-each | FileCheck %s --check-prefix=GENERIC
// RUN: quant-opt %s --quantc-lower-qvec=isa=avx2 --verify-each | FileCheck %s --check-prefix=AVX2
// RUN: quant-opt %s --quantc-lower-qvec=isa=avx512vbmi --verify-each | FileCheck %s --check-prefix=VBMI

// GENERIC-LABEL: func.func @lookup
// GENERIC-COUNT-32: vector.extract %{{.+}}[%{{.+}}] : i8 from vector<256xi8>
// GENERIC: vector.from_elements

// 16 reads of 16 bytes; the indices count down, from the lower half of the
// table and from the upper one.
// AVX2-LABEL: func.func @lookup
// AVX2-SAME: (%[[X:.+]]: vector<32xi8>)
// AVX2: llvm.call_intrinsic "llvm.x86.avx2.pshuf.b"(%{{.+}}, %[[X]])
// AVX2: %[[X1:.+]] = llvm.intr.ssub.sat(%[[X]], %{{.+}})
// AVX2: %[[R1:.+]] = llvm.call_intrinsic "llvm.x86.avx2.pshuf.b"(%{{.+}}, %[[X1]])
// AVX2: arith.xori %{{.+}}, %[[R1]]
// AVX2-COUNT-6: llvm.call_intrinsic "llvm.x86.avx2.pshuf.b"
// AVX2: %[[Y:.+]] = arith.xori %[[X]], %{{.+}}
// AVX2: llvm.call_intrinsic "llvm.x86.avx2.pshuf.b"(%{{.+}}, %[[Y]])
// AVX2-COUNT-7: llvm.call_intrinsic "llvm.x86.avx2.pshuf.b"
// AVX2-NOT: pshuf

// Both halves of the table for a whole register, whatever is used of it.
// VBMI-LABEL: func.func @lookup
// VBMI-SAME: (%[[X:.+]]: vector<32xi8>)
// VBMI: %[[I:.+]] = vector.shuffle %[[X]], %[[X]]
// VBMI: %[[HIGH:.+]] = arith.cmpi slt, %[[I]], %{{.+}} : vector<64xi8>
// VBMI-DAG: %[[UP:.+]] = llvm.call_intrinsic "llvm.x86.avx512.vpermi2var.qi.512"
// VBMI-DAG: %[[LO:.+]] = llvm.call_intrinsic "llvm.x86.avx512.vpermi2var.qi.512"
// VBMI: arith.select %[[HIGH]], %{{.+}}, %{{.+}} : vector<64xi1>, vector<64xi8>
func.func @lookup(%x: vector<32xi8>) -> vector<32xi8> {
  %0 = qvec.lookup %x {table = array<i8: -125, -118, -111, -104, -97, -90, -83, -76, -69, -62, -55, -48, -41, -34, -27, -20, -13, -6, 1, 8, 15, 22, 29, 36, 43, 50, 57, 64, 71, 78, 85, 92, 99, 106, 113, 120, 127, -122, -115, -108, -101, -94, -87, -80, -73, -66, -59, -52, -45, -38, -31, -24, -17, -10, -3, 4, 11, 18, 25, 32, 39, 46, 53, 60, 67, 74, 81, 88, 95, 102, 109, 116, 123, -126, -119, -112, -105, -98, -91, -84, -77, -70, -63, -56, -49, -42, -35, -28, -21, -14, -7, 0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 98, 105, 112, 119, 126, -123, -116, -109, -102, -95, -88, -81, -74, -67, -60, -53, -46, -39, -32, -25, -18, -11, -4, 3, 10, 17, 24, 31, 38, 45, 52, 59, 66, 73, 80, 87, 94, 101, 108, 115, 122, -127, -120, -113, -106, -99, -92, -85, -78, -71, -64, -57, -50, -43, -36, -29, -22, -15, -8, -1, 6, 13, 20, 27, 34, 41, 48, 55, 62, 69, 76, 83, 90, 97, 104, 111, 118, 125, -124, -117, -110, -103, -96, -89, -82, -75, -68, -61, -54, -47, -40, -33, -26, -19, -12, -5, 2, 9, 16, 23, 30, 37, 44, 51, 58, 65, 72, 79, 86, 93, 100, 107, 114, 121, -128, -121, -114, -107, -100, -93, -86, -79, -72, -65, -58, -51, -44, -37, -30, -23, -16, -9, -2, 5, 12, 19, 26, 33, 40, 47, 54, 61, 68, 75, 82, 89, 96, 103, 110, 117, 124>} : vector<32xi8>
  return %0 : vector<32xi8>
}

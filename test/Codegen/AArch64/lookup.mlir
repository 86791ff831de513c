// A lookup of 32 bytes: two registers, each by one `tbl` and three `tbx`.

// RUN: quant-opt %s --quantc-lower-qvec=isa=dotprod --verify-each | FileCheck %s

// Indices beyond the first 64 entries give zero, and then what the next table
// holds.
// CHECK-LABEL: func.func @lookup
// CHECK-SAME: (%[[X:.+]]: vector<32xi8>)
// CHECK: %[[I0:.+]] = vector.extract_strided_slice %[[X]] {offsets = [0], sizes = [16]
// CHECK: %[[R0:.+]] = llvm.call_intrinsic "llvm.aarch64.neon.tbl4.v16i8"({{.+}}, %[[I0]])
// CHECK: %[[I1:.+]] = arith.subi %[[I0]], %{{.+}}
// CHECK: %[[R1:.+]] = llvm.call_intrinsic "llvm.aarch64.neon.tbx4.v16i8"(%[[R0]], {{.+}}, %[[I1]])
// CHECK: %[[I2:.+]] = arith.subi %[[I1]], %{{.+}}
// CHECK: %[[R2:.+]] = llvm.call_intrinsic "llvm.aarch64.neon.tbx4.v16i8"(%[[R1]], {{.+}}, %[[I2]])
// CHECK: %[[I3:.+]] = arith.subi %[[I2]], %{{.+}}
// CHECK: llvm.call_intrinsic "llvm.aarch64.neon.tbx4.v16i8"(%[[R2]], {{.+}}, %[[I3]])
// CHECK: llvm.call_intrinsic "llvm.aarch64.neon.tbl4.v16i8"
// CHECK-COUNT-3: llvm.call_intrinsic "llvm.aarch64.neon.tbx4.v16i8"
// CHECK-NOT: llvm.call_intrinsic
func.func @lookup(%x: vector<32xi8>) -> vector<32xi8> {
  %0 = qvec.lookup %x {table = array<i8: -125, -118, -111, -104, -97, -90, -83, -76, -69, -62, -55, -48, -41, -34, -27, -20, -13, -6, 1, 8, 15, 22, 29, 36, 43, 50, 57, 64, 71, 78, 85, 92, 99, 106, 113, 120, 127, -122, -115, -108, -101, -94, -87, -80, -73, -66, -59, -52, -45, -38, -31, -24, -17, -10, -3, 4, 11, 18, 25, 32, 39, 46, 53, 60, 67, 74, 81, 88, 95, 102, 109, 116, 123, -126, -119, -112, -105, -98, -91, -84, -77, -70, -63, -56, -49, -42, -35, -28, -21, -14, -7, 0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 98, 105, 112, 119, 126, -123, -116, -109, -102, -95, -88, -81, -74, -67, -60, -53, -46, -39, -32, -25, -18, -11, -4, 3, 10, 17, 24, 31, 38, 45, 52, 59, 66, 73, 80, 87, 94, 101, 108, 115, 122, -127, -120, -113, -106, -99, -92, -85, -78, -71, -64, -57, -50, -43, -36, -29, -22, -15, -8, -1, 6, 13, 20, 27, 34, 41, 48, 55, 62, 69, 76, 83, 90, 97, 104, 111, 118, 125, -124, -117, -110, -103, -96, -89, -82, -75, -68, -61, -54, -47, -40, -33, -26, -19, -12, -5, 2, 9, 16, 23, 30, 37, 44, 51, 58, 65, 72, 79, 86, 93, 100, 107, 114, 121, -128, -121, -114, -107, -100, -93, -86, -79, -72, -65, -58, -51, -44, -37, -30, -23, -16, -9, -2, 5, 12, 19, 26, 33, 40, 47, 54, 61, 68, 75, 82, 89, 96, 103, 110, 117, 124>} : vector<32xi8>
  return %0 : vector<32xi8>
}

// RUN: quant-opt %s --convert-qnn-to-linalg --canonicalize --split-input-file | FileCheck %s

!a = !quant.uniform<i8:f32, 0.5:-3>
!u = !quant.uniform<u8:f32, 0.25:9>
!r = !quant.uniform<i8:f32, 1.0:2>

// ml = 0.5 * 2^22, mr = 0.25 * 2^22, s = 22, so the constant is
// 2^21 + 3 * 2^21 - 9 * 2^20 + 2 * 2^22 = 7340032.
// CHECK-LABEL: func @add
// CHECK-DAG: %[[ML:.+]] = arith.constant 2097152 : i32
// CHECK-DAG: %[[MR:.+]] = arith.constant 1048576 : i32
// CHECK-DAG: %[[K:.+]] = arith.constant 7340032 : i32
// CHECK-DAG: %[[S:.+]] = arith.constant 22 : i32
// CHECK: ^bb0(%[[A:.+]]: i8, %[[B:.+]]: i8, %{{.+}}: i8):
// CHECK-NEXT: %[[AX:.+]] = arith.extsi %[[A]]
// CHECK-NEXT: %[[L:.+]] = arith.muli %[[AX]], %[[ML]]
// CHECK-NEXT: %[[BX:.+]] = arith.extui %[[B]]
// CHECK-NEXT: %[[R:.+]] = arith.muli %[[BX]], %[[MR]]
// CHECK-NEXT: %[[LR:.+]] = arith.addi %[[L]], %[[R]]
// CHECK-NEXT: %[[SUM:.+]] = arith.addi %[[LR]], %[[K]]
// CHECK-NEXT: arith.shrsi %[[SUM]], %[[S]]
func.func @add(%a: tensor<4x!a>, %u: tensor<4x!u>) -> tensor<4x!r> {
  %r = qnn.add %a, %u : (tensor<4x!a>, tensor<4x!u>) -> tensor<4x!r>
  return %r : tensor<4x!r>
}

// CHECK-LABEL: func @sub
// CHECK-DAG: arith.constant -1048576 : i32
// CHECK-DAG: arith.constant 26214400 : i32
func.func @sub(%a: tensor<4x!a>, %u: tensor<4x!u>) -> tensor<4x!r> {
  %r = qnn.sub %a, %u : (tensor<4x!a>, tensor<4x!u>) -> tensor<4x!r>
  return %r : tensor<4x!r>
}

// The product and its requantize are one operation. M = 1/8 = 2^30 / 2^33, the
// offset holds the rounding term 1 and the zero point: 2 << 1. A high word of
// products with 2^30 is a shift by 2.
// CHECK-LABEL: func @mul
// CHECK-DAG: %[[LOW:.+]] = arith.constant 2 : i32
// CHECK-DAG: %[[HIGH:.+]] = arith.constant 100 : i32
// CHECK-DAG: %[[OFFSET:.+]] = arith.constant 5 : i32
// CHECK-COUNT-1: linalg.generic
// CHECK: arith.muli
// CHECK: %[[H:.+]] = arith.shrsi %{{.+}}, %[[LOW]]
// CHECK: %[[S:.+]] = arith.addi %[[H]], %[[OFFSET]]
// CHECK-NEXT: %[[O:.+]] = arith.shrsi %[[S]], %{{.+}}
// CHECK-NEXT: %[[M:.+]] = arith.maxsi %[[O]], %[[LOW]]
// CHECK-NEXT: %[[N:.+]] = arith.minsi %[[M]], %[[HIGH]]
// CHECK-NEXT: arith.trunci %[[N]] : i32 to i8
// CHECK-NOT: linalg.generic
func.func @mul(%a: tensor<4x!a>, %u: tensor<4x!u>) -> tensor<4x!r> {
  %r = qnn.mul %a, %u {clamp = array<i32: 2, 100>} : (tensor<4x!a>, tensor<4x!u>) -> tensor<4x!r>
  return %r : tensor<4x!r>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:-3>

// Broadcast dimensions are dropped, so that every map is a projection.
// CHECK-DAG: #[[$ALL:.+]] = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// CHECK-DAG: #[[$SOME:.+]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-LABEL: func @broadcast
// CHECK: %[[S:.+]] = tensor.collapse_shape %{{.+}} : tensor<1x1x4xi8> into tensor<1x4xi8>
// CHECK: linalg.generic {indexing_maps = [#[[$ALL]], #[[$SOME]], #[[$ALL]]]
// CHECK-SAME: ins(%{{.+}}, %[[S]]
func.func @broadcast(%a: tensor<1x3x4x!a>, %b: tensor<1x1x4x!a>) -> tensor<1x3x4x!a> {
  %r = qnn.mul %a, %b : (tensor<1x3x4x!a>, tensor<1x1x4x!a>) -> tensor<1x3x4x!a>
  return %r : tensor<1x3x4x!a>
}

// -----

!a = !quant.uniform<i8:f32, 0.5>
!r = !quant.uniform<i8:f32, 1.0>
!o = !quant.uniform<i8:f32, 1.5>

// M = 1/3 = 1431655765 / 2^32: one bit more makes the shift 33, the high word
// and one shift are all.
// CHECK-LABEL: func @requantize_single
// CHECK-DAG: %[[M:.+]] = arith.constant 1431655765 : i32
// CHECK-DAG: %[[ONE:.+]] = arith.constant 1 : i32
// CHECK: %[[A:.+]] = arith.shli %{{.+}}, %[[ONE]]
// CHECK-NEXT: %{{.+}}, %[[H:.+]] = arith.mulsi_extended %[[A]], %[[M]] : i32
// CHECK-NEXT: %[[V:.+]] = arith.addi %[[H]], %[[ONE]] : i32
// CHECK-NEXT: %[[T:.+]] = arith.shrsi %[[V]], %[[ONE]] : i32
// CHECK-NEXT: arith.maxsi %[[T]]
func.func @requantize_single(%x: tensor<4x!a>) -> tensor<4x!o> {
  %r = qnn.requantize %x : tensor<4x!a> -> tensor<4x!o>
  return %r : tensor<4x!o>
}

!t = !quant.uniform<i8:f32, 4.0e-9>

// M = 2.5e8: eight bits have no room for 31 more, so the shift below 31 stays in
// 64 bits until after the clamp.
// CHECK-LABEL: func @requantize_far_up
// CHECK: %[[V:.+]] = arith.shrsi %{{.+}}, %{{.+}} : i64
// CHECK-NEXT: %[[L:.+]] = arith.maxsi %[[V]], %{{.+}} : i64
// CHECK-NEXT: %[[H:.+]] = arith.minsi %[[L]], %{{.+}} : i64
// CHECK-NEXT: arith.trunci %[[H]] : i64 to i8
func.func @requantize_far_up(%x: tensor<4x!r>) -> tensor<4x!t> {
  %r = qnn.requantize %x : tensor<4x!r> -> tensor<4x!t>
  return %r : tensor<4x!t>
}

// Shift 32: the rounding term depends on the sign.
!s = !quant.uniform<i8:f32, 2.0>
// CHECK-LABEL: func @requantize_double
// CHECK: %[[SIGN:.+]] = arith.cmpi sge
// CHECK: arith.select %[[SIGN]]
func.func @requantize_double(%x: tensor<4x!a>) -> tensor<4x!s> {
  %r = qnn.requantize %x {rounding = #qnn.rounding<double>} : tensor<4x!a> -> tensor<4x!s>
  return %r : tensor<4x!s>
}

// CHECK-LABEL: func @requantize_float_even
// CHECK: arith.sitofp
// CHECK: arith.mulf
// CHECK: math.roundeven
// CHECK: arith.fptosi
func.func @requantize_float_even(%x: tensor<4x!a>) -> tensor<4x!s> {
  %r = qnn.requantize %x {rounding = #qnn.rounding<float_even>} : tensor<4x!a> -> tensor<4x!s>
  return %r : tensor<4x!s>
}

// -----

!s = !quant.uniform<i8:f32, 0.5>
!u = !quant.uniform<u8:f32, 0.5>

// The table is in the order of values: the sign bit of a signed index flips.
// CHECK-LABEL: func @lookup_signed
// CHECK: %[[I:.+]] = arith.xori %{{.+}}, %{{.+}} : i8
// CHECK-NEXT: %[[J:.+]] = arith.index_castui %[[I]] : i8 to index
// CHECK-NEXT: tensor.extract %{{.+}}[%[[J]]] : tensor<256xi8>
func.func @lookup_signed(%x: tensor<4x!s>) -> tensor<4x!s> {
  %r = qnn.lookup %x, dense<"0x030A11181F262D343B424950575E656C737A81888F969DA4ABB2B9C0C7CED5DCE3EAF1F8FF060D141B222930373E454C535A61686F767D848B9299A0A7AEB5BCC3CAD1D8DFE6EDF4FB020910171E252C333A41484F565D646B727980878E959CA3AAB1B8BFC6CDD4DBE2E9F0F7FE050C131A21282F363D444B525960676E757C838A91989FA6ADB4BBC2C9D0D7DEE5ECF3FA01080F161D242B323940474E555C636A71787F868D949BA2A9B0B7BEC5CCD3DAE1E8EFF6FD040B121920272E353C434A51585F666D747B828990979EA5ACB3BAC1C8CFD6DDE4EBF2F900070E151C232A31383F464D545B626970777E858C939AA1A8AFB6BDC4CBD2D9E0E7EEF5FC"> : tensor<256xi8> : tensor<4x!s> -> tensor<4x!s>
  return %r : tensor<4x!s>
}

// CHECK-LABEL: func @lookup_unsigned
// CHECK-NOT: arith.xori
// CHECK: arith.index_castui %{{.+}} : i8 to index
func.func @lookup_unsigned(%x: tensor<4x!u>) -> tensor<4x!u> {
  %r = qnn.lookup %x, dense<"0xFFFEFDFCFBFAF9F8F7F6F5F4F3F2F1F0EFEEEDECEBEAE9E8E7E6E5E4E3E2E1E0DFDEDDDCDBDAD9D8D7D6D5D4D3D2D1D0CFCECDCCCBCAC9C8C7C6C5C4C3C2C1C0BFBEBDBCBBBAB9B8B7B6B5B4B3B2B1B0AFAEADACABAAA9A8A7A6A5A4A3A2A1A09F9E9D9C9B9A999897969594939291908F8E8D8C8B8A898887868584838281807F7E7D7C7B7A797877767574737271706F6E6D6C6B6A696867666564636261605F5E5D5C5B5A595857565554535251504F4E4D4C4B4A494847464544434241403F3E3D3C3B3A393837363534333231302F2E2D2C2B2A292827262524232221201F1E1D1C1B1A191817161514131211100F0E0D0C0B0A09080706050403020100"> : tensor<256xi8> : tensor<4x!u> -> tensor<4x!u>
  return %r : tensor<4x!u>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!p = !quant.uniform<i8:f32, 0.00390625:-128>

// Maximum, table, sum and quotient along the middle dimension: a division for
// each row, none for an element.
// CHECK-LABEL: func @softmax
// CHECK: %[[MAX:.+]] = linalg.generic {{.*}}"parallel", "parallel", "reduction"]}{{.*}} outs(%{{.+}} : tensor<2x4xi8>)
// CHECK: arith.maxsi
// CHECK: %[[EXP:.+]] = linalg.generic {{.*}} ins(%{{.+}}, %[[MAX]] : tensor<2x3x4xi8>, tensor<2x4xi8>)
// CHECK: tensor.extract %{{.+}} : tensor<256xi32>
// CHECK: %[[SUM:.+]] = linalg.generic {{.*}} ins(%[[EXP]] : tensor<2x3x4xi32>) outs(%{{.+}} : tensor<2x4xi32>)
// CHECK: %[[RECIPROCAL:.+]] = linalg.generic {{.*}} ins(%[[SUM]] : tensor<2x4xi32>)
// CHECK: arith.divui
// CHECK: linalg.generic {{.*}} ins(%[[EXP]], %[[SUM]], %[[RECIPROCAL]]
// CHECK-NOT: arith.divui
// CHECK: arith.minui
func.func @softmax(%x: tensor<2x3x4x!x>) -> tensor<2x3x4x!p> {
  %p = qnn.softmax %x {axis = 1 : i64} : tensor<2x3x4x!x> -> tensor<2x3x4x!p>
  return %p : tensor<2x3x4x!p>
}

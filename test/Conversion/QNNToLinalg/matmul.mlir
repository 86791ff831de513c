// Products of two activations: what each zero point adds is computed apart, and
// only where there is one.
//
// RUN: quant-opt %s --convert-qnn-to-linalg --split-input-file | FileCheck %s

!a = !quant.uniform<u8:f32, 0.5:3>
!b = !quant.uniform<u8:f32, 0.25:130>
!r = !quant.uniform<i8:f32, 1.0:2>

// The right side becomes signed, its zero point 2. The sums of its columns, times
// 3, start the accumulators; those of the rows, times 2, are taken off.
// CHECK-LABEL: func @both_zero_points
// CHECK-SAME: (%[[A:.+]]: tensor<2x3x4xi8> {{.*}}, %[[B:.+]]: tensor<2x4x5xi8>
// CHECK: %[[SIGNED:.+]] = linalg.generic {{.*}} ins(%[[B]] :
// CHECK: arith.xori %{{.+}}, %c-128_i8 : i8
// CHECK: %[[COLUMNS:.+]] = linalg.generic {{.*}} ins(%[[B]] : {{.*}} outs(%{{.+}} : tensor<2x5xi32>)
// CHECK: arith.extui
// CHECK: %[[START:.+]] = linalg.generic {{.*}} ins(%[[COLUMNS]] :
// CHECK: arith.muli %{{.+}}, %c3_i32
// CHECK: arith.subi %c1560_i32
// CHECK: %[[SUM:.+]] = linalg.generic {{.*}}["parallel", "parallel", "parallel", "reduction"]} ins(%[[A]], %[[SIGNED]] : {{.*}} outs(%[[START]] : tensor<2x3x5xi32>)
// CHECK-NEXT: ^bb0(%[[X:.+]]: i8, %[[Y:.+]]: i8, %{{.+}}: i32)
// CHECK-NEXT: arith.extui %[[X]]
// CHECK-NEXT: arith.extsi %[[Y]]
// CHECK: %[[ROWS:.+]] = linalg.generic {{.*}} ins(%[[A]] : {{.*}} outs(%{{.+}} : tensor<2x3xi32>)
// CHECK: linalg.generic {{.*}} ins(%[[SUM]], %[[ROWS]] :
// CHECK: arith.muli %{{.+}}, %c2_i32
// CHECK: arith.subi
func.func @both_zero_points(%a: tensor<2x3x4x!a>, %b: tensor<2x4x5x!b>) -> tensor<2x3x5x!r> {
  %r = qnn.matmul %a, %b : (tensor<2x3x4x!a>, tensor<2x4x5x!b>) -> tensor<2x3x5x!r>
  return %r : tensor<2x3x5x!r>
}

// -----

!a = !quant.uniform<u8:f32, 0.5>
!b = !quant.uniform<i8:f32, 0.25>
!r = !quant.uniform<i8:f32, 1.0:2>

// CHECK-LABEL: func @no_zero_points
// CHECK-NOT: arith.xori
// CHECK: linalg.fill ins(%c0_i32
// CHECK: linalg.generic {{.*}}["parallel", "parallel", "parallel", "reduction"]}
// CHECK-NOT: "reduction"
// CHECK: return
func.func @no_zero_points(%a: tensor<2x3x4x!a>, %b: tensor<2x4x5x!b>) -> tensor<2x3x5x!r> {
  %r = qnn.matmul %a, %b : (tensor<2x3x4x!a>, tensor<2x4x5x!b>) -> tensor<2x3x5x!r>
  return %r : tensor<2x3x5x!r>
}

// Layer normalization: two sums a row, two numbers a row, and no division for an
// element.
//
// RUN: quant-opt %s --convert-qnn-to-linalg | FileCheck %s

!x = !quant.uniform<i8:f32, 0.5>
!r = !quant.uniform<i8:f32, 0.03125:3>

// 2 x 3 rows of 4 numbers.
// CHECK-LABEL: func @layer_norm
// CHECK: %[[X:.+]] = tensor.collapse_shape %{{.+}} {{.*}} into tensor<6x4xi8>
// CHECK: %[[S1:.+]] = linalg.generic {{.*}}["parallel", "reduction"]} ins(%[[X]]
// CHECK: %[[S2:.+]] = linalg.generic {{.*}}["parallel", "reduction"]} ins(%[[X]]
// CHECK: arith.muli
// CHECK: %[[A:.+]] = linalg.generic {{.*}} ins(%[[S1]], %[[S2]] : {{.*}} outs(%{{.+}} : tensor<6xi32>)
// CHECK: math.ctlz %{{.+}} : i64
// CHECK: %[[C:.+]] = linalg.generic {{.*}} ins(%[[S1]], %[[S2]] : {{.*}} outs(%{{.+}} : tensor<6xi32>)
// CHECK: arith.floordivsi
// CHECK: %[[R:.+]] = linalg.generic {{.*}} ins(%[[X]], %[[A]], %[[C]], %{{.+}}, %{{.+}} : tensor<6x4xi8>, tensor<6xi32>, tensor<6xi32>, tensor<4xi32>, tensor<4xi32>)
// CHECK-NOT: i64
// CHECK-NOT: div
// CHECK: tensor.expand_shape %[[R]]
func.func @layer_norm(%x: tensor<2x3x4x!x>) -> tensor<2x3x4x!r> {
  %r = qnn.layer_norm %x {gamma = dense<1.0> : tensor<4xf32>, beta = dense<0.5> : tensor<4xf32>, epsilon = 1.0e-5 : f32}
      : tensor<2x3x4x!x> -> tensor<2x3x4x!r>
  return %r : tensor<2x3x4x!r>
}

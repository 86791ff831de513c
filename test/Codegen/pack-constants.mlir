// RUN: quant-opt %s --quantc-pack-constants --split-input-file | FileCheck %s

// Vectors run along the columns of the result; the constant is given with the
// reduction dimension innermost and leaves with the columns there.

// CHECK: #[[$MAP:.+]] = affine_map<(d0, d1, d2) -> (d2, d1)>
// CHECK-LABEL: func.func @transposed_matrix_becomes_row_major
// CHECK: %[[W:.+]] = arith.constant dense<{{\[}}[1, 3, 5, 7], [2, 4, 6, 8]]> : tensor<2x4xi8>
// CHECK: linalg.generic {indexing_maps = [#{{.+}}, #[[$MAP]], #{{.+}}]
// CHECK-SAME: %[[W]]
func.func @transposed_matrix_becomes_row_major(%x: tensor<3x2xi8>, %init: tensor<3x4xi8>) -> tensor<3x4xi8> {
  %w = arith.constant dense<[[1, 2], [3, 4], [5, 6], [7, 8]]> : tensor<4x2xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<3x2xi8>, tensor<4x2xi8>) outs(%init : tensor<3x4xi8>) {
  ^bb0(%a: i8, %b: i8, %o: i8):
    %1 = arith.muli %a, %b : i8
    %2 = arith.addi %o, %1 : i8
    linalg.yield %2 : i8
  } -> tensor<3x4xi8>
  return %0 : tensor<3x4xi8>
}

// -----

// An operand that is no constant cannot be moved at compile time.
// CHECK: #[[$MAP:.+]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-LABEL: func.func @argument_keeps_its_layout
// CHECK: linalg.generic {indexing_maps = [#{{.+}}, #[[$MAP]], #{{.+}}]
func.func @argument_keeps_its_layout(%x: tensor<3x2xi8>, %w: tensor<4x2xi8>, %init: tensor<3x4xi8>) -> tensor<3x4xi8> {
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<3x2xi8>, tensor<4x2xi8>) outs(%init : tensor<3x4xi8>) {
  ^bb0(%a: i8, %b: i8, %o: i8):
    %1 = arith.muli %a, %b : i8
    %2 = arith.addi %o, %1 : i8
    linalg.yield %2 : i8
  } -> tensor<3x4xi8>
  return %0 : tensor<3x4xi8>
}

// Products of two activations: the right side is packed at run time, by one
// operation that takes over what computes it.
//
// RUN: quant-opt %s --quantc-pack-dot-products="vector-bits=512 isa=avx512vnni" --split-input-file --verify-each | FileCheck %s

// Flipped and packed in one go: 4 products of a column side by side. Two products
// of the same right side read the same packed tensor.
// CHECK-DAG: #[[$FROM:.+]] = affine_map<(d0, d1, d2, d3, d4) -> (d1, d2 * 4 + d4, d0 * 8 + d3)>
// CHECK-DAG: #[[$TO:.+]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>
// CHECK-DAG: #[[$PRODUCTS:.+]] = affine_map<(d0, d1, d2, d3) -> (d2 floordiv 8, d0, d3 floordiv 4, (d2 mod 8) * 4 + d3 mod 4)>
// CHECK-LABEL: func.func @flipped
// CHECK-SAME: (%[[A:.+]]: tensor<2x4x12xi8>, %[[B:.+]]: tensor<2x12x8xi8>
// CHECK: %[[PACKED:.+]] = linalg.generic {indexing_maps = [#[[$FROM]], #[[$TO]]]
// CHECK-SAME: ins(%[[B]] : tensor<2x12x8xi8>) outs(%{{.+}} : tensor<1x2x3x8x4xi8>)
// CHECK: arith.xori
// CHECK: %[[P:.+]] = tensor.collapse_shape %[[PACKED]] {{.*}} into tensor<1x2x3x32xi8>
// CHECK-COUNT-2: linalg.generic {indexing_maps = [#{{.+}}, #[[$PRODUCTS]], #{{.+}}, #{{.+}}]{{.*}} ins(%[[A]], %[[P]], %{{.+}} : tensor<2x4x12xi8>, tensor<1x2x3x32xi8>, tensor<12xi8>)
func.func @flipped(%a: tensor<2x4x12xi8>, %b: tensor<2x12x8xi8>, %init: tensor<2x4x8xi32>, %other: tensor<2x4x8xi32>) -> (tensor<2x4x8xi32>, tensor<2x4x8xi32>) {
  %e = tensor.empty() : tensor<2x12x8xi8>
  %flipped = linalg.generic {
    indexing_maps = [affine_map<(b, k, n) -> (b, k, n)>, affine_map<(b, k, n) -> (b, k, n)>],
    iterator_types = ["parallel", "parallel", "parallel"]}
    ins(%b : tensor<2x12x8xi8>) outs(%e : tensor<2x12x8xi8>) {
  ^bb0(%x: i8, %o: i8):
    %top = arith.constant -128 : i8
    %1 = arith.xori %x, %top : i8
    linalg.yield %1 : i8
  } -> tensor<2x12x8xi8>
  %p0 = linalg.generic {
    indexing_maps = [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (b, k, n)>, affine_map<(b, m, n, k) -> (b, m, n)>],
    iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
    ins(%a, %flipped : tensor<2x4x12xi8>, tensor<2x12x8xi8>) outs(%init : tensor<2x4x8xi32>) {
  ^bb0(%x: i8, %y: i8, %o: i32):
    %1 = arith.extui %x : i8 to i32
    %2 = arith.extsi %y : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<2x4x8xi32>
  %p1 = linalg.generic {
    indexing_maps = [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (b, k, n)>, affine_map<(b, m, n, k) -> (b, m, n)>],
    iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
    ins(%a, %flipped : tensor<2x4x12xi8>, tensor<2x12x8xi8>) outs(%other : tensor<2x4x8xi32>) {
  ^bb0(%x: i8, %y: i8, %o: i32):
    %1 = arith.extui %x : i8 to i32
    %2 = arith.extsi %y : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<2x4x8xi32>
  return %p0, %p1 : tensor<2x4x8xi32>, tensor<2x4x8xi32>
}

// -----

// The depth and the width are filled up with zeros: 5 products to 8, 17 columns
// to a panel of 32.
// CHECK-LABEL: func.func @odd
// CHECK: %[[PAD:.+]] = tensor.pad %{{.+}} low[0, 0] high[3, 15]
// CHECK: linalg.generic {{.*}} ins(%[[PAD]] : tensor<8x32xi8>) outs(%{{.+}} : tensor<1x2x32x4xi8>)
// CHECK: tensor.empty() : tensor<5xi8>
func.func @odd(%a: tensor<4x5xi8>, %b: tensor<5x17xi8>, %init: tensor<4x17xi32>) -> tensor<4x17xi32> {
  %products = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%a, %b : tensor<4x5xi8>, tensor<5x17xi8>) outs(%init : tensor<4x17xi32>) {
  ^bb0(%x: i8, %y: i8, %o: i32):
    %1 = arith.extui %x : i8 to i32
    %2 = arith.extsi %y : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<4x17xi32>
  return %products : tensor<4x17xi32>
}

// -----

// Three rows read the right side too seldom.
// CHECK-LABEL: func.func @few_rows
// CHECK-NOT: floordiv
// CHECK: linalg.generic {{.*}}["parallel", "parallel", "reduction"]} ins(%arg0, %arg1 :
func.func @few_rows(%a: tensor<3x8xi8>, %b: tensor<8x16xi8>, %init: tensor<3x16xi32>) -> tensor<3x16xi32> {
  %products = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%a, %b : tensor<3x8xi8>, tensor<8x16xi8>) outs(%init : tensor<3x16xi32>) {
  ^bb0(%x: i8, %y: i8, %o: i32):
    %1 = arith.extui %x : i8 to i32
    %2 = arith.extsi %y : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<3x16xi32>
  return %products : tensor<3x16xi32>
}

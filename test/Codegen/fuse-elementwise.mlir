// RUN: quant-opt %s --quantc-fuse-elementwise --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @chain_becomes_one
// CHECK: linalg.generic
// CHECK: arith.addi
// CHECK: arith.maxsi
// CHECK-NOT: linalg.generic
func.func @chain_becomes_one(%x: tensor<8xi32>, %y: tensor<8xi32>) -> tensor<8xi32> {
  %e = tensor.empty() : tensor<8xi32>
  %0 = linalg.generic {indexing_maps = [affine_map<(n) -> (n)>, affine_map<(n) -> (n)>, affine_map<(n) -> (n)>],
    iterator_types = ["parallel"]} ins(%x, %y : tensor<8xi32>, tensor<8xi32>) outs(%e : tensor<8xi32>) {
  ^bb0(%a: i32, %b: i32, %o: i32):
    %1 = arith.addi %a, %b : i32
    linalg.yield %1 : i32
  } -> tensor<8xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(n) -> (n)>, affine_map<(n) -> (n)>],
    iterator_types = ["parallel"]} ins(%0 : tensor<8xi32>) outs(%e : tensor<8xi32>) {
  ^bb0(%a: i32, %o: i32):
    %zero = arith.constant 0 : i32
    %1 = arith.maxsi %a, %zero : i32
    linalg.yield %1 : i32
  } -> tensor<8xi32>
  return %r : tensor<8xi32>
}

// -----

// The matmul reads each of its inputs 8 times.
// CHECK-LABEL: func.func @reduction_does_not_compute_its_input
// CHECK: linalg.generic
// CHECK: arith.maxsi
// CHECK: linalg.generic
// CHECK: arith.muli
func.func @reduction_does_not_compute_its_input(%x: tensor<4x4xi32>, %w: tensor<4x8xi32>, %init: tensor<4x8xi32>) -> tensor<4x8xi32> {
  %e = tensor.empty() : tensor<4x4xi32>
  %0 = linalg.generic {indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (m, k)>],
    iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x4xi32>) outs(%e : tensor<4x4xi32>) {
  ^bb0(%a: i32, %o: i32):
    %zero = arith.constant 0 : i32
    %1 = arith.maxsi %a, %zero : i32
    linalg.yield %1 : i32
  } -> tensor<4x4xi32>
  %r = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%0, %w : tensor<4x4xi32>, tensor<4x8xi32>) outs(%init : tensor<4x8xi32>) {
  ^bb0(%a: i32, %b: i32, %o: i32):
    %1 = arith.muli %a, %b : i32
    %2 = arith.addi %o, %1 : i32
    linalg.yield %2 : i32
  } -> tensor<4x8xi32>
  return %r : tensor<4x8xi32>
}

// -----

// The end of a residual block: each product keeps its own narrowing, so that
// neither leaves 32-bit sums in memory. What only one of them reads is merged.
// CHECK-LABEL: func.func @two_reductions_keep_their_epilogues
// CHECK-COUNT-2: arith.trunci
// CHECK: linalg.generic
// CHECK: arith.addi
// CHECK-NEXT: arith.maxsi
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
func.func @two_reductions_keep_their_epilogues(%x: tensor<4x4xi32>, %w: tensor<4x8xi32>, %init: tensor<4x8xi32>, %zero: i8) -> tensor<4x8xi8> {
  %e = tensor.empty() : tensor<4x8xi8>
  %0 = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<4x4xi32>, tensor<4x8xi32>) outs(%init : tensor<4x8xi32>) {
  ^bb0(%a: i32, %b: i32, %o: i32):
    %m = arith.muli %a, %b : i32
    %s = arith.addi %o, %m : i32
    linalg.yield %s : i32
  } -> tensor<4x8xi32>
  %1 = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<4x4xi32>, tensor<4x8xi32>) outs(%init : tensor<4x8xi32>) {
  ^bb0(%a: i32, %b: i32, %o: i32):
    %m = arith.xori %a, %b : i32
    %s = arith.addi %o, %m : i32
    linalg.yield %s : i32
  } -> tensor<4x8xi32>
  %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
    ins(%0 : tensor<4x8xi32>) outs(%e : tensor<4x8xi8>) {
  ^bb0(%a: i32, %o: i8):
    %t = arith.trunci %a : i32 to i8
    linalg.yield %t : i8
  } -> tensor<4x8xi8>
  %3 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
    ins(%1 : tensor<4x8xi32>) outs(%e : tensor<4x8xi8>) {
  ^bb0(%a: i32, %o: i8):
    %t = arith.trunci %a : i32 to i8
    linalg.yield %t : i8
  } -> tensor<4x8xi8>
  %4 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
    ins(%2, %3 : tensor<4x8xi8>, tensor<4x8xi8>) outs(%e : tensor<4x8xi8>) {
  ^bb0(%a: i8, %b: i8, %o: i8):
    %s = arith.addi %a, %b : i8
    linalg.yield %s : i8
  } -> tensor<4x8xi8>
  %5 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
    ins(%4 : tensor<4x8xi8>) outs(%e : tensor<4x8xi8>) {
  ^bb0(%a: i8, %o: i8):
    %s = arith.maxsi %a, %zero : i8
    linalg.yield %s : i8
  } -> tensor<4x8xi8>
  return %5 : tensor<4x8xi8>
}

// -----

// A number for each row is not computed again for each element of the row.
// CHECK-LABEL: func.func @row_stays
// CHECK: %[[ROW:.+]] = linalg.generic
// CHECK: arith.divui
// CHECK: linalg.generic {{.*}} ins(%{{.+}}, %[[ROW]] :
func.func @row_stays(%x: tensor<4x8xi32>, %s: tensor<4xi32>) -> tensor<4x8xi32> {
  %e = tensor.empty() : tensor<4xi32>
  %0 = linalg.generic {indexing_maps = [affine_map<(m) -> (m)>, affine_map<(m) -> (m)>],
    iterator_types = ["parallel"]} ins(%s : tensor<4xi32>) outs(%e : tensor<4xi32>) {
  ^bb0(%a: i32, %o: i32):
    %c = arith.constant 1000 : i32
    %1 = arith.divui %c, %a : i32
    linalg.yield %1 : i32
  } -> tensor<4xi32>
  %f = tensor.empty() : tensor<4x8xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m)>, affine_map<(m, n) -> (m, n)>],
    iterator_types = ["parallel", "parallel"]} ins(%x, %0 : tensor<4x8xi32>, tensor<4xi32>) outs(%f : tensor<4x8xi32>) {
  ^bb0(%a: i32, %b: i32, %o: i32):
    %1 = arith.muli %a, %b : i32
    linalg.yield %1 : i32
  } -> tensor<4x8xi32>
  return %r : tensor<4x8xi32>
}

// -----

// The heads of an attention: each reads its slice of the rows where it is.
// CHECK-DAG: #[[$MOVED:.+]] = affine_map<(d0, d1, d2, d3) -> (d1, d0, d3)>
// CHECK-LABEL: func.func @read_through_transpose
// CHECK-SAME: (%[[X:.+]]: tensor<8x2x4xi8>
// CHECK-NOT: linalg.generic
// CHECK: linalg.generic {indexing_maps = [#[[$MOVED]], #{{.+}}, #{{.+}}]{{.*}} ins(%[[X]],
func.func @read_through_transpose(%x: tensor<8x2x4xi8>, %w: tensor<2x4x3xi8>, %init: tensor<2x8x3xi32>) -> tensor<2x8x3xi32> {
  %e = tensor.empty() : tensor<2x8x4xi8>
  %0 = linalg.generic {indexing_maps = [affine_map<(b, m, k) -> (m, b, k)>, affine_map<(b, m, k) -> (b, m, k)>],
    iterator_types = ["parallel", "parallel", "parallel"]} ins(%x : tensor<8x2x4xi8>) outs(%e : tensor<2x8x4xi8>) {
  ^bb0(%a: i8, %o: i8):
    linalg.yield %a : i8
  } -> tensor<2x8x4xi8>
  %r = linalg.generic {
    indexing_maps = [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (b, k, n)>, affine_map<(b, m, n, k) -> (b, m, n)>],
    iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
    ins(%0, %w : tensor<2x8x4xi8>, tensor<2x4x3xi8>) outs(%init : tensor<2x8x3xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extsi %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<2x8x3xi32>
  return %r : tensor<2x8x3xi32>
}

// -----

// A transpose that moves the innermost dimension is done once, not for every
// product.
// CHECK-LABEL: func.func @innermost_moves
// CHECK: %[[T:.+]] = linalg.generic {{.*}}["parallel", "parallel"]}
// CHECK: linalg.generic {{.*}} ins(%[[T]],
func.func @innermost_moves(%x: tensor<4x8xi32>, %w: tensor<4x3xi32>, %init: tensor<8x3xi32>) -> tensor<8x3xi32> {
  %e = tensor.empty() : tensor<8x4xi32>
  %0 = linalg.generic {indexing_maps = [affine_map<(m, k) -> (k, m)>, affine_map<(m, k) -> (m, k)>],
    iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xi32>) outs(%e : tensor<8x4xi32>) {
  ^bb0(%a: i32, %o: i32):
    linalg.yield %a : i32
  } -> tensor<8x4xi32>
  %r = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%0, %w : tensor<8x4xi32>, tensor<4x3xi32>) outs(%init : tensor<8x3xi32>) {
  ^bb0(%a: i32, %b: i32, %o: i32):
    %1 = arith.muli %a, %b : i32
    %2 = arith.addi %o, %1 : i32
    linalg.yield %2 : i32
  } -> tensor<8x3xi32>
  return %r : tensor<8x3xi32>
}

// -----

// The columns of a transposed tensor are rows where it comes from.
// CHECK-DAG: #[[$ROWS:.+]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-LABEL: func.func @sum_of_transposed
// CHECK-SAME: (%[[X:.+]]: tensor<8x4xi8>
// CHECK: linalg.generic {indexing_maps = [#[[$ROWS]], #{{.+}}], iterator_types = ["parallel", "reduction"]} ins(%[[X]] : tensor<8x4xi8>)
func.func @sum_of_transposed(%x: tensor<8x4xi8>, %init: tensor<8xi32>) -> tensor<8xi32> {
  %e = tensor.empty() : tensor<4x8xi8>
  %0 = linalg.generic {indexing_maps = [affine_map<(k, n) -> (n, k)>, affine_map<(k, n) -> (k, n)>],
    iterator_types = ["parallel", "parallel"]} ins(%x : tensor<8x4xi8>) outs(%e : tensor<4x8xi8>) {
  ^bb0(%a: i8, %o: i8):
    linalg.yield %a : i8
  } -> tensor<4x8xi8>
  %r = linalg.generic {indexing_maps = [affine_map<(n, k) -> (k, n)>, affine_map<(n, k) -> (n)>],
    iterator_types = ["parallel", "reduction"]} ins(%0 : tensor<4x8xi8>) outs(%init : tensor<8xi32>) {
  ^bb0(%a: i8, %o: i32):
    %1 = arith.extsi %a : i8 to i32
    %2 = arith.addi %o, %1 : i32
    linalg.yield %2 : i32
  } -> tensor<8xi32>
  return %r : tensor<8xi32>
}

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

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

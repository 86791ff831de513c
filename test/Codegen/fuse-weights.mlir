// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A dequantize of constants goes into the reduction that reads it, whatever
// reshapes stand between; a dequantize of anything else stays.
//
// RUN: quant-opt %s --quantc-fuse-weights --canonicalize | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#r = affine_map<(m, n, k) -> (m, n)>

// CHECK: #[[$W:.+]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK: #[[$S:.+]] = affine_map<(d0, d1, d2) -> (d1)>
// CHECK: #[[$HALF:.+]] = affine_map<(d0, d1, d2) -> (d2 floordiv 2, d1)>
// CHECK: #[[$LENGTH:.+]] = affine_map<(d0, d1, d2) -> (d2)>

// CHECK-LABEL: func @per_channel
// CHECK: linalg.generic {indexing_maps = [#{{.+}}, #[[$W]], #[[$S]], #{{.+}}], iterator_types = ["parallel", "parallel", "reduction"]} ins(%arg0, %{{.+}}, %{{.+}} : tensor<4x2xf32>, tensor<2x2xi8>, tensor<2xf32>)
// CHECK-NEXT: ^bb0(%[[X:.+]]: f32, %[[Q:.+]]: i8, %[[S:.+]]: f32, %[[ACC:.+]]: f32)
// CHECK-NEXT: %[[WIDE:.+]] = arith.extsi %[[Q]]
// CHECK-NEXT: %[[REAL:.+]] = arith.sitofp %[[WIDE]]
// CHECK-NEXT: %[[WEIGHT:.+]] = arith.mulf %[[S]], %[[REAL]]
// CHECK-NEXT: arith.mulf %[[X]], %[[WEIGHT]]
// CHECK-NOT: linalg.generic
func.func @per_channel(%x: tensor<4x2xf32>, %init: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %q = arith.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>
  %s = arith.constant dense<[0.5, 0.25]> : tensor<2xf32>
  %e = tensor.empty() : tensor<2x2xf32>
  %w = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q, %s : tensor<2x2xi8>, tensor<2xf32>) outs(%e : tensor<2x2xf32>) {
  ^bb0(%a: i8, %b: f32, %o: f32):
    %0 = arith.extsi %a : i8 to i32
    %1 = arith.sitofp %0 : i32 to f32
    %2 = arith.mulf %b, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<2x2xf32>
  %r = linalg.generic {indexing_maps = [#x, #w, #r], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<4x2xf32>, tensor<2x2xf32>) outs(%init : tensor<4x2xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %acc, %0 : f32
    linalg.yield %1 : f32
  } -> tensor<4x2xf32>
  return %r : tensor<4x2xf32>
}

// Two products of a byte and a reshape: neither operand tells how long the loop
// is, so one more does. The place in the tensor is a function of the loops.
// CHECK-LABEL: func @packed_and_reshaped
// CHECK: %[[LENGTH:.+]] = tensor.empty() : tensor<4xi8>
// CHECK: linalg.generic {indexing_maps = [#[[$HALF]], #[[$LENGTH]], #{{.+}}], iterator_types = ["parallel", "parallel", "reduction"]} ins(%{{.+}}, %[[LENGTH]] : tensor<2x2xi8>, tensor<4xi8>)
// CHECK: linalg.index 2
func.func @packed_and_reshaped(%init: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %q = arith.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>
  %e = tensor.empty() : tensor<2x4xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(n, k) -> (k floordiv 2, n)>, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : tensor<2x2xi8>) outs(%e : tensor<2x4xf32>) {
  ^bb0(%a: i8, %o: f32):
    %k = linalg.index 1 : index
    %0 = arith.index_cast %k : index to i8
    %1 = arith.shrsi %a, %0 : i8
    %2 = arith.sitofp %1 : i8 to f32
    linalg.yield %2 : f32
  } -> tensor<2x4xf32>
  %v = tensor.expand_shape %w [[0], [1, 2]] output_shape [2, 4, 1] : tensor<2x4xf32> into tensor<2x4x1xf32>
  %c = tensor.collapse_shape %v [[0], [1, 2]] : tensor<2x4x1xf32> into tensor<2x4xf32>
  %r = linalg.generic {indexing_maps = [#w, #r], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%c : tensor<2x4xf32>) outs(%init : tensor<3x2xf32>) {
  ^bb0(%b: f32, %acc: f32):
    %1 = arith.addf %acc, %b : f32
    linalg.yield %1 : f32
  } -> tensor<3x2xf32>
  return %r : tensor<3x2xf32>
}

// CHECK-LABEL: func @no_constant
// CHECK: linalg.generic {{.*}}["parallel", "parallel"]}
// CHECK: linalg.generic {{.*}}["parallel", "parallel", "reduction"]}
func.func @no_constant(%x: tensor<4x2xf32>, %q: tensor<2x2xi8>, %init: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %e = tensor.empty() : tensor<2x2xf32>
  %w = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : tensor<2x2xi8>) outs(%e : tensor<2x2xf32>) {
  ^bb0(%a: i8, %o: f32):
    %1 = arith.sitofp %a : i8 to f32
    linalg.yield %1 : f32
  } -> tensor<2x2xf32>
  %r = linalg.generic {indexing_maps = [#x, #w, #r], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<4x2xf32>, tensor<2x2xf32>) outs(%init : tensor<4x2xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %acc, %0 : f32
    linalg.yield %1 : f32
  } -> tensor<4x2xf32>
  return %r : tensor<4x2xf32>
}

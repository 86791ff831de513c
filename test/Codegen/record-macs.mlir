// Products are counted by the name of the node they belong to, while they are
// loops of the model and not yet of a kernel.

// RUN: quant-opt %s --quantc-record-macs --split-input-file | FileCheck %s

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>

// Two products of one node add up; a node of several names counts for its first.
// CHECK-LABEL: func.func @products
// CHECK-SAME: attributes {qnn.macs = {fc = [1024, i32], mix = [512, f32]}}
func.func @products(%x: tensor<4x16xi8>, %w: tensor<16x8xi8>, %i: tensor<4x8xi32>,
                    %f: tensor<4x16xf32>, %g: tensor<16x8xf32>, %j: tensor<4x8xf32>)
    -> (tensor<4x8xi32>, tensor<4x8xf32>) {
  %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<4x16xi8>, tensor<16x8xi8>) outs(%i : tensor<4x8xi32>) {
  ^bb0(%p: i8, %q: i8, %acc: i32):
    %p32 = arith.extui %p : i8 to i32
    %q32 = arith.extsi %q : i8 to i32
    %m = arith.muli %p32, %q32 : i32
    %s = arith.addi %acc, %m : i32
    linalg.yield %s : i32
  } -> tensor<4x8xi32> loc("fc")
  %1 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<4x16xi8>, tensor<16x8xi8>) outs(%0 : tensor<4x8xi32>) {
  ^bb0(%p: i8, %q: i8, %acc: i32):
    %p32 = arith.extui %p : i8 to i32
    %q32 = arith.extsi %q : i8 to i32
    %m = arith.muli %p32, %q32 : i32
    %s = arith.addi %acc, %m : i32
    linalg.yield %s : i32
  } -> tensor<4x8xi32> loc("fc")
  %2 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%f, %g : tensor<4x16xf32>, tensor<16x8xf32>) outs(%j : tensor<4x8xf32>) {
  ^bb0(%p: f32, %q: f32, %acc: f32):
    %m = arith.mulf %p, %q : f32
    %s = arith.addf %acc, %m : f32
    linalg.yield %s : f32
  } -> tensor<4x8xf32> loc(fused["mix", "relu"])
  return %1, %2 : tensor<4x8xi32>, tensor<4x8xf32>
}

// -----

#id = affine_map<(m, n) -> (m, n)>
#row = affine_map<(m, n) -> (m)>

// A sum has no products, an elementwise product no sum.
// CHECK-LABEL: func.func @no_products
// CHECK-SAME: attributes {qnn.macs = {}}
func.func @no_products(%x: tensor<4x8xf32>, %i: tensor<4xf32>) -> (tensor<4xf32>, tensor<4x8xf32>) {
  %0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%i : tensor<4xf32>) {
  ^bb0(%p: f32, %acc: f32):
    %s = arith.addf %acc, %p : f32
    linalg.yield %s : f32
  } -> tensor<4xf32> loc("sum")
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%p: f32, %o: f32):
    %m = arith.mulf %p, %p : f32
    linalg.yield %m : f32
  } -> tensor<4x8xf32> loc("square")
  return %0, %1 : tensor<4xf32>, tensor<4x8xf32>
}

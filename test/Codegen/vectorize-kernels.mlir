// RUN: quant-opt %s --quantc-vectorize-kernels=vector-bits=256 --split-input-file | FileCheck %s

// What a kernel computes is executed in the unit tests; here stands what it
// looks like: which values are carried in registers, and what is left over.

// A matmul of 4 rows with 13 columns at 8 lanes: for the first 8 columns the
// 4 accumulators are carried by the loop over 32 products, for the other 5
// shorter ones. Bias and clamp happen on the accumulators; nothing of type i32
// is a tensor.
// CHECK-LABEL: func.func @matmul_bias_clamp
// CHECK-SAME: %[[BIAS:.+]]: tensor<13xi32>
// CHECK: vector.transfer_read %[[BIAS]]{{.*}} : tensor<13xi32>, vector<8xi32>
// CHECK: scf.for {{.*}} -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
// CHECK: arith.muli {{.*}} : vector<8xi32>
// CHECK: scf.yield
// CHECK: arith.maxsi {{.*}} : vector<8xi32>
// CHECK: arith.trunci {{.*}} : vector<8xi32> to vector<8xi8>
// CHECK: vector.transfer_write {{.*}} : vector<8xi8>, tensor<4x13xi8>
// CHECK: vector.transfer_read %[[BIAS]]{{.*}} : tensor<13xi32>, vector<5xi32>
// CHECK: scf.for {{.*}} -> (vector<5xi32>, vector<5xi32>, vector<5xi32>, vector<5xi32>)
// CHECK: vector.transfer_write {{.*}} : vector<5xi8>, tensor<4x13xi8>
// CHECK-NOT: linalg
// CHECK-NOT: tensor<4x13xi32>
func.func @matmul_bias_clamp(%b: tensor<13xi32>, %x: tensor<4x32xi8>, %w: tensor<32x13xi8>) -> tensor<4x13xi8> {
  %e = tensor.empty() : tensor<4x13xi32>
  %init = linalg.generic {
    indexing_maps = [affine_map<(m, n) -> (n)>, affine_map<(m, n) -> (m, n)>],
    iterator_types = ["parallel", "parallel"]} ins(%b : tensor<13xi32>) outs(%e : tensor<4x13xi32>) {
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> tensor<4x13xi32>
  %acc = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<4x32xi8>, tensor<32x13xi8>) outs(%init : tensor<4x13xi32>) {
  ^bb0(%a: i8, %c: i8, %o: i32):
    %1 = arith.extsi %a : i8 to i32
    %2 = arith.extsi %c : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<4x13xi32>
  %f = tensor.empty() : tensor<4x13xi8>
  %r = linalg.generic {
    indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>],
    iterator_types = ["parallel", "parallel"]} ins(%acc : tensor<4x13xi32>) outs(%f : tensor<4x13xi8>) {
  ^bb0(%i: i32, %o: i8):
    %zero = arith.constant 0 : i32
    %1 = arith.maxsi %i, %zero : i32
    %2 = arith.trunci %1 : i32 to i8
    linalg.yield %2 : i8
  } -> tensor<4x13xi8>
  return %r : tensor<4x13xi8>
}

// -----

// A second reader of the accumulators needs them in memory: no epilogue.
// CHECK-LABEL: func.func @two_readers_are_not_fused
// CHECK: vector.transfer_write {{.*}} : vector<8xi32>, tensor<8xi32>
// CHECK: vector.transfer_write {{.*}} : vector<8xi32>, tensor<8xi32>
// CHECK-NOT: linalg
func.func @two_readers_are_not_fused(%x: tensor<8x4xi32>, %init: tensor<8xi32>) -> (tensor<8xi32>, tensor<8xi32>) {
  %acc = linalg.generic {
    indexing_maps = [affine_map<(n, k) -> (n, k)>, affine_map<(n, k) -> (n)>],
    iterator_types = ["parallel", "reduction"]} ins(%x : tensor<8x4xi32>) outs(%init : tensor<8xi32>) {
  ^bb0(%a: i32, %o: i32):
    %1 = arith.addi %o, %a : i32
    linalg.yield %1 : i32
  } -> tensor<8xi32>
  %e = tensor.empty() : tensor<8xi32>
  %r = linalg.generic {
    indexing_maps = [affine_map<(n) -> (n)>, affine_map<(n) -> (n)>],
    iterator_types = ["parallel"]} ins(%acc : tensor<8xi32>) outs(%e : tensor<8xi32>) {
  ^bb0(%i: i32, %o: i32):
    %1 = arith.muli %i, %i : i32
    linalg.yield %1 : i32
  } -> tensor<8xi32>
  return %acc, %r : tensor<8xi32>, tensor<8xi32>
}

// -----

// A product that is only added becomes a fused one, on vectors.
// CHECK-LABEL: func.func @float_products_are_fused
// CHECK: vector.fma
func.func @float_products_are_fused(%x: tensor<3xf32>, %w: tensor<3x8xf32>, %init: tensor<8xf32>) -> tensor<8xf32> {
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, k) -> (k)>, affine_map<(n, k) -> (k, n)>, affine_map<(n, k) -> (n)>],
    iterator_types = ["parallel", "reduction"]} ins(%x, %w : tensor<3xf32>, tensor<3x8xf32>) outs(%init : tensor<8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %1 = arith.mulf %a, %b : f32
    %2 = arith.addf %o, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<8xf32>
  return %0 : tensor<8xf32>
}

// -----

// Vectors of i1 are packed bits in LLVM, tensors of i1 are bytes: scalars.
// CHECK-LABEL: func.func @booleans_stay_scalar
// CHECK-NOT: vector
// CHECK: tensor.insert {{.*}} : tensor<16xi1>
func.func @booleans_stay_scalar(%x: tensor<16xi8>) -> tensor<16xi1> {
  %e = tensor.empty() : tensor<16xi1>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n) -> (n)>, affine_map<(n) -> (n)>],
    iterator_types = ["parallel"]} ins(%x : tensor<16xi8>) outs(%e : tensor<16xi1>) {
  ^bb0(%i: i8, %o: i1):
    %zero = arith.constant 0 : i8
    %1 = arith.cmpi sgt, %i, %zero : i8
    linalg.yield %1 : i1
  } -> tensor<16xi1>
  return %0 : tensor<16xi1>
}

// -----

// Two results, and a dynamic shape: left for plain loops.
// CHECK-LABEL: func.func @outside_of_the_form
// CHECK-COUNT-2: linalg.generic
func.func @outside_of_the_form(%x: tensor<4xi32>, %y: tensor<?xi32>) -> (tensor<4xi32>, tensor<4xi32>, tensor<?xi32>) {
  %e = tensor.empty() : tensor<4xi32>
  %0:2 = linalg.generic {
    indexing_maps = [affine_map<(n) -> (n)>, affine_map<(n) -> (n)>, affine_map<(n) -> (n)>],
    iterator_types = ["parallel"]} ins(%x : tensor<4xi32>) outs(%e, %e : tensor<4xi32>, tensor<4xi32>) {
  ^bb0(%i: i32, %o: i32, %p: i32):
    linalg.yield %i, %i : i32, i32
  } -> (tensor<4xi32>, tensor<4xi32>)
  %1 = linalg.generic {
    indexing_maps = [affine_map<(n) -> (n)>],
    iterator_types = ["parallel"]} outs(%y : tensor<?xi32>) {
  ^bb0(%o: i32):
    %2 = arith.addi %o, %o : i32
    linalg.yield %2 : i32
  } -> tensor<?xi32>
  return %0#0, %0#1, %1 : tensor<4xi32>, tensor<4xi32>, tensor<?xi32>
}

// -----

// Planes become pixels: the vectors of three planes are shuffled together and
// stored at once. 20 pixels are two vectors of 8 and one of 4.
// CHECK-LABEL: func.func @planes_to_pixels
// CHECK-SAME: (%[[X:[^:]+]]: tensor<3x2x20xf32>
// CHECK: tensor.empty() : tensor<2x60xf32>
// CHECK: scf.for
// CHECK: scf.for
// CHECK-COUNT-3: vector.transfer_read %[[X]]{{.*}} : tensor<3x2x20xf32>, vector<8xf32>
// CHECK: %[[PIXELS:.+]] = vector.shuffle %{{.+}}, %{{.+}} [0, 8, 16, 1, 9, 17, 2, 10, 18, 3, 11, 19, 4, 12, 20, 5, 13, 21, 6, 14, 22, 7, 15, 23]
// CHECK: vector.transfer_write %[[PIXELS]], {{.*}} : vector<24xf32>, tensor<2x60xf32>
// CHECK: vector.transfer_write {{.*}} : vector<12xf32>, tensor<2x60xf32>
// CHECK: tensor.expand_shape %{{.+}} {{\[\[}}0], [1, 2]] {{.*}} : tensor<2x60xf32> into tensor<2x20x3xf32>
func.func @planes_to_pixels(%x: tensor<3x2x20xf32>) -> tensor<2x20x3xf32> {
  %e = tensor.empty() : tensor<2x20x3xf32>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(h, w, c) -> (c, h, w)>, affine_map<(h, w, c) -> (h, w, c)>],
    iterator_types = ["parallel", "parallel", "parallel"]}
    ins(%x : tensor<3x2x20xf32>) outs(%e : tensor<2x20x3xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = arith.addf %a, %a : f32
    linalg.yield %1 : f32
  } -> tensor<2x20x3xf32>
  return %0 : tensor<2x20x3xf32>
}

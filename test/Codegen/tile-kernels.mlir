// What becomes a kernel of tiles, and its form: a block of 2 x 2 sums carried by
// the reduction, a piece of stack, and the other operations on its rows.

// RUN: quant-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(quantc-pack-dot-products{vector-bits=512},quantc-decompose-pads{vector-bits=512 isa=amx},quantc-vectorize-kernels{vector-bits=512 isa=amx}))' | FileCheck %s
// RUN: quant-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(quantc-pack-dot-products{vector-bits=512},quantc-decompose-pads{vector-bits=512 isa=avx512vnni},quantc-vectorize-kernels{vector-bits=512 isa=avx512vnni}))' | FileCheck %s --check-prefix=VECTORS

// VECTORS-NOT: qvec.tile
// VECTORS: qvec.dot

#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>

// 40 rows are three tiles of 14: the second block begins 12 rows before the end
// of the first, at row 12.
// CHECK: #[[$LAST:[a-z0-9]+]] = affine_map<(d0) -> (d0 * 28, 12)>
// CHECK-LABEL: func @matmul
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<40x128xi8>
func.func @matmul(%x: tensor<40x128xi8>, %zero: i32) -> tensor<40x64xi8> {
  // CHECK: %[[W:.*]] = arith.constant dense_resource<{{.*}}> : tensor<2x32x128xi8>
  %w = arith.constant dense<3> : tensor<128x64xi8>
  %e = tensor.empty() : tensor<40x64xi32>
  %init = linalg.generic {indexing_maps = [affine_map<(m, n) -> ()>, #id], iterator_types = ["parallel", "parallel"]}
      ins(%zero : i32) outs(%e : tensor<40x64xi32>) {
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> tensor<40x64xi32>
  // CHECK: scf.for %[[P:[a-z0-9]+]] =
  // CHECK: scf.for %[[I:[a-z0-9]+]] =
  // CHECK: %[[M:[a-z0-9]+]] = affine.min #[[$LAST]](%[[I]])
  // CHECK-COUNT-4: qvec.tile_zero : !qvec.tile<14x16xi32>
  // CHECK: %[[S:.*]]:4 = scf.for
  // CHECK: %[[B0:.*]] = qvec.tile_load %[[W]][%[[P]], %{{.*}}, %{{.*}}] along 1 by 1 : tensor<2x32x128xi8>, !qvec.tile<16x64xi8>
  // CHECK: %[[B1:.*]] = qvec.tile_load %[[W]]
  // CHECK: %[[A0:.*]] = qvec.tile_load %[[X]][%[[M]], %{{.*}}] along 0 by 1 : tensor<40x128xi8>, !qvec.tile<14x64xi8>
  // CHECK: qvec.tile_dot %{{.*}}, %[[A0]], %[[B0]] {lhs_unsigned}
  // CHECK: qvec.tile_dot %{{.*}}, %[[A0]], %[[B1]] {lhs_unsigned}
  // CHECK: %[[A1:.*]] = qvec.tile_load %[[X]]
  // CHECK: qvec.tile_dot %{{.*}}, %[[A1]], %[[B0]] {lhs_unsigned}
  // CHECK: qvec.tile_dot %{{.*}}, %[[A1]], %[[B1]] {lhs_unsigned}
  // CHECK: %[[SCRATCH:.*]] = memref.alloca() {alignment = 64 : i64} : memref<28x32xi32>
  // CHECK-COUNT-4: qvec.tile_store %{{.*}}, %[[SCRATCH]]
  // CHECK: scf.for
  // CHECK: vector.load %[[SCRATCH]][%{{.*}}] : memref<28x32xi32>, vector<32xi32>
  // CHECK: arith.trunci %{{.*}} : vector<32xi32> to vector<32xi8>
  // CHECK: vector.transfer_write
  %acc = linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<40x128xi8>, tensor<128x64xi8>) outs(%init : tensor<40x64xi32>) {
  ^bb0(%i: i8, %k: i8, %o: i32):
    %i32 = arith.extui %i : i8 to i32
    %k32 = arith.extsi %k : i8 to i32
    %q = arith.muli %i32, %k32 : i32
    %s = arith.addi %o, %q : i32
    linalg.yield %s : i32
  } -> tensor<40x64xi32>
  %f = tensor.empty() : tensor<40x64xi8>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%acc : tensor<40x64xi32>) outs(%f : tensor<40x64xi8>) {
  ^bb0(%a: i32, %o: i8):
    %t = arith.trunci %a : i32 to i8
    linalg.yield %t : i8
  } -> tensor<40x64xi8>
  return %r : tensor<40x64xi8>
}

// -----

#in = affine_map<(n, y, x, o, h, w, i) -> (n, y + h, x + w, i)>
#wt = affine_map<(n, y, x, o, h, w, i) -> (h, w, i, o)>
#out = affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>
#id = affine_map<(n, y, x, o) -> (n, y, x, o)>

// Three rows of 192 neighbours; the border of zeros, which vectors leave out, is
// written, and a line of 14 pixels is one tile beside that of the next line.
// CHECK-LABEL: func @conv_3x3
func.func @conv_3x3(%x: tensor<1x14x14x64xi8>, %zero: i32) -> tensor<1x14x14x32xi8> {
  %w = arith.constant dense<3> : tensor<3x3x64x32xi8>
  %pad = arith.constant 0 : i8
  // CHECK: tensor.insert_slice %{{.*}} into %{{.*}} : tensor<1x14x896xi8> into tensor<1x16x1024xi8>
  %p = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%0: index, %1: index, %2: index, %3: index):
    tensor.yield %pad : i8
  } : tensor<1x14x14x64xi8> to tensor<1x16x16x64xi8>
  %e = tensor.empty() : tensor<1x14x14x32xi32>
  %init = linalg.generic {indexing_maps = [affine_map<(n, y, x, o) -> ()>, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%zero : i32) outs(%e : tensor<1x14x14x32xi32>) {
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> tensor<1x14x14x32xi32>
  // CHECK: scf.for
  // CHECK: scf.for {{.*}} -> (!qvec.tile<14x16xi32>, !qvec.tile<14x16xi32>, !qvec.tile<14x16xi32>, !qvec.tile<14x16xi32>)
  // CHECK: scf.for {{.*}} -> (!qvec.tile<14x16xi32>, !qvec.tile<14x16xi32>, !qvec.tile<14x16xi32>, !qvec.tile<14x16xi32>)
  // CHECK: qvec.tile_load %{{.*}} along 2 by 64 : tensor<1x16x1024xi8>, !qvec.tile<14x64xi8>
  %acc = linalg.generic {indexing_maps = [#in, #wt, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%p, %w : tensor<1x16x16x64xi8>, tensor<3x3x64x32xi8>) outs(%init : tensor<1x14x14x32xi32>) {
  ^bb0(%i: i8, %k: i8, %o: i32):
    %i32 = arith.extui %i : i8 to i32
    %k32 = arith.extsi %k : i8 to i32
    %q = arith.muli %i32, %k32 : i32
    %s = arith.addi %o, %q : i32
    linalg.yield %s : i32
  } -> tensor<1x14x14x32xi32>
  %f = tensor.empty() : tensor<1x14x14x32xi8>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%acc : tensor<1x14x14x32xi32>) outs(%f : tensor<1x14x14x32xi8>) {
  ^bb0(%a: i32, %o: i8):
    %t = arith.trunci %a : i32 to i8
    linalg.yield %t : i8
  } -> tensor<1x14x14x32xi8>
  return %r : tensor<1x14x14x32xi8>
}

// -----

#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>

// Sums that are added to what is there: a row that is computed twice would be
// added twice.
// CHECK-LABEL: func @in_place
// CHECK-NOT: qvec.tile
// CHECK: qvec.dot
func.func @in_place(%x: tensor<40x128xi8>, %sums: tensor<40x64xi32>) -> tensor<40x64xi32> {
  %w = arith.constant dense<3> : tensor<128x64xi8>
  %acc = linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<40x128xi8>, tensor<128x64xi8>) outs(%sums : tensor<40x64xi32>) {
  ^bb0(%i: i8, %k: i8, %o: i32):
    %i32 = arith.extui %i : i8 to i32
    %k32 = arith.extsi %k : i8 to i32
    %q = arith.muli %i32, %k32 : i32
    %s = arith.addi %o, %q : i32
    linalg.yield %s : i32
  } -> tensor<40x64xi32>
  return %acc : tensor<40x64xi32>
}

// -----

#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>

// Three rows fill less than a quarter of a tile.
// CHECK-LABEL: func @few_rows
// CHECK-NOT: qvec.tile
// CHECK: qvec.dot
func.func @few_rows(%x: tensor<3x128xi8>, %zero: i32) -> tensor<3x64xi32> {
  %w = arith.constant dense<3> : tensor<128x64xi8>
  %e = tensor.empty() : tensor<3x64xi32>
  %init = linalg.generic {indexing_maps = [affine_map<(m, n) -> ()>, #id], iterator_types = ["parallel", "parallel"]}
      ins(%zero : i32) outs(%e : tensor<3x64xi32>) {
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> tensor<3x64xi32>
  %acc = linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<3x128xi8>, tensor<128x64xi8>) outs(%init : tensor<3x64xi32>) {
  ^bb0(%i: i8, %k: i8, %o: i32):
    %i32 = arith.extui %i : i8 to i32
    %k32 = arith.extsi %k : i8 to i32
    %q = arith.muli %i32, %k32 : i32
    %s = arith.addi %o, %q : i32
    linalg.yield %s : i32
  } -> tensor<3x64xi32>
  return %acc : tensor<3x64xi32>
}

// What a kernel of dot products looks like. What it computes is executed in the
// unit tests.

// RUN: quant-opt %s --split-input-file --verify-each \
// RUN:   --pass-pipeline='builtin.module(func.func(quantc-pack-dot-products{vector-bits=256},quantc-decompose-pads,quantc-pack-constants{vector-bits=256},quantc-vectorize-kernels{vector-bits=256 isa=avxvnni},canonicalize,cse))' | FileCheck %s
// RUN: quant-opt %s --split-input-file --verify-each \
// RUN:   --pass-pipeline='builtin.module(func.func(quantc-pack-dot-products{vector-bits=256},quantc-vectorize-kernels{vector-bits=256 isa=avx2},canonicalize,cse))' | FileCheck %s --check-prefix=WIDENS
// RUN: not quant-opt %s --split-input-file --quantc-vectorize-kernels=isa=mmx 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// UNKNOWN: error: unknown isa 'mmx'

// 12 rows, 16 columns, 48 products. A tile is 6 rows and two vectors of 8
// columns: 12 accumulators are carried over 12 groups. In a group, four bytes of
// a row are one word for all lanes, and meet the weights of both vectors before
// the next row is loaded.
// CHECK-LABEL: func.func @tile
// CHECK-SAME: (%[[X:[^:]+]]: tensor<12x48xi8>
// CHECK-DAG: %[[W:.+]] = arith.constant dense<{{.*}}> : tensor<1x12x64xi8>
// CHECK-DAG: %[[GROUPS:.+]] = arith.constant 12 : index
// CHECK: scf.for %[[K:.+]] = %{{.+}} to %[[GROUPS]] step %{{.+}} iter_args({{.*}}) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
// CHECK: %[[BYTES:.+]] = vector.transfer_read %[[X]]{{.*}} {in_bounds = [true]} : tensor<12x48xi8>, vector<4xi8>
// CHECK: %[[WORD:.+]] = vector.bitcast %[[BYTES]] : vector<4xi8> to vector<1xi32>
// CHECK: %[[ROW:.+]] = vector.bitcast %{{.+}} : vector<8xi32> to vector<32xi8>
// CHECK: %[[W0:.+]] = vector.transfer_read %[[W]][%{{.+}}, %[[K]], %{{.+}}], %{{.+}} {in_bounds = [true]} : tensor<1x12x64xi8>, vector<32xi8>
// CHECK: qvec.dot %{{.+}}, %[[ROW]], %[[W0]] {lhs_unsigned} : vector<8xi32>, vector<32xi8>
// CHECK: %[[W1:.+]] = vector.transfer_read %[[W]][%{{.+}}, %[[K]], %{{.+}}], %{{.+}} {in_bounds = [true]} : tensor<1x12x64xi8>, vector<32xi8>
// CHECK: qvec.dot %{{.+}}, %[[ROW]], %[[W1]] {lhs_unsigned} : vector<8xi32>, vector<32xi8>
// CHECK-COUNT-10: qvec.dot %{{.+}}, %{{.+}}, %{{.+}} {lhs_unsigned}
// CHECK: scf.yield
// CHECK-NOT: qvec.dot
// CHECK-NOT: linalg

// Bytes that are widened take two registers: 8 accumulators, not 12.
// WIDENS-LABEL: func.func @tile
// WIDENS: scf.for {{.*}} -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
func.func @tile(%x: tensor<12x48xi8>, %init: tensor<12x16xi32>) -> tensor<12x16xi32> {
  %w = arith.constant dense<1> : tensor<16x48xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<12x48xi8>, tensor<16x48xi8>) outs(%init : tensor<12x16xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<12x16xi32>
  return %0 : tensor<12x16xi32>
}

// -----

// 7 products are a group and three bytes. The fourth byte of the last group is
// not read, it is not there: zero stands for it. The clamp is computed on the
// accumulators.
// CHECK-LABEL: func.func @products_left_over
// CHECK-SAME: (%[[X:[^:]+]]: tensor<1x7xi8>
// CHECK: vector.transfer_read %[[X]][{{.*}}], %{{.+}} {in_bounds = [true]} : tensor<1x7xi8>, vector<4xi8>
// CHECK: %[[SUM:.+]] = qvec.dot {{.*}} : vector<8xi32>, vector<32xi8>
// CHECK: %[[THREE:.+]] = vector.transfer_read %[[X]][{{.*}}], %{{.+}} {in_bounds = [true]} : tensor<1x7xi8>, vector<3xi8>
// CHECK: vector.insert_strided_slice %[[THREE]], %{{.+}} {offsets = [0], strides = [1]} : vector<3xi8> into vector<4xi8>
// CHECK: %[[ALL:.+]] = qvec.dot %[[SUM]], {{.*}} : vector<8xi32>, vector<32xi8>
// CHECK: %[[POSITIVE:.+]] = arith.maxsi %[[ALL]]
// CHECK: vector.transfer_write %[[POSITIVE]]
func.func @products_left_over(%x: tensor<1x7xi8>, %init: tensor<1x8xi32>) -> tensor<1x8xi32> {
  %w = arith.constant dense<1> : tensor<8x7xi8>
  %zero = arith.constant 0 : i32
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<1x7xi8>, tensor<8x7xi8>) outs(%init : tensor<1x8xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x8xi32>
  %e = tensor.empty() : tensor<1x8xi32>
  %r = linalg.generic {
    indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>],
    iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<1x8xi32>) outs(%e : tensor<1x8xi32>) {
  ^bb0(%i: i32, %o: i32):
    %1 = arith.maxsi %i, %zero : i32
    linalg.yield %1 : i32
  } -> tensor<1x8xi32>
  return %r : tensor<1x8xi32>
}

// -----

// 11 columns: one full vector, then 3 lanes. Signed activations say nothing of
// signs.
// CHECK-LABEL: func.func @columns_left_over
// CHECK: qvec.dot %{{.+}}, %{{.+}}, %{{.+}} : vector<8xi32>, vector<32xi8>
// CHECK: qvec.dot %{{.+}}, %{{.+}}, %{{.+}} : vector<3xi32>, vector<12xi8>
func.func @columns_left_over(%x: tensor<1x4xi8>, %init: tensor<1x11xi32>) -> tensor<1x11xi32> {
  %w = arith.constant dense<1> : tensor<11x4xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<1x4xi8>, tensor<11x4xi8>) outs(%init : tensor<1x11xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extsi %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x11xi32>
  return %0 : tensor<1x11xi32>
}

// -----

// A border of zeros is nowhere in memory. Rows above and below the image are
// left out of the loop over kernel rows. All 4 columns are one tile: the first
// column has nothing to the left of it, the last nothing to the right, so that
// 3, 4 and again 3 pixels take part in the groups of a row.
// CHECK-DAG: #[[$FIRST:.+]] = affine_map<(d0) -> (-d0 + 1, 0)>
// CHECK-DAG: #[[$END:.+]] = affine_map<(d0) -> (-d0 + 5, 3)>
// CHECK-LABEL: func.func @border
// CHECK-SAME: (%[[X:[^:]+]]: tensor<1x4x4x48xi8>
// CHECK-NOT: tensor.pad
// CHECK-NOT: tensor.insert_slice
// CHECK: %[[ROWS:.+]] = tensor.collapse_shape %[[X]]
// CHECK: scf.for %[[Y:[a-z0-9]+]] =
// CHECK: %[[TOP:.+]] = affine.max #[[$FIRST]](%[[Y]])
// CHECK: %[[BOTTOM:.+]] = affine.min #[[$END]](%[[Y]])
// CHECK: scf.for %{{.+}} = %[[TOP]] to %[[BOTTOM]] {{.*}} -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
// CHECK: scf.for {{.*}} -> (vector<8xi32>, vector<8xi32>, vector<8xi32>) {
// CHECK-COUNT-3: qvec.dot
// CHECK: scf.for {{.*}} -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
// CHECK-COUNT-4: qvec.dot
// CHECK: scf.for {{.*}} -> (vector<8xi32>, vector<8xi32>, vector<8xi32>) {
// CHECK-COUNT-3: qvec.dot
// CHECK-NOT: qvec.dot
func.func @border(%x: tensor<1x4x4x48xi8>, %init: tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32> {
  %zero = arith.constant 0 : i8
  %w = arith.constant dense<1> : tensor<8x3x3x48xi8>
  %padded = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : i8
  } : tensor<1x4x4x48xi8> to tensor<1x6x6x48xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o, h, w, i) -> (n, y + h, x + w, i)>, affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>, affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%padded, %w : tensor<1x6x6x48xi8>, tensor<8x3x3x48xi8>) outs(%init : tensor<1x4x4x8xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x4x4x8xi32>
  return %0 : tensor<1x4x4x8xi32>
}

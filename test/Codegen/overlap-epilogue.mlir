// Pixels of a tile get their last products a few at a time, each few in front of
// their epilogue. What that computes is executed in the unit tests.

// RUN: quant-opt %s --split-input-file --verify-each \
// RUN:   --pass-pipeline='builtin.module(func.func(quantc-pack-dot-products{vector-bits=512 isa=avx512vnni},quantc-decompose-pads,quantc-pack-constants{vector-bits=512},quantc-vectorize-kernels{vector-bits=512 isa=avx512vnni},canonicalize,cse))' | FileCheck %s
// RUN: quant-opt %s --split-input-file --verify-each \
// RUN:   --pass-pipeline='builtin.module(func.func(quantc-pack-dot-products{vector-bits=256 isa=avxvnni},quantc-decompose-pads,quantc-pack-constants{vector-bits=256},quantc-vectorize-kernels{vector-bits=256 isa=avxvnni},canonicalize,cse))' | FileCheck %s --check-prefix=SIXTEEN

// Eight pixels of 16 channels, 16 groups. The loop adds four of them to all
// accumulators; then four pixels get the other twelve and leave as one register,
// and the loads of the next four stay behind that.
// CHECK-LABEL: func.func @pixels
// CHECK-DAG: %[[FIRST:.+]] = arith.constant 4 : index
// CHECK-COUNT-32: qvec.dot
// CHECK: %[[I:.+]] = qvec.stay %{{.+}} in %{{.+}} after %{{.+}} : vector<16xi32>, vector<16xi32>, vector<16xi32>, vector<16xi32>, vector<16xi32>, vector<16xi32>, vector<16xi32>, vector<16xi32>
// CHECK-COUNT-48: qvec.dot
// CHECK-NOT: qvec.dot
// CHECK: qvec.pack %{{.+}}, %{{.+}} : vector<16xi32> to vector<32xi16>
// CHECK: qvec.pack %{{.+}}, %{{.+}} : vector<16xi32> to vector<32xi16>
// CHECK: qvec.pack %{{.+}}, %{{.+}} {result_unsigned} : vector<32xi16> to vector<64xi8>
// CHECK: %[[BYTES:.+]] = vector.bitcast %{{.+}} : vector<16xi32> to vector<64xi8>
// CHECK: %[[ROWS:.+]] = vector.shape_cast %[[BYTES]] : vector<64xi8> to vector<4x16xi8>
// CHECK: vector.transfer_write %[[ROWS]], %{{.+}} {in_bounds = [true, true]} : vector<4x16xi8>, tensor<8x16xi8>
// CHECK: qvec.stay %{{.+}} in %{{.+}} after %[[BYTES]] : vector<64xi8>
// CHECK-COUNT-48: qvec.dot
// CHECK-NOT: qvec.dot
// CHECK: vector.transfer_write %{{.+}}, %{{.+}} {in_bounds = [true, true]} : vector<4x16xi8>, tensor<8x16xi8>

// With 16 registers weights would not stay beside the accumulators.
// SIXTEEN-LABEL: func.func @pixels
// SIXTEEN-NOT: qvec.stay
func.func @pixels(%x: tensor<8x64xi8>, %init: tensor<8x16xi32>) -> tensor<8x16xi8> {
  %w = arith.constant dense<1> : tensor<16x64xi8>
  %low = arith.constant 0 : i32
  %high = arith.constant 255 : i32
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<8x64xi8>, tensor<16x64xi8>) outs(%init : tensor<8x16xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<8x16xi32>
  %empty = tensor.empty() : tensor<8x16xi8>
  %5 = linalg.generic {
    indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>],
    iterator_types = ["parallel", "parallel"]}
    ins(%0 : tensor<8x16xi32>) outs(%empty : tensor<8x16xi8>) {
  ^bb0(%a: i32, %o: i8):
    %6 = arith.maxsi %a, %low : i32
    %7 = arith.minsi %6, %high : i32
    %8 = arith.trunci %7 : i32 to i8
    linalg.yield %8 : i8
  } -> tensor<8x16xi8>
  return %5 : tensor<8x16xi8>
}

// -----

// The loop over kernel rows ends in front of the last one that lies in the image.
// The first pixel has no left column there, and the last one no right one.
// CHECK-DAG: #[[$FIRST:.+]] = affine_map<(d0) -> (-d0 + 1, 0)>
// CHECK-DAG: #[[$LAST:.+]] = affine_map<(d0) -> (d0 - 1)>
// CHECK-LABEL: func.func @kernel_rows
// CHECK: scf.for %[[Y:[a-z0-9]+]] =
// CHECK: %[[TOP:.+]] = affine.max #[[$FIRST]](%[[Y]])
// CHECK: %[[END:.+]] = affine.min
// CHECK: %[[LAST:.+]] = affine.apply #[[$LAST]](%[[END]])
// CHECK: %[[SUMS:.+]]:4 = scf.for %{{.+}} = %[[TOP]] to %[[LAST]]
// CHECK-COUNT-40: qvec.dot
// CHECK: scf.yield
// CHECK: qvec.stay %{{.+}} in %[[Y]] after %[[SUMS]]#0, %[[SUMS]]#1, %[[SUMS]]#2, %[[SUMS]]#3
// CHECK-COUNT-40: qvec.dot
// CHECK-NOT: qvec.dot
// CHECK: vector.transfer_write
func.func @kernel_rows(%x: tensor<1x4x4x16xi8>, %init: tensor<1x4x4x16xi32>) -> tensor<1x4x4x16xi8> {
  %zero = arith.constant 0 : i8
  %low = arith.constant 0 : i32
  %high = arith.constant 255 : i32
  %w = arith.constant dense<1> : tensor<16x3x3x16xi8>
  %padded = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : i8
  } : tensor<1x4x4x16xi8> to tensor<1x6x6x16xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o, h, w, i) -> (n, y + h, x + w, i)>, affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>, affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%padded, %w : tensor<1x6x6x16xi8>, tensor<16x3x3x16xi8>) outs(%init : tensor<1x4x4x16xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x4x4x16xi32>
  %empty = tensor.empty() : tensor<1x4x4x16xi8>
  %5 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o) -> (n, y, x, o)>, affine_map<(n, y, x, o) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
    ins(%0 : tensor<1x4x4x16xi32>) outs(%empty : tensor<1x4x4x16xi8>) {
  ^bb0(%a: i32, %o: i8):
    %6 = arith.maxsi %a, %low : i32
    %7 = arith.minsi %6, %high : i32
    %8 = arith.trunci %7 : i32 to i8
    linalg.yield %8 : i8
  } -> tensor<1x4x4x16xi8>
  return %5 : tensor<1x4x4x16xi8>
}

// -----

// The first output row lies above the image: it has no last kernel row.
// CHECK-LABEL: func.func @rows_of_border
// CHECK-NOT: qvec.stay
func.func @rows_of_border(%x: tensor<1x4x4x16xi8>, %init: tensor<1x8x4x16xi32>) -> tensor<1x8x4x16xi8> {
  %zero = arith.constant 0 : i8
  %low = arith.constant 0 : i32
  %high = arith.constant 255 : i32
  %w = arith.constant dense<1> : tensor<16x3x3x16xi8>
  %padded = tensor.pad %x low[0, 3, 1, 0] high[0, 3, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : i8
  } : tensor<1x4x4x16xi8> to tensor<1x10x6x16xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o, h, w, i) -> (n, y + h, x + w, i)>, affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>, affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%padded, %w : tensor<1x10x6x16xi8>, tensor<16x3x3x16xi8>) outs(%init : tensor<1x8x4x16xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x8x4x16xi32>
  %empty = tensor.empty() : tensor<1x8x4x16xi8>
  %5 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o) -> (n, y, x, o)>, affine_map<(n, y, x, o) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
    ins(%0 : tensor<1x8x4x16xi32>) outs(%empty : tensor<1x8x4x16xi8>) {
  ^bb0(%a: i32, %o: i8):
    %6 = arith.maxsi %a, %low : i32
    %7 = arith.minsi %6, %high : i32
    %8 = arith.trunci %7 : i32 to i8
    linalg.yield %8 : i8
  } -> tensor<1x8x4x16xi8>
  return %5 : tensor<1x8x4x16xi8>
}

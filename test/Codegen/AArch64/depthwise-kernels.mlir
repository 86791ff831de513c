// Depthwise convolutions where pixels are signed and constants are loaded into
// registers: in which order the parts of a tile stand, and what products are
// without a dot product.

// RUN: quant-opt %s --split-input-file --verify-each \
// RUN:   --pass-pipeline='builtin.module(func.func(quantc-vectorize-kernels{vector-bits=128 isa=dotprod},canonicalize,cse))' | FileCheck %s --check-prefix=DOT
// RUN: quant-opt %s --split-input-file --verify-each \
// RUN:   --pass-pipeline='builtin.module(func.func(quantc-vectorize-kernels{vector-bits=128 isa=neon},canonicalize,cse))' | FileCheck %s --check-prefix=NEON

#img = affine_map<(n, y, x, c, h, w) -> (n, y + h, x + w, c)>
#wt = affine_map<(n, y, x, c, h, w) -> (h, w, c)>
#out = affine_map<(n, y, x, c, h, w) -> (n, y, x, c)>
#id = affine_map<(n, y, x, c) -> (n, y, x, c)>
#ch = affine_map<(n, y, x, c) -> (c)>

// 16 channels, 8 x 6 outputs. With dot products, each quarter takes its constants
// behind what was computed before it: interleaved pixels, or four outputs.
// DOT-LABEL: func.func @narrow_weights
// DOT: scf.for
// DOT: scf.for %[[X:.+]] = %{{.+}} to %{{.+}} step %{{.+}} iter_args
// DOT: qvec.stay %{{.+}} in %[[X]] after {{.+}} : vector<16xi8>
// DOT-COUNT-12: qvec.dot %
// DOT: qvec.stay %{{.+}} in %[[X]] after {{.+}} : vector<4xi32>, vector<4xi32>, vector<4xi32>, vector<4xi32>
// DOT-COUNT-12: qvec.dot %
// DOT: qvec.pack

// Without them, a tile of 1 x 3 outputs adds up two products in 16 bits for each
// half of its channels, and pairs of taps in 32 bits for each quarter.
// NEON-LABEL: func.func @narrow_weights
// NEON: scf.for %{{.+}} = %c0 to %c8 step %c1
// NEON: scf.for %{{.+}} = %c0 to %c6 step %c3
// NEON: %[[W:.+]] = vector.transfer_read %{{.+}} : tensor<1x9x16xi8>, vector<16xi8>
// NEON: %[[LOW:.+]] = vector.extract_strided_slice %{{.+}} {offsets = [0], sizes = [8]
// NEON: %[[A:.+]] = arith.extsi %{{.+}} : vector<8xi8> to vector<8xi16>
// NEON: %[[P:.+]] = arith.muli %{{.+}}, %{{.+}} : vector<8xi16>
// NEON: %[[Q:.+]] = arith.addi %{{.+}}, %{{.+}} : vector<8xi16>
// NEON: arith.extsi %{{.+}} : vector<4xi16> to vector<4xi32>
// NEON: arith.addi %{{.+}}, %{{.+}} : vector<4xi32>
// NEON-NOT: qvec.dot
// NEON: qvec.pack {{.*}} : vector<8xi16> to vector<16xi8>
func.func @narrow_weights(%x: tensor<1x10x8x16xi8>) -> tensor<1x8x6x16xi8> {
  %w = arith.constant dense<-127> : tensor<3x3x16xi8>
  %bias = arith.constant dense<5> : tensor<16xi32>
  %least = arith.constant -128 : i32
  %most = arith.constant 127 : i32
  %e = tensor.empty() : tensor<1x8x6x16xi32>
  %init = linalg.generic {indexing_maps = [#ch, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%bias : tensor<16xi32>) outs(%e : tensor<1x8x6x16xi32>) {
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> tensor<1x8x6x16xi32>
  %acc = linalg.generic {indexing_maps = [#img, #wt, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x10x8x16xi8>, tensor<3x3x16xi8>) outs(%init : tensor<1x8x6x16xi32>) {
  ^bb0(%i: i8, %k: i8, %o: i32):
    %0 = arith.extsi %i : i8 to i32
    %1 = arith.extsi %k : i8 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %o, %2 : i32
    linalg.yield %3 : i32
  } -> tensor<1x8x6x16xi32>
  %b = tensor.empty() : tensor<1x8x6x16xi8>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%acc : tensor<1x8x6x16xi32>) outs(%b : tensor<1x8x6x16xi8>) {
  ^bb0(%i: i32, %o: i8):
    %0 = arith.maxsi %i, %least : i32
    %1 = arith.minsi %0, %most : i32
    %2 = arith.trunci %1 : i32 to i8
    linalg.yield %2 : i8
  } -> tensor<1x8x6x16xi8>
  return %r : tensor<1x8x6x16xi8>
}

// -----

#img = affine_map<(n, y, x, c, h, w) -> (n, y + h, x + w, c)>
#wt = affine_map<(n, y, x, c, h, w) -> (h, w, c)>
#out = affine_map<(n, y, x, c, h, w) -> (n, y, x, c)>
#id = affine_map<(n, y, x, c) -> (n, y, x, c)>
#ch = affine_map<(n, y, x, c) -> (c)>

// Two products of -128 by -128 do not fit 16 bits: the form of all reductions.
// NEON-LABEL: func.func @full_range_weights
// NEON-NOT: arith.muli {{.+}}xi16>
// NEON: arith.muli %{{.+}}, %{{.+}} : vector<{{.+}}xi32>
// NEON-NOT: arith.muli {{.+}}xi16>
// DOT-LABEL: func.func @full_range_weights
// DOT: qvec.dot %
func.func @full_range_weights(%x: tensor<1x10x8x16xi8>) -> tensor<1x8x6x16xi8> {
  %w = arith.constant dense<-128> : tensor<3x3x16xi8>
  %bias = arith.constant dense<5> : tensor<16xi32>
  %least = arith.constant -128 : i32
  %most = arith.constant 127 : i32
  %e = tensor.empty() : tensor<1x8x6x16xi32>
  %init = linalg.generic {indexing_maps = [#ch, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%bias : tensor<16xi32>) outs(%e : tensor<1x8x6x16xi32>) {
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> tensor<1x8x6x16xi32>
  %acc = linalg.generic {indexing_maps = [#img, #wt, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x10x8x16xi8>, tensor<3x3x16xi8>) outs(%init : tensor<1x8x6x16xi32>) {
  ^bb0(%i: i8, %k: i8, %o: i32):
    %0 = arith.extsi %i : i8 to i32
    %1 = arith.extsi %k : i8 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %o, %2 : i32
    linalg.yield %3 : i32
  } -> tensor<1x8x6x16xi32>
  %b = tensor.empty() : tensor<1x8x6x16xi8>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%acc : tensor<1x8x6x16xi32>) outs(%b : tensor<1x8x6x16xi8>) {
  ^bb0(%i: i32, %o: i8):
    %0 = arith.maxsi %i, %least : i32
    %1 = arith.minsi %0, %most : i32
    %2 = arith.trunci %1 : i32 to i8
    linalg.yield %2 : i8
  } -> tensor<1x8x6x16xi8>
  return %r : tensor<1x8x6x16xi8>
}

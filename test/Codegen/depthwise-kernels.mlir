// What the kernel of a depthwise convolution looks like. What it computes is
// executed in the unit tests.

// RUN: quant-opt %s --split-input-file --verify-each \
// RUN:   --pass-pipeline='builtin.module(func.func(quantc-vectorize-kernels{vector-bits=512 isa=avx512vnni},canonicalize,cse))' | FileCheck %s --check-prefixes=CHECK,BYTES
// RUN: quant-opt %s --split-input-file --verify-each \
// RUN:   --pass-pipeline='builtin.module(func.func(quantc-vectorize-kernels{vector-bits=256 isa=avx2},canonicalize,cse))' | FileCheck %s --check-prefixes=CHECK,WORDS
// RUN: quant-opt %s --split-input-file --verify-each \
// RUN:   --pass-pipeline='builtin.module(func.func(quantc-vectorize-kernels,canonicalize,cse))' | FileCheck %s --check-prefix=PLAIN

#in = affine_map<(n, y, x, c, h, w) -> (n, y + h, x + w, c)>
#wt = affine_map<(n, y, x, c, h, w) -> (h, w, c)>
#out = affine_map<(n, y, x, c, h, w) -> (n, y, x, c)>
#id = affine_map<(n, y, x, c) -> (n, y, x, c)>
#ch = affine_map<(n, y, x, c) -> (c)>

// 64 channels, 8 x 8 outputs. A tile is 2 x 2 outputs; their 4 rows are the four
// bytes of a lane. Two halves of the channels are interleaved one after the
// other, each into two quarters, and 3 columns of taps are 3 dot products for
// each of 4 outputs and 4 quarters. All constants of the tile are loaded in it.
// BYTES-LABEL: func.func @two_by_two
// BYTES: scf.for %[[Y:.+]] = %{{.+}} to %{{.+}} step %[[TWO:.+]] iter_args
// BYTES: scf.for %[[X:.+]] = %{{.+}} to %{{.+}} step %[[TWO]] iter_args
// BYTES: %[[BLOCK:.+]] = qvec.stay %{{.+}} in %[[X]]
// BYTES: %[[R0:.+]] = vector.transfer_read %{{.+}} : tensor<1x10x10x64xi8>, vector<64xi8>
// BYTES: %[[R1:.+]] = vector.transfer_read
// BYTES: vector.shuffle %[[R0]], %[[R1]] [0, 64, 1, 65, 2, 66, 3, 67, 4, 68, 5, 69, 6, 70, 7, 71, 16, 80,
// BYTES: vector.shuffle %{{.+}}, %{{.+}} [0, 32, 1, 33, 2, 34, 3, 35, 8, 40,
// BYTES: vector.shuffle %{{.+}}, %{{.+}} [4, 36, 5, 37, 6, 38, 7, 39, 12, 44,
// BYTES: vector.transfer_read %{{.+}}[%[[BLOCK]], {{.*}} : tensor<1x64xi32>, vector<16xi32>
// BYTES: vector.transfer_read %{{.+}}[%[[BLOCK]], {{.*}} : tensor<1x6x256xi8>, vector<64xi8>
// BYTES-COUNT-24: qvec.dot {{.*}} {lhs_unsigned} : vector<16xi32>, vector<64xi8>
// BYTES-COUNT-4: qvec.pack {{.*}} : vector<16xi32> to vector<32xi16>
// BYTES-COUNT-24: qvec.dot
// The clamp is the whole range of a byte: saturation is all of it.
// BYTES-NOT: arith.maxsi
// BYTES: qvec.pack {{.*}} {result_unsigned} : vector<32xi16> to vector<64xi8>
// BYTES-NOT: qvec.dot
// BYTES-NOT: linalg

// Without `vpdpbusd` two rows share a lane, as words.
// WORDS-LABEL: func.func @two_by_two
// WORDS: vector.shuffle %{{.+}}, %{{.+}} [0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 16, 48,
// WORDS: vector.bitcast %{{.+}} : vector<32xi8> to vector<16xi16>
// WORDS: qvec.dot_words {{.*}} : vector<8xi32>, vector<16xi16>
// WORDS-NOT: qvec.dot %

// Without dot products the form of all reductions.
// PLAIN-LABEL: func.func @two_by_two
// PLAIN-NOT: = qvec
// PLAIN: arith.muli
func.func @two_by_two(%x: tensor<1x10x10x64xi8>) -> tensor<1x8x8x64xi8> {
  %w = arith.constant dense<3> : tensor<3x3x64xi8>
  %bias = arith.constant dense<5> : tensor<64xi32>
  %zero = arith.constant 0 : i32
  %most = arith.constant 255 : i32
  %e = tensor.empty() : tensor<1x8x8x64xi32>
  %init = linalg.generic {indexing_maps = [#ch, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%bias : tensor<64xi32>) outs(%e : tensor<1x8x8x64xi32>) {
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> tensor<1x8x8x64xi32>
  %acc = linalg.generic {indexing_maps = [#in, #wt, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x10x10x64xi8>, tensor<3x3x64xi8>) outs(%init : tensor<1x8x8x64xi32>) {
  ^bb0(%i: i8, %k: i8, %o: i32):
    %a = arith.extui %i : i8 to i32
    %b = arith.extsi %k : i8 to i32
    %p = arith.muli %a, %b : i32
    %s = arith.addi %o, %p : i32
    linalg.yield %s : i32
  } -> tensor<1x8x8x64xi32>
  %f = tensor.empty() : tensor<1x8x8x64xi8>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%acc : tensor<1x8x8x64xi32>) outs(%f : tensor<1x8x8x64xi8>) {
  ^bb0(%i: i32, %o: i8):
    %l = arith.maxsi %i, %zero : i32
    %m = arith.minsi %l, %most : i32
    %t = arith.trunci %m : i32 to i8
    linalg.yield %t : i8
  } -> tensor<1x8x8x64xi8>
  return %r : tensor<1x8x8x64xi8>
}

// -----

#in = affine_map<(n, y, x, c, h, w) -> (n, y * 2 + h, x * 2 + w, c)>
#wt = affine_map<(n, y, x, c, h, w) -> (h, w, c)>
#out = affine_map<(n, y, x, c, h, w) -> (n, y, x, c)>
#id = affine_map<(n, y, x, c) -> (n, y, x, c)>
#ch = affine_map<(n, y, x, c) -> (c)>

// At stride 2 a lane has three taps of its column. The third pixels of two
// neighbouring columns are interleaved with each other, once for both.
// CHECK-LABEL: func.func @stride
// BYTES: %[[A0:.+]] = vector.transfer_read %{{.+}} : tensor<1x9x9x64xi8>, vector<64xi8>
// BYTES: %[[A1:.+]] = vector.transfer_read
// BYTES: %[[A2:.+]] = vector.transfer_read
// BYTES: %[[B2:.+]] = vector.transfer_read
// BYTES-NEXT: vector.shuffle %[[A0]], %[[A1]]
// BYTES: %[[BOTH:.+]] = vector.shuffle %[[A2]], %[[B2]]
// BYTES-NEXT: %[[PAIR:.+]] = vector.bitcast %[[BOTH]] : vector<64xi8> to vector<32xi16>
// BYTES-NEXT: vector.shuffle %{{.+}}, %[[PAIR]]
// BYTES: vector.shuffle %{{.+}}, %[[PAIR]]
// BYTES: %[[B0:.+]] = vector.transfer_read
// BYTES-NEXT: %[[B1:.+]] = vector.transfer_read
// BYTES-NEXT: vector.shuffle %[[B0]], %[[B1]]
// BYTES-NOT: vector.shuffle %[[A2]]
// BYTES: vector.shuffle %{{.+}}, %[[PAIR]]
func.func @stride(%x: tensor<1x9x9x64xi8>) -> tensor<1x4x4x64xi8> {
  %w = arith.constant dense<3> : tensor<3x3x64xi8>
  %bias = arith.constant dense<5> : tensor<64xi32>
  %zero = arith.constant 0 : i32
  %most = arith.constant 255 : i32
  %e = tensor.empty() : tensor<1x4x4x64xi32>
  %init = linalg.generic {indexing_maps = [#ch, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%bias : tensor<64xi32>) outs(%e : tensor<1x4x4x64xi32>) {
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> tensor<1x4x4x64xi32>
  %acc = linalg.generic {indexing_maps = [#in, #wt, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x9x9x64xi8>, tensor<3x3x64xi8>) outs(%init : tensor<1x4x4x64xi32>) {
  ^bb0(%i: i8, %k: i8, %o: i32):
    %a = arith.extui %i : i8 to i32
    %b = arith.extsi %k : i8 to i32
    %p = arith.muli %a, %b : i32
    %s = arith.addi %o, %p : i32
    linalg.yield %s : i32
  } -> tensor<1x4x4x64xi32>
  %f = tensor.empty() : tensor<1x4x4x64xi8>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%acc : tensor<1x4x4x64xi32>) outs(%f : tensor<1x4x4x64xi8>) {
  ^bb0(%i: i32, %o: i8):
    %l = arith.maxsi %i, %zero : i32
    %m = arith.minsi %l, %most : i32
    %t = arith.trunci %m : i32 to i8
    linalg.yield %t : i8
  } -> tensor<1x4x4x64xi8>
  return %r : tensor<1x4x4x64xi8>
}

// -----

#in = affine_map<(n, y, x, c, h, w) -> (n, y + h, x + w, c)>
#wt = affine_map<(n, y, x, c, h, w) -> (h, w, c)>
#out = affine_map<(n, y, x, c, h, w) -> (n, y, x, c)>
#id = affine_map<(n, y, x, c) -> (n, y, x, c)>

// 8 channels: a vector of 64 bytes is 8 pixels of a row, a piece of the image
// with its last two dimensions made one, and so is one of the result. 120 is no
// end of the range of a byte and stays a clamp.
// BYTES-LABEL: func.func @pixels_in_a_vector
// BYTES-SAME: (%[[X:[^:]+]]: tensor<1x4x18x8xi8>)
// BYTES: %[[ROWS:.+]] = tensor.collapse_shape %[[X]] {{\[\[}}0], [1], [2, 3]] : tensor<1x4x18x8xi8> into tensor<1x4x144xi8>
// BYTES: vector.transfer_read %[[ROWS]]{{.*}} : tensor<1x4x144xi8>, vector<64xi8>
// BYTES-NOT: arith.maxsi
// BYTES: arith.minsi
// BYTES: qvec.pack {{.*}} : vector<32xi16> to vector<64xi8>
// BYTES: vector.transfer_write %{{.+}} : vector<64xi8>, tensor<1x2x128xi8>
// BYTES: tensor.expand_shape %{{.+}} {{\[\[}}0], [1], [2, 3]] output_shape [1, 2, 16, 8] : tensor<1x2x128xi8> into tensor<1x2x16x8xi8>
func.func @pixels_in_a_vector(%x: tensor<1x4x18x8xi8>) -> tensor<1x2x16x8xi8> {
  %w = arith.constant dense<3> : tensor<3x3x8xi8>
  %zero = arith.constant 0 : i32
  %least = arith.constant -128 : i32
  %most = arith.constant 120 : i32
  %e = tensor.empty() : tensor<1x2x16x8xi32>
  %init = linalg.generic {indexing_maps = [affine_map<(n, y, x, c) -> ()>, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%zero : i32) outs(%e : tensor<1x2x16x8xi32>) {
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> tensor<1x2x16x8xi32>
  %acc = linalg.generic {indexing_maps = [#in, #wt, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x4x18x8xi8>, tensor<3x3x8xi8>) outs(%init : tensor<1x2x16x8xi32>) {
  ^bb0(%i: i8, %k: i8, %o: i32):
    %a = arith.extui %i : i8 to i32
    %b = arith.extsi %k : i8 to i32
    %p = arith.muli %a, %b : i32
    %s = arith.addi %o, %p : i32
    linalg.yield %s : i32
  } -> tensor<1x2x16x8xi32>
  %f = tensor.empty() : tensor<1x2x16x8xi8>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%acc : tensor<1x2x16x8xi32>) outs(%f : tensor<1x2x16x8xi8>) {
  ^bb0(%i: i32, %o: i8):
    %l = arith.maxsi %i, %least : i32
    %m = arith.minsi %l, %most : i32
    %t = arith.trunci %m : i32 to i8
    linalg.yield %t : i8
  } -> tensor<1x2x16x8xi8>
  return %r : tensor<1x2x16x8xi8>
}

// -----

#in = affine_map<(n, y, x, c, h, w) -> (n, y * 2 + h, x * 2 + w, c)>
#wt = affine_map<(n, y, x, c, h, w) -> (h, w, c)>
#out = affine_map<(n, y, x, c, h, w) -> (n, y, x, c)>
#id = affine_map<(n, y, x, c) -> (n, y, x, c)>

// 16 channels that are not contiguous with those of the next output: a vector of
// 32 bytes has two outputs, as far apart as a row of the tile has vectors.
// BYTES-LABEL: func.func @outputs_in_a_vector
// BYTES-SAME: (%[[X:[^:]+]]: tensor<1x5x13x16xi8>)
// BYTES: %[[NEAR:.+]] = vector.transfer_read %[[X]][%c0, %{{.+}}, %c0, %c0]{{.*}} : tensor<1x5x13x16xi8>, vector<16xi8>
// BYTES: %[[PART:.+]] = vector.insert_strided_slice %[[NEAR]], %{{.+}} {offsets = [0], strides = [1]} : vector<16xi8> into vector<32xi8>
// BYTES: %[[FAR:.+]] = vector.transfer_read %[[X]][%c0, %{{.+}}, %c6, %c0]{{.*}} : tensor<1x5x13x16xi8>, vector<16xi8>
// BYTES: vector.insert_strided_slice %[[FAR]], %[[PART]] {offsets = [16], strides = [1]} : vector<16xi8> into vector<32xi8>
// BYTES: %[[BOTH:.+]] = qvec.pack {{.*}} : vector<16xi16> to vector<32xi8>
// BYTES: %[[LOW:.+]] = vector.extract_strided_slice %[[BOTH]] {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
// BYTES: vector.transfer_write %[[LOW]], %{{.+}}[%c0, %{{.+}}, %c0, %c0]
// BYTES: %[[HIGH:.+]] = vector.extract_strided_slice %[[BOTH]] {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
// BYTES: vector.transfer_write %[[HIGH]], %{{.+}}[%c0, %{{.+}}, %c3, %c0]
func.func @outputs_in_a_vector(%x: tensor<1x5x13x16xi8>) -> tensor<1x2x6x16xi8> {
  %w = arith.constant dense<3> : tensor<3x3x16xi8>
  %zero = arith.constant 0 : i32
  %most = arith.constant 255 : i32
  %e = tensor.empty() : tensor<1x2x6x16xi32>
  %init = linalg.generic {indexing_maps = [affine_map<(n, y, x, c) -> ()>, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%zero : i32) outs(%e : tensor<1x2x6x16xi32>) {
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> tensor<1x2x6x16xi32>
  %acc = linalg.generic {indexing_maps = [#in, #wt, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x5x13x16xi8>, tensor<3x3x16xi8>) outs(%init : tensor<1x2x6x16xi32>) {
  ^bb0(%i: i8, %k: i8, %o: i32):
    %a = arith.extui %i : i8 to i32
    %b = arith.extsi %k : i8 to i32
    %p = arith.muli %a, %b : i32
    %s = arith.addi %o, %p : i32
    linalg.yield %s : i32
  } -> tensor<1x2x6x16xi32>
  %f = tensor.empty() : tensor<1x2x6x16xi8>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%acc : tensor<1x2x6x16xi32>) outs(%f : tensor<1x2x6x16xi8>) {
  ^bb0(%i: i32, %o: i8):
    %l = arith.maxsi %i, %zero : i32
    %m = arith.minsi %l, %most : i32
    %t = arith.trunci %m : i32 to i8
    linalg.yield %t : i8
  } -> tensor<1x2x6x16xi8>
  return %r : tensor<1x2x6x16xi8>
}

// -----

#in = affine_map<(n, y, x, c, h, w) -> (n, y + h, x + w, c)>
#wt = affine_map<(n, y, x, c, h, w) -> (h, w, c)>
#out = affine_map<(n, y, x, c, h, w) -> (n, y, x, c)>
#id = affine_map<(n, y, x, c) -> (n, y, x, c)>

// No tensor of 10 x 10 pixels exists. Of the rows of tiles, the first and the
// last are chosen inside of the loop over all, and of each row the first and the
// last tile stand in front of and behind the loop over the others.
// CHECK-LABEL: func.func @border
// BYTES-SAME: (%[[X:[^:]+]]: tensor<1x8x8x64xi8>)
// BYTES-DAG: %[[SEVENS:.+]] = arith.constant dense<7> : vector<64xi8>
// BYTES-DAG: %[[C0:.+]] = arith.constant 0 : index
// BYTES-DAG: %[[C2:.+]] = arith.constant 2 : index
// BYTES-DAG: %[[C6:.+]] = arith.constant 6 : index
// BYTES-NOT: tensor.pad
// BYTES: scf.for %[[Y:.+]] = %[[C0]] to %{{.+}} step %[[C2]]
// BYTES: %[[TOP:.+]] = arith.cmpi eq, %[[Y]], %[[C0]]
// BYTES: scf.if %[[TOP]]
// BYTES: %[[PIXELS:.+]] = vector.transfer_read %[[X]]
// BYTES: vector.shuffle %[[SEVENS]], %[[PIXELS]]
// BYTES: scf.for %{{.+}} = %[[C2]] to %[[C6]] step %[[C2]]
// BYTES: } else {
// BYTES: %[[BOTTOM:.+]] = arith.cmpi eq, %[[Y]], %[[C6]]
// BYTES: scf.if %[[BOTTOM]]
// BYTES: } else {
// BYTES: scf.for %[[COLUMN:.+]] = %[[C2]] to %[[C6]] step %[[C2]]
// BYTES: qvec.stay %{{.+}} in %[[COLUMN]]
// BYTES-NOT: %[[SEVENS]]
// BYTES: scf.yield
// BYTES-NOT: tensor<1x10x10x64xi8>
func.func @border(%x: tensor<1x8x8x64xi8>) -> tensor<1x8x8x64xi8> {
  %w = arith.constant dense<3> : tensor<3x3x64xi8>
  %seven = arith.constant 7 : i8
  %zero = arith.constant 0 : i32
  %most = arith.constant 255 : i32
  %padded = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %seven : i8
  } : tensor<1x8x8x64xi8> to tensor<1x10x10x64xi8>
  %e = tensor.empty() : tensor<1x8x8x64xi32>
  %init = linalg.generic {indexing_maps = [affine_map<(n, y, x, c) -> ()>, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%zero : i32) outs(%e : tensor<1x8x8x64xi32>) {
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> tensor<1x8x8x64xi32>
  %acc = linalg.generic {indexing_maps = [#in, #wt, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%padded, %w : tensor<1x10x10x64xi8>, tensor<3x3x64xi8>) outs(%init : tensor<1x8x8x64xi32>) {
  ^bb0(%i: i8, %k: i8, %o: i32):
    %a = arith.extui %i : i8 to i32
    %b = arith.extsi %k : i8 to i32
    %p = arith.muli %a, %b : i32
    %s = arith.addi %o, %p : i32
    linalg.yield %s : i32
  } -> tensor<1x8x8x64xi32>
  %f = tensor.empty() : tensor<1x8x8x64xi8>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%acc : tensor<1x8x8x64xi32>) outs(%f : tensor<1x8x8x64xi8>) {
  ^bb0(%i: i32, %o: i8):
    %l = arith.maxsi %i, %zero : i32
    %m = arith.minsi %l, %most : i32
    %t = arith.trunci %m : i32 to i8
    linalg.yield %t : i8
  } -> tensor<1x8x8x64xi8>
  return %r : tensor<1x8x8x64xi8>
}

// -----

#in = affine_map<(n, y, x, c, h, w) -> (n, y * 2 + h, x * 2 + w, c)>
#wt = affine_map<(n, y, x, c, h, w) -> (h, w, c)>
#out = affine_map<(n, y, x, c, h, w) -> (n, y, x, c)>
#id = affine_map<(n, y, x, c) -> (n, y, x, c)>

// Signed pixels are no operand of `vpdpbusd`, and accumulators that nothing
// narrows have no order to return to: both keep the form of all reductions.
// CHECK-LABEL: func.func @signed_pixels
// CHECK-NOT: = qvec
// CHECK-LABEL: func.func @wide_result
// CHECK-NOT: = qvec
func.func @signed_pixels(%x: tensor<1x9x9x64xi8>) -> tensor<1x4x4x64xi8> {
  %w = arith.constant dense<3> : tensor<3x3x64xi8>
  %zero = arith.constant 0 : i32
  %least = arith.constant -128 : i32
  %most = arith.constant 127 : i32
  %e = tensor.empty() : tensor<1x4x4x64xi32>
  %init = linalg.generic {indexing_maps = [affine_map<(n, y, x, c) -> ()>, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%zero : i32) outs(%e : tensor<1x4x4x64xi32>) {
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> tensor<1x4x4x64xi32>
  %acc = linalg.generic {indexing_maps = [#in, #wt, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x9x9x64xi8>, tensor<3x3x64xi8>) outs(%init : tensor<1x4x4x64xi32>) {
  ^bb0(%i: i8, %k: i8, %o: i32):
    %a = arith.extsi %i : i8 to i32
    %b = arith.extsi %k : i8 to i32
    %p = arith.muli %a, %b : i32
    %s = arith.addi %o, %p : i32
    linalg.yield %s : i32
  } -> tensor<1x4x4x64xi32>
  %f = tensor.empty() : tensor<1x4x4x64xi8>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%acc : tensor<1x4x4x64xi32>) outs(%f : tensor<1x4x4x64xi8>) {
  ^bb0(%i: i32, %o: i8):
    %l = arith.maxsi %i, %least : i32
    %m = arith.minsi %l, %most : i32
    %t = arith.trunci %m : i32 to i8
    linalg.yield %t : i8
  } -> tensor<1x4x4x64xi8>
  return %r : tensor<1x4x4x64xi8>
}
func.func @wide_result(%x: tensor<1x9x9x64xi8>) -> tensor<1x4x4x64xi32> {
  %w = arith.constant dense<3> : tensor<3x3x64xi8>
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x4x4x64xi32>
  %init = linalg.generic {indexing_maps = [affine_map<(n, y, x, c) -> ()>, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%zero : i32) outs(%e : tensor<1x4x4x64xi32>) {
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> tensor<1x4x4x64xi32>
  %acc = linalg.generic {indexing_maps = [#in, #wt, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x9x9x64xi8>, tensor<3x3x64xi8>) outs(%init : tensor<1x4x4x64xi32>) {
  ^bb0(%i: i8, %k: i8, %o: i32):
    %a = arith.extui %i : i8 to i32
    %b = arith.extsi %k : i8 to i32
    %p = arith.muli %a, %b : i32
    %s = arith.addi %o, %p : i32
    linalg.yield %s : i32
  } -> tensor<1x4x4x64xi32>
  return %acc : tensor<1x4x4x64xi32>
}

// A pad becomes a frame that is filled and an insertion, unless all that read it
// are kernels that leave the border out.

// RUN: quant-opt %s --split-input-file --verify-each \
// RUN:   --pass-pipeline='builtin.module(func.func(quantc-pack-dot-products{vector-bits=256},quantc-decompose-pads{vector-bits=512 isa=avx512vnni}))' | FileCheck %s --check-prefixes=CHECK,DOTS
// RUN: quant-opt %s --split-input-file --verify-each \
// RUN:   --pass-pipeline='builtin.module(func.func(quantc-pack-dot-products{vector-bits=256},quantc-decompose-pads))' | FileCheck %s --check-prefixes=CHECK,PLAIN
// RUN: not quant-opt %s --quantc-decompose-pads=isa=abacus 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: error: unknown isa 'abacus'

// CHECK-LABEL: func.func @pad_is_fill_and_insertion
// CHECK: %[[FILL:.+]] = linalg.fill ins(%{{.+}} : i8) outs(%{{.+}} : tensor<6x7xi8>)
// CHECK: tensor.insert_slice %{{.+}} into %[[FILL]][1, 2] [4, 3] [1, 1]
// CHECK-NOT: tensor.pad
func.func @pad_is_fill_and_insertion(%x: tensor<4x3xi8>) -> tensor<6x7xi8> {
  %c = arith.constant 5 : i8
  %0 = tensor.pad %x low[1, 2] high[1, 2] {
  ^bb0(%i: index, %j: index):
    tensor.yield %c : i8
  } : tensor<4x3xi8> to tensor<6x7xi8>
  return %0 : tensor<6x7xi8>
}

// -----

// CHECK-LABEL: func.func @zeros_are_left_out
// CHECK: tensor.pad %{{.+}} low[0, 1, 8] high[0, 1, 8]
// CHECK-NOT: tensor.insert_slice
func.func @zeros_are_left_out(%x: tensor<1x4x4x8xi8>, %init: tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32> {
  %zero = arith.constant 0 : i8
  %w = arith.constant dense<1> : tensor<8x3x3x8xi8>
  %padded = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : i8
  } : tensor<1x4x4x8xi8> to tensor<1x6x6x8xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o, h, w, i) -> (n, y + h, x + w, i)>, affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>, affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%padded, %w : tensor<1x6x6x8xi8>, tensor<8x3x3x8xi8>) outs(%init : tensor<1x4x4x8xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x4x4x8xi32>
  return %0 : tensor<1x4x4x8xi32>
}

// -----

// Products with a border that is not zero count.
// CHECK-LABEL: func.func @other_values_are_written
// CHECK-NOT: tensor.pad
// CHECK: tensor.insert_slice
func.func @other_values_are_written(%x: tensor<1x4x4x8xi8>, %init: tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32> {
  %three = arith.constant 3 : i8
  %w = arith.constant dense<1> : tensor<8x3x3x8xi8>
  %padded = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %three : i8
  } : tensor<1x4x4x8xi8> to tensor<1x6x6x8xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o, h, w, i) -> (n, y + h, x + w, i)>, affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>, affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%padded, %w : tensor<1x6x6x8xi8>, tensor<8x3x3x8xi8>) outs(%init : tensor<1x4x4x8xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x4x4x8xi32>
  return %0 : tensor<1x4x4x8xi32>
}

// -----

// Groups of four would lie half in a border of 3 bytes.
// CHECK-LABEL: func.func @parts_of_groups_are_written
// CHECK-NOT: tensor.pad
// CHECK: tensor.insert_slice
func.func @parts_of_groups_are_written(%x: tensor<1x4x4x3xi8>, %init: tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32> {
  %zero = arith.constant 0 : i8
  %w = arith.constant dense<1> : tensor<8x3x3x3xi8>
  %padded = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : i8
  } : tensor<1x4x4x3xi8> to tensor<1x6x6x3xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o, h, w, i) -> (n, y + h, x + w, i)>, affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>, affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%padded, %w : tensor<1x6x6x3xi8>, tensor<8x3x3x3xi8>) outs(%init : tensor<1x4x4x8xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x4x4x8xi32>
  return %0 : tensor<1x4x4x8xi32>
}

// -----

#in = affine_map<(n, y, x, c, h, w) -> (n, y + h, x + w, c)>
#wt = affine_map<(n, y, x, c, h, w) -> (h, w, c)>
#out = affine_map<(n, y, x, c, h, w) -> (n, y, x, c)>
#id = affine_map<(n, y, x, c) -> (n, y, x, c)>

// A depthwise kernel makes up a border of any value. Where there are no dot
// products there is no such kernel.
// CHECK-LABEL: func.func @depthwise_makes_the_border_up
// DOTS: tensor.pad %{{.+}} low[0, 1, 1, 0] high[0, 1, 1, 0]
// DOTS-NOT: tensor.insert_slice
// PLAIN-NOT: tensor.pad
// PLAIN: tensor.insert_slice
func.func @depthwise_makes_the_border_up(%x: tensor<1x8x8x64xi8>) -> tensor<1x8x8x64xi8> {
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

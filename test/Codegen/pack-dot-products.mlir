// Weights for dot-product instructions. The constants are small and distinct,
// so that their new order can be read.

// RUN: quant-opt %s --quantc-pack-dot-products="vector-bits=512 isa=avx512vnni" --split-input-file --verify-each | FileCheck %s

// Four products of one channel stand side by side, then those of the next
// channel; all channels are one panel. The third operand is never read: it gives the length of the loop.
// CHECK-DAG: #[[$PACKED:.+]] = affine_map<(d0, d1, d2) -> (d1 floordiv 2, d2 floordiv 4, (d1 mod 2) * 4 + d2 mod 4)>
// CHECK-DAG: #[[$K:.+]] = affine_map<(d0, d1, d2) -> (d2)>
// CHECK-LABEL: func.func @fully_connected
// CHECK-SAME: (%[[X:.+]]: tensor<3x4xi8>
// CHECK: %[[W:.+]] = arith.constant dense<{{\[\[}}[1, 2, 3, 4, 5, 6, 7, 8]]]> : tensor<1x1x8xi8>
// CHECK: %[[LENGTH:.+]] = tensor.empty() : tensor<4xi8>
// CHECK: linalg.generic {indexing_maps = [#{{.+}}, #[[$PACKED]], #[[$K]], #{{.+}}]
// CHECK-SAME: ins(%[[X]], %[[W]], %[[LENGTH]] :
// CHECK-NEXT: ^bb0(%[[A:.+]]: i8, %[[B:.+]]: i8, %{{.+}}: i8, %[[O:.+]]: i32)
// CHECK-NEXT: arith.extui %[[A]] : i8 to i32
// CHECK-NEXT: arith.extsi %[[B]] : i8 to i32
func.func @fully_connected(%x: tensor<3x4xi8>, %init: tensor<3x2xi32>) -> tensor<3x2xi32> {
  %w = arith.constant dense<[[1, 2, 3, 4], [5, 6, 7, 8]]> : tensor<2x4xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<3x4xi8>, tensor<2x4xi8>) outs(%init : tensor<3x2xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<3x2xi32>
  return %0 : tensor<3x2xi32>
}

// -----

// 5 products are a group of four and one of which three are zero. The weights
// may stand first, transposed, and the sum may be turned around.
// CHECK-LABEL: func.func @products_left_over
// CHECK: arith.constant dense<{{\[\[}}[1, 3, 5, 7, 2, 4, 6, 8], [9, 0, 0, 0, 10, 0, 0, 0]]]> : tensor<1x2x8xi8>
// CHECK: tensor.empty() : tensor<5xi8>
func.func @products_left_over(%x: tensor<3x5xi8>, %init: tensor<3x2xi32>) -> tensor<3x2xi32> {
  %w = arith.constant dense<[[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]> : tensor<5x2xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%w, %x : tensor<5x2xi8>, tensor<3x5xi8>) outs(%init : tensor<3x2xi32>) {
  ^bb0(%b: i8, %a: i8, %o: i32):
    %1 = arith.extsi %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %2, %1 : i32
    %4 = arith.addi %3, %o : i32
    linalg.yield %4 : i32
  } -> tensor<3x2xi32>
  return %0 : tensor<3x2xi32>
}

// -----

// A 1x1 convolution keeps its unit loops and its image.
// CHECK: #[[$PACKED:.+]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d3 floordiv 16, d4, d5, d6 floordiv 4, (d3 mod 16) * 4 + d6 mod 4)>
// CHECK-LABEL: func.func @pointwise
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x4x8xi8>
// CHECK-NOT: tensor.collapse_shape
// CHECK: linalg.generic {indexing_maps = [#{{.+}}, #[[$PACKED]], #{{.+}}, #{{.+}}]
// CHECK-SAME: ins(%[[X]], %{{.+}}, %{{.+}} : tensor<1x4x4x8xi8>, tensor<1x1x1x2x64xi8>, tensor<8xi8>)
func.func @pointwise(%x: tensor<1x4x4x8xi8>, %init: tensor<1x4x4x16xi32>) -> tensor<1x4x4x16xi32> {
  %w = arith.constant dense<1> : tensor<16x1x1x8xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o, h, w, i) -> (n, y + h, x + w, i)>, affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>, affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%x, %w : tensor<1x4x4x8xi8>, tensor<16x1x1x8xi8>) outs(%init : tensor<1x4x4x16xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x4x4x16xi32>
  return %0 : tensor<1x4x4x16xi32>
}

// -----

// 3 pixels of 3 channels are 9 neighbouring bytes: one loop of 9 instead of 3
// loops of 3.
// CHECK-DAG: #[[$ROW:.+]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1 + d4, d2 * 3 + d5)>
// CHECK-DAG: #[[$PACKED:.+]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d3 floordiv 16, d4, d5 floordiv 4, (d3 mod 16) * 4 + d5 mod 4)>
// CHECK-LABEL: func.func @row_is_one_loop
// CHECK-SAME: (%[[X:.+]]: tensor<1x8x8x3xi8>
// CHECK: %[[ROWS:.+]] = tensor.collapse_shape %[[X]] {{\[\[}}0], [1], [2, 3]] : tensor<1x8x8x3xi8> into tensor<1x8x24xi8>
// CHECK: linalg.generic {indexing_maps = [#[[$ROW]], #[[$PACKED]], #{{.+}}, #{{.+}}], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
// CHECK-SAME: ins(%[[ROWS]], %{{.+}}, %{{.+}} : tensor<1x8x24xi8>, tensor<1x3x3x64xi8>, tensor<9xi8>)
func.func @row_is_one_loop(%x: tensor<1x8x8x3xi8>, %init: tensor<1x6x6x16xi32>) -> tensor<1x6x6x16xi32> {
  %w = arith.constant dense<1> : tensor<16x3x3x3xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o, h, w, i) -> (n, y + h, x + w, i)>, affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>, affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%x, %w : tensor<1x8x8x3xi8>, tensor<16x3x3x3xi8>) outs(%init : tensor<1x6x6x16xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x6x6x16xi32>
  return %0 : tensor<1x6x6x16xi32>
}

// -----

// The order in a merged row: pixel by pixel, channels within, three zeros at
// the end. One output channel, so that the packed row is the row itself.
// CHECK-LABEL: func.func @order_in_a_row
// CHECK: arith.constant dense<{{\[\[\[}}[1, 2, 3, 4], [5, 6, 7, 8], [9, 0, 0, 0]]]]> : tensor<1x1x3x4xi8>
func.func @order_in_a_row(%x: tensor<1x1x5x3xi8>, %init: tensor<1x1x3x1xi32>) -> tensor<1x1x3x1xi32> {
  %w = arith.constant dense<[[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]]> : tensor<1x1x3x3xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o, h, w, i) -> (n, y + h, x + w, i)>, affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>, affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%x, %w : tensor<1x1x5x3xi8>, tensor<1x1x3x3xi8>) outs(%init : tensor<1x1x3x1xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x1x3x1xi32>
  return %0 : tensor<1x1x3x1xi32>
}

// -----

// A stride moves the start of the row, not what lies in it.
// CHECK: #[[$ROW:.+]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1 * 2 + d4, d2 * 6 + d5)>
// CHECK-LABEL: func.func @stride
// CHECK: linalg.generic {indexing_maps = [#[[$ROW]],
func.func @stride(%x: tensor<1x7x7x3xi8>, %init: tensor<1x3x3x16xi32>) -> tensor<1x3x3x16xi32> {
  %w = arith.constant dense<1> : tensor<16x3x3x3xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o, h, w, i) -> (n, y * 2 + h, x * 2 + w, i)>, affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>, affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%x, %w : tensor<1x7x7x3xi8>, tensor<16x3x3x3xi8>) outs(%init : tensor<1x3x3x16xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x3x3x16xi32>
  return %0 : tensor<1x3x3x16xi32>
}

// -----

// Dilation leaves gaps in the row: the loops stay apart, 3 products and a zero
// each.
// CHECK-LABEL: func.func @dilation
// CHECK-SAME: (%[[X:.+]]: tensor<1x8x8x3xi8>
// CHECK-NOT: tensor.collapse_shape
// CHECK: linalg.generic
// CHECK-SAME: ins(%[[X]], %{{.+}}, %{{.+}} : tensor<1x8x8x3xi8>, tensor<1x3x3x1x64xi8>, tensor<3xi8>)
func.func @dilation(%x: tensor<1x8x8x3xi8>, %init: tensor<1x4x4x16xi32>) -> tensor<1x4x4x16xi32> {
  %w = arith.constant dense<1> : tensor<16x3x3x3xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o, h, w, i) -> (n, y + h * 2, x + w * 2, i)>, affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>, affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%x, %w : tensor<1x8x8x3xi8>, tensor<16x3x3x3xi8>) outs(%init : tensor<1x4x4x16xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x4x4x16xi32>
  return %0 : tensor<1x4x4x16xi32>
}

// -----

// Packing again changes nothing: the packed form is recognized.
// CHECK-LABEL: func.func @packed_already
// CHECK: ins(%{{.+}}, %{{.+}}, %{{.+}} : tensor<3x4xi8>, tensor<1x1x8xi8>, tensor<4xi8>)
func.func @packed_already(%x: tensor<3x4xi8>, %init: tensor<3x2xi32>) -> tensor<3x2xi32> {
  %w = arith.constant dense<[[[1, 2, 3, 4, 5, 6, 7, 8]]]> : tensor<1x1x8xi8>
  %length = tensor.empty() : tensor<4xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n floordiv 2, k floordiv 4, (n mod 2) * 4 + k mod 4)>, affine_map<(m, n, k) -> (k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w, %length : tensor<3x4xi8>, tensor<1x1x8xi8>, tensor<4xi8>) outs(%init : tensor<3x2xi32>) {
  ^bb0(%a: i8, %b: i8, %l: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<3x2xi32>
  return %0 : tensor<3x2xi32>
}

// -----

// Weights that are no constant cannot be laid out at compile time.
// CHECK-LABEL: func.func @weights_are_an_argument
// CHECK-SAME: (%[[X:.+]]: tensor<3x4xi8>, %[[W:.+]]: tensor<2x4xi8>
// CHECK: ins(%[[X]], %[[W]] :
func.func @weights_are_an_argument(%x: tensor<3x4xi8>, %w: tensor<2x4xi8>, %init: tensor<3x2xi32>) -> tensor<3x2xi32> {
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<3x4xi8>, tensor<2x4xi8>) outs(%init : tensor<3x2xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<3x2xi32>
  return %0 : tensor<3x2xi32>
}

// -----

// Nor a convolution whose row could have been merged: the image stays as well.
// CHECK-LABEL: func.func @kernel_is_an_argument
// CHECK-SAME: (%[[X:.+]]: tensor<1x1x5x3xi8>, %[[W:.+]]: tensor<2x1x3x3xi8>
// CHECK-NOT: tensor.collapse_shape
// CHECK: ins(%[[X]], %[[W]] :
func.func @kernel_is_an_argument(%x: tensor<1x1x5x3xi8>, %w: tensor<2x1x3x3xi8>, %init: tensor<1x1x3x2xi32>) -> tensor<1x1x3x2xi32> {
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o, h, w, i) -> (n, y + h, x + w, i)>, affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>, affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%x, %w : tensor<1x1x5x3xi8>, tensor<2x1x3x3xi8>) outs(%init : tensor<1x1x3x2xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x1x3x2xi32>
  return %0 : tensor<1x1x3x2xi32>
}

// -----

// Floats have no dot product of this form.
// CHECK-LABEL: func.func @floats
// CHECK: arith.constant dense<1.000000e+00> : tensor<2x4xf32>
func.func @floats(%x: tensor<3x4xf32>, %init: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x4xf32>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<3x4xf32>, tensor<2x4xf32>) outs(%init : tensor<3x2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %1 = arith.mulf %a, %b : f32
    %2 = arith.addf %o, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// -----

// In a depthwise convolution every channel has its own image: nothing to add up
// along neighbouring bytes.
// CHECK-LABEL: func.func @depthwise
// CHECK: arith.constant dense<1> : tensor<3x3x16xi8>
func.func @depthwise(%x: tensor<1x8x8x16xi8>, %init: tensor<1x6x6x16xi32>) -> tensor<1x6x6x16xi32> {
  %w = arith.constant dense<1> : tensor<3x3x16xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, c, h, w) -> (n, y + h, x + w, c)>, affine_map<(n, y, x, c, h, w) -> (h, w, c)>, affine_map<(n, y, x, c, h, w) -> (n, y, x, c)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
    ins(%x, %w : tensor<1x8x8x16xi8>, tensor<3x3x16xi8>) outs(%init : tensor<1x6x6x16xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x6x6x16xi32>
  return %0 : tensor<1x6x6x16xi32>
}

// -----

// A zero point inside the sum is not part of the form; the lowering of
// quantized operations keeps it in the bias.
// CHECK-LABEL: func.func @zero_point_in_the_body
// CHECK: arith.constant dense<1> : tensor<2x4xi8>
func.func @zero_point_in_the_body(%x: tensor<3x4xi8>, %init: tensor<3x2xi32>) -> tensor<3x2xi32> {
  %w = arith.constant dense<1> : tensor<2x4xi8>
  %zp = arith.constant 3 : i32
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<3x4xi8>, tensor<2x4xi8>) outs(%init : tensor<3x2xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.subi %1, %zp : i32
    %3 = arith.extsi %b : i8 to i32
    %4 = arith.muli %2, %3 : i32
    %5 = arith.addi %o, %4 : i32
    linalg.yield %5 : i32
  } -> tensor<3x2xi32>
  return %0 : tensor<3x2xi32>
}

// -----

// A third operand that is no length of packed weights.
// CHECK-LABEL: func.func @three_operands
// CHECK: ins(%{{.+}}, %{{.+}}, %{{.+}} : tensor<3x4xi8>, tensor<2x4xi8>, tensor<3xi32>)
func.func @three_operands(%x: tensor<3x4xi8>, %other: tensor<3xi32>, %init: tensor<3x2xi32>) -> tensor<3x2xi32> {
  %w = arith.constant dense<1> : tensor<2x4xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w, %other : tensor<3x4xi8>, tensor<2x4xi8>, tensor<3xi32>) outs(%init : tensor<3x2xi32>) {
  ^bb0(%a: i8, %b: i8, %c: i32, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<3x2xi32>
  return %0 : tensor<3x2xi32>
}

// -----

// 48 channels are three vectors: one panel. 72 are four and a half: three panels
// of two, the last of which ends in zeros.
// CHECK-DAG: #[[$MANY:.+]] = affine_map<(d0, d1, d2) -> (d1 floordiv 32, d2 floordiv 4, (d1 mod 32) * 4 + d2 mod 4)>
// CHECK-LABEL: func.func @panels
// CHECK: ins(%{{.+}}, %{{.+}}, %{{.+}} : tensor<3x4xi8>, tensor<1x1x192xi8>, tensor<4xi8>)
// CHECK: linalg.generic {indexing_maps = [#{{.+}}, #[[$MANY]],
// CHECK-SAME: ins(%{{.+}}, %{{.+}}, %{{.+}} : tensor<3x4xi8>, tensor<3x1x128xi8>, tensor<4xi8>)
func.func @panels(%x: tensor<3x4xi8>, %first: tensor<3x48xi32>, %second: tensor<3x72xi32>) -> (tensor<3x48xi32>, tensor<3x72xi32>) {
  %v = arith.constant dense<1> : tensor<48x4xi8>
  %w = arith.constant dense<1> : tensor<72x4xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %v : tensor<3x4xi8>, tensor<48x4xi8>) outs(%first : tensor<3x48xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<3x48xi32>
  %5 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<3x4xi8>, tensor<72x4xi8>) outs(%second : tensor<3x72xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<3x72xi32>
  return %0, %5 : tensor<3x48xi32>, tensor<3x72xi32>
}

// -----

// The row has a byte behind the last window of 3: groups of four read it, for a
// weight of zero.
// CHECK-LABEL: func.func @last_group_is_filled
// CHECK: ins(%{{.+}}, %{{.+}}, %{{.+}} : tensor<1x8x8xi8>, tensor<1x3x1x64xi8>, tensor<4xi8>)
func.func @last_group_is_filled(%x: tensor<1x8x8x1xi8>, %init: tensor<1x6x5x16xi32>) -> tensor<1x6x5x16xi32> {
  %w = arith.constant dense<1> : tensor<16x3x3x1xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o, h, w, i) -> (n, y + h, x + w, i)>, affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>, affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%x, %w : tensor<1x8x8x1xi8>, tensor<16x3x3x1xi8>) outs(%init : tensor<1x6x5x16xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x6x5x16xi32>
  return %0 : tensor<1x6x5x16xi32>
}

// -----

// A padded row is made longer for it: the last window starts at byte 21 and
// reads 12.
// CHECK-LABEL: func.func @pad_is_widened
// CHECK: %[[ROWS:.+]] = tensor.collapse_shape %{{.+}} {{\[\[}}0], [1], [2, 3]] : tensor<1x8x8x3xi8> into tensor<1x8x24xi8>
// CHECK: tensor.pad %[[ROWS]] low[0, 1, 3] high[0, 1, 6]
// CHECK: tensor<1x8x24xi8> to tensor<1x10x33xi8>
// CHECK: tensor.empty() : tensor<12xi8>
func.func @pad_is_widened(%x: tensor<1x8x8x3xi8>, %init: tensor<1x8x8x16xi32>) -> tensor<1x8x8x16xi32> {
  %zero = arith.constant 3 : i8
  %w = arith.constant dense<1> : tensor<16x3x3x3xi8>
  %padded = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : i8
  } : tensor<1x8x8x3xi8> to tensor<1x10x10x3xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o, h, w, i) -> (n, y + h, x + w, i)>, affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>, affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%padded, %w : tensor<1x10x10x3xi8>, tensor<16x3x3x3xi8>) outs(%init : tensor<1x8x8x16xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x8x8x16xi32>
  return %0 : tensor<1x8x8x16xi32>
}

// -----

// The window of a strided convolution ends one column before the image: it is
// read where it is, and the last group finds a byte there.
// CHECK-LABEL: func.func @part_of_an_image
// CHECK-SAME: (%[[X:.+]]: tensor<1x8x8x3xi8>
// CHECK: %[[ROWS:.+]] = tensor.collapse_shape %[[X]]
// CHECK: tensor.empty() : tensor<12xi8>
// CHECK: ins(%[[ROWS]],
func.func @part_of_an_image(%x: tensor<1x8x8x3xi8>, %init: tensor<1x3x3x16xi32>) -> tensor<1x3x3x16xi32> {
  %w = arith.constant dense<1> : tensor<16x3x3x3xi8>
  %part = tensor.extract_slice %x[0, 0, 0, 0] [1, 7, 7, 3] [1, 1, 1, 1] : tensor<1x8x8x3xi8> to tensor<1x7x7x3xi8>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(n, y, x, o, h, w, i) -> (n, y * 2 + h, x * 2 + w, i)>, affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>, affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%part, %w : tensor<1x7x7x3xi8>, tensor<16x3x3x3xi8>) outs(%init : tensor<1x3x3x16xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<1x3x3x16xi32>
  return %0 : tensor<1x3x3x16xi32>
}

// -----

// Signed words: two products of one channel stand side by side. A third one is
// left over.
// CHECK-DAG: #[[$PACKED:.+]] = affine_map<(d0, d1, d2) -> (d1 floordiv 2, d2 floordiv 2, (d1 mod 2) * 2 + d2 mod 2)>
// CHECK-LABEL: func.func @words
// CHECK: arith.constant dense<{{\[\[}}[1, 2, 4, 5], [3, 0, 6, 0]]]> : tensor<1x2x4xi16>
// CHECK: linalg.generic {indexing_maps = [#{{.+}}, #[[$PACKED]], #{{.+}}, #{{.+}}]
func.func @words(%x: tensor<3x3xi16>, %init: tensor<3x2xi32>) -> tensor<3x2xi32> {
  %w = arith.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi16>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<3x3xi16>, tensor<2x3xi16>) outs(%init : tensor<3x2xi32>) {
  ^bb0(%a: i16, %b: i16, %o: i32):
    %1 = arith.extsi %a : i16 to i32
    %2 = arith.extsi %b : i16 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<3x2xi32>
  return %0 : tensor<3x2xi32>
}

// -----

// No instruction multiplies unsigned words, or words with bytes.
// CHECK-LABEL: func.func @unsigned_words
// CHECK-NOT: floordiv
// CHECK: arith.constant dense<{{\[\[}}1, 2], [4, 5]]> : tensor<2x2xi16>
func.func @unsigned_words(%x: tensor<3x2xi16>, %init: tensor<3x2xi32>) -> tensor<3x2xi32> {
  %w = arith.constant dense<[[1, 2], [4, 5]]> : tensor<2x2xi16>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %w : tensor<3x2xi16>, tensor<2x2xi16>) outs(%init : tensor<3x2xi32>) {
  ^bb0(%a: i16, %b: i16, %o: i32):
    %1 = arith.extui %a : i16 to i32
    %2 = arith.extsi %b : i16 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<3x2xi32>
  return %0 : tensor<3x2xi32>
}

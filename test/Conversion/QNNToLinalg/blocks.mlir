// Weights with scales for blocks: a loop over the blocks is a dimension of the
// accumulators, whose sum is rounded once.
//
// RUN: quant-opt %s --convert-qnn-to-linalg --canonicalize --split-input-file | FileCheck %s

!x = !quant.uniform<i8:f32, 0.5:3>
!w = !quant.uniform<i8:f32:{0:1, 1:2}, {{0.5, 0.3}, {0.125, 0.7}, {0.25, 0.9}}>
!b = !quant.uniform<i32:f32, 0.25>
!r = !quant.uniform<i8:f32, 1.0:2>

// CHECK-DAG: #[[$INPUT:.+]] = affine_map<(d0, d1, d2, d3) -> (d0, d1 * 2 + d3)>
// CHECK-DAG: #[[$WEIGHT:.+]] = affine_map<(d0, d1, d2, d3) -> (d1, d3, d2)>
// CHECK-LABEL: func @fully_connected
// CHECK-DAG: %[[W:.+]] = arith.constant dense<{{.*}}> : tensor<2x2x3xi8>
// CHECK-DAG: %[[M:.+]] = arith.constant dense<{{.*}}> : tensor<2x3xi32>
// CHECK: %[[ACC:.+]] = linalg.generic {indexing_maps = [#[[$INPUT]], #[[$WEIGHT]], #{{.+}}], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
// CHECK-SAME: outs(%{{.+}} : tensor<1x2x3xi32>)
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "reduction"]} ins(%[[ACC]], %[[M]]
// CHECK: arith.muli %{{.+}} : i64
// CHECK: linalg.generic
// CHECK: arith.shrsi
// CHECK: arith.trunci %{{.+}} : i64 to i8
func.func @fully_connected(%x: tensor<1x4x!x>) -> tensor<1x3x!r> {
  %w = qnn.constant dense<[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]> : tensor<3x4xi8> as tensor<3x4x!w>
  %b = qnn.constant dense<[5, -6, 7]> : tensor<3xi32> as tensor<3x!b>
  %r = qnn.fully_connected %x, %w, %b : (tensor<1x4x!x>, tensor<3x4x!w>, tensor<3x!b>) -> tensor<1x3x!r>
  return %r : tensor<1x3x!r>
}

// -----

// Block floating point: the accumulators are shifted, not multiplied.

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32:{0:1, 3:2}, {{{{0.5, 0.25}}}}>
!b = !quant.uniform<i32:f32, 0.25>
!r = !quant.uniform<i8:f32, 1.0>

// CHECK-LABEL: func @block_floating_point
// CHECK: arith.muli %{{.+}} : i32
// CHECK-NOT: arith.muli
// CHECK: arith.shli %{{.+}} : i64
// CHECK-NOT: arith.muli
func.func @block_floating_point(%x: tensor<1x2x2x4x!x>) -> tensor<1x1x1x1x!r> {
  %w = qnn.constant dense<3> : tensor<1x2x2x4xi8> as tensor<1x2x2x4x!w>
  %b = qnn.constant dense<5> : tensor<1xi32> as tensor<1x!b>
  %r = qnn.conv_2d %x, %w, %b : (tensor<1x2x2x4x!x>, tensor<1x2x2x4x!w>, tensor<1x!b>) -> tensor<1x1x1x1x!r>
  return %r : tensor<1x1x1x1x!r>
}

// -----

// The casts read the scale of a block.

!w = !quant.uniform<i8:f32:{0:1, 1:2}, {{0.5, 0.25}, {0.125, 1.0}}>

// CHECK: #[[$BLOCK:.+]] = affine_map<(d0, d1) -> (d0, d1 floordiv 2)>
// CHECK-LABEL: func @dequantize
// CHECK: %[[S:.+]] = arith.constant dense<{{\[}}[5.000000e-01, 2.500000e-01], [1.250000e-01, 1.000000e+00]]> : tensor<2x2xf32>
// CHECK: linalg.generic {indexing_maps = [#{{.+}}, #[[$BLOCK]], #{{.+}}]
func.func @dequantize() -> tensor<2x4xf32> {
  %w = qnn.constant dense<[[1, 2, 3, 4], [5, 6, 7, 8]]> : tensor<2x4xi8> as tensor<2x4x!w>
  %r = qnn.dequantize %w : tensor<2x4x!w> -> tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}

// RUN: quant-opt %s --convert-qnn-to-linalg --canonicalize --split-input-file | FileCheck %s

// Input zero point -3, weights 1 and 2 with 2 * 2 * 2 elements a channel, so
// the accumulators start at bias + 3 * 8 and bias + 3 * 16. The weights come
// out with the output channels innermost, the shifts differ by one.

!x = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>
!b = !quant.uniform<i32:f32:0, {0.25, 0.125}>
!r = !quant.uniform<i8:f32, 1.0:2>

// CHECK-DAG: #[[$WINDOW:.+]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 * 2 + d4, d2 + d5 * 3, d6)>
// CHECK-DAG: #[[$WEIGHT:.+]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d4, d5, d6, d3)>
// CHECK-LABEL: func @conv_2d
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x4x2xi8>
// CHECK-DAG: %[[W:.+]] = arith.constant dense<{{.*}}[1, 2], [1, 2]], {{.*}}> : tensor<2x2x2x2xi8>
// CHECK-DAG: %[[START:.+]] = arith.constant dense<[29, 42]> : tensor<2xi32>
// CHECK-DAG: %[[OFFSET:.+]] = arith.constant dense<[5, 10]> : tensor<2xi32>
// CHECK-DAG: %[[SHIFT:.+]] = arith.constant dense<[1, 2]> : tensor<2xi32>
// CHECK-DAG: %[[ZP:.+]] = arith.constant -3 : i8
// CHECK: %[[PAD:.+]] = tensor.pad %[[X]] low[0, 1, 2, 0] high[0, 0, 1, 0]
// CHECK: tensor.yield %[[ZP]]
// CHECK: %[[INIT:.+]] = linalg.generic {{.*}} ins(%[[START]] : tensor<2xi32>)
// CHECK: %[[SUM:.+]] = linalg.generic {indexing_maps = [#[[$WINDOW]], #[[$WEIGHT]], {{.*}} ins(%[[PAD]], %[[W]]{{.*}} outs(%[[INIT]]
// CHECK-NEXT: ^bb0(%[[A:.+]]: i8, %[[B:.+]]: i8, %[[C:.+]]: i32):
// CHECK-NEXT: %[[AX:.+]] = arith.extsi %[[A]]
// CHECK-NEXT: %[[BX:.+]] = arith.extsi %[[B]]
// CHECK-NEXT: %[[P:.+]] = arith.muli %[[AX]], %[[BX]]
// CHECK-NEXT: %[[S:.+]] = arith.addi %[[C]], %[[P]]
// CHECK-NEXT: linalg.yield %[[S]]
// CHECK: linalg.generic {{.*}} ins(%[[SUM]], %[[OFFSET]], %[[SHIFT]]
// CHECK-COUNT-1: arith.shrsi
// CHECK: arith.trunci %{{.+}} : i32 to i8
func.func @conv_2d(%x: tensor<1x4x4x2x!x>) -> tensor<1x2x4x2x!r> {
  %w = qnn.constant dense<[[[[1, 1], [1, 1]], [[1, 1], [1, 1]]], [[[2, 2], [2, 2]], [[2, 2], [2, 2]]]]> : tensor<2x2x2x2xi8> as tensor<2x2x2x2x!w>
  %b = qnn.constant dense<[5, -6]> : tensor<2xi32> as tensor<2x!b>
  %r = qnn.conv_2d %x, %w, %b {pad = array<i64: 1, 0, 2, 1>, stride = array<i64: 2, 1>, dilation = array<i64: 1, 3>}
      : (tensor<1x4x4x2x!x>, tensor<2x2x2x2x!w>, tensor<2x!b>) -> tensor<1x2x4x2x!r>
  return %r : tensor<1x2x4x2x!r>
}

// -----

// Unsigned input: only its extension differs. A zero point that keeps the
// distances of u8 weights in 8 bits; without padding nothing is padded.

!x = !quant.uniform<u8:f32, 0.5:3>
!w = !quant.uniform<u8:f32, 0.5:128>
!b = !quant.uniform<i32:f32, 0.25>

// CHECK-LABEL: func @unsigned
// CHECK-NOT: tensor.pad
// CHECK: ^bb0(%[[A:.+]]: i8, %[[B:.+]]: i8, %{{.+}}: i32):
// CHECK-NEXT: arith.extui %[[A]]
// CHECK-NEXT: arith.extsi %[[B]]
func.func @unsigned(%x: tensor<1x2x2x2x!x>) -> tensor<1x2x2x2x!x> {
  %w = qnn.constant dense<[[[[0, 127]]], [[[128, 255]]]]> : tensor<2x1x1x2xi8> as tensor<2x1x1x2x!w>
  %b = qnn.constant dense<0> : tensor<2xi32> as tensor<2x!b>
  %r = qnn.conv_2d %x, %w, %b : (tensor<1x2x2x2x!x>, tensor<2x1x1x2x!w>, tensor<2x!b>) -> tensor<1x2x2x2x!x>
  return %r : tensor<1x2x2x2x!x>
}

// -----

// 0 - 3 and 255 - 3: distances that need 16 bits.

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<u8:f32, 0.5:3>
!b = !quant.uniform<i32:f32, 0.25>

// CHECK-LABEL: func @wide_weights
// CHECK-DAG: arith.constant dense<{{\[}}[-3], [252]]> : tensor<2x1xi16>
func.func @wide_weights(%x: tensor<1x2x!x>) -> tensor<1x1x!x> {
  %w = qnn.constant dense<[[0, 255]]> : tensor<1x2xi8> as tensor<1x2x!w>
  %b = qnn.constant dense<0> : tensor<1xi32> as tensor<1x!b>
  %r = qnn.fully_connected %x, %w, %b : (tensor<1x2x!x>, tensor<1x2x!w>, tensor<1x!b>) -> tensor<1x1x!x>
  return %r : tensor<1x1x!x>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>

// The group is a loop of its own, outside of the channels of one group.
// CHECK-LABEL: func @grouped
// CHECK: %[[X:.+]] = tensor.expand_shape %{{.+}} {{\[}}[0], [1], [2], [3, 4]] {{.*}} into tensor<1x2x2x2x3xi8>
// CHECK: linalg.generic {{.*}} ins(%[[X]], %{{.+}} : tensor<1x2x2x2x3xi8>, tensor<1x1x3x2x2xi8>)
// CHECK: tensor.collapse_shape %{{.+}} {{\[}}[0], [1], [2], [3, 4]] : tensor<1x2x2x2x2xi8> into tensor<1x2x2x4xi8>
func.func @grouped(%x: tensor<1x2x2x6x!x>) -> tensor<1x2x2x4x!x> {
  %w = qnn.constant dense<1> : tensor<4x1x1x3xi8> as tensor<4x1x1x3x!w>
  %b = qnn.constant dense<0> : tensor<4xi32> as tensor<4x!b>
  %r = qnn.conv_2d %x, %w, %b {group = 2 : i64} : (tensor<1x2x2x6x!x>, tensor<4x1x1x3x!w>, tensor<4x!b>) -> tensor<1x2x2x4x!x>
  return %r : tensor<1x2x2x4x!x>
}

// A group of one channel is a depthwise convolution: channels innermost.
// CHECK-LABEL: func @grouped_by_channel
// CHECK-NOT: tensor.expand_shape
// CHECK: linalg.generic {{.*}} ins(%{{.+}}, %{{.+}} : tensor<1x2x2x6xi8>, tensor<1x1x6xi8>)
func.func @grouped_by_channel(%x: tensor<1x2x2x6x!x>) -> tensor<1x2x2x6x!x> {
  %w = qnn.constant dense<1> : tensor<6x1x1x1xi8> as tensor<6x1x1x1x!w>
  %b = qnn.constant dense<0> : tensor<6xi32> as tensor<6x!b>
  %r = qnn.conv_2d %x, %w, %b {group = 6 : i64} : (tensor<1x2x2x6x!x>, tensor<6x1x1x1x!w>, tensor<6x!b>) -> tensor<1x2x2x6x!x>
  return %r : tensor<1x2x2x6x!x>
}

// CHECK-LABEL: func @depthwise
// CHECK: linalg.generic {{.*}}"parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%{{.+}}, %{{.+}} : tensor<1x4x4x2xi8>, tensor<3x3x2xi8>) outs(%{{.+}} : tensor<1x2x2x2xi32>)
func.func @depthwise(%x: tensor<1x4x4x2x!x>) -> tensor<1x2x2x2x!x> {
  %w = qnn.constant dense<1> : tensor<3x3x2xi8> as tensor<3x3x2x!w>
  %b = qnn.constant dense<0> : tensor<2xi32> as tensor<2x!b>
  %r = qnn.depthwise_conv_2d %x, %w, %b : (tensor<1x4x4x2x!x>, tensor<3x3x2x!w>, tensor<2x!b>) -> tensor<1x2x2x2x!x>
  return %r : tensor<1x2x2x2x!x>
}

// CHECK-LABEL: func @depthwise_multiplier
// CHECK: linalg.generic {{.*}} ins(%{{.+}}, %{{.+}} : tensor<1x4x4x2xi8>, tensor<3x3x2x3xi8>) outs(%{{.+}} : tensor<1x2x2x2x3xi32>)
// CHECK: tensor.collapse_shape %{{.+}} : tensor<1x2x2x2x3xi8> into tensor<1x2x2x6xi8>
func.func @depthwise_multiplier(%x: tensor<1x4x4x2x!x>) -> tensor<1x2x2x6x!x> {
  %w = qnn.constant dense<1> : tensor<3x3x6xi8> as tensor<3x3x6x!w>
  %b = qnn.constant dense<0> : tensor<6xi32> as tensor<6x!b>
  %r = qnn.depthwise_conv_2d %x, %w, %b : (tensor<1x4x4x2x!x>, tensor<3x3x6x!w>, tensor<6x!b>) -> tensor<1x2x2x6x!x>
  return %r : tensor<1x2x2x6x!x>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>

// More than 1 KiB of weights are a resource, before and after the transpose.
// CHECK-LABEL: func @resource
// CHECK: arith.constant dense_resource<{{.+}}> : tensor<1030x2xi8>
// CHECK-NOT: tensor<2x1030xi8>
func.func @resource(%x: tensor<1x1030x!x>) -> tensor<1x2x!x> {
  %w = qnn.constant dense_resource<w> : tensor<2x1030xi8> as tensor<2x1030x!w>
  %b = qnn.constant dense<0> : tensor<2xi32> as tensor<2x!b>
  %r = qnn.fully_connected %x, %w, %b : (tensor<1x1030x!x>, tensor<2x1030x!w>, tensor<2x!b>) -> tensor<1x2x!x>
  return %r : tensor<1x2x!x>
}

// Weights that are not known now are transposed at run time, and the body
// subtracts the zero points.
// CHECK-LABEL: func @weights_of_the_caller
// CHECK-SAME: %{{.+}}: tensor<1x4xi8> {{{.*}}}, %[[W:.+]]: tensor<2x4xi8>
// CHECK: %[[T:.+]] = linalg.transpose ins(%[[W]] : tensor<2x4xi8>)
// CHECK: linalg.generic {{.*}} ins(%{{.+}}, %[[T]]
func.func @weights_of_the_caller(%x: tensor<1x4x!x>, %w: tensor<2x4x!w>) -> tensor<1x2x!x> {
  %b = qnn.constant dense<0> : tensor<2xi32> as tensor<2x!b>
  %r = qnn.fully_connected %x, %w, %b : (tensor<1x4x!x>, tensor<2x4x!w>, tensor<2x!b>) -> tensor<1x2x!x>
  return %r : tensor<1x2x!x>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x040000000001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001020304050600010203040506000102030405060001"
    }
  }
#-}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Transposes meet and cancel. Shapes have distinct sizes, so that a dimension
// that went astray would show.

// RUN: quant-opt %s --qnn-cancel-transposes --split-input-file --verify-each | FileCheck %s

// A pair around an elementwise operation.
// CHECK-LABEL: func.func @unary
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x5x8xf32>)
// CHECK-NEXT: %[[Y:.+]] = tosa.tanh %[[X]] : (tensor<1x4x5x8xf32>)
// CHECK-NEXT: return %[[Y]]
func.func @unary(%x: tensor<1x4x5x8xf32>) -> tensor<1x4x5x8xf32> {
  %0 = tosa.transpose %x {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x4x5x8xf32>) -> tensor<1x8x4x5xf32>
  %1 = tosa.tanh %0 : (tensor<1x8x4x5xf32>) -> tensor<1x8x4x5xf32>
  %2 = tosa.transpose %1 {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x8x4x5xf32>) -> tensor<1x4x5x8xf32>
  return %2 : tensor<1x4x5x8xf32>
}

// -----

// The constant of a broadcast is rewritten.
// CHECK-LABEL: func.func @constant_operand
// CHECK-NOT: tosa.transpose
// CHECK: %[[C:.+]] = "tosa.const"() <{values = dense<{{\[\[\[\[}}1.000000e+00, 2.000000e+00]]]]> : tensor<1x1x1x2xf32>}>
// CHECK: tosa.add %{{.+}}, %[[C]] : (tensor<1x4x5x2xf32>, tensor<1x1x1x2xf32>)
func.func @constant_operand(%x: tensor<1x4x5x2xf32>) -> tensor<1x4x5x2xf32> {
  %c = "tosa.const"() <{values = dense<[[[[1.0]], [[2.0]]]]> : tensor<1x2x1x1xf32>}> : () -> tensor<1x2x1x1xf32>
  %0 = tosa.transpose %x {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x4x5x2xf32>) -> tensor<1x2x4x5xf32>
  %1 = tosa.add %0, %c : (tensor<1x2x4x5xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x4x5xf32>
  %2 = tosa.transpose %1 {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x2x4x5xf32>) -> tensor<1x4x5x2xf32>
  return %2 : tensor<1x4x5x2xf32>
}

// -----

// Every axis, pad, start and size follows.
// CHECK-LABEL: func.func @axes
// CHECK-NOT: tosa.transpose
// CHECK: %[[PADS:.+]] = tosa.const_shape {{.*}}dense<[0, 0, 1, 2, 0, 0, 0, 0]>
// CHECK: %[[P:.+]] = tosa.pad %{{.+}}, %[[PADS]], {{.*}} -> tensor<1x7x5x8xf32>
// CHECK: %[[C:.+]] = tosa.concat %[[P]], %[[P]] {axis = 3 : i32}
// CHECK: %[[START:.+]] = tosa.const_shape {{.*}}dense<[0, 0, 3, 0]>
// CHECK: %[[SIZE:.+]] = tosa.const_shape {{.*}}dense<[1, 7, 2, 16]>
// CHECK: %[[S:.+]] = tosa.slice %[[C]], %[[START]], %[[SIZE]]
// CHECK: tosa.reduce_sum %[[S]] {axis = 1 : i32}
// CHECK-NOT: tosa.transpose
func.func @axes(%x: tensor<1x4x5x8xf32>) -> tensor<1x1x2x16xf32> {
  %pads = tosa.const_shape {values = dense<[0, 0, 0, 0, 1, 2, 0, 0]> : tensor<8xindex>} : () -> !tosa.shape<8>
  %start = tosa.const_shape {values = dense<[0, 0, 0, 3]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %size = tosa.const_shape {values = dense<[1, 16, 7, 2]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.transpose %x {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x4x5x8xf32>) -> tensor<1x8x4x5xf32>
  %1 = tosa.pad %0, %pads, %zero : (tensor<1x8x4x5xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x8x7x5xf32>
  %2 = tosa.concat %1, %1 {axis = 1 : i32} : (tensor<1x8x7x5xf32>, tensor<1x8x7x5xf32>) -> tensor<1x16x7x5xf32>
  %3 = tosa.slice %2, %start, %size : (tensor<1x16x7x5xf32>, !tosa.shape<4>, !tosa.shape<4>) -> tensor<1x16x7x2xf32>
  %4 = tosa.reduce_sum %3 {axis = 2 : i32} : (tensor<1x16x7x2xf32>) -> tensor<1x16x1x2xf32>
  %5 = tosa.transpose %4 {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x16x1x2xf32>) -> tensor<1x1x2x16xf32>
  return %5 : tensor<1x1x2x16xf32>
}

// -----

// Only dimensions of size 1 change places: no number moves.
// CHECK-LABEL: func.func @unit_dims
// CHECK-NOT: tosa.transpose
// CHECK: tosa.reshape %{{.+}} -> tensor<1x8x1x1xf32>
func.func @unit_dims(%x: tensor<1x1x1x8xf32>) -> tensor<1x8x1x1xf32> {
  %0 = tosa.transpose %x {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x1x1x8xf32>) -> tensor<1x8x1x1xf32>
  return %0 : tensor<1x8x1x1xf32>
}

// -----

// A reshape that merges neighbours (4 x 5) goes first, then the transpose of
// the other side meets this one.
// CHECK-LABEL: func.func @through_reshape
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x5x8xf32>)
// CHECK-NOT: tosa.transpose
// CHECK: tosa.reshape %[[X]], {{.*}} -> tensor<1x20x8xf32>
// CHECK-NOT: tosa.transpose
func.func @through_reshape(%x: tensor<1x4x5x8xf32>) -> tensor<1x20x8xf32> {
  %shape = tosa.const_shape {values = dense<[1, 8, 20]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %0 = tosa.transpose %x {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x4x5x8xf32>) -> tensor<1x8x4x5xf32>
  %1 = tosa.reshape %0, %shape : (tensor<1x8x4x5xf32>, !tosa.shape<3>) -> tensor<1x8x20xf32>
  %2 = tosa.transpose %1 {perms = array<i32: 0, 2, 1>} : (tensor<1x8x20xf32>) -> tensor<1x20x8xf32>
  return %2 : tensor<1x20x8xf32>
}

// -----

// One that merges what lies apart cannot: the transpose has to be done.
// CHECK-LABEL: func.func @merges_apart
// CHECK: tosa.transpose
// CHECK: tosa.reshape
func.func @merges_apart(%x: tensor<1x4x5x8xf32>) -> tensor<1x160xf32> {
  %shape = tosa.const_shape {values = dense<[1, 160]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %0 = tosa.transpose %x {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x4x5x8xf32>) -> tensor<1x8x4x5xf32>
  %1 = tosa.reshape %0, %shape : (tensor<1x8x4x5xf32>, !tosa.shape<2>) -> tensor<1x160xf32>
  return %1 : tensor<1x160xf32>
}

// -----

// ... unless a fully connected layer follows, whose weights can be permuted:
// pixel p of channel c is number 3 c + p before, 2 p + c behind.
// CHECK-LABEL: func.func @fully_connected
// CHECK-SAME: (%[[X:.+]]: tensor<1x1x3x2xf32>)
// CHECK-NOT: tosa.transpose
// CHECK-DAG: %[[W:.+]] = "tosa.const"() <{values = dense<{{\[\[\[\[}}0.000000e+00, 3.000000e+00, 1.000000e+00, 4.000000e+00, 2.000000e+00, 5.000000e+00]]]]>
// CHECK-DAG: %[[FLAT:.+]] = tosa.reshape %{{.+}} -> tensor<1x1x1x6xf32>
// CHECK: tosa.conv2d %[[FLAT]], %[[W]]
func.func @fully_connected(%x: tensor<1x1x3x2xf32>) -> tensor<1x1x1x1xf32> {
  %shape = tosa.const_shape {values = dense<[1, 1, 1, 6]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %w = "tosa.const"() <{values = dense<[[[[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]]]]> : tensor<1x1x1x6xf32>}> : () -> tensor<1x1x1x6xf32>
  %b = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.transpose %x {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x1x3x2xf32>) -> tensor<1x2x1x3xf32>
  %1 = tosa.reshape %0, %shape : (tensor<1x2x1x3xf32>, !tosa.shape<4>) -> tensor<1x1x1x6xf32>
  %2 = tosa.sigmoid %1 : (tensor<1x1x1x6xf32>) -> tensor<1x1x1x6xf32>
  %3 = tosa.conv2d %2, %w, %b, %b, %b {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>} : (tensor<1x1x1x6xf32>, tensor<1x1x1x6xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %3 : tensor<1x1x1x1xf32>
}

// -----

// What is left rises to the argument, and the arithmetic comes behind it.
// CHECK-LABEL: func.func @rises
// CHECK-SAME: (%[[X:.+]]: tensor<1x3x4x5xf32>)
// CHECK: %[[T:.+]] = tosa.transpose %[[X]] {perms = array<i32: 0, 2, 3, 1>}
// CHECK: %[[Y:.+]] = tosa.exp %[[T]]
// CHECK: tosa.max_pool2d %[[Y]]
func.func @rises(%x: tensor<1x3x4x5xf32>) -> tensor<1x4x5x3xf32> {
  %0 = tosa.exp %x : (tensor<1x3x4x5xf32>) -> tensor<1x3x4x5xf32>
  %1 = tosa.transpose %0 {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x3x4x5xf32>) -> tensor<1x4x5x3xf32>
  %2 = tosa.max_pool2d %1 {kernel = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>} : (tensor<1x4x5x3xf32>) -> tensor<1x4x5x3xf32>
  return %2 : tensor<1x4x5x3xf32>
}

// -----

// A softmax stays on its last axis.
// CHECK-LABEL: func.func @softmax
// CHECK: %[[T:.+]] = tosa.transpose
// CHECK: %[[M:.+]] = tosa.reduce_max %[[T]] {axis = 3 : i32}
// CHECK: tosa.sub %[[T]], %[[M]]
func.func @softmax(%x: tensor<1x8x4x5xf32>) -> tensor<1x4x5x8xf32> {
  %0 = tosa.transpose %x {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x8x4x5xf32>) -> tensor<1x4x5x8xf32>
  %1 = tosa.reduce_max %0 {axis = 3 : i32} : (tensor<1x4x5x8xf32>) -> tensor<1x4x5x1xf32>
  %2 = tosa.sub %0, %1 : (tensor<1x4x5x8xf32>, tensor<1x4x5x1xf32>) -> tensor<1x4x5x8xf32>
  return %2 : tensor<1x4x5x8xf32>
}

// -----

// Operands in two layouts, both computed: nothing is gained by moving either.
// CHECK-LABEL: func.func @two_layouts
// CHECK: %[[T:.+]] = tosa.transpose
// CHECK: tosa.add %[[T]]
func.func @two_layouts(%x: tensor<1x4x5x8xf32>, %y: tensor<1x8x4x5xf32>) -> tensor<1x8x4x5xf32> {
  %0 = tosa.tanh %y : (tensor<1x8x4x5xf32>) -> tensor<1x8x4x5xf32>
  %1 = tosa.transpose %x {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x4x5x8xf32>) -> tensor<1x8x4x5xf32>
  %2 = tosa.add %1, %0 : (tensor<1x8x4x5xf32>, tensor<1x8x4x5xf32>) -> tensor<1x8x4x5xf32>
  return %2 : tensor<1x8x4x5xf32>
}

// -----

// Two arguments that are both transposed elsewhere: a layout is chosen once.
// CHECK-LABEL: func.func @two_arguments
// CHECK: return
func.func @two_arguments(%x: tensor<1x4x5x8xf32>, %y: tensor<1x8x4x5xf32>) -> (tensor<1x8x4x5xf32>, tensor<1x8x4x5xf32>, tensor<1x4x5x8xf32>) {
  %0 = tosa.transpose %x {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x4x5x8xf32>) -> tensor<1x8x4x5xf32>
  %1 = tosa.transpose %y {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x8x4x5xf32>) -> tensor<1x4x5x8xf32>
  %2 = tosa.add %0, %y : (tensor<1x8x4x5xf32>, tensor<1x8x4x5xf32>) -> tensor<1x8x4x5xf32>
  return %2, %0, %1 : tensor<1x8x4x5xf32>, tensor<1x8x4x5xf32>, tensor<1x4x5x8xf32>
}

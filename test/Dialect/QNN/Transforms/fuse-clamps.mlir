// RUN: quant-opt %s --qnn-fuse-clamps | FileCheck %s
// RUN: quant-opt %s --qnn-fuse-clamps --mlir-print-debuginfo | FileCheck %s --check-prefix=LOC

// max(x, 0) is a clamp that has no upper end (0x7F800000 is infinity); the
// constant may stand first.
// CHECK-LABEL: func @maximum
// CHECK-SAME: (%[[X:.+]]: tensor<1x2xf32>)
func.func @maximum(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  // CHECK: %[[R:.+]] = tosa.clamp %[[X]] {max_val = 0x7F800000 : f32, min_val = 0.000000e+00 : f32}
  // CHECK-NEXT: return %[[R]]
  %0 = tosa.maximum %zero, %x : (tensor<1x1xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// min(max(x, -1), 6): two extrema, one clamp.
// CHECK-LABEL: func @minimum_of_maximum
// CHECK-SAME: (%[[X:.+]]: tensor<1x2xf32>)
func.func @minimum_of_maximum(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %low = "tosa.const"() <{values = dense<-1.0> : tensor<1x2xf32>}> : () -> tensor<1x2xf32>
  %high = "tosa.const"() <{values = dense<6.0> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  // CHECK: %[[R:.+]] = tosa.clamp %[[X]] {max_val = 6.000000e+00 : f32, min_val = -1.000000e+00 : f32}
  // CHECK-NEXT: return %[[R]]
  %0 = tosa.maximum %x, %low : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %1 = tosa.minimum %0, %high : (tensor<1x2xf32>, tensor<1x1xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// x > 0 ? x : 0, and its mirror image 4 >= x ? x : 4.
// CHECK-LABEL: func @select_both_ways
// CHECK-SAME: (%[[X:.+]]: tensor<1x2xf32>)
func.func @select_both_ways(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %four = "tosa.const"() <{values = dense<4.0> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  // CHECK: %[[R:.+]] = tosa.clamp %[[X]] {max_val = 4.000000e+00 : f32, min_val = 0.000000e+00 : f32}
  // CHECK-NEXT: return %[[R]]
  %0 = tosa.greater %x, %zero : (tensor<1x2xf32>, tensor<1x1xf32>) -> tensor<1x2xi1>
  %1 = tosa.select %0, %x, %zero : (tensor<1x2xi1>, tensor<1x2xf32>, tensor<1x1xf32>) -> tensor<1x2xf32>
  %2 = tosa.greater_equal %four, %1 : (tensor<1x1xf32>, tensor<1x2xf32>) -> tensor<1x2xi1>
  %3 = tosa.select %2, %1, %four : (tensor<1x2xi1>, tensor<1x2xf32>, tensor<1x1xf32>) -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

// A clamp outside the range of the one before it changes nothing, however many
// users that has.
// CHECK-LABEL: func @wider_clamp_disappears
func.func @wider_clamp_disappears(%x: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  // CHECK: %[[R:.+]] = tosa.clamp
  // CHECK-NEXT: return %[[R]], %[[R]]
  %0 = tosa.clamp %x {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %1 = tosa.clamp %0 {min_val = -1.0 : f32, max_val = 6.0 : f32} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}

// Ranges [0, 2] and then [3, 4] leave the one number 3.
// CHECK-LABEL: func @disjoint_ranges
func.func @disjoint_ranges(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK: tosa.clamp %{{.+}} {max_val = 3.000000e+00 : f32, min_val = 3.000000e+00 : f32}
  // CHECK-NEXT: return
  %0 = tosa.clamp %x {min_val = 0.0 : f32, max_val = 2.0 : f32} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %1 = tosa.clamp %0 {min_val = 3.0 : f32, max_val = 4.0 : f32} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// Through a reshape and a pooling to the addition.
// CHECK-LABEL: func @up_to_add
func.func @up_to_add(%x: tensor<1x4x4x2xf32>, %y: tensor<1x4x4x2xf32>) -> tensor<1x8xf32> {
  %shape = tosa.const_shape {values = dense<[1, 8]> : tensor<2xindex>} : () -> !tosa.shape<2>
  // CHECK: %[[A:.+]] = tosa.add
  // CHECK-NEXT: %[[C:.+]] = tosa.clamp %[[A]]
  // CHECK-NEXT: %[[P:.+]] = tosa.max_pool2d %[[C]]
  // CHECK: tosa.reshape %[[P]]
  %0 = tosa.add %x, %y : (tensor<1x4x4x2xf32>, tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %1 = tosa.max_pool2d %0 {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>} : (tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32>
  %2 = tosa.reshape %1, %shape : (tensor<1x2x2x2xf32>, !tosa.shape<2>) -> tensor<1x8xf32>
  %3 = tosa.clamp %2 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %3 : tensor<1x8xf32>
}

// Through a concatenation of two additions; each clamp gets a name of its own.
// CHECK-LABEL: func @up_through_concat
// LOC-LABEL: func @up_through_concat
func.func @up_through_concat(%x: tensor<1x2xf32>) -> tensor<1x4xf32> {
  // CHECK: %[[A:.+]] = tosa.add
  // CHECK: %[[B:.+]] = tosa.mul
  // CHECK-DAG: %[[CA:.+]] = tosa.clamp %[[A]]
  // CHECK-DAG: %[[CB:.+]] = tosa.clamp %[[B]]
  // CHECK: %[[C:.+]] = tosa.concat %[[CA]], %[[CB]]
  // CHECK-NEXT: return %[[C]]
  // LOC-DAG: "relu.0"
  // LOC-DAG: "relu.1"
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = tosa.add %x, %x : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %1 = tosa.mul %x, %x, %shift : (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1xi8>) -> tensor<1x2xf32>
  %2 = tosa.concat %0, %1 {axis = 1 : i32} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  %3 = tosa.clamp %2 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32> loc("relu")
  return %3 : tensor<1x4xf32>
}

// Refused: one operand of the concatenation is the model's input, where the
// clamp would be an operation of its own.
// CHECK-LABEL: func @refuse_concat_of_argument
func.func @refuse_concat_of_argument(%x: tensor<1x2xf32>) -> tensor<1x4xf32> {
  // CHECK: %[[C:.+]] = tosa.concat
  // CHECK-NEXT: tosa.clamp %[[C]]
  %0 = tosa.add %x, %x : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %1 = tosa.concat %0, %x {axis = 1 : i32} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  %2 = tosa.clamp %1 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %2 : tensor<1x4xf32>
}

// Refused: the pooled numbers are also used without the clamp.
// CHECK-LABEL: func @refuse_pool_with_two_users
func.func @refuse_pool_with_two_users(%x: tensor<1x4x4x2xf32>) -> (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) {
  // CHECK: tosa.add
  // CHECK-NEXT: %[[P:.+]] = tosa.max_pool2d
  // CHECK-NEXT: tosa.clamp %[[P]]
  %0 = tosa.add %x, %x : (tensor<1x4x4x2xf32>, tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %1 = tosa.max_pool2d %0 {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>} : (tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32>
  %2 = tosa.clamp %1 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %1, %2 : tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>
}

// Refused: the clamps treat NaN differently.
// CHECK-LABEL: func @refuse_different_nan_mode
func.func @refuse_different_nan_mode(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK: tosa.clamp
  // CHECK-NEXT: tosa.clamp
  %0 = tosa.clamp %x {min_val = 0.0 : f32, max_val = 6.0 : f32, nan_mode = IGNORE} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %1 = tosa.clamp %0 {min_val = 1.0 : f32, max_val = 2.0 : f32} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// Refused: the numbers of the constant differ, or are NaN.
// CHECK-LABEL: func @refuse_maximum_of_many
func.func @refuse_maximum_of_many(%x: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %many = "tosa.const"() <{values = dense<[[0.0, 1.0]]> : tensor<1x2xf32>}> : () -> tensor<1x2xf32>
  %nan = "tosa.const"() <{values = dense<0x7FC00000> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  // CHECK: tosa.maximum
  // CHECK: tosa.minimum
  %0 = tosa.maximum %x, %many : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %1 = tosa.minimum %x, %nan : (tensor<1x2xf32>, tensor<1x1xf32>) -> tensor<1x2xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}

// RUN: quant-opt %s --convert-linalg-to-tosa --split-input-file | FileCheck %s

// The bias that the accumulators start at is added behind, without being
// repeated for each row.
// CHECK-LABEL: func.func @matmul_bias
// CHECK-SAME: %[[X:.+]]: tensor<4x8xf32>, %[[W:.+]]: tensor<8x2xf32>, %[[BIAS:.+]]: tensor<2xf32>
// CHECK: %[[ROW:.+]] = tosa.reshape %[[BIAS]], {{.+}} -> tensor<1x2xf32>
// CHECK-NOT: tosa.tile
// CHECK: %[[PRODUCT:.+]] = tosa.matmul {{.+}} -> tensor<1x4x2xf32>
// CHECK: %[[FLAT:.+]] = tosa.reshape %[[PRODUCT]], {{.+}} -> tensor<4x2xf32>
// CHECK: %[[SUM:.+]] = tosa.add %[[FLAT]], %[[ROW]] : (tensor<4x2xf32>, tensor<1x2xf32>)
// CHECK: return %[[SUM]]
func.func @matmul_bias(%x: tensor<4x8xf32>, %w: tensor<8x2xf32>, %bias: tensor<2xf32>) -> tensor<4x2xf32> {
  %empty = tensor.empty() : tensor<4x2xf32>
  %init = linalg.broadcast ins(%bias : tensor<2xf32>) outs(%empty : tensor<4x2xf32>) dimensions = [0]
  %0 = linalg.matmul ins(%x, %w : tensor<4x8xf32>, tensor<8x2xf32>) outs(%init : tensor<4x2xf32>) -> tensor<4x2xf32>
  return %0 : tensor<4x2xf32>
}

// -----

#b = affine_map<(m, n, k) -> (k, n)>
#a = affine_map<(m, n, k) -> (m, k)>
#c = affine_map<(m, n, k) -> (m, n)>

// A product has no name where a frontend fused or generalized it. Started at
// zero, it adds nothing.
// CHECK-LABEL: func.func @generic_product
// CHECK: tosa.matmul
// CHECK-NOT: tosa.add
// CHECK-NOT: linalg
func.func @generic_product(%x: tensor<4x8xf32>, %w: tensor<8x2xf32>) -> tensor<4x2xf32> {
  %init = arith.constant dense<0.0> : tensor<4x2xf32>
  %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %w : tensor<4x8xf32>, tensor<8x2xf32>) outs(%init : tensor<4x2xf32>) {
  ^bb0(%l: f32, %r: f32, %sum: f32):
    %p = arith.mulf %l, %r : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  } -> tensor<4x2xf32>
  return %0 : tensor<4x2xf32>
}

// -----

#id = affine_map<(i, j) -> (i, j)>

// As frontends spell a sigmoid: the division of 1 is a reciprocal.
// CHECK-LABEL: func.func @sigmoid
// CHECK: %[[MINUS:.+]] = "tosa.const"() <{values = dense<-1.000000e+00> : tensor<1x1xf32>}>
// CHECK: %[[NEG:.+]] = tosa.mul %arg0, %[[MINUS]]
// CHECK: %[[EXP:.+]] = tosa.exp %[[NEG]]
// CHECK: %[[ONE:.+]] = "tosa.const"() <{values = dense<1.000000e+00> : tensor<1x1xf32>}>
// CHECK: %[[SUM:.+]] = tosa.add %[[EXP]], %[[ONE]]
// CHECK: tosa.reciprocal %[[SUM]]
func.func @sigmoid(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %one = arith.constant 1.0 : f32
  %empty = tensor.empty() : tensor<2x5xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<2x5xf32>) outs(%empty : tensor<2x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %n = arith.negf %in : f32
    %e = math.exp %n : f32
    %p = arith.addf %e, %one : f32
    %r = arith.divf %one, %p : f32
    linalg.yield %r : f32
  } -> tensor<2x5xf32>
  return %0 : tensor<2x5xf32>
}

// -----

// A product with the reciprocal of a running divisor is another number than the
// quotient: it stays.
// CHECK-LABEL: func.func @quotient
// CHECK: linalg.div
// CHECK-NOT: tosa
func.func @quotient(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %empty = tensor.empty() : tensor<4xf32>
  %0 = linalg.div ins(%x, %y : tensor<4xf32>, tensor<4xf32>) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// A maximum that starts at a number is no pooling of TOSA.
// CHECK-LABEL: func.func @started_maximum
// CHECK: linalg.pooling_nhwc_max
func.func @started_maximum(%x: tensor<1x4x4x3xf32>) -> tensor<1x2x2x3xf32> {
  %k = tensor.empty() : tensor<2x2xf32>
  %init = arith.constant dense<0.0> : tensor<1x2x2x3xf32>
  %0 = linalg.pooling_nhwc_max {strides = dense<2> : vector<2xi64>, dilations = dense<1> : vector<2xi64>} ins(%x, %k : tensor<1x4x4x3xf32>, tensor<2x2xf32>) outs(%init : tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
  return %0 : tensor<1x2x2x3xf32>
}

// -----

// Neither sums over a dimension, nor integers, nor softmax, which has a
// quantized form of its own.
// CHECK-LABEL: func.func @others
// CHECK: linalg.reduce
// CHECK: linalg.add
// CHECK: linalg.softmax
func.func @others(%x: tensor<2x4xf32>, %i: tensor<4xi32>) -> (tensor<2xf32>, tensor<4xi32>, tensor<2x4xf32>) {
  %init = arith.constant dense<0.0> : tensor<2xf32>
  %0 = linalg.reduce {arith.addf} ins(%x : tensor<2x4xf32>) outs(%init : tensor<2xf32>) dimensions = [1]
  %e = tensor.empty() : tensor<4xi32>
  %1 = linalg.add ins(%i, %i : tensor<4xi32>, tensor<4xi32>) outs(%e : tensor<4xi32>) -> tensor<4xi32>
  %s = tensor.empty() : tensor<2x4xf32>
  %2 = linalg.softmax dimension(1) ins(%x : tensor<2x4xf32>) outs(%s : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %0, %1, %2 : tensor<2xf32>, tensor<4xi32>, tensor<2x4xf32>
}

// -----

// Slices that skip and pads that run: what the tensor dialect does beyond TOSA.
// CHECK-LABEL: func.func @tensors
// CHECK: tensor.extract_slice
// CHECK: tensor.pad
// CHECK: tosa.concat {{.+}} {axis = 1 : i32}
func.func @tensors(%x: tensor<2x6xf32>, %p: f32) -> tensor<2x8xf32> {
  %s = tensor.extract_slice %x[0, 0] [2, 3] [1, 2] : tensor<2x6xf32> to tensor<2x3xf32>
  %q = tensor.pad %s low[0, 1] high[0, 1] {
  ^bb0(%i: index, %j: index):
    tensor.yield %p : f32
  } : tensor<2x3xf32> to tensor<2x5xf32>
  %c = tensor.concat dim(1) %q, %s : (tensor<2x5xf32>, tensor<2x3xf32>) -> tensor<2x8xf32>
  return %c : tensor<2x8xf32>
}

// -----

#id = affine_map<(i) -> (i)>
#reversed = affine_map<(i) -> (3 - i)>
#constant = dense<[1.0, 2.0, 4.0, 8.0]> : tensor<4xf32>

// Bodies that read what they start at, a scalar of run time, or elements in
// another order have no form in TOSA. A constant divisor is inverted.
// CHECK-LABEL: func.func @bodies
// CHECK-COUNT-3: linalg.generic
// CHECK-NOT: linalg.generic
// CHECK: %[[INVERSE:.+]] = "tosa.const"() <{values = dense<[1.000000e+00, 5.000000e-01, 2.500000e-01, 1.250000e-01]>
// CHECK: tosa.mul {{.+}}, %[[INVERSE]]
func.func @bodies(%x: tensor<4xf32>, %s: f32) -> tensor<4xf32> {
  %empty = tensor.empty() : tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %r = arith.addf %in, %out : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%0 : tensor<4xf32>) outs(%empty : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %r = arith.mulf %in, %s : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %2 = linalg.generic {indexing_maps = [#reversed, #id], iterator_types = ["parallel"]} ins(%1 : tensor<4xf32>) outs(%empty : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<4xf32>
  %d = arith.constant #constant
  %3 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%2, %d : tensor<4xf32>, tensor<4xf32>) outs(%empty : tensor<4xf32>) {
  ^bb0(%in: f32, %by: f32, %out: f32):
    %r = arith.divf %in, %by : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// RUN: quant-opt %s --qnn-hoist-scales | FileCheck %s

// Attention: behind the product, through its left side, its transpose and
// reshape, to the convolution that is the query.
// CHECK-LABEL: func @through_product
// CHECK: %[[Q:.+]] = tosa.conv2d
// CHECK: %[[S:.+]] = tosa.mul %[[Q]], %{{.+}}, %{{.+}} : (tensor<4x1x1x2xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<4x1x1x2xf32>
// CHECK: tosa.reshape %[[S]]
// CHECK: %[[P:.+]] = tosa.matmul
// CHECK-NEXT: return %[[P]]
func.func @through_product(%x: tensor<4x1x1x2xf32>, %k: tensor<2x1x4xf32>) -> tensor<2x4x4xf32> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %w = "tosa.const"() <{values = dense<1.0> : tensor<2x1x1x2xf32>}> : () -> tensor<2x1x1x2xf32>
  %b = "tosa.const"() <{values = dense<1.0> : tensor<2xf32>}> : () -> tensor<2xf32>
  %half = "tosa.const"() <{values = dense<0.5> : tensor<1x1x1xf32>}> : () -> tensor<1x1x1xf32>
  %shape = tosa.const_shape {values = dense<[4, 2, 1]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %q = tosa.conv2d %x, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<4x1x1x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<4x1x1x2xf32>
  %r = tosa.reshape %q, %shape : (tensor<4x1x1x2xf32>, !tosa.shape<3>) -> tensor<4x2x1xf32>
  %t = tosa.transpose %r {perms = array<i32: 1, 0, 2>} : (tensor<4x2x1xf32>) -> tensor<2x4x1xf32>
  %p = tosa.matmul %t, %k, %zp, %zp : (tensor<2x4x1xf32>, tensor<2x1x4xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x4x4xf32>
  %s = tosa.mul %p, %half, %shift : (tensor<2x4x4xf32>, tensor<1x1x1xf32>, tensor<1xi8>) -> tensor<2x4x4xf32>
  return %s : tensor<2x4x4xf32>
}

// Something else reads the query.
// CHECK-LABEL: func @other_user
// CHECK: tosa.reshape
// CHECK-NEXT: %[[S:.+]] = tosa.mul
// CHECK: return %[[S]]
func.func @other_user(%x: tensor<4x1x1x2xf32>) -> (tensor<4x2xf32>, tensor<4x1x1x2xf32>) {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %w = "tosa.const"() <{values = dense<1.0> : tensor<2x1x1x2xf32>}> : () -> tensor<2x1x1x2xf32>
  %b = "tosa.const"() <{values = dense<1.0> : tensor<2xf32>}> : () -> tensor<2xf32>
  %half = "tosa.const"() <{values = dense<0.5> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %shape = tosa.const_shape {values = dense<[4, 2]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %q = tosa.conv2d %x, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<4x1x1x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<4x1x1x2xf32>
  %r = tosa.reshape %q, %shape : (tensor<4x1x1x2xf32>, !tosa.shape<2>) -> tensor<4x2xf32>
  %s = tosa.mul %r, %half, %shift : (tensor<4x2xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<4x2xf32>
  return %s, %q : tensor<4x2xf32>, tensor<4x1x1x2xf32>
}

// No weights in front of it: a factor would only change places.
// CHECK-LABEL: func @no_weights
// CHECK: tosa.matmul
// CHECK-NEXT: tosa.mul
func.func @no_weights(%a: tensor<2x4x1xf32>, %k: tensor<2x1x4xf32>) -> tensor<2x4x4xf32> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %half = "tosa.const"() <{values = dense<0.5> : tensor<1x1x1xf32>}> : () -> tensor<1x1x1xf32>
  %p = tosa.matmul %a, %k, %zp, %zp : (tensor<2x4x1xf32>, tensor<2x1x4xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x4x4xf32>
  %s = tosa.mul %p, %half, %shift : (tensor<2x4x4xf32>, tensor<1x1x1xf32>, tensor<1xi8>) -> tensor<2x4x4xf32>
  return %s : tensor<2x4x4xf32>
}

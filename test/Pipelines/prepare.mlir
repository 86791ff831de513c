// RUN: quant-opt %s --quantc-prepare | FileCheck %s
// RUN: quant-opt %s --quantc-prepare=fold-batch-norm=false | FileCheck %s --check-prefix=NOBN

// A small network as an exporter spells it: an explicit pad, batch norm whose
// scale is still an expression (gamma times rsqrt of the variance), a ReLU
// spelled maximum behind the pooling, and a fully connected layer with its bias
// apart. Every number is exact: rsqrt(4) is 1/2, times gamma 4 is 2.
// What is left: one convolution with its range, the pooling, one more
// convolution.

// CHECK-LABEL: func @main
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x4x1xf32> {qnn.name = "input"})
// CHECK-NOT: tosa.pad
// CHECK-NOT: tosa.rsqrt
// CHECK: %[[C:.+]] = tosa.conv2d %[[X]]
// CHECK-SAME: pad = array<i64: 1, 1, 1, 1>
// CHECK-NEXT: %[[R:.+]] = tosa.clamp %[[C]]
// CHECK-NEXT: %[[P:.+]] = tosa.max_pool2d %[[R]]
// CHECK-NEXT: %[[F:.+]] = tosa.reshape %[[P]], %{{.+}} -> tensor<1x1x1x4xf32>
// CHECK-NEXT: %[[Y:.+]] = tosa.conv2d %[[F]]
// CHECK-NEXT: %[[O:.+]] = tosa.reshape %[[Y]], %{{.+}} -> tensor<1x2xf32>
// CHECK-NEXT: return %[[O]]

// NOBN-LABEL: func @main
// NOBN: tosa.conv2d
// NOBN: tosa.mul
func.func @main(%x: tensor<1x4x4x1xf32> {qnn.name = "input"}) -> (tensor<1x2xf32> {qnn.name = "output"}) {
  %w = "tosa.const"() <{values = dense<1.0> : tensor<1x3x3x1xf32>}> : () -> tensor<1x3x3x1xf32>
  %b = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %gamma = "tosa.const"() <{values = dense<4.0> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %variance = "tosa.const"() <{values = dense<4.0> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %matrix = "tosa.const"() <{values = dense<[[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]]> : tensor<1x4x2xf32>}> : () -> tensor<1x4x2xf32>
  %bias = "tosa.const"() <{values = dense<[[1.0, 2.0]]> : tensor<1x2xf32>}> : () -> tensor<1x2xf32>
  %padding = tosa.const_shape {values = dense<[0, 0, 1, 1, 1, 1, 0, 0]> : tensor<8xindex>} : () -> !tosa.shape<8>
  %row = tosa.const_shape {values = dense<[1, 1, 4]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %flat = tosa.const_shape {values = dense<[1, 2]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %0 = tosa.pad %x, %padding, %zp : (tensor<1x4x4x1xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x6x6x1xf32>
  %1 = tosa.conv2d %0, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x6x6x1xf32>, tensor<1x3x3x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x1xf32>
  %2 = tosa.rsqrt %variance : (tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32>
  %3 = tosa.mul %gamma, %2, %shift : (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<1x1x1x1xf32>
  %4 = tosa.mul %1, %3, %shift : (tensor<1x4x4x1xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<1x4x4x1xf32>
  %5 = tosa.max_pool2d %4 {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>} : (tensor<1x4x4x1xf32>) -> tensor<1x2x2x1xf32>
  %6 = tosa.maximum %5, %zero : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x2x2x1xf32>
  %7 = tosa.reshape %6, %row : (tensor<1x2x2x1xf32>, !tosa.shape<3>) -> tensor<1x1x4xf32>
  %8 = tosa.matmul %7, %matrix, %zp, %zp : (tensor<1x1x4xf32>, tensor<1x4x2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x2xf32>
  %9 = tosa.reshape %8, %flat : (tensor<1x1x2xf32>, !tosa.shape<2>) -> tensor<1x2xf32>
  %10 = tosa.add %9, %bias : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %10 : tensor<1x2xf32>
}

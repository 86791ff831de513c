// RUN: quant-opt %s --qnn-fold-pad --canonicalize | FileCheck %s

// All images are small and not square, with four different amounts of padding
// (top 1, bottom 2, left 3, right 0), so that no two of them can be confused.

// The convolution's own padding [1, 0, 0, 1] is added to.
// CHECK-LABEL: func @conv_adds_to_own_padding
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x6x2xf32>)
func.func @conv_adds_to_own_padding(%x: tensor<1x4x6x2xf32>) -> tensor<1x6x8x2xf32> {
  %w = "tosa.const"() <{values = dense<1.0> : tensor<2x3x3x2xf32>}> : () -> tensor<2x3x3x2xf32>
  %b = "tosa.const"() <{values = dense<0.0> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %padding = tosa.const_shape {values = dense<[0, 0, 1, 2, 3, 0, 0, 0]> : tensor<8xindex>} : () -> !tosa.shape<8>
  // CHECK-NOT: tosa.pad
  // CHECK: tosa.conv2d %[[X]]
  // CHECK-SAME: pad = array<i64: 2, 2, 3, 1>
  %0 = tosa.pad %x, %padding, %zero : (tensor<1x4x6x2xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x7x9x2xf32>
  %1 = tosa.conv2d %0, %w, %b, %zero, %zero {acc_type = f32, pad = array<i64: 1, 0, 0, 1>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x7x9x2xf32>, tensor<2x3x3x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x6x8x2xf32>
  return %1 : tensor<1x6x8x2xf32>
}

// CHECK-LABEL: func @depthwise
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x6x2xf32>)
func.func @depthwise(%x: tensor<1x4x6x2xf32>) -> tensor<1x5x7x2xf32> {
  %w = "tosa.const"() <{values = dense<1.0> : tensor<3x3x2x1xf32>}> : () -> tensor<3x3x2x1xf32>
  %b = "tosa.const"() <{values = dense<0.0> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %padding = tosa.const_shape {values = dense<[0, 0, 1, 2, 3, 0, 0, 0]> : tensor<8xindex>} : () -> !tosa.shape<8>
  // CHECK-NOT: tosa.pad
  // CHECK: tosa.depthwise_conv2d %[[X]]
  // CHECK-SAME: pad = array<i64: 1, 2, 3, 0>
  %0 = tosa.pad %x, %padding, %zero : (tensor<1x4x6x2xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x7x9x2xf32>
  %1 = tosa.depthwise_conv2d %0, %w, %b, %zero, %zero {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x7x9x2xf32>, tensor<3x3x2x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x5x7x2xf32>
  return %1 : tensor<1x5x7x2xf32>
}

// Padding with minus infinity is what max pooling pads with itself.
// CHECK-LABEL: func @max_pool_minus_infinity
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x6x2xf32>)
func.func @max_pool_minus_infinity(%x: tensor<1x4x6x2xf32>) -> tensor<1x2x3x2xf32> {
  %low = "tosa.const"() <{values = dense<0xFF800000> : tensor<1xf32>}> : () -> tensor<1xf32>
  %padding = tosa.const_shape {values = dense<[0, 0, 1, 0, 0, 1, 0, 0]> : tensor<8xindex>} : () -> !tosa.shape<8>
  // CHECK-NOT: tosa.pad
  // CHECK: tosa.max_pool2d %[[X]] {kernel = array<i64: 3, 3>, pad = array<i64: 1, 0, 0, 1>
  %0 = tosa.pad %x, %padding, %low : (tensor<1x4x6x2xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x5x7x2xf32>
  %1 = tosa.max_pool2d %0 {kernel = array<i64: 3, 3>, stride = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>} : (tensor<1x5x7x2xf32>) -> tensor<1x2x3x2xf32>
  return %1 : tensor<1x2x3x2xf32>
}

// Zero is legal behind a clamp at zero, seen through another pooling.
// CHECK-LABEL: func @max_pool_zero_behind_relu
func.func @max_pool_zero_behind_relu(%x: tensor<1x4x6x2xf32>) -> tensor<1x2x3x2xf32> {
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %padding = tosa.const_shape {values = dense<[0, 0, 1, 0, 0, 1, 0, 0]> : tensor<8xindex>} : () -> !tosa.shape<8>
  // CHECK-NOT: tosa.pad
  // CHECK: tosa.max_pool2d {{.*}}kernel = array<i64: 3, 3>, pad = array<i64: 1, 0, 0, 1>
  %0 = tosa.clamp %x {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x4x6x2xf32>) -> tensor<1x4x6x2xf32>
  %1 = tosa.max_pool2d %0 {kernel = array<i64: 3, 3>, stride = array<i64: 1, 1>, pad = array<i64: 1, 1, 1, 1>} : (tensor<1x4x6x2xf32>) -> tensor<1x4x6x2xf32>
  %2 = tosa.pad %1, %padding, %zero : (tensor<1x4x6x2xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x5x7x2xf32>
  %3 = tosa.max_pool2d %2 {kernel = array<i64: 3, 3>, stride = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>} : (tensor<1x5x7x2xf32>) -> tensor<1x2x3x2xf32>
  return %3 : tensor<1x2x3x2xf32>
}

// So it is behind a maximum with a constant that is not negative.
// CHECK-LABEL: func @max_pool_zero_behind_maximum
func.func @max_pool_zero_behind_maximum(%x: tensor<1x4x6x2xf32>) -> tensor<1x2x3x2xf32> {
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %one = "tosa.const"() <{values = dense<1.0> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %padding = tosa.const_shape {values = dense<[0, 0, 1, 0, 0, 1, 0, 0]> : tensor<8xindex>} : () -> !tosa.shape<8>
  // CHECK-NOT: tosa.pad
  // CHECK: tosa.max_pool2d
  %0 = tosa.maximum %x, %one : (tensor<1x4x6x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x6x2xf32>
  %1 = tosa.pad %0, %padding, %zero : (tensor<1x4x6x2xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x5x7x2xf32>
  %2 = tosa.max_pool2d %1 {kernel = array<i64: 3, 3>, stride = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>} : (tensor<1x5x7x2xf32>) -> tensor<1x2x3x2xf32>
  return %2 : tensor<1x2x3x2xf32>
}

// Refused: the numbers may be negative, and zero would win.
// CHECK-LABEL: func @refuse_max_pool_zero
func.func @refuse_max_pool_zero(%x: tensor<1x4x6x2xf32>) -> tensor<1x2x3x2xf32> {
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %padding = tosa.const_shape {values = dense<[0, 0, 1, 0, 0, 1, 0, 0]> : tensor<8xindex>} : () -> !tosa.shape<8>
  // CHECK: tosa.pad
  // CHECK: tosa.max_pool2d
  // CHECK-SAME: pad = array<i64: 0, 0, 0, 0>
  %0 = tosa.pad %x, %padding, %zero : (tensor<1x4x6x2xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x5x7x2xf32>
  %1 = tosa.max_pool2d %0 {kernel = array<i64: 3, 3>, stride = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>} : (tensor<1x5x7x2xf32>) -> tensor<1x2x3x2xf32>
  return %1 : tensor<1x2x3x2xf32>
}

// Refused: TOSA wants padding narrower than the kernel. The amount on the left
// is the width of the kernel.
// CHECK-LABEL: func @refuse_max_pool_wide
func.func @refuse_max_pool_wide(%x: tensor<1x4x6x2xf32>) -> tensor<1x2x4x2xf32> {
  %low = "tosa.const"() <{values = dense<0xFF800000> : tensor<1xf32>}> : () -> tensor<1xf32>
  %padding = tosa.const_shape {values = dense<[0, 0, 0, 0, 2, 0, 0, 0]> : tensor<8xindex>} : () -> !tosa.shape<8>
  // CHECK: tosa.pad
  // CHECK: tosa.max_pool2d
  %0 = tosa.pad %x, %padding, %low : (tensor<1x4x6x2xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x4x8x2xf32>
  %1 = tosa.max_pool2d %0 {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>} : (tensor<1x4x8x2xf32>) -> tensor<1x2x4x2xf32>
  return %1 : tensor<1x2x4x2xf32>
}

// Refused: average pooling does not count its own padding.
// CHECK-LABEL: func @refuse_avg_pool
func.func @refuse_avg_pool(%x: tensor<1x4x6x2xf32>) -> tensor<1x3x4x2xf32> {
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %padding = tosa.const_shape {values = dense<[0, 0, 1, 1, 1, 1, 0, 0]> : tensor<8xindex>} : () -> !tosa.shape<8>
  // CHECK: tosa.pad
  // CHECK: tosa.avg_pool2d
  %0 = tosa.pad %x, %padding, %zero : (tensor<1x4x6x2xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x6x8x2xf32>
  %1 = tosa.avg_pool2d %0, %zero, %zero {acc_type = f32, kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>} : (tensor<1x6x8x2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x4x2xf32>
  return %1 : tensor<1x3x4x2xf32>
}

// Refused: a convolution pads with zero, this pad with one.
// CHECK-LABEL: func @refuse_conv_nonzero
func.func @refuse_conv_nonzero(%x: tensor<1x4x6x2xf32>) -> tensor<1x4x6x2xf32> {
  %w = "tosa.const"() <{values = dense<1.0> : tensor<2x3x3x2xf32>}> : () -> tensor<2x3x3x2xf32>
  %b = "tosa.const"() <{values = dense<0.0> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %one = "tosa.const"() <{values = dense<1.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %padding = tosa.const_shape {values = dense<[0, 0, 1, 1, 1, 1, 0, 0]> : tensor<8xindex>} : () -> !tosa.shape<8>
  // CHECK: tosa.pad
  // CHECK: tosa.conv2d
  %0 = tosa.pad %x, %padding, %one : (tensor<1x4x6x2xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x6x8x2xf32>
  %1 = tosa.conv2d %0, %w, %b, %zero, %zero {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x6x8x2xf32>, tensor<2x3x3x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x6x2xf32>
  return %1 : tensor<1x4x6x2xf32>
}

// Refused: two more channels are no padding of the image.
// CHECK-LABEL: func @refuse_channels
func.func @refuse_channels(%x: tensor<1x4x6x2xf32>) -> tensor<1x2x4x2xf32> {
  %w = "tosa.const"() <{values = dense<1.0> : tensor<2x3x3x4xf32>}> : () -> tensor<2x3x3x4xf32>
  %b = "tosa.const"() <{values = dense<0.0> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %padding = tosa.const_shape {values = dense<[0, 0, 0, 0, 0, 0, 1, 1]> : tensor<8xindex>} : () -> !tosa.shape<8>
  // CHECK: tosa.pad
  // CHECK: tosa.conv2d
  %0 = tosa.pad %x, %padding, %zero : (tensor<1x4x6x2xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x4x6x4xf32>
  %1 = tosa.conv2d %0, %w, %b, %zero, %zero {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x6x4xf32>, tensor<2x3x3x4xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x4x2xf32>
  return %1 : tensor<1x2x4x2xf32>
}

// Convolutions between dequantize and quantize become quantized convolutions:
// the attributes move over, the bias keeps its 32 bits, a clamp behind them is
// taken in.
//
// RUN: quant-opt %s --qnn-legalize | FileCheck %s

!in = !quant.uniform<i8:f32, 0.5:3>
!out = !quant.uniform<i8:f32, 0.25:-128>
!w = !quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>
!b = !quant.uniform<i32:f32:0, {0.25, 0.125}>
!wd = !quant.uniform<i8<-127:127>:f32:2, {0.5, 0.25, 0.125, 1.0}>
!bd = !quant.uniform<i32:f32:0, {0.25, 0.125, 0.0625, 0.5}>

// One scale an output channel; stride, pad and dilation differ in both
// directions, so that none can be taken for another.
// CHECK-LABEL: func @conv2d_per_channel
// CHECK-SAME: (%[[X:.+]]: tensor<1x5x5x1x!quant{{.+}}, %[[W:.+]]: tensor<2x2x2x1x!quant{{.+}}, %[[B:.+]]: tensor<2x!quant
// CHECK-NEXT: %[[Y:.+]] = qnn.conv_2d %[[X]], %[[W]], %[[B]]
// CHECK-SAME: {dilation = array<i64: 2, 1>, pad = array<i64: 0, 0, 0, 1>, stride = array<i64: 2, 1>}
// CHECK-NEXT: return %[[Y]]
func.func @conv2d_per_channel(%x: tensor<1x5x5x1x!in>, %w: tensor<2x2x2x1x!w>, %b: tensor<2x!b>) -> tensor<1x2x5x2x!out> {
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<1x5x5x1x!in> -> tensor<1x5x5x1xf32>
  %1 = qnn.dequantize %w : tensor<2x2x2x1x!w> -> tensor<2x2x2x1xf32>
  %2 = qnn.dequantize %b : tensor<2x!b> -> tensor<2xf32>
  %3 = tosa.conv2d %0, %1, %2, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 1>, stride = array<i64: 2, 1>, dilation = array<i64: 2, 1>} : (tensor<1x5x5x1xf32>, tensor<2x2x2x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x5x2xf32>
  %4 = qnn.quantize %3 : tensor<1x2x5x2xf32> -> tensor<1x2x5x2x!out>
  return %4 : tensor<1x2x5x2x!out>
}

// ReLU6 at scale 1/4 and zero point -128: 0 is stored as -128, 6 as -104.
// CHECK-LABEL: func @conv2d_relu6
// CHECK: qnn.conv_2d {{.+}} {clamp = array<i32: -128, -104>
// CHECK-NOT: tosa.clamp
func.func @conv2d_relu6(%x: tensor<1x2x2x1x!in>, %w: tensor<2x1x1x1x!w>, %b: tensor<2x!b>) -> tensor<1x2x2x2x!out> {
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<1x2x2x1x!in> -> tensor<1x2x2x1xf32>
  %1 = qnn.dequantize %w : tensor<2x1x1x1x!w> -> tensor<2x1x1x1xf32>
  %2 = qnn.dequantize %b : tensor<2x!b> -> tensor<2xf32>
  %3 = tosa.conv2d %0, %1, %2, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x2xf32>
  %4 = tosa.clamp %3 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %5 = qnn.quantize %4 : tensor<1x2x2x2xf32> -> tensor<1x2x2x2x!out>
  return %5 : tensor<1x2x2x2x!out>
}

// A bound without an end saturates: ReLU keeps everything above the zero point.
// CHECK-LABEL: func @conv2d_relu_infinite_bound
// CHECK: qnn.conv_2d {{.+}} {clamp = array<i32: 3, 127>
func.func @conv2d_relu_infinite_bound(%x: tensor<1x2x2x1x!in>, %w: tensor<2x1x1x1x!w>, %b: tensor<2x!b>) -> tensor<1x2x2x2x!in> {
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<1x2x2x1x!in> -> tensor<1x2x2x1xf32>
  %1 = qnn.dequantize %w : tensor<2x1x1x1x!w> -> tensor<2x1x1x1xf32>
  %2 = qnn.dequantize %b : tensor<2x!b> -> tensor<2xf32>
  %3 = tosa.conv2d %0, %1, %2, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x2xf32>
  %4 = tosa.clamp %3 {min_val = 0.0 : f32, max_val = 0x7F800000 : f32} : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %5 = qnn.quantize %4 : tensor<1x2x2x2xf32> -> tensor<1x2x2x2x!in>
  return %5 : tensor<1x2x2x2x!in>
}

// Two channels, multiplier 2: TOSA's weight [1, 1, 2, 2] was quantized as
// [1, 1, 4], so that each of the four outputs has its scale; the reshape behind
// the dequantize goes.
// CHECK-LABEL: func @depthwise_multiplier_2
// CHECK-SAME: (%[[X:.+]]: tensor<1x2x2x2x!quant{{.+}}, %[[W:.+]]: tensor<1x1x4x!quant{{.+}}, %[[B:.+]]: tensor<4x!quant
// CHECK-NOT: tosa
// CHECK: qnn.depthwise_conv_2d %[[X]], %[[W]], %[[B]]
// CHECK-SAME: clamp = array<i32: -128, -104>
func.func @depthwise_multiplier_2(%x: tensor<1x2x2x2x!in>, %w: tensor<1x1x4x!wd>, %b: tensor<4x!bd>) -> tensor<1x2x2x4x!out> {
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %shape = tosa.const_shape {values = dense<[1, 1, 2, 2]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %0 = qnn.dequantize %x : tensor<1x2x2x2x!in> -> tensor<1x2x2x2xf32>
  %1 = qnn.dequantize %w : tensor<1x1x4x!wd> -> tensor<1x1x4xf32>
  %2 = tosa.reshape %1, %shape : (tensor<1x1x4xf32>, !tosa.shape<4>) -> tensor<1x1x2x2xf32>
  %3 = qnn.dequantize %b : tensor<4x!bd> -> tensor<4xf32>
  %4 = tosa.depthwise_conv2d %0, %2, %3, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x2x2x2xf32>, tensor<1x1x2x2xf32>, tensor<4xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x4xf32>
  %5 = tosa.clamp %4 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x2x2x4xf32>) -> tensor<1x2x2x4xf32>
  %6 = qnn.quantize %5 : tensor<1x2x2x4xf32> -> tensor<1x2x2x4x!out>
  return %6 : tensor<1x2x2x4x!out>
}

// One pixel, one tap: a matrix product. Its constant weight becomes the matrix.
// CHECK-LABEL: func @fully_connected_from_1x1
// CHECK-SAME: (%[[X:.+]]: tensor<3x1x1x2x
// CHECK: %[[W:.+]] = qnn.constant {{.+}} as tensor<2x2x!quant
// CHECK: %[[R:.+]] = qnn.reshape %[[X]] : {{.+}} -> tensor<3x2x!quant
// CHECK: %[[P:.+]] = qnn.fully_connected %[[R]], %[[W]], %{{.+}} -> tensor<3x2x!quant
// CHECK: qnn.reshape %[[P]] : {{.+}} -> tensor<3x1x1x2x!quant
func.func @fully_connected_from_1x1(%x: tensor<3x1x1x2x!in>, %b: tensor<2x!b>) -> tensor<3x1x1x2x!out> {
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %w = qnn.constant dense<[[[[1, 2]]], [[[3, 4]]]]> : tensor<2x1x1x2xi8> as tensor<2x1x1x2x!w>
  %0 = qnn.dequantize %x : tensor<3x1x1x2x!in> -> tensor<3x1x1x2xf32>
  %1 = qnn.dequantize %w : tensor<2x1x1x2x!w> -> tensor<2x1x1x2xf32>
  %2 = qnn.dequantize %b : tensor<2x!b> -> tensor<2xf32>
  %3 = tosa.conv2d %0, %1, %2, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<3x1x1x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<3x1x1x2xf32>
  %4 = qnn.quantize %3 : tensor<3x1x1x2xf32> -> tensor<3x1x1x2x!out>
  return %4 : tensor<3x1x1x2x!out>
}

// A single pixel that is reached over a pad is no matrix product.
// CHECK-LABEL: func @padded_pixel_stays_convolution
// CHECK: qnn.conv_2d
// CHECK-NOT: qnn.fully_connected
func.func @padded_pixel_stays_convolution(%x: tensor<1x1x1x1x!in>, %w: tensor<2x3x3x1x!w>, %b: tensor<2x!b>) -> tensor<1x1x1x2x!out> {
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<1x1x1x1x!in> -> tensor<1x1x1x1xf32>
  %1 = qnn.dequantize %w : tensor<2x3x3x1x!w> -> tensor<2x3x3x1xf32>
  %2 = qnn.dequantize %b : tensor<2x!b> -> tensor<2xf32>
  %3 = tosa.conv2d %0, %1, %2, %zp, %zp {acc_type = f32, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x1x1x1xf32>, tensor<2x3x3x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x1x2xf32>
  %4 = qnn.quantize %3 : tensor<1x1x1x2xf32> -> tensor<1x1x1x2x!out>
  return %4 : tensor<1x1x1x2x!out>
}

// Two activations, each with its own type; the clamp is taken in.
// CHECK-LABEL: func @matmul
// CHECK: %[[R:.+]] = qnn.matmul %{{.+}}, %{{.+}} {clamp = array<i32: -128, -104>}
// CHECK-NEXT: return %[[R]]
func.func @matmul(%a: tensor<2x3x4x!in>, %b: tensor<2x4x5x!out>) -> tensor<2x3x5x!out> {
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = qnn.dequantize %a : tensor<2x3x4x!in> -> tensor<2x3x4xf32>
  %1 = qnn.dequantize %b : tensor<2x4x5x!out> -> tensor<2x4x5xf32>
  %2 = tosa.matmul %0, %1, %zp, %zp : (tensor<2x3x4xf32>, tensor<2x4x5xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x3x5xf32>
  %3 = tosa.clamp %2 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  %4 = qnn.quantize %3 : tensor<2x3x5xf32> -> tensor<2x3x5x!out>
  return %4 : tensor<2x3x5x!out>
}

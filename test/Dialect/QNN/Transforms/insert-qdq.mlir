// RUN: quant-opt %s --qnn-insert-qdq --canonicalize --qnn-verify-qdq-form --split-input-file | FileCheck %s
// RUN: quant-opt %s --qnn-insert-qdq --split-input-file --remarks-filter='qnn.*' -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// Ranges are chosen so that each scale is a power of two: 255 steps of 1/128
// reach from -1 to 127/128.
#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>
// 255 steps of 1/64, all above zero.
#positive = #qnn.calibration<method = "min-max", samples = 1, min = 0.0, max = 3.984375>

// The full storage range, and the origin of the numbers on the quantize.
// CHECK-LABEL: func @activations
// CHECK-SAME: (%[[X:.+]]: tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT: %[[QX:.+]] = qnn.quantize %[[X]] {calibration = #qnn.calibration<{{.+}}>} : tensor<4xf32> -> tensor<4x!quant.uniform<i8:f32, 7.812500e-03>>
// CHECK-NEXT: %[[DX:.+]] = qnn.dequantize %[[QX]]
// CHECK-NEXT: %[[Y:.+]] = tosa.tanh %[[DX]] : (tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT: %[[QY:.+]] = qnn.quantize %[[Y]] {{.+}} -> tensor<4x!quant.uniform<i8:f32, 1.562500e-02:-128>>
// CHECK-NEXT: %[[DY:.+]] = qnn.dequantize %[[QY]]
// CHECK-NEXT: return %[[DY]]
func.func @activations(%x: tensor<4xf32> {qnn.calibration = #signed}) -> tensor<4xf32> {
  %0 = tosa.tanh %x {qnn.calibration = [#positive]} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>
#positive = #qnn.calibration<method = "min-max", samples = 1, min = 0.0, max = 3.984375>

// Two output channels with ranges 64 times apart: per channel both use all of
// [-127, 127]. The bias has the scale of the accumulator, 1/128 times that of
// its channel: 0.5 is 64 / 128.
// CHECK-LABEL: func @weights_per_channel
// CHECK-DAG: qnn.constant dense<[64, 1]> : tensor<2xi32> as tensor<2x!quant.uniform<i32:f32:0, {7.812500e-03,5.000000e-01}>>
// CHECK-DAG: qnn.constant dense<{{.}}{{.}}{{.}}[127, -64]{{.+}}[127, 2]{{.+}} : tensor<2x1x1x2xi8> as tensor<2x1x1x2x!quant.uniform<i8<-127:127>:f32:0, {1.000000e+00,6.400000e+01}>>
// CHECK: %[[C:.+]] = tosa.conv2d
// CHECK-NEXT: %[[R:.+]] = tosa.clamp %[[C]]
// CHECK-NEXT: qnn.quantize %[[R]]
func.func @weights_per_channel(%x: tensor<1x3x3x2xf32> {qnn.calibration = #signed}) -> tensor<1x3x3x2xf32> {
  %w = "tosa.const"() <{values = dense<[[[[127.0, -64.0]]], [[[8128.0, 128.0]]]]> : tensor<2x1x1x2xf32>}> : () -> tensor<2x1x1x2xf32>
  %b = "tosa.const"() <{values = dense<0.5> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x3x3x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x2xf32>
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 6.0 : f32, qnn.calibration = [#positive]} : (tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32>
  return %1 : tensor<1x3x3x2xf32>
}

// -----

#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>

// TOSA's one bias for all channels becomes one a channel.
// CHECK-LABEL: func @one_bias_for_all_channels
// CHECK: qnn.constant dense<[256, 128]> : tensor<2xi32>
func.func @one_bias_for_all_channels(%x: tensor<1x3x3x1xf32> {qnn.calibration = #signed}) -> tensor<1x3x3x2xf32> {
  %w = "tosa.const"() <{values = dense<[[[[127.0]]], [[[254.0]]]]> : tensor<2x1x1x1xf32>}> : () -> tensor<2x1x1x1xf32>
  %b = "tosa.const"() <{values = dense<2.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, qnn.calibration = [#signed]} : (tensor<1x3x3x1xf32>, tensor<2x1x1x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x2xf32>
  return %0 : tensor<1x3x3x2xf32>
}

// -----

#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>

// Two channels times two: each of the four outputs has a scale, so the weight
// is quantized in the shape [1, 1, 4].
// CHECK-LABEL: func @depthwise_multiplier_2
// CHECK: qnn.constant {{.+}} as tensor<1x1x4x!quant.uniform<i8<-127:127>:f32:2, {1.000000e+00,2.000000e+00,4.000000e+00,8.000000e+00}>>
// CHECK: %[[W:.+]] = tosa.reshape %{{.+}} -> tensor<1x1x2x2xf32>
// CHECK: tosa.depthwise_conv2d %{{.+}}, %[[W]]
func.func @depthwise_multiplier_2(%x: tensor<1x3x3x2xf32> {qnn.calibration = #signed}) -> tensor<1x3x3x4xf32> {
  %w = "tosa.const"() <{values = dense<[[[[127.0, 254.0], [508.0, 1016.0]]]]> : tensor<1x1x2x2xf32>}> : () -> tensor<1x1x2x2xf32>
  %b = "tosa.const"() <{values = dense<0.0> : tensor<4xf32>}> : () -> tensor<4xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.depthwise_conv2d %x, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, qnn.calibration = [#signed]} : (tensor<1x3x3x2xf32>, tensor<1x1x2x2xf32>, tensor<4xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x4xf32>
  return %0 : tensor<1x3x3x4xf32>
}

// -----

#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>

// A channel of tiny weights with a large bias: at the scale of its weights the
// bias would need 2^53 steps.
// CHECK-LABEL: func @weight_scale_widened
// REMARK: remark: {{.*}}channel 1: weight scale widened from {{.+}}e-15 to {{.+}}e-08 for its bias or multiplier
func.func @weight_scale_widened(%x: tensor<1x3x3x1xf32> {qnn.calibration = #signed}) -> tensor<1x3x3x2xf32> {
  %w = "tosa.const"() <{values = dense<[[[[127.0]]], [[[1.0e-12]]]]> : tensor<2x1x1x1xf32>}> : () -> tensor<2x1x1x1xf32>
  %b = "tosa.const"() <{values = dense<[0.0, 0.5]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, qnn.calibration = [#signed]} : (tensor<1x3x3x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x2xf32>
  return %0 : tensor<1x3x3x2xf32>
}

// -----

#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>

// Weights that are computed have no constant to quantize.
// CHECK-LABEL: func @weight_is_no_constant
// CHECK: tosa.conv2d %{{.+}}, %arg1
// REMARK: remark: {{.*}}tosa.conv2d: the weight is no f32 constant
func.func @weight_is_no_constant(%x: tensor<1x3x3x1xf32> {qnn.calibration = #signed}, %w: tensor<2x1x1x1xf32>) -> tensor<1x3x3x2xf32> {
  %b = "tosa.const"() <{values = dense<[0.0, 0.5]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, qnn.calibration = [#signed]} : (tensor<1x3x3x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x2xf32>
  return %0 : tensor<1x3x3x2xf32>
}

// -----

#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>

// One number a channel is no constant of a table; it is quantized by its own
// values: [0, 255] has scale 1.
// CHECK-LABEL: func @constant_operand_per_channel
// CHECK: qnn.constant dense<{{.*}}-128, 127{{.*}} : tensor<1x2xi8> as tensor<1x2x!quant.uniform<i8:f32, 1.000000e+00:-128>>
func.func @constant_operand_per_channel(%x: tensor<1x2xf32> {qnn.calibration = #signed}) -> tensor<1x2xf32> {
  %c = "tosa.const"() <{values = dense<[[0.0, 255.0]]> : tensor<1x2xf32>}> : () -> tensor<1x2xf32>
  %0 = tosa.add %x, %c {qnn.calibration = [#signed]} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

#low = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.0>
#high = #qnn.calibration<method = "min-max", samples = 1, min = 0.0, max = 0.9921875>

// What concat joins has one scale, that of the union of the ranges, and so has
// the constant among its operands.
// CHECK-LABEL: func @concat_of_union
// CHECK-DAG: qnn.constant {{.+}} as tensor<1x1x!quant.uniform<i8:f32, 7.812500e-03>>
// CHECK-DAG: qnn.quantize %arg0 {{.+}} -> tensor<1x2x!quant.uniform<i8:f32, 7.812500e-03>>
// CHECK-DAG: qnn.quantize %arg1 {{.+}} -> tensor<1x2x!quant.uniform<i8:f32, 7.812500e-03>>
// CHECK: %[[C:.+]] = tosa.concat
// CHECK-NEXT: qnn.quantize %[[C]] {{.+}} -> tensor<1x5x!quant.uniform<i8:f32, 7.812500e-03>>
func.func @concat_of_union(%x: tensor<1x2xf32> {qnn.calibration = #low}, %y: tensor<1x2xf32> {qnn.calibration = #high}) -> tensor<1x5xf32> {
  %c = "tosa.const"() <{values = dense<0.5> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %0 = tosa.concat %x, %c, %y {axis = 1 : i32, qnn.calibration = [#low]} : (tensor<1x2xf32>, tensor<1x1xf32>, tensor<1x2xf32>) -> tensor<1x5xf32>
  return %0 : tensor<1x5xf32>
}

// -----

#signed = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 0.9921875>

// Softmax has the scale 1/256 whatever was measured. A reshape behind it keeps
// it; where it meets other values in a concat, it is requantized at the edge.
// CHECK-LABEL: func @softmax_pinned
// CHECK: %[[S:.+]] = linalg.softmax
// CHECK-NEXT: %[[QS:.+]] = qnn.quantize %[[S]] {{.*}} -> tensor<1x4x!quant.uniform<i8:f32, 3.906250e-03:-128>>
// CHECK-NEXT: %[[DS:.+]] = qnn.dequantize %[[QS]]
// CHECK-NEXT: %[[QR:.+]] = qnn.quantize %[[DS]] : tensor<1x4xf32> -> tensor<1x4x!quant.uniform<i8:f32, 7.812500e-03>>
// CHECK-NEXT: %[[DR:.+]] = qnn.dequantize %[[QR]]
// CHECK-NEXT: tosa.concat %[[DR]]
func.func @softmax_pinned(%x: tensor<1x4xf32> {qnn.calibration = #signed}) -> tensor<1x8xf32> {
  %0 = tensor.empty() : tensor<1x4xf32>
  %1 = linalg.softmax {qnn.calibration = [#signed]} dimension(1) ins(%x : tensor<1x4xf32>) outs(%0 : tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = tosa.concat %1, %x {axis = 1 : i32, qnn.calibration = [#signed]} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x8xf32>
  return %2 : tensor<1x8xf32>
}

// CHECK-LABEL: func @softmax_reshaped
// CHECK: tosa.reshape
// CHECK-NEXT: qnn.quantize {{.+}} -> tensor<4x!quant.uniform<i8:f32, 3.906250e-03:-128>>
func.func @softmax_reshaped(%x: tensor<1x4xf32> {qnn.calibration = #signed}) -> tensor<4xf32> {
  %shape = tosa.const_shape {values = dense<[4]> : tensor<1xindex>} : () -> !tosa.shape<1>
  %0 = tensor.empty() : tensor<1x4xf32>
  %1 = linalg.softmax dimension(1) ins(%x : tensor<1x4xf32>) outs(%0 : tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = tosa.reshape %1, %shape : (tensor<1x4xf32>, !tosa.shape<1>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// Cases of the textbooks as IR, each with its numbers.
//
// RUN: quant-opt %s --qnn-insert-qdq --qnn-legalize --canonicalize --split-input-file | FileCheck %s

// Float to int8 over [-1.5, 1]: 255 steps of 2.5 / 255 = 0.0098; zero is stored
// as -128 + 1.5 / 0.0098 = 25.
// CHECK-LABEL: func @range_to_scale
// CHECK: qnn.quantize {{.+}} -> tensor<4x!quant.uniform<i8:f32, 0.00980392{{[0-9]*}}:25>>
func.func @range_to_scale(%x: tensor<4xf32> {qnn.calibration = #qnn.calibration<method = "min-max", samples = 1, min = -1.5, max = 1.0>}) -> tensor<4xf32> {
  %0 = tosa.tanh %x {qnn.calibration = [#qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 1.0>]} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// One-sided data: asymmetric storage spends all 256 values on [0, 255 / 64],
// a step of 1/64; symmetric storage would leave half of them for numbers that
// never come. A range that leaves zero out is widened to it, so that zero
// itself (of padding, of ReLU) is exact.
// CHECK-LABEL: func @one_sided
// CHECK: qnn.quantize {{.+}} -> tensor<4x!quant.uniform<i8:f32, 1.562500e-02:-128>>
// CHECK: qnn.lookup {{.+}} -> tensor<4x!quant.uniform<i8:f32, 7.812500e-03:127>>
func.func @one_sided(%x: tensor<4xf32> {qnn.calibration = #qnn.calibration<method = "min-max", samples = 1, min = 1.0, max = 3.984375>}) -> tensor<4xf32> {
  %0 = tosa.log %x {qnn.calibration = [#qnn.calibration<method = "min-max", samples = 1, min = -1.9921875, max = -0.5>]} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// Two channels whose ranges are 1000 times apart. With one scale for both, the
// small channel would be stored as 0; with one each, both reach 127.
// CHECK-LABEL: func @per_axis_weights
// CHECK: qnn.constant dense<127> : tensor<2x1x1x1xi8> as
func.func @per_axis_weights(%x: tensor<1x2x2x1xf32> {qnn.calibration = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 1.0>}) -> tensor<1x2x2x2xf32> {
  %w = "tosa.const"() <{values = dense<[[[[0.001]]], [[[1.0]]]]> : tensor<2x1x1x1xf32>}> : () -> tensor<2x1x1x1xf32>
  %b = "tosa.const"() <{values = dense<0.0> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, qnn.calibration = [#qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 1.0>]} : (tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x2xf32>
  return %0 : tensor<1x2x2x2xf32>
}

// -----

// A tensor that is always 0 still has a scale.
// CHECK-LABEL: func @always_zero
// CHECK: qnn.quantize {{.+}} -> tensor<4x!quant.uniform<i8:f32, {{.+}}>>
func.func @always_zero(%x: tensor<4xf32> {qnn.calibration = #qnn.calibration<method = "min-max", samples = 1, min = 0.0, max = 0.0>}) -> tensor<4xf32> {
  %0 = tosa.tanh %x {qnn.calibration = [#qnn.calibration<method = "min-max", samples = 1, min = 0.0, max = 0.0>]} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

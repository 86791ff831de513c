// RUN: quant-opt %s --qnn-insert-qdq --split-input-file --verify-diagnostics

#unit = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 1.0>
func.func @no_range(%x: tensor<4xf32> {qnn.calibration = #unit}) -> tensor<4xf32> {
  // expected-error @+1 {{tensor 'tosa.tanh' has no calibrated range; expected a 'qnn.calibration' attribute}}
  %0 = tosa.tanh %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

#unit = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 1.0>
func.func @nan_weight(%x: tensor<1x1x1x2xf32> {qnn.calibration = #unit}) -> tensor<1x1x1x1xf32> {
  %w = "tosa.const"() <{values = dense<[[[[1.0, 0x7FC00000]]]]> : tensor<1x1x1x2xf32>}> : () -> tensor<1x1x1x2xf32>
  %b = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // expected-error @+1 {{a weight is NaN or infinite}}
  %0 = tosa.conv2d %x, %w, %b, %b, %b {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, qnn.calibration = [#unit]} : (tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %0 : tensor<1x1x1x1xf32>
}

// -----

#unit = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 1.0>
func.func @infinite_bias(%x: tensor<1x1x1x1xf32> {qnn.calibration = #unit}) -> tensor<1x1x1x1xf32> {
  %w = "tosa.const"() <{values = dense<1.0> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %b = "tosa.const"() <{values = dense<0x7F800000> : tensor<1xf32>}> : () -> tensor<1xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // expected-error @+1 {{channel 0: }}
  %0 = tosa.conv2d %x, %w, %b, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, qnn.calibration = [#unit]} : (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %0 : tensor<1x1x1x1xf32>
}

// -----

#unit = #qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 1.0>
func.func @nan_constant_operand(%x: tensor<2xf32> {qnn.calibration = #unit}) -> tensor<2xf32> {
  %c = "tosa.const"() <{values = dense<[1.0, 0x7FC00000]> : tensor<2xf32>}> : () -> tensor<2xf32>
  // expected-error @+1 {{a constant operand of 'tosa.add' is NaN or infinite}}
  %0 = tosa.add %x, %c {qnn.calibration = [#unit]} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// RUN: quant-opt %s --qnn-verify-calibrated --split-input-file --verify-diagnostics

// All of them at once.
// expected-error @+1 {{tensor 'x' has no calibrated range; expected a 'qnn.calibration' attribute}}
func.func @no_ranges(%x: tensor<4xf32> {qnn.name = "x"}) -> tensor<4xf32> {
  // expected-error @+1 {{tensor 'tosa.tanh' has no calibrated range; expected a 'qnn.calibration' attribute}}
  %0 = tosa.tanh %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

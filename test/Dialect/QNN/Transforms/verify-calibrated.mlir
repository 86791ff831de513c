// RUN: quant-opt %s --qnn-verify-calibrated | FileCheck %s

#unit = #qnn.calibration<method = "min-max", samples = 1, min = 0.0, max = 1.0>

// CHECK-LABEL: func @calibrated
func.func @calibrated(%x: tensor<4xf32> {qnn.calibration = #unit}) -> tensor<4xf32> {
  %0 = tosa.tanh %x {qnn.calibration = [#unit]} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// The scale of probabilities is fixed, and reshaping them does not change it.
// CHECK-LABEL: func @softmax_needs_no_range
func.func @softmax_needs_no_range(%x: tensor<1x4xf32> {qnn.calibration = #unit}) -> tensor<4xf32> {
  %shape = tosa.const_shape {values = dense<[4]> : tensor<1xindex>} : () -> !tosa.shape<1>
  %0 = tensor.empty() : tensor<1x4xf32>
  %1 = linalg.softmax dimension(1) ins(%x : tensor<1x4xf32>) outs(%0 : tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = tosa.reshape %1, %shape : (tensor<1x4xf32>, !tosa.shape<1>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

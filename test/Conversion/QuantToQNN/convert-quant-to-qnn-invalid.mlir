// RUN: quant-opt %s --convert-quant-to-qnn --split-input-file --verify-diagnostics

// Upstream takes a zero point that no stored number can have.
func.func @zero_point(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{'qnn.quantize' op zero point 300 of '!quant.uniform<i8:f32, 5.000000e-01:300>' is outside its storage range [-128, 127]}}
  %0 = quant.qcast %x : tensor<4xf32> to tensor<4x!quant.uniform<i8:f32, 0.5:300>>
  %1 = quant.dcast %0 : tensor<4x!quant.uniform<i8:f32, 0.5:300>> to tensor<4xf32>
  return %1 : tensor<4xf32>
}

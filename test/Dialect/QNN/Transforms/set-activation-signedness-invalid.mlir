// RUN: quant-opt %s --qnn-set-activation-signedness --split-input-file --verify-diagnostics

// A resource that the file names and does not have.
func.func @constant_without_data() -> tensor<2x!quant.uniform<u8:f32, 0.5:128>> {
  // expected-error@+1 {{'qnn.constant' op has a value without data}}
  %0 = qnn.constant dense_resource<absent> : tensor<2xi8> as tensor<2x!quant.uniform<i8:f32, 0.5>>
  %1 = qnn.requantize %0 : tensor<2x!quant.uniform<i8:f32, 0.5>> -> tensor<2x!quant.uniform<u8:f32, 0.5:128>>
  return %1 : tensor<2x!quant.uniform<u8:f32, 0.5:128>>
}

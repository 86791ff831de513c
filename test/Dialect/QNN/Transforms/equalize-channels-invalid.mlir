// RUN: quant-opt %s --qnn-equalize-channels=max-factor=0.5 --verify-diagnostics

// expected-error @+1 {{max-factor is 5.000000e-01, expected at least 1}}
func.func @factor(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

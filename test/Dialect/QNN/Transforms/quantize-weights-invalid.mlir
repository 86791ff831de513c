// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RUN: not quant-opt %s --qnn-quantize-weights=bits=3 2>&1 | FileCheck %s --check-prefix=BITS
// RUN: not quant-opt %s --qnn-quantize-weights="bits=4 block=1" 2>&1 | FileCheck %s --check-prefix=BLOCK
// RUN: not quant-opt %s --qnn-quantize-weights 2>&1 | FileCheck %s --check-prefix=NAN
// RUN: not quant-opt %s --qnn-insert-dynamic-qdq 2>&1 | FileCheck %s --check-prefix=NAN

// BITS: error: weights of 3 bits, expected 4 or 8
// BLOCK: error: blocks of 1, expected at least 2 weights
// NAN: error: a weight is NaN or infinite
func.func @nan(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32> {
  %w = "tosa.const"() {values = dense<0x7FC00000> : tensor<1x1x1x1xf32>} : () -> tensor<1x1x1x1xf32>
  %b = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %z = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %r = tosa.conv2d %x, %w, %b, %z, %z {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>}
      : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  return %r : tensor<1x2x2x1xf32>
}

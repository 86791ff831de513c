// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Normalization of rows by their own mean and variance: layer_norm on quantized
// tensors, and float_layer_norm, what it is before it is quantized.
#ifndef QUANTC_DIALECT_QNN_IR_QNNNORMALIZATIONOPS
#define QUANTC_DIALECT_QNN_IR_QNNNORMALIZATIONOPS

include "quantc/Dialect/QNN/IR/QNNBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class QNN_LayerNormBase<string mnemonic, Type tensor> :
    QNN_Op<mnemonic, [Pure, SameOperandsAndResultShape]> {
  let results = (outs tensor:$result);
  let hasVerifier = 1;
}

def QNN_FloatLayerNormOp : QNN_LayerNormBase<"float_layer_norm", QNN_FloatTensor> {
  let summary = "Layer normalization along the last axis, in float";
  let description = [{
    ```
    mean   = (sum of input along the last axis) / N
    var    = (sum of (input - mean)^2 along the last axis) / N
    result = (input - mean) / sqrt(var + epsilon) * gamma + beta
    ```

    No operation of TOSA or linalg stands for this, and taken apart it would be
    measured and quantized link by link. So `--qnn-raise-layer-norm` makes one
    operation of it in the float graph, and `--qnn-expand-layer-norm` takes it
    apart again where it stays float.

    - C2: `gamma` and `beta` are finite f32 numbers, N of each.
    - C3: `epsilon` is finite and not negative.

    ```mlir
    %r = qnn.float_layer_norm %x {gamma = dense<1.0> : tensor<8xf32>, beta = dense<0.5> : tensor<8xf32>, epsilon = 1.0e-5 : f32}
        : tensor<4x8xf32> -> tensor<4x8xf32>
    ```
  }];
  let arguments = (ins QNN_FloatTensor:$input, ElementsAttr:$gamma, ElementsAttr:$beta, F32Attr:$epsilon);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def QNN_LayerNormOp : QNN_LayerNormBase<"layer_norm", QNN_Activation> {
  let summary = "Quantized layer normalization along the last axis";
  let description = [{
    Integer arithmetic throughout: exact sums of a row, one reciprocal square root
    a row, one multiplication for the row and one for `gamma` an element. N is the
    size of the last axis; `f`, `s`, `E`, `G` and `B` are computed from N, the
    scales, `epsilon`, `gamma` and `beta` at compile time (N26 to N29 of
    docs/Numerics.md).

    ```
    x      = input - storage_min - 128
    S1     = sum of x along the last axis,  S2 = sum of x * x
    (A, C) = from N * S2 - S1 * S1 + E: x * A - C is (x - S1 / N) / sqrt(var + epsilon) in units of 2^-f
    z      = (x * A - C + 2^14) >> 15
    result = sat(zero_point(result) + ((z * G[i] + B[i]) >> s))
    ```

    - C1: input and result have 8 bits of storage.
    - C2: `gamma` and `beta` are finite f32 numbers, N of each; N is at most 2^16.
    - C3: `epsilon` is finite and not negative.

    ```mlir
    %r = qnn.layer_norm %x {gamma = dense<1.0> : tensor<8xf32>, beta = dense<0.5> : tensor<8xf32>, epsilon = 1.0e-5 : f32}
        : tensor<4x8x!quant.uniform<i8:f32, 0.5>> -> tensor<4x8x!quant.uniform<i8:f32, 0.03125:3>>
    ```
  }];
  let arguments = (ins QNN_Activation:$input, ElementsAttr:$gamma, ElementsAttr:$beta, F32Attr:$epsilon,
    OptionalAttr<QNN_CalibrationAttr>:$calibration);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

#endif // QUANTC_DIALECT_QNN_IR_QNNNORMALIZATIONOPS

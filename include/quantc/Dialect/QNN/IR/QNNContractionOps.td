// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operations that add up products: conv_2d, depthwise_conv_2d and
// fully_connected, of an activation with weights, and matmul, of two activations.
#ifndef QUANTC_DIALECT_QNN_IR_QNNCONTRACTIONOPS
#define QUANTC_DIALECT_QNN_IR_QNNCONTRACTIONOPS

include "quantc/Dialect/QNN/IR/QNNBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def QNN_Conv2DOp : QNN_Op<"conv_2d", [Pure]> {
  let summary = "Quantized 2-D convolution with an optional fused activation";
  let description = [{
    Input NHWC, weight OHWI (`[OC, KH, KW, IC / group]`), result NHWC. Padding
    is the zero point of the input: it contributes nothing.

    ```
    g   = oc / (OC / group)
    acc = bias[oc] + sum over kh, kw, ic of
            (input[n, oh * stride[0] + kh * dilation[0] - pad[0],
                      ow * stride[1] + kw * dilation[1] - pad[2], g * IC / group + ic] - zero_point(input))
          * (weight[oc, kh, kw, ic] - zero_point(weight)[oc])
    M   = scale(input) * scale(weight)[oc] / scale(result)
    result[n, oh, ow, oc] = clip(zero_point(result) + requant(acc, M))
    ```

    `pad` is `[top, bottom, left, right]`. The accumulator has 32 bits where the
    weights prove that they hold it, and 64 bits otherwise.

    Weights of a sub-channel type have one accumulator for each block: `m(b)` and
    `m_bias` are multipliers of `M(b)` and `scale(bias) / scale(result)` over one
    common shift `s` (N39 of docs/Numerics.md), and the whole is rounded once:

    ```
    acc(b) = the sum above over the elements of block b of output channel oc, without the bias
    M(b)   = scale(input) * scale(weight)[b] / scale(result)
    result[n, oh, ow, oc] = clip(zero_point(result)
        + ((sum over b of acc(b) * m(b) + bias[oc] * m_bias + 2^(s-1)) >> s))
    ```

    - C1: `OC = dim(bias, 0)`; `group` divides IC and OC; `dim(weight, 3) = IC / group`.
    - C2: the weight is per-tensor, per-axis along axis 0, or sub-channel with
      blocks of one output channel, whose rounding is `single`.
    - C3: the bias has zero point 0 and scale `scale(input) * scale(weight)[oc]`
      (to a relative 1e-5), per-tensor or per-axis as the weight is. For
      sub-channel weights its scale is its own.
    - C4: `OH = (H + pad[0] + pad[1] - dilation[0] * (KH - 1) - 1) / stride[0] + 1`
      rounded down, `OW` likewise; the dilated kernel fits the padded input.
    - C5: `clamp` lies in the storage range, `clamp[0] <= clamp[1]`.

    ```mlir
    %r = qnn.conv_2d %x, %w, %b {pad = array<i64: 1, 1, 1, 1>}
        : (tensor<1x8x8x3x!quant.uniform<i8:f32, 0.5:-3>>,
           tensor<2x3x3x3x!quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>>,
           tensor<2x!quant.uniform<i32:f32:0, {0.25, 0.125}>>)
        -> tensor<1x8x8x2x!quant.uniform<i8:f32, 1.0:2>>
    ```
  }];
  let arguments = (ins QNN_Activation4D:$input, QNN_Weight4D:$weight, QNN_Bias:$bias,
    DefaultValuedAttr<QNN_Pair, "{1, 1}">:$stride,
    DefaultValuedAttr<QNN_Padding, "{0, 0, 0, 0}">:$pad,
    DefaultValuedAttr<QNN_Pair, "{1, 1}">:$dilation,
    DefaultValuedAttr<ConfinedAttr<I64Attr, [IntPositive]>, "1">:$group,
    DefaultValuedAttr<QNN_RoundingAttr, "::quantc::qnn::RoundingMode::Single">:$rounding,
    QNN_ClampAttr:$clamp, OptionalAttr<QNN_CalibrationAttr>:$calibration);
  let results = (outs QNN_Activation4D:$result);
  let assemblyFormat = [{
    $input `,` $weight `,` $bias attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
}

def QNN_DepthwiseConv2DOp : QNN_Op<"depthwise_conv_2d", [Pure]> {
  let summary = "Quantized depthwise 2-D convolution with an optional fused activation";
  let description = [{
    Input NHWC with C channels, weight `[KH, KW, OC]` with `OC = C * multiplier`,
    result NHWC with OC channels. Channel `oc` of the result reads channel
    `oc / multiplier` of the input. Padding is the zero point of the input.

    ```
    acc = bias[oc] + sum over kh, kw of
            (input[n, oh * stride[0] + kh * dilation[0] - pad[0],
                      ow * stride[1] + kw * dilation[1] - pad[2], oc / multiplier] - zero_point(input))
          * (weight[kh, kw, oc] - zero_point(weight)[oc])
    M   = scale(input) * scale(weight)[oc] / scale(result)
    result[n, oh, ow, oc] = clip(zero_point(result) + requant(acc, M))
    ```

    - C1: C divides `dim(weight, 2) = dim(bias, 0) = OC`.
    - C2: the weight is per-tensor, per-axis along axis 2, or sub-channel with
      blocks of one output channel, summed as by `qnn.conv_2d`.
    - C3, C4, C5: as for `qnn.conv_2d`.

    ```mlir
    %r = qnn.depthwise_conv_2d %x, %w, %b {stride = array<i64: 2, 2>, pad = array<i64: 1, 0, 1, 0>}
        : (tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5:-3>>,
           tensor<3x3x2x!quant.uniform<i8<-127:127>:f32:2, {0.5, 0.25}>>,
           tensor<2x!quant.uniform<i32:f32:0, {0.25, 0.125}>>)
        -> tensor<1x4x4x2x!quant.uniform<i8:f32, 1.0:2>>
    ```
  }];
  let arguments = (ins QNN_Activation4D:$input, QNN_Weight3D:$weight, QNN_Bias:$bias,
    DefaultValuedAttr<QNN_Pair, "{1, 1}">:$stride,
    DefaultValuedAttr<QNN_Padding, "{0, 0, 0, 0}">:$pad,
    DefaultValuedAttr<QNN_Pair, "{1, 1}">:$dilation,
    DefaultValuedAttr<QNN_RoundingAttr, "::quantc::qnn::RoundingMode::Single">:$rounding,
    QNN_ClampAttr:$clamp, OptionalAttr<QNN_CalibrationAttr>:$calibration);
  let results = (outs QNN_Activation4D:$result);
  let assemblyFormat = [{
    $input `,` $weight `,` $bias attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
}

def QNN_FullyConnectedOp : QNN_Op<"fully_connected", [Pure]> {
  let summary = "Quantized matrix product with constant-like weights and an optional fused activation";
  let description = [{
    Input `[N, IC]`, weight `[OC, IC]`, result `[N, OC]`.

    ```
    acc = bias[oc] + sum over ic of
            (input[n, ic] - zero_point(input)) * (weight[oc, ic] - zero_point(weight)[oc])
    M   = scale(input) * scale(weight)[oc] / scale(result)
    result[n, oc] = clip(zero_point(result) + requant(acc, M))
    ```

    - C1: `OC = dim(bias, 0) = dim(weight, 0)`, `IC = dim(weight, 1)`.
    - C2: the weight is per-tensor, per-axis along axis 0, or sub-channel with
      blocks of one output channel, summed as by `qnn.conv_2d`.
    - C3, C5: as for `qnn.conv_2d`.

    ```mlir
    %r = qnn.fully_connected %x, %w, %b
        : (tensor<1x4x!quant.uniform<i8:f32, 0.5:-3>>,
           tensor<2x4x!quant.uniform<i8<-127:127>:f32, 0.5>>,
           tensor<2x!quant.uniform<i32:f32, 0.25>>)
        -> tensor<1x2x!quant.uniform<i8:f32, 1.0:2>>
    ```
  }];
  let arguments = (ins QNN_Activation2D:$input, QNN_Weight2D:$weight, QNN_Bias:$bias,
    DefaultValuedAttr<QNN_RoundingAttr, "::quantc::qnn::RoundingMode::Single">:$rounding,
    QNN_ClampAttr:$clamp, OptionalAttr<QNN_CalibrationAttr>:$calibration);
  let results = (outs QNN_Activation2D:$result);
  let assemblyFormat = [{
    $input `,` $weight `,` $bias attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
}

def QNN_MatMulOp : QNN_Op<"matmul", [Pure]> {
  let summary = "Quantized product of two batches of matrices with an optional fused activation";
  let description = [{
    Left side `[B, M, K]`, right side `[B, K, N]`, result `[B, M, N]`. Both sides
    are activations: neither has to be known at compile time.

    ```
    acc = sum over k of (lhs[b, m, k] - zero_point(lhs)) * (rhs[b, k, n] - zero_point(rhs))
    M   = scale(lhs) * scale(rhs) / scale(result)
    result[b, m, n] = clip(zero_point(result) + requant(acc, M))
    ```

    The accumulator has 32 bits, or 64 where a product is so long or its sides so
    wide that it could overflow.

    - C1: B and K agree, the result is `[B, M, N]`.
    - C5: `clamp` lies in the storage range, `clamp[0] <= clamp[1]`.

    ```mlir
    %r = qnn.matmul %a, %b
        : (tensor<2x3x4x!quant.uniform<i8:f32, 0.5:-3>>, tensor<2x4x5x!quant.uniform<i8:f32, 0.25:7>>)
        -> tensor<2x3x5x!quant.uniform<i8:f32, 1.0:2>>
    ```
  }];
  let arguments = (ins QNN_Activation3D:$lhs, QNN_Activation3D:$rhs,
    DefaultValuedAttr<QNN_RoundingAttr, "::quantc::qnn::RoundingMode::Single">:$rounding,
    QNN_ClampAttr:$clamp, OptionalAttr<QNN_CalibrationAttr>:$calibration);
  let results = (outs QNN_Activation3D:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
}

#endif // QUANTC_DIALECT_QNN_IR_QNNCONTRACTIONOPS

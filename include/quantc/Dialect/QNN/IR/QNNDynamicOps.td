// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operations of run-time quantization: scale and zero point are results of
// the program and not of calibration, so that stored integers are plain i8
// tensors. Sums of their products are plain i32 tensors; what becomes of those
// is float arithmetic.
#ifndef QUANTC_DIALECT_QNN_IR_QNNDYNAMICOPS
#define QUANTC_DIALECT_QNN_IR_QNNDYNAMICOPS

include "quantc/Dialect/QNN/IR/QNNBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

/// Stored integers without parameters; what signedness they have, operations
/// say.
def QNN_RawTensor : RankedTensorOf<[I8]>;
def QNN_Raw3D : TensorRankOf<[I8], [3]>;
def QNN_Raw4D : TensorRankOf<[I8], [4]>;
def QNN_Accumulators3D : TensorRankOf<[I32], [3]>;
def QNN_Accumulators4D : TensorRankOf<[I32], [4]>;
def QNN_OneElementPred : And<[HasStaticShapePred, HasAnyRankOfPred<[1]>,
    CPred<"::llvm::cast<::mlir::ShapedType>($_self).getDimSize(0) == 1">]>;
def QNN_DynamicScale : RankedTensorOf<[F32], [QNN_OneElementPred],
    "one-element tensor">;
def QNN_DynamicZeroPoint : RankedTensorOf<[I8], [QNN_OneElementPred],
    "one-element tensor">;

def QNN_DynamicQuantizeOp : QNN_Op<"dynamic_quantize", [Pure]> {
  let summary = "Real numbers to stored integers, with a scale that is found on the way";
  let description = [{
    ONNX DynamicQuantizeLinear. Integers are unsigned, 0 to 255; all arithmetic
    is IEEE single precision (N33 of docs/Numerics.md).

    ```
    low, high  = the least and the greatest number of the input, and 0; NaN is passed over
    scale      = (high - low) / 255, at least 2^-125; 1 where high = low
    zero_point = sat(rne(0 - low / scale))
    result     = sat(rne(input / scale) + zero_point);  NaN -> zero_point
    ```

    `low` and `high` are limited to 2^126 in magnitude, so that an infinity
    saturates. With `non_negative`, no number of the input is below 0: `low` is 0
    and the zero point 0.

    - C1: the result has the shape of the input.

    ```mlir
    %q, %s, %z = qnn.dynamic_quantize %x : (tensor<2x4xf32>) -> (tensor<2x4xi8>, tensor<1xf32>, tensor<1xi8>)
    ```
  }];
  let arguments = (ins QNN_FloatTensor:$input, UnitAttr:$non_negative);
  let results = (outs QNN_RawTensor:$result, QNN_DynamicScale:$scale,
    QNN_DynamicZeroPoint:$zero_point);
  let assemblyFormat = [{
    $input (`non_negative` $non_negative^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QNN_DynamicDequantizeOp : QNN_Op<"dynamic_dequantize", [Pure]> {
  let summary = "The real numbers that unsigned integers stand for at a scale of run time";
  let description = [{
    ```
    result = scale * float(input - zero_point)         in IEEE single precision
    ```

    - C1: the result has the shape of the input.

    ```mlir
    %x = qnn.dynamic_dequantize %q, %s, %z : (tensor<2x4xi8>, tensor<1xf32>, tensor<1xi8>) -> tensor<2x4xf32>
    ```
  }];
  let arguments = (ins QNN_RawTensor:$input, QNN_DynamicScale:$scale,
    QNN_DynamicZeroPoint:$zero_point);
  let results = (outs QNN_FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $scale `,` $zero_point attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QNN_IntegerConv2DOp : QNN_Op<"integer_conv_2d", [Pure]> {
  let summary = "Accumulators of a 2-D convolution of stored integers";
  let description = [{
    Input NHWC, weight OHWI (`[OC, KH, KW, IC / group]`), result NHWC. Padding is
    the zero point of the input: it contributes nothing. With `input_signed` the
    integers of the input and its zero point are signed.

    ```
    g = oc / (OC / group)
    result[n, oh, ow, oc] = sum over kh, kw, ic of
        (input[n, oh * stride[0] + kh * dilation[0] - pad[0],
                  ow * stride[1] + kw * dilation[1] - pad[2], g * IC / group + ic] - zero_point)
      * (weight[oc, kh, kw, ic] - zero_point(weight)[oc])
    ```

    The weight's scales are not used. A sum that could leave 32 bits is refused
    when it is lowered.

    - C1: `group` divides IC and OC; `dim(weight, 3) = IC / group`.
    - C2: the weight has 8 bits of storage, and is per-tensor or per-axis along axis 0.
    - C4: the result's shape is that of `qnn.conv_2d`.

    ```mlir
    %r = qnn.integer_conv_2d %x, %z, %w {pad = array<i64: 1, 1, 1, 1>}
        : (tensor<1x8x8x3xi8>, tensor<1xi8>, tensor<2x3x3x3x!quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>>)
        -> tensor<1x8x8x2xi32>
    ```
  }];
  let arguments = (ins QNN_Raw4D:$input, QNN_DynamicZeroPoint:$zero_point,
    QNN_Weight4D:$weight,
    DefaultValuedAttr<QNN_Pair, "{1, 1}">:$stride,
    DefaultValuedAttr<QNN_Padding, "{0, 0, 0, 0}">:$pad,
    DefaultValuedAttr<QNN_Pair, "{1, 1}">:$dilation,
    DefaultValuedAttr<ConfinedAttr<I64Attr, [IntPositive]>, "1">:$group,
    UnitAttr:$input_signed);
  let results = (outs QNN_Accumulators4D:$result);
  let assemblyFormat = [{
    $input `,` $zero_point `,` $weight attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QNN_IntegerDepthwiseConv2DOp : QNN_Op<"integer_depthwise_conv_2d", [Pure]> {
  let summary = "Accumulators of a depthwise 2-D convolution of stored integers";
  let description = [{
    As `qnn.integer_conv_2d`, with a weight `[KH, KW, OC]`, `OC = C * multiplier`:
    channel `oc` of the result reads channel `oc / multiplier` of the input.

    - C1: C divides OC.
    - C2: the weight has 8 bits of storage, and is per-tensor or per-axis along axis 2.
    - C4: the result's shape is that of `qnn.depthwise_conv_2d`.

    ```mlir
    %r = qnn.integer_depthwise_conv_2d %x, %z, %w {stride = array<i64: 2, 2>}
        : (tensor<1x9x9x2xi8>, tensor<1xi8>, tensor<3x3x2x!quant.uniform<i8<-127:127>:f32:2, {0.5, 0.25}>>)
        -> tensor<1x4x4x2xi32>
    ```
  }];
  let arguments = (ins QNN_Raw4D:$input, QNN_DynamicZeroPoint:$zero_point,
    QNN_Weight3D:$weight,
    DefaultValuedAttr<QNN_Pair, "{1, 1}">:$stride,
    DefaultValuedAttr<QNN_Padding, "{0, 0, 0, 0}">:$pad,
    DefaultValuedAttr<QNN_Pair, "{1, 1}">:$dilation,
    UnitAttr:$input_signed);
  let results = (outs QNN_Accumulators4D:$result);
  let assemblyFormat = [{
    $input `,` $zero_point `,` $weight attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QNN_IntegerMatMulOp : QNN_Op<"integer_matmul", [Pure]> {
  let summary = "Accumulators of a product of two batches of matrices of stored integers";
  let description = [{
    Left side `[B, M, K]`, right side `[B, K, N]`, result `[B, M, N]`; each side
    unsigned, zero point and all, unless `lhs_signed` or `rhs_signed` says otherwise.

    ```
    result[b, m, n] = sum over k of (lhs[b, m, k] - lhs_zero_point) * (rhs[b, k, n] - rhs_zero_point)
    ```

    A product so long that a sum could leave 32 bits is refused when it is
    lowered.

    - C2: B and K agree, the result is `[B, M, N]`.

    ```mlir
    %r = qnn.integer_matmul %a, %za, %b, %zb {rhs_signed}
        : (tensor<2x3x4xi8>, tensor<1xi8>, tensor<2x4x5xi8>, tensor<1xi8>) -> tensor<2x3x5xi32>
    ```
  }];
  let arguments = (ins QNN_Raw3D:$lhs, QNN_DynamicZeroPoint:$lhs_zero_point,
    QNN_Raw3D:$rhs, QNN_DynamicZeroPoint:$rhs_zero_point,
    UnitAttr:$lhs_signed, UnitAttr:$rhs_signed);
  let results = (outs QNN_Accumulators3D:$result);
  let assemblyFormat = [{
    $lhs `,` $lhs_zero_point `,` $rhs `,` $rhs_zero_point attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif // QUANTC_DIALECT_QNN_IR_QNNDYNAMICOPS

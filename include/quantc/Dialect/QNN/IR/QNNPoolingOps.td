// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Windows without weights: max_pool_2d and avg_pool_2d.
#ifndef QUANTC_DIALECT_QNN_IR_QNNPOOLINGOPS
#define QUANTC_DIALECT_QNN_IR_QNNPOOLINGOPS

include "quantc/Dialect/QNN/IR/QNNBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def QNN_MaxPool2DOp : QNN_Op<"max_pool_2d", [Pure,
    InferTypeOpAdaptor]> {
  let summary = "Quantized 2-D max pooling";
  let description = [{
    NHWC. Padding never wins: only stored values of the input are compared.

    ```
    result[n, oh, ow, c] = max over kh, kw inside the input of
        input[n, oh * stride[0] + kh - pad[0], ow * stride[1] + kw - pad[2], c]
    ```

    - C1: the element type of the result is that of the input.
    - C2: `OH = (H + pad[0] + pad[1] - kernel[0]) / stride[0] + 1` rounded down,
      `OW` likewise.
    - C3: each padding is less than the kernel, so that no window is empty.

    ```mlir
    %r = qnn.max_pool_2d %x {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>}
        : tensor<1x8x8x4x!quant.uniform<i8:f32, 0.5:-3>> -> tensor<1x4x4x4x!quant.uniform<i8:f32, 0.5:-3>>
    ```
  }];
  let arguments = (ins QNN_Activation4D:$input, QNN_Pair:$kernel,
    DefaultValuedAttr<QNN_Pair, "{1, 1}">:$stride,
    DefaultValuedAttr<QNN_Padding, "{0, 0, 0, 0}">:$pad,
    OptionalAttr<QNN_CalibrationAttr>:$calibration);
  let results = (outs QNN_Activation4D:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def QNN_AvgPool2DOp : QNN_Op<"avg_pool_2d", [Pure]> {
  let summary = "Quantized 2-D average pooling, global pooling included";
  let description = [{
    NHWC. Padding is not counted: `count` is the number of window elements
    inside the input. Global pooling is a kernel of the size of the image.

    ```
    acc = sum over kh, kw inside the input of (input[...] - zero_point(input))
    M   = scale(input) / (scale(result) * count)
    result[n, oh, ow, c] = clip(zero_point(result) + requant(acc, M))
    ```

    - C1: the number of channels of the result is that of the input.
    - C2, C3: as for `qnn.max_pool_2d`.
    - C5: `clamp` lies in the storage range, `clamp[0] <= clamp[1]`.

    ```mlir
    %r = qnn.avg_pool_2d %x {kernel = array<i64: 8, 8>}
        : tensor<1x8x8x4x!quant.uniform<i8:f32, 0.5:-3>> -> tensor<1x1x1x4x!quant.uniform<i8:f32, 0.25:-3>>
    ```
  }];
  let arguments = (ins QNN_Activation4D:$input, QNN_Pair:$kernel,
    DefaultValuedAttr<QNN_Pair, "{1, 1}">:$stride,
    DefaultValuedAttr<QNN_Padding, "{0, 0, 0, 0}">:$pad,
    DefaultValuedAttr<QNN_RoundingAttr, "::quantc::qnn::RoundingMode::Single">:$rounding,
    QNN_ClampAttr:$clamp, OptionalAttr<QNN_CalibrationAttr>:$calibration);
  let results = (outs QNN_Activation4D:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
}

#endif // QUANTC_DIALECT_QNN_IR_QNNPOOLINGOPS

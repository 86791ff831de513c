// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes of the modes that need no calibration: weight-only and dynamic.
#ifndef QUANTC_DIALECT_QNN_TRANSFORMS_MODEPASSES
#define QUANTC_DIALECT_QNN_TRANSFORMS_MODEPASSES

include "mlir/Pass/PassBase.td"

def QuantizeWeightsPass : Pass<"qnn-quantize-weights", "mlir::func::FuncOp"> {
  let summary = "Store the weights of float operations as small integers";
  let description = [{
    Each constant that is a weight (QuantizableOpInterface) of more than one
    number becomes a `qnn.constant` behind a `qnn.dequantize`; all else stays
    float. 8 bits are symmetric, narrow range and per output channel. 4 bits
    have one scale for each block of weights of one output channel: the largest
    box of taps and input channels that divides the kernel and holds at most
    `block` weights. Numbers are rounded so that the errors of a channel or block
    cancel out (N42 of docs/Numerics.md); those whose scales an earlier pass
    chose (`qnn.weight_scales`) are rounded to nearest (N3).

    *Requires* a prepared float graph. *Refuses* a weight that is NaN or
    infinite, a width other than 4 and 8, and a block of less than 2. Leaves an
    operation as it is, with a remark, whose weight is no constant.

    Before:
    ```mlir
    %r = tosa.conv2d %x, %weight, %bias, %zp, %zp ...
    ```
    After:
    ```mlir
    %0 = qnn.constant dense<...> : tensor<8x3x3x4xi8> as tensor<8x3x3x4x!quant.uniform<i8<-127:127>:f32:0, {...}>>
    %1 = qnn.dequantize %0 : tensor<...> -> tensor<8x3x3x4xf32>
    %r = tosa.conv2d %x, %1, %bias, %zp, %zp ...
    ```
  }];
  let options = [
    Option<"bits", "bits", "unsigned", /*default=*/"8",
           "Width of a stored weight: 8 or 4">,
    Option<"block", "block", "unsigned", /*default=*/"32",
           "Weights of 4 bits that share a scale, at most">,
  ];
  let dependentDialects = ["::quantc::qnn::QNNDialect", "mlir::tosa::TosaDialect"];
}

def InsertDynamicQDQPass : Pass<"qnn-insert-dynamic-qdq", "mlir::func::FuncOp"> {
  let summary = "Quantize the inputs of contractions with ranges of run time";
  let description = [{
    The activation operands of each convolution and matrix product come from a
    `qnn.dynamic_quantize` and a `qnn.dynamic_dequantize`, one pair for a value;
    weights are stored as `--qnn-quantize-weights` stores 8 bits. All else stays
    float. A value that no element of can be negative (a rectified one) is
    marked `non_negative`.

    *Requires* a prepared float graph. *Refuses* a weight that is NaN or
    infinite. Leaves an operation float, with a remark, whose weight is no
    constant.

    Before:
    ```mlir
    %r = tosa.conv2d %x, %weight, %bias, %zp, %zp ...
    ```
    After:
    ```mlir
    %q, %s, %z = qnn.dynamic_quantize %x : (tensor<...xf32>) -> (tensor<...xi8>, tensor<1xf32>, tensor<1xi8>)
    %d = qnn.dynamic_dequantize %q, %s, %z : ...
    %1 = qnn.dequantize %weight_constant ...
    %r = tosa.conv2d %d, %1, %bias, %zp, %zp ...
    ```
  }];
  let dependentDialects = ["::quantc::qnn::QNNDialect", "mlir::tosa::TosaDialect"];
}

def LegalizeDynamicPass : Pass<"qnn-legalize-dynamic", "mlir::func::FuncOp"> {
  let summary = "Turn contractions of dynamically quantized values into integer ones";
  let description = [{
    A `tosa.conv2d`, `tosa.depthwise_conv2d` or `tosa.matmul` whose activations
    come from `qnn.dynamic_dequantize`, and whose weight from the `qnn.dequantize`
    of a constant of 8 bits, becomes the sum of integers that it stands for and
    float arithmetic on the sums (N34 of docs/Numerics.md):

    ```
    result = float(sum) * (scale(input) * scale(weight)[oc]) + bias[oc]
    ```

    What else reads a `qnn.dynamic_dequantize` reads it further on. An operation
    of another form, of a weight with a zero point for instance, stays float,
    with a remark.

    Before:
    ```mlir
    %d = qnn.dynamic_dequantize %q, %s, %z : ...
    %w = qnn.dequantize %weight : ...
    %r = tosa.conv2d %d, %w, %bias, ...
    ```
    After:
    ```mlir
    %sum = qnn.integer_conv_2d %q, %z, %weight ...
    %f = tosa.cast %sum : ...
    %m = tosa.mul %s, %weight_scales ...
    %p = tosa.mul %f, %m ...
    %r = tosa.add %p, %bias ...
    ```
  }];
  let dependentDialects = ["::quantc::qnn::QNNDialect", "mlir::tosa::TosaDialect"];
}

#endif // QUANTC_DIALECT_QNN_TRANSFORMS_MODEPASSES

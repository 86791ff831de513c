// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes that lead to the float graph and out of the qnn dialect, and the
// proof of what they promise.
#ifndef QUANTC_CONVERSION_PASSES
#define QUANTC_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// LinalgToTosa
//===----------------------------------------------------------------------===//

def ConvertLinalgToTosaPass : Pass<"convert-linalg-to-tosa", "mlir::func::FuncOp"> {
  let summary = "Write float linalg as TOSA";
  let description = [{
    Frontends that lower to linalg (torch-mlir, for one) end in the same float
    graph as all others: TOSA, on which every pass of quantc works.

    - *Products* of two matrices, or of one and a vector, with any batch,
      transposed or not, named or spelled as `linalg.generic`: `tosa.matmul`.
    - `conv_2d_nhwc_fhwc`, `conv_2d_nhwc_hwcf`, `conv_2d_nchw_fchw`,
      `depthwise_conv_2d_nhwc_hwc`, `depthwise_conv_2d_nhwc_hwcm`,
      `depthwise_conv_2d_nchw_chw`, `pooling_nhwc_max`, `pooling_nchw_max`,
      `pooling_nhwc_sum`, `pooling_nchw_sum`: the convolution or pooling, with
      transposes around it that `--qnn-cancel-transposes` removes. Rows and
      columns that fill no window are cut off.
    - What the accumulators start at is added behind, unless it is zero.
    - *Elementwise* operations, named or `linalg.generic`, with operands that are
      broadcast or transposed: one TOSA operation for each of the body. A
      comparison that chooses the greater or lesser of its operands is a
      `tosa.maximum` or `tosa.minimum`. A quotient is taken where its divisor is
      a constant (as a product with the inverse) or its dividend is 1.
    - `tensor.expand_shape`, `collapse_shape`, `pad` with a constant,
      `extract_slice` with unit strides and all dimensions, and `concat`.

    *Requires* f32 tensors of static shape.

    *Guarantees* nothing about what stays: all else is left as it is, to be
    computed in float.

    Before:
    ```mlir
    %empty = tensor.empty() : tensor<4x2xf32>
    %init = linalg.broadcast ins(%bias : tensor<2xf32>) outs(%empty : tensor<4x2xf32>) dimensions = [0]
    %0 = linalg.matmul ins(%x, %w : tensor<4x8xf32>, tensor<8x2xf32>) outs(%init : tensor<4x2xf32>) -> tensor<4x2xf32>
    ```
    After, with reshapes between two and three dimensions:
    ```mlir
    %0 = tosa.matmul %x, %w, %zp, %zp : (tensor<1x4x8xf32>, tensor<1x8x2xf32>, ...) -> tensor<1x4x2xf32>
    %1 = tosa.add %0, %bias : (tensor<4x2xf32>, tensor<1x2xf32>) -> tensor<4x2xf32>
    ```
  }];
  let dependentDialects = ["mlir::tosa::TosaDialect"];
}

//===----------------------------------------------------------------------===//
// QuantToQNN
//===----------------------------------------------------------------------===//

def ConvertQuantToQNNPass : Pass<"convert-quant-to-qnn", "mlir::func::FuncOp"> {
  let summary = "Give upstream's quantization casts the meaning of qnn's";
  let description = [{
    `quant.qcast` of a tensor becomes `qnn.quantize`, `quant.dcast` becomes
    `qnn.dequantize`: a model with upstream's casts is in QDQ form then.
    `quant.qcast` leaves the rounding to whoever lowers it. Here it is that of
    `qnn.quantize`, to nearest and ties to even, and numbers beyond the storage
    range saturate.

    It has to run before `canonicalize`, which deletes `quant.dcast(quant.qcast(x))`,
    and the prepare stage has it first.

    *Refuses* what the verifiers of `qnn.quantize` and `qnn.dequantize` refuse: a
    zero point outside the storage range.

    Before:
    ```mlir
    %0 = quant.qcast %x : tensor<4xf32> to tensor<4x!quant.uniform<i8:f32, 0.5>>
    ```
    After:
    ```mlir
    %0 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!quant.uniform<i8:f32, 0.5>>
    ```
  }];
  let dependentDialects = ["::quantc::qnn::QNNDialect"];
}

//===----------------------------------------------------------------------===//
// QNNToLinalg
//===----------------------------------------------------------------------===//

def ConvertQNNToLinalgPass : Pass<"convert-qnn-to-linalg", "mlir::ModuleOp"> {
  let summary = "Lower qnn operations to linalg on plain integer tensors";
  let description = [{
    Every `qnn` operation except `qnn.observe` becomes `linalg`, `tensor` and
    `arith` operations that compute exactly what its description says. A
    quantized tensor becomes a tensor of signless integers: `i8` for storage of
    up to 8 bits, `i16` up to 16, `i32` above; signedness moves into the
    operations. Operations of other dialects stay, so float operations between a
    dequantize and a quantize are left for a later pass.

    **Function boundaries.** An argument or result of quantized type becomes its
    integer tensor and gets the attributes `qnn.scale` (f64), `qnn.zero_point`
    (i64) and, for unsigned storage, `qnn.unsigned` (unit).

    **Contractions.** The weights, minus their zero points, are laid out at
    compile time with the output channels innermost (`[KH, KW, IC, OC]`) in the
    narrowest of i8, i16 and i32. The input is padded with its zero point. The
    accumulators start at `bias - zero_point(input) * sum(weights)`, so that the
    loop body only extends, multiplies and adds. One elementwise operation with
    multipliers and shifts for each channel brings them to the result.

    **The accumulator proof.** A contraction, average pooling or requantize is
    lowered only if the finished sum provably fits 32 bits for every input,
    whatever the order of the additions: sums wrap around on the way and only
    their final value counts. The bound is taken from the constant weights; for
    other weights, from the range of their type.

    **Boundary marks.** A quantize of an argument or dequantize of a result gets the
    unit attribute `qnn.boundary`, which `--qnn-verify-integer-only` reads.

    *Requires* static shapes, and constant biases.

    *Guarantees* no `qnn` operation but `qnn.observe` and no quantized type.

    *Refuses*, with an error at the operation: an accumulator that may leave 32
    bits (the channel and its bound are named), scales without a fixed-point
    multiplier, a bias that is no constant, a boundary with a scale for each
    channel. Nothing is changed then.

    Before:
    ```mlir
    func.func @f(%x: tensor<4x!quant.uniform<i8:f32, 0.5>>) -> tensor<4x!quant.uniform<i8:f32, 0.25:3>> {
      %0 = qnn.requantize %x : tensor<4x!quant.uniform<i8:f32, 0.5>> -> tensor<4x!quant.uniform<i8:f32, 0.25:3>>
      return %0 : tensor<4x!quant.uniform<i8:f32, 0.25:3>>
    }
    ```
    After: `func.func @f(%x: tensor<4xi8> {qnn.scale = 0.5, ...}) -> (tensor<4xi8> {...})`
    with one `linalg.generic`.
  }];
  let dependentDialects = [
    "mlir::affine::AffineDialect", "mlir::arith::ArithDialect",
    "mlir::linalg::LinalgDialect",
    "mlir::math::MathDialect", "mlir::tensor::TensorDialect"];
}

//===----------------------------------------------------------------------===//
// VerifyIntegerOnly
//===----------------------------------------------------------------------===//

def VerifyIntegerOnlyPass : Pass<"qnn-verify-integer-only", "mlir::func::FuncOp"> {
  let summary = "Prove that only the boundary of a function computes on floats";
  let description = [{
    Works on `qnn` form and on what `--convert-qnn-to-linalg` makes of it. An
    operation touches floats if an operand or result, or the element of one, is
    a float. It may do so if it is one of these:

    - a constant, `tensor.empty`, a return or a yield;
    - data movement: transposes, reshapes, casts of the shape, copies, and any
      `linalg.generic` that only yields what it reads;
    - a boundary quantize: `qnn.quantize`, or a `linalg.generic` marked
      `qnn.boundary`, each of whose float operands is an argument, through data
      movement, or a constant, and at least one is an argument;
    - a boundary dequantize: `qnn.dequantize`, or a marked `linalg.generic`,
      whose float results go to the return and nowhere else, through data movement.

    The mark alone proves nothing; its place in the graph is checked. A `qnn`
    operation with `rounding = float_even` computes on floats by definition.

    *Refuses* with one error for each offending operation: location, name, type.
  }];
}

#endif // QUANTC_CONVERSION_PASSES

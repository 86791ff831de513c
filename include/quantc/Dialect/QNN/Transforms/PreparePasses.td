// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes of the prepare stage: float TOSA in, simpler float TOSA out.
#ifndef QUANTC_DIALECT_QNN_TRANSFORMS_PREPAREPASSES
#define QUANTC_DIALECT_QNN_TRANSFORMS_PREPAREPASSES

include "mlir/Pass/PassBase.td"

def CancelTransposesPass : Pass<"qnn-cancel-transposes", "mlir::func::FuncOp"> {
  let summary = "Move transposes together until they cancel";
  let description = [{
    A model of NCHW images whose layers each work on NHWC has a pair of
    transposes around every layer. This pass moves them together:

    - a transpose sinks through elementwise operations, concat, pad, slice,
      reductions, and reshapes that merge no dimensions which lie apart;
      constant operands are rewritten in the other layout;
    - two transposes in a row become one or none, one that moves only
      dimensions of size 1 becomes a `tosa.reshape`, one of a constant another
      constant;
    - a transpose before a flattened image is folded into the weights of the
      fully connected layer (1x1 `tosa.conv2d`) behind it;
    - in the end, what is left rises from the first layer to the arguments
      through elementwise operations and pads.

    *Requires* static shapes. *Guarantees* the same function of the same type,
    with no transpose more than before. *Refuses*, and leaves as it is, an
    operation whose operands come in different layouts and cannot all be brought
    into one for nothing.

    Before:
    ```mlir
    %1 = tosa.transpose %0 {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x4x4x8xf32>) -> tensor<1x8x4x4xf32>
    %2 = tosa.tanh %1 : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
    %3 = tosa.transpose %2 {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x8x4x4xf32>) -> tensor<1x4x4x8xf32>
    ```
    After:
    ```mlir
    %3 = tosa.tanh %0 : (tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32>
    ```
  }];
  let dependentDialects = ["mlir::tosa::TosaDialect"];
}

def FoldConstantsPass : Pass<"qnn-fold-constants", "mlir::func::FuncOp"> {
  let summary = "Evaluate float operations whose operands are all constants";
  let description = [{
    Replaces a TOSA operation by a `tosa.const` when all its operands are
    constants: elementwise float operations (with broadcast), `reshape`,
    `transpose`, `pad`, `slice`, `concat`, `tile`, `identity` and the `cast` of
    a constant of any element type to f32. One walk in program order is enough,
    because an operand is folded before its user.

    *Arithmetic.* `add`, `sub`, `mul`, `reciprocal` and `negate` are single f32
    operations. The others (`exp`, `log`, `rsqrt`, `sigmoid`, `tanh`, `erf`,
    `pow`, `sin`, `cos`) are computed in f64 and rounded once to f32. A NaN
    obeys the operation's `nan_mode`.

    *Requires* static shapes. *Guarantees* that no operation of the list above
    is left with only constant operands, but for those it refuses.
    *Refuses*, and leaves as it is, an operation whose result is larger than all
    of its operands together and than `max-grown-bytes`: a constant that is
    cheap to compute and expensive to store (a large `pad` or `tile`).

    Before:
    ```mlir
    %v = "tosa.const"() <{values = dense<[4.0, 16.0]> : tensor<2xf32>}> : () -> tensor<2xf32>
    %r = tosa.rsqrt %v : (tensor<2xf32>) -> tensor<2xf32>
    ```
    After:
    ```mlir
    %r = "tosa.const"() <{values = dense<[0.5, 0.25]> : tensor<2xf32>}> : () -> tensor<2xf32>
    ```
  }];
  let options = [
    Option<"maxGrownBytes", "max-grown-bytes", "int64_t", /*default=*/"1048576",
           "Largest constant, in bytes, that folding may create where its "
           "operands are smaller together">,
  ];
  let dependentDialects = ["mlir::tosa::TosaDialect"];
}

def FoldBatchNormPass : Pass<"qnn-fold-batch-norm", "mlir::func::FuncOp"> {
  let summary = "Fold per-channel scales and shifts into convolutions";
  let description = [{
    A chain of `tosa.add`, `tosa.sub`, `tosa.mul` and `tosa.negate` with
    per-channel constants (shape `[1, ..., 1, C]`, or one number) behind a
    `tosa.conv2d` or `tosa.depthwise_conv2d` is an affine map `a[c] * y + b[c]`
    of the convolution's result. It is folded into the weights (`w[c] * a[c]`)
    and the bias (`bias[c] * a[c] + b[c]`), whatever order the exporter spelled
    it in: batch norm, a bias that was added later, a scale. The chain is
    composed in f64, weights and bias are rounded once to f32. A `tosa.reshape`
    that keeps the channels as last axis may stand inside the chain.

    A chain of that kind on a rank 4 tensor with no convolution before it, and
    with a scale that differs between channels, becomes a
    `tosa.depthwise_conv2d` with a 1x1 kernel (option `standalone`), so that it
    is quantized with one scale a channel.

    *Requires* NHWC, and constants that were evaluated
    (`--qnn-fold-constants`). *Guarantees* the same function up to rounding.
    *Refuses*: a convolution whose result has other users, weights or bias that
    are no constants, a constant that differs inside a channel, and a
    folded number that is not finite. The chain then stays as it is.

    Before:
    ```mlir
    %y = tosa.conv2d %x, %w, %bias, %zp, %zp {...} : (...) -> tensor<1x8x8x4xf32>
    %m = tosa.mul %y, %a, %shift : (tensor<1x8x8x4xf32>, tensor<1x1x1x4xf32>, tensor<1xi8>) -> tensor<1x8x8x4xf32>
    %n = tosa.add %m, %b : (tensor<1x8x8x4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x8x8x4xf32>
    ```
    After:
    ```mlir
    %n = tosa.conv2d %x, %w_times_a, %bias_times_a_plus_b, %zp, %zp {...} : (...) -> tensor<1x8x8x4xf32>
    ```
  }];
  let options = [
    Option<"standalone", "standalone", "bool", /*default=*/"true",
           "Turn a per-channel scale and shift without a convolution before it "
           "into a 1x1 depthwise convolution">,
  ];
  let dependentDialects = ["mlir::tosa::TosaDialect"];
}

def HoistScalesPass : Pass<"qnn-hoist-scales", "mlir::func::FuncOp"> {
  let summary = "Move a scalar factor to the convolution that can take it";
  let description = [{
    A `tosa.mul` with one constant number behind a `reshape`, a `transpose` or a
    `matmul` moves up, through a product to either side, to a `tosa.conv2d` with
    constant weights (or the constant added to one), where
    `--qnn-fold-batch-norm` folds it: the attention's division by the root of its
    depth costs nothing then, and is not rounded on its own.

    *Requires* static shapes. *Guarantees* the same function up to rounding.
    *Refuses*, and leaves as it is, a factor where one of the values on the way
    has other users.

    Before:
    ```mlir
    %q = tosa.conv2d %x, %w, %bias, %zp, %zp {...} : (...) -> tensor<8x1x1x4xf32>
    %a = tosa.reshape %q, %shape : (tensor<8x1x1x4xf32>, !tosa.shape<3>) -> tensor<1x8x4xf32>
    %s = tosa.matmul %a, %k, %zp, %zp : (tensor<1x8x4xf32>, tensor<1x4x8xf32>, ...) -> tensor<1x8x8xf32>
    %r = tosa.mul %s, %half, %shift : (tensor<1x8x8xf32>, tensor<1x1x1xf32>, tensor<1xi8>) -> tensor<1x8x8xf32>
    ```
    After:
    ```mlir
    %q = tosa.conv2d %x, %w, %bias, %zp, %zp {...} : (...) -> tensor<8x1x1x4xf32>
    %m = tosa.mul %q, %half, %shift : (tensor<8x1x1x4xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<8x1x1x4xf32>
    %a = tosa.reshape %m, %shape : (tensor<8x1x1x4xf32>, !tosa.shape<3>) -> tensor<1x8x4xf32>
    %r = tosa.matmul %a, %k, %zp, %zp : (tensor<1x8x4xf32>, tensor<1x4x8xf32>, ...) -> tensor<1x8x8xf32>
    ```
  }];
  let dependentDialects = ["mlir::tosa::TosaDialect"];
}

def FoldPadPass : Pass<"qnn-fold-pad", "mlir::func::FuncOp"> {
  let summary = "Fold explicit padding into convolutions and max pooling";
  let description = [{
    A `tosa.pad` of the two image axes becomes part of the `pad` attribute of
    the operation that reads it, which then reads the unpadded tensor:

    - `conv2d` and `depthwise_conv2d`, when the padding is zero;
    - `max_pool2d`, when the padding is minus infinity or the lowest float, or
      when it is zero and the padded tensor cannot be negative (it comes from a
      `clamp` or `maximum` at zero or above, `sigmoid`, `exp` or `abs`, possibly
      through pooling, `add` and operations that only move numbers).

    Padding before `avg_pool2d` always stays: the operation's own padding is
    not counted in the mean, an explicit pad is.

    *Requires* NHWC. *Guarantees* the same function, up to the sign of a zero.
    *Refuses*
    padding of batch or channels, negative or unknown padding, and for
    `max_pool2d` a padding as wide as the kernel, which TOSA does not allow.
    A pad with several users is folded into each that can take it.

    Before:
    ```mlir
    %p = tosa.pad %x, %padding, %zero : (tensor<1x8x8x4xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x10x10x4xf32>
    %y = tosa.conv2d %p, %w, %b, %zp, %zp {pad = array<i64: 0, 0, 0, 0>, ...} : (...) -> tensor<1x8x8x4xf32>
    ```
    After:
    ```mlir
    %y = tosa.conv2d %x, %w, %b, %zp, %zp {pad = array<i64: 1, 1, 1, 1>, ...} : (...) -> tensor<1x8x8x4xf32>
    ```
  }];
  let dependentDialects = ["mlir::tosa::TosaDialect"];
}

def FuseClampsPass : Pass<"qnn-fuse-clamps", "mlir::func::FuncOp"> {
  let summary = "Bring activations into the one form that convolutions fuse";
  let description = [{
    The quantized operations carry a fused range; this pass makes every
    activation that is such a range a single `tosa.clamp` directly behind the
    operation that can fuse it.

    - `maximum` and `minimum` with one constant number, and `select` on a
      comparison of the same two values, become `clamp`.
    - A clamp of a clamp becomes one clamp; a clamp that its operand already
      obeys disappears.
    - A clamp moves up through `max_pool2d`, `reshape`, `transpose` and `concat`
      (each of them commutes with it) where it then stands behind a
      convolution, `add`, `sub`, `mul` or another clamp.

    *Guarantees* the same function, bit by bit, for numbers. For NaN, new clamps
    take over the `nan_mode` of what they replace; `select` becomes a clamp that
    propagates NaN. *Refuses* constants that are NaN, operations between that
    have other users, and clamps of different `nan_mode`.

    Before:
    ```mlir
    %p = tosa.max_pool2d %conv {...} : (tensor<1x8x8x4xf32>) -> tensor<1x4x4x4xf32>
    %r = tosa.maximum %p, %zero : (tensor<1x4x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x4x4xf32>
    ```
    After:
    ```mlir
    %c = tosa.clamp %conv {min_val = 0.0 : f32, max_val = 0x7F800000 : f32} : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
    %r = tosa.max_pool2d %c {...} : (tensor<1x8x8x4xf32>) -> tensor<1x4x4x4xf32>
    ```
  }];
  let dependentDialects = ["mlir::tosa::TosaDialect"];
}

def MatMulToConvPass : Pass<"qnn-matmul-to-conv", "mlir::func::FuncOp"> {
  let summary = "Write products with a constant matrix as 1x1 convolutions";
  let description = [{
    A `tosa.matmul` whose second operand is a constant matrix is a fully
    connected layer. It becomes a `tosa.conv2d` with a 1x1 kernel over one pixel
    a row, so that it meets the same bias folding, per-channel weight scales
    and fused activations as a convolution. The bias is zero; a following
    addition is folded into it by `--qnn-fold-batch-norm`.

    *Requires* static shapes and batch 1. *Guarantees* the same products;
    nothing is said about the order of the sum. *Refuses* a second operand that
    is no constant and a batch other than 1.

    Before:
    ```mlir
    %y = tosa.matmul %x, %w, %zp, %zp : (tensor<1x5x16xf32>, tensor<1x16x10xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x5x10xf32>
    ```
    After:
    ```mlir
    %rows = tosa.reshape %x, ... -> tensor<5x1x1x16xf32>
    %conv = tosa.conv2d %rows, %w_transposed, %zero, %zp, %zp {...} : (tensor<5x1x1x16xf32>, tensor<10x1x1x16xf32>, ...) -> tensor<5x1x1x10xf32>
    %y = tosa.reshape %conv, ... -> tensor<1x5x10xf32>
    ```
  }];
  let dependentDialects = ["mlir::tosa::TosaDialect"];
}

def VerifyFloatGraphPass
    : Pass<"qnn-verify-float-graph", "mlir::ModuleOp"> {
  let summary = "Check that a module is a float graph";
  let description = [{
    Changes nothing. The float graph is what import hands to prepare, prepare to
    calibrate, and a `.mlir` file to the driver. It is a module with

    - F1: exactly one public function, which has results and a body of one block;
    - F2: arguments and results of that function that are f32 tensors of static
      shape;
    - F3: operations of `tosa` without control flow, variables and `custom`,
      named `linalg` operations, `tensor` operations, `arith.constant`,
      `qnn.observe` and `qnn.float_layer_norm`;
    - F4: values that are f32 tensors of static shape, but for constants,
      `!tosa.shape` and the i1 tensors between a comparison and a `select`;
    - F5: where the model came with its scales, its casts (`qnn.quantize`,
      `qnn.dequantize`, `qnn.fake_quantize`, `qnn.constant`, the dynamic ones,
      `quant.scast`), the accumulators of its integer operations, and stored
      integers between them and the arguments and results.

    Every offender is reported as an error with what was expected; then the pass
    fails.
  }];
}

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every pass of the qnn dialect. The passes of the prepare stage are in their
// own file.
#ifndef QUANTC_DIALECT_QNN_TRANSFORMS_PASSES
#define QUANTC_DIALECT_QNN_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"
include "quantc/Dialect/QNN/Transforms/AccuracyPasses.td"
include "quantc/Dialect/QNN/Transforms/ModePasses.td"
include "quantc/Dialect/QNN/Transforms/PreparePasses.td"
include "quantc/Dialect/QNN/Transforms/QDQPasses.td"
include "quantc/Dialect/QNN/Transforms/RecipePasses.td"

//===----------------------------------------------------------------------===//
// Prepare
//===----------------------------------------------------------------------===//

def RaiseSoftmaxPass : Pass<"qnn-raise-softmax", "mlir::func::FuncOp"> {
  let summary = "Recognize softmax that is spelled in TOSA operations";
  let description = [{
    TOSA has no softmax. The sequence `reduce_max`, `sub`, `exp`, `reduce_sum`,
    `reciprocal`, `mul` along one axis becomes one `linalg.softmax`, which has a
    quantized form. `sub` of the maximum may be missing.

    Before:
    ```mlir
    %m = tosa.reduce_max %x {axis = 1 : i32} : (tensor<1x4xf32>) -> tensor<1x1xf32>
    %d = tosa.sub %x, %m : (tensor<1x4xf32>, tensor<1x1xf32>) -> tensor<1x4xf32>
    %e = tosa.exp %d : (tensor<1x4xf32>) -> tensor<1x4xf32>
    %s = tosa.reduce_sum %e {axis = 1 : i32} : (tensor<1x4xf32>) -> tensor<1x1xf32>
    %r = tosa.reciprocal %s : (tensor<1x1xf32>) -> tensor<1x1xf32>
    %p = tosa.mul %e, %r, %shift : (tensor<1x4xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<1x4xf32>
    ```
    After:
    ```mlir
    %empty = tensor.empty() : tensor<1x4xf32>
    %p = linalg.softmax dimension(1) ins(%x : tensor<1x4xf32>) outs(%empty : tensor<1x4xf32>) -> tensor<1x4xf32>
    ```
  }];
  let dependentDialects = ["mlir::linalg::LinalgDialect", "mlir::tensor::TensorDialect"];
}

def RaiseLayerNormPass : Pass<"qnn-raise-layer-norm", "mlir::func::FuncOp"> {
  let summary = "Recognize layer normalization that is spelled in TOSA operations";
  let description = [{
    The product of `x - mean(x)` and `1 / sqrt(mean((x - mean(x))^2) + epsilon)`
    along the last axis becomes one `qnn.float_layer_norm`, which has a
    quantized form. A product with, and then a sum with, constants of one number
    an element (or one in all) behind it become its gamma and beta. The mean is
    `reduce_sum` times `1 / N`; the square may be a product or `pow` 2, the
    inverse root `rsqrt`, `pow` -0.5 or the `reciprocal` of `pow` 0.5.

    *Requires* static shapes, and constants that were evaluated
    (`--qnn-fold-constants`). *Refuses*, and leaves as it is, a normalization
    along another axis.

    Before:
    ```mlir
    %s = tosa.reduce_sum %x {axis = 1 : i32} : (tensor<4x8xf32>) -> tensor<4x1xf32>
    %m = tosa.mul %s, %eighth, %shift : (tensor<4x1xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<4x1xf32>
    %c = tosa.sub %x, %m : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
    %q = tosa.mul %c, %c, %shift : (tensor<4x8xf32>, tensor<4x8xf32>, tensor<1xi8>) -> tensor<4x8xf32>
    %t = tosa.reduce_sum %q {axis = 1 : i32} : (tensor<4x8xf32>) -> tensor<4x1xf32>
    %v = tosa.mul %t, %eighth, %shift : (tensor<4x1xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<4x1xf32>
    %e = tosa.add %v, %epsilon : (tensor<4x1xf32>, tensor<1x1xf32>) -> tensor<4x1xf32>
    %i = tosa.rsqrt %e : (tensor<4x1xf32>) -> tensor<4x1xf32>
    %r = tosa.mul %c, %i, %shift : (tensor<4x8xf32>, tensor<4x1xf32>, tensor<1xi8>) -> tensor<4x8xf32>
    ```
    After:
    ```mlir
    %r = qnn.float_layer_norm %x {beta = dense<0.0> : tensor<8xf32>, epsilon = 1.0e-5 : f32, gamma = dense<1.0> : tensor<8xf32>}
        : tensor<4x8xf32> -> tensor<4x8xf32>
    ```
  }];
  let dependentDialects = ["::quantc::qnn::QNNDialect"];
}

//===----------------------------------------------------------------------===//
// Calibrate
//===----------------------------------------------------------------------===//

def InsertObserversPass : Pass<"qnn-insert-observers", "mlir::func::FuncOp"> {
  let summary = "Put a qnn.observe on every value that will be quantized";
  let description = [{
    Asks QuantizableOpInterface which float values get a scale of their own and
    puts one `qnn.observe` behind each, under the name of the value in a
    calibration table. A value between an operation and the activation that is
    fused into it, or inside an elementwise chain that becomes one table, is not
    observed. Constants are not observed either: their range is known.

    *Requires* functions of one block. *Guarantees* distinct names.

    Before:
    ```mlir
    %1 = tosa.tanh %0 : (tensor<4xf32>) -> tensor<4xf32> loc("act")
    ```
    After:
    ```mlir
    %1 = tosa.tanh %0 : (tensor<4xf32>) -> tensor<4xf32> loc("act")
    %2 = qnn.observe %1 "act" : tensor<4xf32>
    ```
  }];
  let dependentDialects = ["::quantc::qnn::QNNDialect"];
}

def ApplyCalibrationPass : Pass<"qnn-apply-calibration", "mlir::ModuleOp"> {
  let summary = "Attach the ranges of a calibration table to the values";
  let description = [{
    Reads the JSON table and attaches a `#qnn.calibration` to each value that
    will be quantized: as `qnn.calibration` attribute of its operation (one
    entry a result) or of its function argument. `qnn.observe` operations are
    removed. Where the policy of a value asks for another format than i8 or for
    another method, its range is chosen from the histogram of the table.

    *Refuses* a missing path, a table that cannot be read, the checkpoint of a
    calibration that did not end, a table with the hash of another model, one
    that has no entry for a value, and, where it has no hash, one that has an
    entry for no value: one error each, with the names. Refuses a policy that
    asks for an unknown method, or for one that needs statistics that the table
    does not have.
  }];
  let options = [
    Option<"table", "table", "std::string", /*default=*/"\"\"",
           "Path of the calibration table">,
  ];
  let dependentDialects = ["::quantc::qnn::QNNDialect"];
}

def VerifyCalibratedPass : Pass<"qnn-verify-calibrated", "mlir::func::FuncOp"> {
  let summary = "Verify that every value which will be quantized has a range";
  let description = [{
    The form between the calibrate and the quantize stage: each value that
    `--qnn-insert-observers` would observe has a `qnn.calibration` attribute
    from which a scale follows. Softmax results, and values that are only moved
    from one, need none: their scale is fixed. Changes nothing.

    *Refuses* with one error a value, all of them in one run.
  }];
}

//===----------------------------------------------------------------------===//
// Quantize
//===----------------------------------------------------------------------===//

def InsertQDQPass : Pass<"qnn-insert-qdq", "mlir::func::FuncOp"> {
  let summary = "Place quantize and dequantize around every quantizable operation";
  let description = [{
    Turns a float graph with ranges into QDQ form. Activations become
    asymmetric 8-bit per-tensor values over the full storage range; weights
    symmetric narrow-range signed 8-bit constants, per output channel; biases
    32-bit constants with the scale of the accumulator. A weight scale that is
    too small for its bias or for a multiplier to exist is widened, with a
    remark; all are moved by at most 2^-14 of themselves to one that a single
    f32 multiplication requantizes exactly (N31). Operations that only move or
    select elements share one scale with their operands; where a fixed range
    (softmax) forbids that, a requantize stands between them.

    *Requires* a `qnn.calibration` attribute on every value that will be
    quantized. *Refuses* a value without one, and a weight, bias or constant
    that is NaN or infinite: an error names it. Leaves an operation float, with
    a remark, whose weight or bias is no constant.

    Before:
    ```mlir
    func.func @f(%x: tensor<4xf32> {qnn.calibration = #qnn.calibration<
        method = "min-max", samples = 1, min = -1.0, max = 1.0>}) -> tensor<4xf32> {
      %0 = tosa.tanh %x {qnn.calibration = [#qnn.calibration<
          method = "min-max", samples = 1, min = -0.75, max = 0.75>]} : (tensor<4xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    }
    ```
    After: `quantize, dequantize, tanh, quantize, dequantize`.
  }];
  let dependentDialects = ["::quantc::qnn::QNNDialect", "mlir::tosa::TosaDialect"];
}

def VerifyQDQFormPass : Pass<"qnn-verify-qdq-form", "mlir::func::FuncOp"> {
  let summary = "Verify that quantizable operations stand between casts";
  let description = [{
    The form between the quantize and the legalize stage, for each operation
    with QuantizableOpInterface and one float result:

    - Q1: an activation operand comes from a `qnn.dequantize`. For a link of an
      elementwise chain this holds for the value at which the chain starts.
    - Q2: the result is used by `qnn.quantize` only. This holds for the last
      link of a chain, not between links, and for a fused clamp, not between it
      and its producer.

    A weight or bias that is no quantized constant is allowed: its operation
    stays in float, and the pass that left it there said so. Changes nothing.

    *Refuses* with one error an operation, all of them in one run.
  }];
}

//===----------------------------------------------------------------------===//
// Legalize
//===----------------------------------------------------------------------===//

def LegalizePass : Pass<"qnn-legalize", "mlir::func::FuncOp"> {
  let summary = "Turn dequantize, float operation, quantize into one quantized operation";
  let description = [{
    Replaces each group of float operations between dequantizes and a quantize:

    - an elementwise chain of one quantized value and uniform constants by one
      `qnn.lookup` table;
    - an operation with QuantizableOpInterface, and the clamp behind it, by what
      `buildQuantized` gives, with the clamp in the quantized domain;
    - a dequantize directly followed by a quantize by `qnn.requantize`.

    An operation that only moves elements and stands in front of a quantize is
    moved behind it, so that a transpose of an argument moves bytes.

    What has no integer form stays float between its dequantize and quantize
    and is reported as a remark with its location and the reason.

    *Requires* QDQ form; where the numbers came from is not asked.

    Before:
    ```mlir
    %0 = qnn.dequantize %q : tensor<4x!quant.uniform<i8:f32, 0.5>> -> tensor<4xf32>
    %1 = tosa.tanh %0 : (tensor<4xf32>) -> tensor<4xf32>
    %2 = qnn.quantize %1 : tensor<4xf32> -> tensor<4x!quant.uniform<i8:f32, 0.0078125>>
    ```
    After:
    ```mlir
    %2 = qnn.lookup %q, dense<...> : tensor<256xi8> : tensor<4x!quant.uniform<i8:f32, 0.5>>
        -> tensor<4x!quant.uniform<i8:f32, 0.0078125>>
    ```
  }];
  let options = [
    Option<"rounding", "rounding", "::quantc::qnn::RoundingMode",
           /*default=*/"::quantc::qnn::RoundingMode::Single",
           "How the built operations requantize",
           [{::llvm::cl::values(
             clEnumValN(::quantc::qnn::RoundingMode::Single, "single", "one rounding, ties up (TOSA SINGLE_ROUND)"),
             clEnumValN(::quantc::qnn::RoundingMode::Double, "double", "two roundings (TOSA DOUBLE_ROUND, TFLite)"),
             clEnumValN(::quantc::qnn::RoundingMode::FloatEven, "float_even", "float multiply, ties to even (ONNX Runtime)"))}]>,
  ];
  let dependentDialects = ["::quantc::qnn::QNNDialect"];
}

def QuantizeBoundaryPass : Pass<"qnn-quantize-boundary", "mlir::ModuleOp"> {
  let summary = "Let the model take and give stored integers";
  let description = [{
    Where an argument is only quantized, or a result is a dequantized value, the
    function takes or returns the quantized tensor itself (`--io=int8`). An
    argument or result that is used otherwise keeps its float type, with a
    remark.

    *Requires* `qnn` form and one public function.
  }];
  let dependentDialects = ["::quantc::qnn::QNNDialect"];
}

def ReportFloatPass : Pass<"qnn-report-float", "mlir::func::FuncOp"> {
  let summary = "Name every float operation that is left between the boundaries";
  let description = [{
    A remark for each operation that computes on floats. With `fail` it is an
    error instead. Constants and the casts themselves are not reported; what
    computes on floats because the model finds its ranges while it runs is
    counted in one remark.

    *Requires* `qnn` form.
  }];
  let options = [
    Option<"fail", "fail", "bool", /*default=*/"false",
           "Report errors and fail instead of remarks">,
  ];
}

//===----------------------------------------------------------------------===//
// Lower
//===----------------------------------------------------------------------===//

def ExpandLayerNormPass : Pass<"qnn-expand-layer-norm", "mlir::func::FuncOp"> {
  let summary = "Take float layer normalizations apart";
  let description = [{
    Each `qnn.float_layer_norm` becomes the TOSA operations of its definition:
    the inverse of `--qnn-raise-layer-norm`. A model that is compiled in float,
    or measured, has no other form of it. *Refuses*, as an error, gamma or beta
    that are resources without data.
  }];
  let dependentDialects = ["mlir::tosa::TosaDialect"];
}

def SinkReshapesPass : Pass<"qnn-sink-reshapes", "mlir::func::FuncOp"> {
  let summary = "Move reshapes behind operations on single elements and on rows";
  let description = [{
    A `qnn.reshape` that adds dimensions in front of `lookup`, `requantize`, `add`, `sub`, `mul` or of
    a `layer_norm` or `softmax` whose rows it keeps moves behind it, where it
    meets the next reshape and cancels. A fully connected layer of a sequence has
    one on each side: without them its activation, its residual sum and the
    normalization behind it stand directly at it. No result changes.

    *Refuses*, and leaves as it is, a reshape with other users, a broadcast, and
    a reshape that changes the rows.

    Before:
    ```mlir
    %1 = qnn.reshape %0 : tensor<4x8x!quant.uniform<i8:f32, 0.5>> -> tensor<1x4x8x!quant.uniform<i8:f32, 0.5>>
    %2 = qnn.lookup %1, dense<7> : tensor<256xi8>
        : tensor<1x4x8x!quant.uniform<i8:f32, 0.5>> -> tensor<1x4x8x!quant.uniform<i8:f32, 0.25>>
    ```
    After:
    ```mlir
    %1 = qnn.lookup %0, dense<7> : tensor<256xi8>
        : tensor<4x8x!quant.uniform<i8:f32, 0.5>> -> tensor<4x8x!quant.uniform<i8:f32, 0.25>>
    %2 = qnn.reshape %1 : tensor<4x8x!quant.uniform<i8:f32, 0.25>> -> tensor<1x4x8x!quant.uniform<i8:f32, 0.25>>
    ```
  }];
  let dependentDialects = ["::quantc::qnn::QNNDialect"];
}

def SetActivationSignednessPass : Pass<"qnn-set-activation-signedness", "mlir::func::FuncOp"> {
  let summary = "Store 8-bit activations as the target's instructions want them";
  let description = [{
    Moves storage range and zero point of every per-tensor 8-bit activation by
    128, and with them clamps, tables, padding values and constants, so that all
    of them are unsigned (x86 dot products) or signed (ARM). No real number and
    no result changes. Weights, biases and the types of function arguments and
    results stay; a `qnn.requantize` with a multiplier of 1 stands between a
    boundary of the other signedness and the inside.

    *Requires* `qnn` form.

    Before:
    ```mlir
    %1 = qnn.max_pool_2d %0 {kernel = array<i64: 2, 2>} : tensor<1x2x2x1x!quant.uniform<i8:f32, 0.5:-3>>
        -> tensor<1x1x1x1x!quant.uniform<i8:f32, 0.5:-3>>
    ```
    After:
    ```mlir
    %1 = qnn.max_pool_2d %0 {kernel = array<i64: 2, 2>} : tensor<1x2x2x1x!quant.uniform<u8:f32, 0.5:125>>
        -> tensor<1x1x1x1x!quant.uniform<u8:f32, 0.5:125>>
    ```
  }];
  let options = [
    Option<"unsignedActivations", "unsigned", "bool", /*default=*/"true",
           "Unsigned storage; signed if false">,
  ];
  let dependentDialects = ["::quantc::qnn::QNNDialect"];
}

#endif // QUANTC_DIALECT_QNN_TRANSFORMS_PASSES

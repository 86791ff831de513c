// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes of models that come with their scales: QDQ form of other tools, and
// graphs from quantization-aware training.
#ifndef QUANTC_DIALECT_QNN_TRANSFORMS_QDQPASSES
#define QUANTC_DIALECT_QNN_TRANSFORMS_QDQPASSES

include "mlir/Pass/PassBase.td"

def ConvertFakeQuantizePass : Pass<"qnn-convert-fake-quantize", "mlir::func::FuncOp"> {
  let summary = "Take fake_quantize apart into quantize and dequantize";
  let description = [{
    Each `qnn.fake_quantize` becomes `qnn.quantize` and `qnn.dequantize` of its
    type, parameter for parameter; of a constant it becomes a `qnn.constant` of
    the integers. A model from quantization-aware training is in QDQ form then.

    *Guarantees* the same numbers, bit by bit.

    Before:
    ```mlir
    %1 = qnn.fake_quantize %0 as !quant.uniform<i8:f32, 0.5:3> : tensor<4xf32>
    ```
    After:
    ```mlir
    %q = qnn.quantize %0 : tensor<4xf32> -> tensor<4x!quant.uniform<i8:f32, 0.5:3>>
    %1 = qnn.dequantize %q : tensor<4x!quant.uniform<i8:f32, 0.5:3>> -> tensor<4xf32>
    ```
  }];
  let dependentDialects = ["::quantc::qnn::QNNDialect"];
}

def InsertFakeQuantizePass : Pass<"qnn-insert-fake-quantize", "mlir::func::FuncOp"> {
  let summary = "Simulate QDQ form in a float graph";
  let description = [{
    The inverse of `--qnn-convert-fake-quantize`: a `qnn.dequantize` of a
    `qnn.quantize` becomes one `qnn.fake_quantize`, that of a constant a
    `qnn.fake_quantize` of the constant's real numbers, which changes none of
    them. Of storage of 32 bits, a bias, only the real numbers are left. What
    results is a float graph whose tensors take no more values than the quantized
    program has integers: `quant-run` runs it.

    *Requires* QDQ form. *Guarantees* the same numbers, bit by bit. Leaves a
    `qnn.dequantize` of anything else, an argument of stored integers, as it is.

    Before:
    ```mlir
    %q = qnn.quantize %0 : tensor<4xf32> -> tensor<4x!quant.uniform<i8:f32, 0.5:3>>
    %1 = qnn.dequantize %q : tensor<4x!quant.uniform<i8:f32, 0.5:3>> -> tensor<4xf32>
    ```
    After:
    ```mlir
    %1 = qnn.fake_quantize %0 as !quant.uniform<i8:f32, 0.5:3> : tensor<4xf32>
    ```
  }];
  let dependentDialects = ["::quantc::qnn::QNNDialect", "mlir::tosa::TosaDialect"];
}

def PropagateCastsPass : Pass<"qnn-propagate-casts", "mlir::func::FuncOp"> {
  let summary = "Carry casts on through operations that only move numbers";
  let description = [{
    Not every exporter places casts behind a reshape, a transpose or a max pool. An
    operation that keeps the scale (QuantizableOpInterface), reads dequantized
    values of one type only, and whose result is not only quantized, gets a
    quantize to that type and a dequantize behind it. Every number of its result
    is on the grid of that type already, so that none changes.

    *Requires* QDQ form. *Refuses*, and leaves as it is, an operation whose
    operands have different types, and a pad with a number that is not on the
    grid.

    Before:
    ```mlir
    %0 = qnn.dequantize %q : tensor<2x2x!quant.uniform<i8:f32, 0.5:3>> -> tensor<2x2xf32>
    %1 = tosa.reshape %0, %shape : (tensor<2x2xf32>, !tosa.shape<1>) -> tensor<4xf32>
    ```
    After: the reshape, and a pair of casts of `!quant.uniform<i8:f32, 0.5:3>`
    behind it.
  }];
  let dependentDialects = ["::quantc::qnn::QNNDialect"];
}

#endif // QUANTC_DIALECT_QNN_TRANSFORMS_QDQPASSES

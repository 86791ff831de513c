// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operations that move stored integers and compute nothing: concat,
// reshape, transpose, pad, slice. Operand and result have one element type.
#ifndef QUANTC_DIALECT_QNN_IR_QNNSHAPEOPS
#define QUANTC_DIALECT_QNN_IR_QNNSHAPEOPS

include "quantc/Dialect/QNN/IR/QNNBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def QNN_ConcatOp : QNN_Op<"concat", [Pure,
    InferTypeOpAdaptor]> {
  let summary = "Concatenation along one axis";
  let description = [{
    - C1: every operand has the element type of the result; `qnn.requantize`
      brings an operand there.
    - C2: `axis` is a dimension; all other dimensions are equal; the sizes
      along `axis` add up to that of the result.

    ```mlir
    %r = qnn.concat %a, %b {axis = 1 : i64}
        : (tensor<1x2x!quant.uniform<i8:f32, 0.5>>, tensor<1x3x!quant.uniform<i8:f32, 0.5>>)
        -> tensor<1x5x!quant.uniform<i8:f32, 0.5>>
    ```
  }];
  let arguments = (ins Variadic<QNN_Activation>:$inputs,
    ConfinedAttr<I64Attr, [IntNonNegative]>:$axis,
    OptionalAttr<QNN_CalibrationAttr>:$calibration);
  let results = (outs QNN_Activation:$result);
  let assemblyFormat = "$inputs attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def QNN_ReshapeOp : QNN_Op<"reshape", [Pure]> {
  let summary = "Another shape for the same elements in the same order";
  let description = [{
    - C1: element types are equal and per-tensor; so are the numbers of elements.

    ```mlir
    %r = qnn.reshape %x : tensor<2x3x!quant.uniform<i8:f32, 0.5>> -> tensor<6x!quant.uniform<i8:f32, 0.5>>
    ```
  }];
  let arguments = (ins QNN_Activation:$input);
  let results = (outs QNN_Activation:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def QNN_TransposeOp : QNN_Op<"transpose", [Pure,
    InferTypeOpAdaptor]> {
  let summary = "Permutes the dimensions";
  let description = [{
    Dimension `i` of the result is dimension `permutation[i]` of the input.

    - C1: element types are equal.
    - C2: `permutation` is one, and the result has the permuted shape.

    ```mlir
    %r = qnn.transpose %x {permutation = array<i64: 1, 0>}
        : tensor<2x3x!quant.uniform<i8:f32, 0.5>> -> tensor<3x2x!quant.uniform<i8:f32, 0.5>>
    ```
  }];
  let arguments = (ins QNN_Activation:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs QNN_Activation:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
}

def QNN_PadOp : QNN_Op<"pad", [Pure]> {
  let summary = "Adds elements at the borders";
  let description = [{
    The new elements hold the stored integer `value`; the zero point of the
    type stands for the real number 0.

    - C1: element types are equal.
    - C2: `low` and `high` have one entry a dimension, none negative, and the
      result has the padded shape.
    - C3: `value` lies in the storage range.

    ```mlir
    %r = qnn.pad %x {low = array<i64: 0, 1>, high = array<i64: 0, 2>, value = -3 : i64}
        : tensor<2x3x!quant.uniform<i8:f32, 0.5:-3>> -> tensor<2x6x!quant.uniform<i8:f32, 0.5:-3>>
    ```
  }];
  let arguments = (ins QNN_Activation:$input,
    ConfinedAttr<DenseI64ArrayAttr, [DenseArrayNonNegative<DenseI64ArrayAttr>]>:$low,
    ConfinedAttr<DenseI64ArrayAttr, [DenseArrayNonNegative<DenseI64ArrayAttr>]>:$high,
    I64Attr:$value);
  let results = (outs QNN_Activation:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def QNN_SliceOp : QNN_Op<"slice", [Pure]> {
  let summary = "A contiguous box of the input";
  let description = [{
    - C1: element types are equal.
    - C2: `start` has one entry a dimension; start plus result size lies
      within the input.

    ```mlir
    %r = qnn.slice %x {start = array<i64: 0, 1>}
        : tensor<2x3x!quant.uniform<i8:f32, 0.5>> -> tensor<2x2x!quant.uniform<i8:f32, 0.5>>
    ```
  }];
  let arguments = (ins QNN_Activation:$input,
    ConfinedAttr<DenseI64ArrayAttr, [DenseArrayNonNegative<DenseI64ArrayAttr>]>:$start);
  let results = (outs QNN_Activation:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // QUANTC_DIALECT_QNN_IR_QNNSHAPEOPS

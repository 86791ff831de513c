// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operations at the border between real numbers and stored integers:
// observe, constant, quantize, dequantize, fake_quantize, requantize.
#ifndef QUANTC_DIALECT_QNN_IR_QNNCASTOPS
#define QUANTC_DIALECT_QNN_IR_QNNCASTOPS

include "quantc/Dialect/QNN/IR/QNNBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def QNN_ObserveOp : QNN_Op<"observe", [
    AllTypesMatch<["input", "result"]>,
    MemoryEffects<[MemWrite]>]> {
  let summary = "Measures the range of a float tensor";
  let description = [{
    Passes its operand through unchanged and reports its values to the
    observer of the running calibration under `tensor`. It has a memory effect,
    so that no pass deletes or duplicates it.

    ```mlir
    %1 = qnn.observe %0 "conv1" : tensor<1x8x8x16xf32>
    ```
  }];
  let arguments = (ins QNN_FloatTensor:$input, StrAttr:$tensor);
  let results = (outs QNN_FloatTensor:$result);
  let assemblyFormat = "$input $tensor attr-dict `:` type($result)";
}

def QNN_ConstantOp : QNN_Op<"constant", [Pure, ConstantLike]> {
  let summary = "A constant quantized tensor";
  let description = [{
    `value` holds the stored integers; the result type says what they mean.

    - C1: the shape of `value` is the shape of the result.
    - C2: the element type of `value` is the signless integer of the storage
      width of the result.
    - C3: every element lies between the storage minimum and maximum (checked
      for dense values; dense resources are checked where they are read).

    ```mlir
    %w = qnn.constant dense<[1, -2]> : tensor<2xi8> as tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs QNN_QuantizedTensor:$result);
  let assemblyFormat = "attr-dict $value `as` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def QNN_QuantizeOp : QNN_Op<"quantize", [Pure, SameOperandsAndResultShape]> {
  let summary = "Real numbers to stored integers";
  let description = [{
    ```
    result = sat(rne(input / scale) + zero_point)      in IEEE single precision
    NaN    -> zero_point,  +inf -> storage_max,  -inf -> storage_min
    ```

    A quantize of exactly the dequantized values of one of its own type is
    folded: the pair changes no integer of up to 16 bits. The other order is
    never folded.

    - C1: the storage has 2 to 16 bits.

    ```mlir
    %q = qnn.quantize %x : tensor<4xf32> -> tensor<4x!quant.uniform<i8:f32, 0.5:-3>>
    ```
  }];
  let arguments = (ins QNN_FloatTensor:$input, OptionalAttr<QNN_CalibrationAttr>:$calibration);
  let results = (outs QNN_QuantizedTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def QNN_DequantizeOp : QNN_Op<"dequantize", [Pure, SameOperandsAndResultShape,
    DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "Stored integers to the real numbers that they stand for";
  let description = [{
    ```
    result = scale * float(input - zero_point)         in IEEE single precision
    ```

    ```mlir
    %x = qnn.dequantize %q : tensor<4x!quant.uniform<i8:f32, 0.5:-3>> -> tensor<4xf32>
    ```
  }];
  let arguments = (ins QNN_QuantizedTensor:$input);
  let results = (outs QNN_FloatTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def QNN_FakeQuantizeOp : QNN_Op<"fake_quantize", [Pure, AllTypesMatch<["input", "result"]>]> {
  let summary = "The real numbers that are left of others by quantization";
  let description = [{
    ```
    result = dequantize(quantize(input))               both of the type `quantized`
    ```

    The rounding of a quantized tensor in a graph of floats: what training with
    quantization in mind leaves behind, and what a float simulation of quantized
    arithmetic is made of. `--qnn-convert-fake-quantize` makes the two casts of it.

    - C1: the storage has 2 to 16 bits.
    - C2: `quantized` obeys T2 to T5 as the element type of a tensor of the shape
      of the input.

    ```mlir
    %y = qnn.fake_quantize %x as !quant.uniform<i8:f32, 0.5:-3> : tensor<4xf32>
    ```
  }];
  let arguments = (ins QNN_FloatTensor:$input, TypeAttrOf<QNN_AnyElement>:$quantized);
  let results = (outs QNN_FloatTensor:$result);
  let assemblyFormat = "$input `as` $quantized attr-dict `:` type($input)";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The tensor type of the quantized numbers.
    ::mlir::RankedTensorType getQuantizedType();
  }];
}

def QNN_RequantizeOp : QNN_Op<"requantize", [Pure, SameOperandsAndResultShape]> {
  let summary = "From one scale and zero point to another, in integers";
  let description = [{
    ```
    M      = scale(input) / scale(result)
    result = clip(zero_point(result) + requant(input - zero_point(input), M))
    ```

    The input may be per-axis (a bias, a weight); the result is per-tensor.

    - C1: the input is no sub-channel type.
    - C5: `clamp` lies in the storage range, `clamp[0] <= clamp[1]`.

    ```mlir
    %1 = qnn.requantize %0 : tensor<4x!quant.uniform<i8:f32, 0.5>> -> tensor<4x!quant.uniform<i8:f32, 0.25:3>>
    ```
  }];
  let arguments = (ins QNN_QuantizedTensor:$input,
    DefaultValuedAttr<QNN_RoundingAttr, "::quantc::qnn::RoundingMode::Single">:$rounding,
    QNN_ClampAttr:$clamp, OptionalAttr<QNN_CalibrationAttr>:$calibration);
  let results = (outs QNN_Activation:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
}

#endif // QUANTC_DIALECT_QNN_IR_QNNCASTOPS

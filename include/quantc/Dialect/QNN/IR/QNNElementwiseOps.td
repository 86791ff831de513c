// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operations without a reduction over space or weights: add, sub, mul,
// lookup, and softmax, which reduces along one axis.
#ifndef QUANTC_DIALECT_QNN_IR_QNNELEMENTWISEOPS
#define QUANTC_DIALECT_QNN_IR_QNNELEMENTWISEOPS

include "quantc/Dialect/QNN/IR/QNNBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class QNN_SumOp<string mnemonic, string sign, list<Trait> traits = []> :
    QNN_Op<mnemonic, !listconcat([Pure], traits)> {
  let arguments = (ins QNN_Activation:$lhs, QNN_Activation:$rhs,
    QNN_ClampAttr:$clamp, OptionalAttr<QNN_CalibrationAttr>:$calibration);
  let results = (outs QNN_Activation:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
  let description = [{
    Both inputs are brought to the scale of the result with multipliers over
    one common shift, summed, and rounded once, all in 32 bits. Operands of
    equal rank broadcast along dimensions of size 1.

    ```
    (ml, mr, s) = the largest multipliers up to 2^21, shift s <= 30, with
                  ml ~ 2^s * scale(lhs) / scale(result), mr likewise
    acc    = (lhs - zero_point(lhs)) * ml }] # sign # [{ (rhs - zero_point(rhs)) * mr
    result = clip(zero_point(result) + ((acc + 2^(s-1)) >> s))     no rounding term where s = 0
    ```

    - C1: the storage of all three types is 8 bits.
    - C2: operand ranks are equal; the result has the broadcast shape.
    - C5: `clamp` lies in the storage range, `clamp[0] <= clamp[1]`.

    ```mlir
    %r = qnn.}] # mnemonic # [{ %a, %b : (tensor<4x!quant.uniform<i8:f32, 0.5>>, tensor<4x!quant.uniform<i8:f32, 0.25:3>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.75:-1>>
    ```
  }];
}

def QNN_AddOp : QNN_SumOp<"add", "+", [Commutative]> {
  let summary = "Quantized addition with an optional fused activation";
}

def QNN_SubOp : QNN_SumOp<"sub", "-"> {
  let summary = "Quantized subtraction with an optional fused activation";
}

def QNN_MulOp : QNN_Op<"mul", [Pure, Commutative]> {
  let summary = "Quantized elementwise product with an optional fused activation";
  let description = [{
    ```
    M      = scale(lhs) * scale(rhs) / scale(result)
    acc    = (lhs - zero_point(lhs)) * (rhs - zero_point(rhs))
    result = clip(zero_point(result) + requant(acc, M))
    ```

    - C1: the storage of all three types is 8 bits.
    - C2: operand ranks are equal; the result has the broadcast shape.
    - C5: `clamp` lies in the storage range, `clamp[0] <= clamp[1]`.

    ```mlir
    %r = qnn.mul %a, %b : (tensor<4x!quant.uniform<i8:f32, 0.5>>, tensor<4x!quant.uniform<i8:f32, 0.25:3>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.75:-1>>
    ```
  }];
  let arguments = (ins QNN_Activation:$lhs, QNN_Activation:$rhs,
    DefaultValuedAttr<QNN_RoundingAttr, "::quantc::qnn::RoundingMode::Single">:$rounding,
    QNN_ClampAttr:$clamp, OptionalAttr<QNN_CalibrationAttr>:$calibration);
  let results = (outs QNN_Activation:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
}

def QNN_LookupOp : QNN_Op<"lookup", [Pure, SameOperandsAndResultShape]> {
  let summary = "Any function of one 8-bit tensor, as a table";
  let description = [{
    ```
    result = table[input + 128]    where the storage of the input is signed
    result = table[input]          where it is unsigned
    ```

    The table has one entry for each of the 256 values of 8 bits, from the least
    to the greatest, also those that a narrow storage range leaves out. Entries
    are stored integers of the result type.

    - C1: input and result have 8 bits of storage.
    - C2: the table has 256 entries, each in the storage range of the result.

    ```mlir
    %r = qnn.lookup %x, dense<7> : tensor<256xi8>
        : tensor<4x!quant.uniform<i8:f32, 0.5>> -> tensor<4x!quant.uniform<i8:f32, 0.25:3>>
    ```
  }];
  let arguments = (ins QNN_Activation:$input, ElementsAttr:$table,
    OptionalAttr<QNN_CalibrationAttr>:$calibration);
  let results = (outs QNN_Activation:$result);
  let assemblyFormat = [{
    $input `,` $table attr-dict `:` type($input) `->` type($result)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
}

def QNN_SoftmaxOp : QNN_Op<"softmax", [Pure, SameOperandsAndResultShape,
    InferTypeOpAdaptorWithIsCompatible]> {
  let summary = "Quantized softmax along one axis";
  let description = [{
    Integer arithmetic with one table of exponentials, made at compile time.

    ```
    N    = dim(input, axis),  e = min(22, 30 - ceil(log2(N)))
    T[d] = round(exp(-d * scale(input)) * 2^e)                        0 <= d <= 255
    m    = max of input along axis,  S = sum of T[m - input] along axis
    result = storage_min + min(255, (T[m - input] * 256 + S / 2) / S)  unsigned 32-bit, division rounds down
    ```

    - C1: input and result have 8 bits of storage.
    - C2: `axis` is a dimension of the input; its size is at most 2^18.
    - C3: the result has scale 1/256 and the storage minimum as zero point. Where
      no result type is given it is that of the storage of the input.

    ```mlir
    %p = qnn.softmax %x {axis = 1 : i64} : tensor<1x10x!quant.uniform<i8:f32, 0.5>>
        -> tensor<1x10x!quant.uniform<i8:f32, 0.00390625:-128>>
    ```
  }];
  let arguments = (ins QNN_Activation:$input, ConfinedAttr<I64Attr, [IntNonNegative]>:$axis,
    OptionalAttr<QNN_CalibrationAttr>:$calibration);
  let results = (outs QNN_Activation:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

#endif // QUANTC_DIALECT_QNN_IR_QNNELEMENTWISEOPS

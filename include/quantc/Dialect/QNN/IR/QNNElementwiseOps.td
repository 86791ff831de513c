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
    QNN_ClampAttr:$clamp, OptionalAttr<QNN_CalibrationAttr>:$calibration,
    DefaultValuedAttr<QNN_RoundingAttr, "::quantc::qnn::RoundingMode::Single">:$rounding);
  let results = (outs QNN_Activation:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
  let description = [{
    Both inputs are brought to the scale of the result with multipliers over
    one common shift, summed, and rounded once, all in 32 bits where both have up
    to 8 bits of storage, and in 64 bits where one has more (N36 of
    docs/Numerics.md). Operands of equal rank broadcast along dimensions of size 1.

    ```
    (ml, mr, s) = the largest multipliers up to 2^21, shift s <= 30, with
                  ml ~ 2^s * scale(lhs) / scale(result), mr likewise;
                  in 64 bits up to 2^30, shift s <= 45
    acc    = (lhs - zero_point(lhs)) * ml }] # sign # [{ (rhs - zero_point(rhs)) * mr
    result = clip(zero_point(result) + ((acc + 2^(s-1)) >> s))     no rounding term where s = 0
    ```

    With the `rounding` `float_even` all is IEEE single precision (N41):

    ```
    Ml     = scale(lhs) / scale(result), Mr likewise
    result = clip(zero_point(result) + rne(float(lhs - zero_point(lhs)) * Ml }] # sign # [{ float(rhs - zero_point(rhs)) * Mr))
    ```

    - C1: operand ranks are equal; the result has the broadcast shape.
    - C2: `rounding` is `single` or `float_even`.
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

    - C1: operand ranks are equal; the result has the broadcast shape.
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
  let summary = "Any function of one tensor, as a table";
  let description = [{
    ```
    result = table[input + N / 2]    where the storage of the input is signed
    result = table[input]            where it is unsigned
    ```

    The table has one entry for each of the N values of 8 bits, or of 16 where the
    input has more than 8 bits of storage, from the least to the greatest, also
    those that a narrower storage leaves out. Entries are stored integers of the
    result type.

    - C1: the table has 256 or 65536 entries, of the storage width of the result.
    - C2: each entry lies in the storage range of the result.

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
  let extraClassDeclaration = [{
    /// The entries of a table of numbers of type `input`.
    static int64_t getTableSize(::mlir::quant::QuantizedType input);
  }];
}

def QNN_SoftmaxOp : QNN_Op<"softmax", [Pure, SameOperandsAndResultShape,
    InferTypeOpAdaptorWithIsCompatible]> {
  let summary = "Quantized softmax along one axis";
  let description = [{
    Integer arithmetic with tables of exponentials, made at compile time.

    ```
    N    = dim(input, axis),  e = min(22, 30 - ceil(log2(N))),  scale(result) = 2^-k
    T[d] = round(exp(-d * scale(input)) * 2^e)                        for d up to 255
    m    = max of input along axis,  S = sum of T[m - input] along axis
    result = sat(zero_point(result) + (T[m - input] * 2^k + S / 2) / S)    division rounds down
    ```

    Where the input has more than 8 bits of storage, `T[d]` is a product of two
    factors (N38 of docs/Numerics.md).

    - C1: `axis` is a dimension of the input; its size is at most 2^18.
    - C2: the scale of the result is a power of two from 2^-16 to 2^-1. Where no
      result type is given it is 2^-b for the b bits of storage of the input, and
      the zero point is the storage minimum.

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

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The qnn dialect itself, the type constraints that its operations share and
// the base classes of its operations. Operations are in one file a family.
#ifndef QUANTC_DIALECT_QNN_IR_QNNBASE
#define QUANTC_DIALECT_QNN_IR_QNNBASE

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/Dialect/Quant/IR/QuantBase.td"

def QNN_Dialect : Dialect {
  let name = "qnn";
  let cppNamespace = "::quantc::qnn";
  let summary = "Quantized neural network operations with exact integer semantics";
  let description = [{
    The operations of this dialect compute on tensors whose element type is an
    upstream `!quant.uniform` type: real = scale * (stored - zero point). The
    types are upstream's, the operations and their arithmetic are defined here,
    down to the last bit: a `qnn` operation is a function from stored integers
    to stored integers, and every lowering has to compute that function.

    **Roads into the dialect.** `qnn.observe` marks the tensors whose range is
    measured. `qnn.quantize` and `qnn.dequantize` carry the QDQ form, where
    float operations stand between a dequantize and a quantize. The legalize
    stage replaces each such group with one quantized operation.

    **Arithmetic.** The pseudo-code of the operations uses these words.

    ```
    scale(v)        = the scale in v's type, rounded to f32; that of the channel where it is per-axis
    zero_point(v)   = likewise
    sat(v)          = min(max(v, storage_min), storage_max) of the result type
    clip(v)         = sat(v), then min(max(v, clamp[0]), clamp[1]) where `clamp` is given
    rne(v)          = v rounded to the nearest integer, ties to even
    requant(acc, M) = acc * M rounded to an integer as the `rounding` attribute says
    ```

    `single` computes `(acc * m + 2^(s-1)) >> s` in 64 bits with a 31-bit
    multiplier `m` and a shift `s` such that `M ~ m / 2^s` (TOSA RESCALE
    SINGLE_ROUND). `double` adds the sign-dependent term of TOSA DOUBLE_ROUND.
    `float_even` is `rne(float(acc) * M)` in IEEE single precision (ONNX
    Runtime, XNNPACK). The real number `M` is computed from the scales in double
    precision for `single` and `double` and in single precision for
    `float_even`, operation by operation as it is written. docs/Numerics.md is
    the contract.

    **Types.** Upstream accepts quantized types that mean nothing; every
    operation of this dialect checks the types that it sees.

    - T1: shapes are static and no dimension is empty.
    - T2: zero points lie between the storage minimum and maximum.
    - T3: scales of up to 16 bits of storage lie in [2^-125, 2^119]; those of a
      bias, which are products of two, are positive.
    - T4: the axis of a per-axis type is a dimension of the tensor, and there is
      one scale for each element along it.
    - T5: the dimensions of the blocks of a sub-channel type are dimensions of the
      tensor, blocks divide their sizes, and there is one scale for each block, in
      a shape of one size for each dimension of the tensor.

    **No fold loses information.** `qnn.dequantize(qnn.quantize(x))` is never
    folded to `x`: the pair is the quantization. `qnn.dequantize` of a constant
    is not folded either: it would turn quantized weights into float ones.

    **Discardable attributes.** `qnn.name` (string) names an argument or result
    of the model function, `qnn.calibration` carries measured ranges,
    `qnn.policy` and `qnn.weight_policy` say how a value and a weight are to be
    quantized, `qnn.weight_scales` (f32 numbers) gives the scales of a weight
    that was chosen with them, `qnn.stays_float` (unit) keeps an operation in
    float, `qnn.rounding` (on a module) says how the program that it came from
    requantizes, and `qnn.model_name` (a C identifier) names a module for the
    generated code.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let extraClassDeclaration = [{
    void registerAttributes();
  }];
}

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

class QNN_ElementType<string predicate, string summary> : Type<
    CPred<"::quantc::qnn::" # predicate # "($_self)">, summary,
    "::mlir::quant::QuantizedType">;

def QNN_ActivationElement : QNN_ElementType<"isActivationElementType",
    "per-tensor !quant.uniform type of 4 to 16 bits storage">;
def QNN_WeightElement : QNN_ElementType<"isWeightElementType",
    "per-tensor, per-axis or sub-channel !quant.uniform type of 2 to 16 bits storage">;
def QNN_BiasElement : QNN_ElementType<"isBiasElementType",
    "per-tensor or per-axis !quant.uniform type of 32 bits signed storage">;
def QNN_AnyElement : QNN_ElementType<"isQuantizedElementType",
    "per-tensor, per-axis or sub-channel !quant.uniform type">;

//===----------------------------------------------------------------------===//
// Tensor types
//===----------------------------------------------------------------------===//

def QNN_FloatTensor : RankedTensorOf<[F32], [], "ranked tensor of f32">;
def QNN_QuantizedTensor : RankedTensorOf<[QNN_AnyElement], [],
    "ranked tensor of !quant.uniform elements">;
def QNN_Activation : RankedTensorOf<[QNN_ActivationElement], [],
    "ranked tensor of per-tensor quantized elements">;
def QNN_Activation4D : TensorRankOf<[QNN_ActivationElement], [4]>;
def QNN_Activation3D : TensorRankOf<[QNN_ActivationElement], [3]>;
def QNN_Activation2D : TensorRankOf<[QNN_ActivationElement], [2]>;
def QNN_Weight4D : TensorRankOf<[QNN_WeightElement], [4]>;
def QNN_Weight3D : TensorRankOf<[QNN_WeightElement], [3]>;
def QNN_Weight2D : TensorRankOf<[QNN_WeightElement], [2]>;
def QNN_Bias : TensorRankOf<[QNN_BiasElement], [1]>;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

def QNN_Rounding : I32EnumAttr<"RoundingMode", "How a requantize rounds", [
    I32EnumAttrCase<"Single", 0, "single">,
    I32EnumAttrCase<"Double", 1, "double">,
    I32EnumAttrCase<"FloatEven", 2, "float_even">]> {
  let cppNamespace = "::quantc::qnn";
  let genSpecializedAttr = 0;
}
def QNN_RoundingAttr : EnumAttr<QNN_Dialect, QNN_Rounding, "rounding"> {
  let assemblyFormat = "`<` $value `>`";
}

def QNN_CalibrationAttr : AttrDef<QNN_Dialect, "Calibration"> {
  let mnemonic = "calibration";
  let summary = "Where the quantization parameters of a tensor came from";
  let description = [{
    The measured range of one tensor: the calibration `method`, the number of
    `samples` that were run, the least and the greatest value that was
    observed, and the `table` (a file or a label) that holds the measurement.
    `min <= max`, both finite, `samples >= 1`.

    ```mlir
    #qnn.calibration<method = "min-max", samples = 200, min = -1.5, max = 1.0, table = "t.json">
    ```
  }];
  let parameters = (ins
    StringRefParameter<"calibration method">:$method,
    "int64_t":$samples,
    APFloatParameter<"least value">:$min,
    APFloatParameter<"greatest value">:$max,
    OptionalParameter<"::mlir::StringAttr">:$table);
  let builders = [
    AttrBuilder<(ins "::llvm::StringRef":$method, "int64_t":$samples,
                     "double":$min, "double":$max,
                     CArg<"::mlir::StringAttr", "{}">:$table), [{
      return $_get($_ctxt, method, samples, ::llvm::APFloat(min),
                   ::llvm::APFloat(max), table);
    }]>];
  let extraClassDeclaration = [{
    double getLeast() const { return getMin().convertToDouble(); }
    double getGreatest() const { return getMax().convertToDouble(); }
  }];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def QNN_Granularity : I32EnumAttr<"Granularity", "What shares one scale", [
    I32EnumAttrCase<"Tensor", 0, "tensor">,
    I32EnumAttrCase<"Channel", 1, "channel">,
    I32EnumAttrCase<"Block", 2, "block">]> {
  let cppNamespace = "::quantc::qnn";
  let genSpecializedAttr = 0;
}

def QNN_ScaleKind : I32EnumAttr<"ScaleKind", "Which numbers may be a scale", [
    I32EnumAttrCase<"Free", 0, "free">,
    I32EnumAttrCase<"PowerOfTwo", 1, "power_of_two">]> {
  let cppNamespace = "::quantc::qnn";
  let genSpecializedAttr = 0;
}

def QNN_PolicyAttr : AttrDef<QNN_Dialect, "Policy"> {
  let mnemonic = "policy";
  let summary = "How one tensor is to be quantized";
  let description = [{
    The storage (`i` or `u` for signed or unsigned, and 2 to 16 bits), then, in
    this order and each optional: what shares one scale (the whole tensor where
    neither is given; `channel`; `block = N` for N neighbours in the reduction
    dimension of a channel), `symmetric` (the zero point is the middle of the
    storage range), `narrow` (without the least stored integer), `power_of_two`
    (scales are) and the calibration `method` that the range is to be taken
    from.

    - P1: the storage has 2 to 16 bits.
    - P2: a block holds at least one element; only blocks have a size.

    ```mlir
    #qnn.policy<u8>
    #qnn.policy<i4, block = 32, symmetric, narrow>
    #qnn.policy<i16, symmetric, power_of_two, method = "mse">
    ```
  }];
  let parameters = (ins
    "unsigned":$bits,
    "bool":$isSigned,
    "::quantc::qnn::Granularity":$granularity,
    "int64_t":$blockSize,
    "bool":$symmetric,
    "bool":$narrow,
    "::quantc::qnn::ScaleKind":$scale,
    StringRefParameter<"calibration method, or empty">:$method);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

/// The clamp of a fused activation in the quantized domain: stored integers.
def QNN_ClampAttr : OptionalAttr<ConfinedAttr<DenseI32ArrayAttr, [DenseArrayCount<2>]>>;
def QNN_Pair : ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<2>, DenseArrayStrictlyPositive<DenseI64ArrayAttr>]>;
/// Padding as [top, bottom, left, right].
def QNN_Padding : ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<4>, DenseArrayNonNegative<DenseI64ArrayAttr>]>;

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

/// Checks of every quantized type of an operation: a static shape without empty
/// dimensions, zero points inside the storage range, legal scales, one scale a
/// channel.
def QNN_ValidQuantizedTypes : NativeOpTrait<"ValidQuantizedTypes"> {
  let cppNamespace = "::quantc::qnn";
}

class QNN_Op<string mnemonic, list<Trait> traits = []> :
    Op<QNN_Dialect, mnemonic, !listconcat([QNN_ValidQuantizedTypes], traits)>;

#endif // QUANTC_DIALECT_QNN_IR_QNNBASE

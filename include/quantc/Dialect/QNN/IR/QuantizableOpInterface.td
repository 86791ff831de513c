// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the calibrate, quantize and legalize passes ask a float operation. They
// know this interface and no list of operations: attaching it to an operation
// of another dialect is all that it takes to have that operation quantized.
#ifndef QUANTC_DIALECT_QNN_IR_QUANTIZABLEOPINTERFACE
#define QUANTC_DIALECT_QNN_IR_QUANTIZABLEOPINTERFACE

include "mlir/IR/OpBase.td"

def QNN_QuantizableOpInterface : OpInterface<"QuantizableOpInterface"> {
  let cppNamespace = "::quantc::qnn";
  let description = [{
    A float operation that has a quantized form. Default implementations
    describe an operation whose tensor operands are all activations, whose
    scales are free and which cannot be folded into a table.
  }];
  let methods = [
    InterfaceMethod<
      /*desc=*/[{
        The role of operand `index`: an activation (quantized per tensor with
        a measured range), a weight (constant, quantized from its values), a
        bias (constant, quantized to 32 bits with the scale of the
        accumulator) or a parameter (shape, padding value: not quantized).
      }],
      "::quantc::qnn::OperandRole", "getOperandRole", (ins "unsigned":$index),
      "", "return ::quantc::qnn::OperandRole::Activation;">,
    InterfaceMethod<
      /*desc=*/[{
        The axis along which the weight operand `index` has a scale of its own
        for each channel, or none for a per-tensor weight.
      }],
      "::std::optional<int64_t>", "getWeightAxis", (ins "unsigned":$index),
      "", "return ::std::nullopt;">,
    InterfaceMethod<
      /*desc=*/[{
        The shape in which weight operand `index` is quantized, where that is
        not its own: the same elements in the same order, with the axis of
        `getWeightAxis` in one piece. Empty for the operand's own shape.
      }],
      "::llvm::SmallVector<int64_t>", "getWeightShape", (ins "unsigned":$index),
      "", "return {};">,
    InterfaceMethod<
      /*desc=*/[{
        The operand numbers of the activation and the weight to whose product
        the bias operand `index` is added: the bias has the product of their
        scales. None if operand `index` is no bias.
      }],
      "::std::optional<::quantc::qnn::BiasScale>", "getBiasScale", (ins "unsigned":$index),
      "", "return ::std::nullopt;">,
    InterfaceMethod<
      /*desc=*/[{
        Whether all activation operands and results have to share one scale
        and zero point (max pooling, concat, reshape: stored integers move
        and are not changed).
      }],
      "bool", "hasSameScale", (ins),
      "", "return false;">,
    InterfaceMethod<
      /*desc=*/[{
        The quantization parameters that the result has whatever was measured
        (softmax: scale 1/256, zero point at the storage minimum).
      }],
      "::std::optional<::quantc::qnn::FixedQuantization>", "getFixedResult", (ins),
      "", "return ::std::nullopt;">,
    InterfaceMethod<
      /*desc=*/[{
        The real interval that this operation clamps its only activation to,
        if that is all it does. Such an operation is fused into its producer.
      }],
      "::std::optional<::quantc::qnn::RealRange>", "getClampRange", (ins),
      "", "return ::std::nullopt;">,
    InterfaceMethod<
      /*desc=*/[{Whether the quantized form can clamp its result.}],
      "bool", "canFuseClamp", (ins),
      "", "return false;">,
    InterfaceMethod<
      /*desc=*/[{
        For an operation that computes each element of its result from the
        corresponding elements of its operands alone: the result for the
        scalar `operands` (one for each operand; parameters are ignored).
        None where the operation is not of that kind.
      }],
      "::std::optional<double>", "evaluateScalar", (ins "::llvm::ArrayRef<double>":$operands),
      "", "return ::std::nullopt;">,
    InterfaceMethod<
      /*desc=*/[{
        Builds the quantized form. `operands` are quantized values for
        activations, weights and biases and the original values for
        parameters; `resultType` is the quantized result type. Returns null,
        after a remark that says why, where this operation has no integer form
        for these types.
      }],
      "::mlir::Value", "buildQuantized", (ins "::mlir::OpBuilder &":$builder,
        "::mlir::ValueRange":$operands, "::mlir::RankedTensorType":$resultType,
        "const ::quantc::qnn::QuantizedBuildOptions &":$options)>,
  ];
}

#endif // QUANTC_DIALECT_QNN_IR_QUANTIZABLEOPINTERFACE

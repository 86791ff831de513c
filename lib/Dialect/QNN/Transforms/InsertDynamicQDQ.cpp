// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dynamic quantization in QDQ form: which values are quantized while running.
// What integers compute then is decided by LegalizeDynamic.
#include "WeightOperand.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_INSERTDYNAMICQDQPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// Whether no element of `value` can be below zero: rectified numbers and what
/// is selected, moved or added up from them.
bool isNonNegative(Value value) {
  auto op = value.getDefiningOp<QuantizableOpInterface>();
  if (!op)
    return false;
  if (auto range = op.getClampRange())
    return range->min >= 0.0;
  if (auto fixed = op.getFixedResult())
    return fixed->zeroPointOffset == 0;
  if (isa<tosa::PadOp>(op) ||
      (!op.hasSameScale() && !isa<tosa::AvgPool2dOp, tosa::AddOp>(op)))
    return false;
  return llvm::all_of(op->getOpOperands(), [&](OpOperand &operand) {
    return op.getOperandRole(operand.getOperandNumber()) !=
               OperandRole::Activation ||
           isNonNegative(operand.get());
  });
}

struct InsertDynamicQDQPass
    : impl::InsertDynamicQDQPassBase<InsertDynamicQDQPass> {
  using Base::Base;

  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    for (auto op : llvm::to_vector(getOperation()
                                       .getFunctionBody()
                                       .front()
                                       .getOps<QuantizableOpInterface>()))
      if (isContraction(op) && !staysFloat(op) && failed(quantize(op)))
        return signalPassFailure();
  }

private:
  static bool isContraction(Operation *op) {
    return isa<tosa::Conv2DOp, tosa::DepthwiseConv2DOp, tosa::MatMulOp>(op);
  }

  LogicalResult quantize(QuantizableOpInterface op) {
    OpBuilder builder(op);
    if (OpOperand *weight = getWeightOperand(op)) {
      FailureOr<Value> real =
          quantizeWeight(builder, *weight, TensorPolicy::weight());
      if (failed(real) || !*real)
        return real;
      weight->set(*real);
    }
    for (OpOperand &operand : op->getOpOperands())
      if (op.getOperandRole(operand.getOperandNumber()) ==
          OperandRole::Activation)
        operand.set(getQuantized(operand.get()));
    return success();
  }

  /// The pair behind `real`, made once.
  Value getQuantized(Value real) {
    Value &pair = pairs[real];
    if (pair)
      return pair;
    OpBuilder builder(&getContext());
    builder.setInsertionPointAfterValue(real);
    Location loc = real.getLoc();
    auto type = cast<RankedTensorType>(real.getType());
    auto quantize = DynamicQuantizeOp::create(
        builder, loc, type.clone(builder.getI8Type()),
        RankedTensorType::get(1, builder.getF32Type()),
        RankedTensorType::get(1, builder.getI8Type()), real,
        isNonNegative(real));
    pair = DynamicDequantizeOp::create(builder, loc, type, quantize.getResult(),
                                       quantize.getScale(),
                                       quantize.getZeroPoint());
    return pair;
  }

  DenseMap<Value, Value> pairs;
};

} // namespace
} // namespace quantc::qnn

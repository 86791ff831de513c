// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The scales are chosen as for the static mode, but no bias and no multiplier
// ask for others: what follows the sums is float arithmetic.
#include "WeightOperand.h"

#include "QuantizeConstants.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;

namespace quantc::qnn {

OpOperand *getWeightOperand(QuantizableOpInterface op) {
  for (OpOperand &operand : op->getOpOperands())
    if (op.getOperandRole(operand.getOperandNumber()) == OperandRole::Weight)
      return &operand;
  return nullptr;
}

/// What an earlier pass chose for `op` goes before what follows from the
/// numbers.
static FailureOr<WeightParams> chooseParams(Operation *op,
                                            FloatConstant &weights,
                                            WeightGroups groups,
                                            const TensorPolicy &policy) {
  if (auto chosen = op->getAttrOfType<DenseF32ArrayAttr>(kWeightScalesAttr))
    return WeightParams::take(op->getLoc(), chosen.asArrayRef(),
                              std::move(groups), policy);
  return WeightParams::choose(op->getLoc(), weights, std::move(groups), policy);
}

FailureOr<Value> quantizeWeight(OpBuilder &builder, OpOperand &use,
                                TensorPolicy policy) {
  auto op = cast<QuantizableOpInterface>(use.getOwner());
  Location loc = op.getLoc();
  auto weights = FloatConstant::read(use.get());
  if (!weights) {
    remark::missed(
        loc, remark::RemarkOpts::name("StaysFloat").category("qnn-quantize"))
        << (op->getName().getStringRef() + ": the weight is no f32 constant")
               .str();
    return Value();
  }
  if (op->hasAttr(kWeightPolicyAttr))
    policy = getWeightPolicy(op);
  unsigned index = use.getOperandNumber();
  RankedTensorType original = weights->getType();
  SmallVector<int64_t> shape = op.getWeightShape(index);
  if (shape.empty())
    shape = llvm::to_vector(original.getShape());
  FailureOr<WeightParams> params = chooseParams(
      op, *weights,
      WeightGroups::get(loc, shape, op.getWeightAxis(index), policy), policy);
  if (failed(params))
    return failure();
  op->removeAttr(kWeightPolicyAttr);
  op->removeAttr(kWeightScalesAttr);
  builder.setInsertionPoint(op);
  Value real = DequantizeOp::create(
      builder, loc, createWeightConstant(builder, loc, *weights, *params));
  if (ArrayRef<int64_t>(shape) == original.getShape())
    return real;
  return tosa::ReshapeOp::create(
             builder, loc, original, real,
             createConstShape(builder, loc, original.getShape()))
      .getResult();
}

} // namespace quantc::qnn

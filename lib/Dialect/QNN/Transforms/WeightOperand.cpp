// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The scales are chosen as for the static mode, but no bias and no multiplier
// ask for others: what follows the sums is float arithmetic. No data says which
// errors matter, so that the integers are balanced.
#include "WeightOperand.h"

#include "QuantizeConstants.h"

#include "quantc/Dialect/QNN/Transforms/ShapeUtils.h"
#include "quantc/Numerics/BalancedRounding.h"

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

/// The integers of `weights`, balanced within each group.
static std::vector<int32_t> roundBalanced(FloatConstant &weights,
                                          const WeightParams &params) {
  const WeightGroups &groups = params.getGroups();
  std::vector<std::vector<int64_t>> members(groups.size());
  for (int64_t index = 0, e = weights.size(); index < e; ++index)
    members[groups[index]].push_back(index);
  std::vector<int32_t> stored(weights.size());
  for (auto [group, places] : llvm::enumerate(members)) {
    SmallVector<float> values;
    for (int64_t place : places)
      values.push_back(weights[place]);
    SmallVector<int32_t> integers(values.size());
    numerics::quantizeBalanced(values, params.getScale(group),
                               params.getZeroPoint(group),
                               params.getPolicy().getStorage(), integers);
    for (auto [place, integer] : llvm::zip_equal(places, integers))
      stored[place] = integer;
  }
  return stored;
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
  FailureOr<WeightParams> params =
      chooseParams(op, *weights,
                   WeightGroups::get(loc, shape, op.getWeightAxis(index),
                                     policy, WeightGroups::BlockKind::Box),
                   policy);
  if (failed(params))
    return failure();
  // A sum of errors over several channels is that of no result.
  bool isBalanced = !op->hasAttr(kWeightScalesAttr) && params->hasChannels();
  op->removeAttr(kWeightPolicyAttr);
  op->removeAttr(kWeightScalesAttr);
  builder.setInsertionPoint(op);
  ConstantOp constant =
      isBalanced ? createWeightConstant(
                       builder, loc, roundBalanced(*weights, *params), *params)
                 : createWeightConstant(builder, loc, *weights, *params);
  Value real = DequantizeOp::create(builder, loc, constant);
  return createReshape(builder, loc, real, original.getShape());
}

} // namespace quantc::qnn

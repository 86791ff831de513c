// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What only moves dequantized numbers gives numbers of the same grid:
// quantizing them again to the same type changes none.
#include "QDQForm.h"

#include "quantc/Dialect/QNN/IR/QuantizableOpInterface.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"
#include "quantc/Numerics/Quantize.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_PROPAGATECASTSPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// The type in which all activations of `op` are stored, or null.
quant::QuantizedType getCommonType(QuantizableOpInterface op) {
  quant::QuantizedType common;
  for (OpOperand &operand : op->getOpOperands()) {
    if (op.getOperandRole(operand.getOperandNumber()) !=
        OperandRole::Activation)
      continue;
    Value stored = getQuantizedValue(operand.get());
    quant::QuantizedType element =
        stored ? getQuantizedElement(stored.getType()) : quant::QuantizedType();
    if (!element || !isActivationElementType(element) ||
        (common && common != element))
      return {};
    common = element;
  }
  return common;
}

/// A pad brings in a number of its own.
bool isOnGrid(QuantizableOpInterface op, quant::QuantizedType element) {
  auto pad = dyn_cast<tosa::PadOp>(op.getOperation());
  if (!pad)
    return true;
  std::optional<float> value = getUniformFloat(pad.getPadConst());
  if (!value)
    return false;
  auto scale = static_cast<float>(getScale(element, 0));
  int64_t zeroPoint = getZeroPoint(element, 0);
  return numerics::dequantizeF32(
             numerics::quantizeF32(*value, scale, zeroPoint,
                                   getStorageRange(element)),
             scale, zeroPoint) == *value;
}

bool isOnlyQuantized(Value value) {
  return llvm::all_of(value.getUsers(), llvm::IsaPred<QuantizeOp>);
}

/// Weights are reshaped behind their dequantize; nobody quantizes them again.
bool isWeight(Value value) {
  return llvm::any_of(value.getUses(), [](OpOperand &use) {
    auto user = dyn_cast<QuantizableOpInterface>(use.getOwner());
    return user && user.getOperandRole(use.getOperandNumber()) !=
                       OperandRole::Activation;
  });
}

void propagate(QuantizableOpInterface op) {
  if (op->getNumResults() != 1 || !op.hasSameScale() ||
      !isFloatTensor(op->getResult(0).getType()))
    return;
  Value result = op->getResult(0);
  quant::QuantizedType element = getCommonType(op);
  if (!element || isOnlyQuantized(result) || isWeight(result) ||
      !isOnGrid(op, element))
    return;
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  SmallVector<OpOperand *> uses = llvm::to_vector(
      llvm::map_range(result.getUses(), [](OpOperand &use) { return &use; }));
  auto type = cast<RankedTensorType>(result.getType()).clone(element);
  Value quantized =
      QuantizeOp::create(builder, op.getLoc(), type, result, CalibrationAttr());
  Value pair = DequantizeOp::create(builder, op.getLoc(), quantized);
  for (OpOperand *use : uses)
    use->set(pair);
}

struct PropagateCastsPass : impl::PropagateCastsPassBase<PropagateCastsPass> {
  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    for (Operation &op :
         llvm::make_early_inc_range(getOperation().getFunctionBody().front()))
      if (auto quantizable = dyn_cast<QuantizableOpInterface>(op))
        propagate(quantizable);
  }
};

} // namespace
} // namespace quantc::qnn

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The form that the quantize stage hands on: casts on both sides of every
// quantizable operation. An operation whose weight or bias is no constant was
// left float, with a remark, by the pass that placed the casts.
#include "QDQForm.h"

#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_VERIFYQDQFORMPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

bool isFusedClamp(QuantizableOpInterface op) {
  return op.getClampRange() && getFusedClamp(op->getOperand(0)) == op;
}

/// Whether `value` is only the weight or bias of other operations: it belongs
/// to a quantized constant.
bool isWeightOrBias(Value value) {
  return llvm::all_of(value.getUses(), [](OpOperand &use) {
    auto user = dyn_cast<QuantizableOpInterface>(use.getOwner());
    if (!user)
      return false;
    OperandRole role = user.getOperandRole(use.getOperandNumber());
    return role == OperandRole::Weight || role == OperandRole::Bias;
  });
}

/// Q1.
LogicalResult verifyOperands(QuantizableOpInterface op) {
  if (isFusedClamp(op))
    return success();
  if (Value source = getElementwiseSource(op->getResult(0))) {
    if (getQuantizedValue(source))
      return success();
    return op->emitOpError("is a function of a value without qnn.dequantize");
  }
  for (OpOperand &operand : op->getOpOperands())
    if (op.getOperandRole(operand.getOperandNumber()) ==
            OperandRole::Activation &&
        !getQuantizedValue(operand.get()))
      return op->emitOpError("operand #")
             << operand.getOperandNumber() << " comes from no qnn.dequantize";
  return success();
}

/// Q2.
LogicalResult verifyResult(QuantizableOpInterface op) {
  Value result = op->getResult(0);
  if (getFusedClamp(result) || isInsideElementwiseChain(result))
    return success();
  for (Operation *user : result.getUsers())
    if (!isa<QuantizeOp>(user))
      return op->emitOpError("result is used by '")
             << user->getName() << "' without qnn.quantize";
  return success();
}

struct VerifyQDQFormPass : impl::VerifyQDQFormPassBase<VerifyQDQFormPass> {
  void runOnOperation() override {
    markAllAnalysesPreserved();
    if (getOperation().isExternal())
      return;
    bool failedAny = false;
    Block &body = getOperation().getFunctionBody().front();
    for (auto op : body.getOps<QuantizableOpInterface>()) {
      if (op->getNumResults() != 1 ||
          !isFloatTensor(op->getResult(0).getType()))
        continue;
      if (isWeightOrBias(op->getResult(0)) || staysFloat(op))
        continue;
      failedAny |= failed(verifyOperands(op)) || failed(verifyResult(op));
    }
    if (failedAny)
      signalPassFailure();
  }
};

} // namespace
} // namespace quantc::qnn

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decides which operations on constants are evaluated when the model is
// compiled. How each is evaluated stands in ConstantEvaluation.
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "ConstantEvaluation.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_FOLDCONSTANTSPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

bool allOperandsConstant(Operation *op) {
  return op->getNumOperands() > 0 &&
         llvm::all_of(op->getOperands(), [](Value operand) {
           Operation *source = operand.getDefiningOp();
           return source && source->hasTrait<OpTrait::ConstantLike>();
         });
}

int64_t bytesOf(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() ||
      !tensor.getElementType().isIntOrFloat())
    return 0;
  return tensor.getNumElements() *
         llvm::divideCeil(tensor.getElementTypeBitWidth(), 8);
}

/// True if storing the result of `op` costs more than storing its operands,
/// and more than `limit` bytes.
bool growsBeyond(Operation *op, int64_t limit) {
  int64_t operandBytes = 0;
  for (Type type : op->getOperandTypes())
    operandBytes += bytesOf(type);
  int64_t resultBytes = bytesOf(op->getResult(0).getType());
  return resultBytes > operandBytes && resultBytes > limit;
}

EvaluationResult evaluate(Operation *op) {
  if (EvaluationResult result = evaluateElementwise(op))
    return result;
  if (EvaluationResult result = evaluateMovement(op))
    return result;
  return evaluateCast(op);
}

bool hasFloatResult(Operation *op) {
  if (op->getNumResults() != 1)
    return false;
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  return type && type.hasStaticShape() && type.getElementType().isF32() &&
         type.getNumElements() > 0;
}

struct FoldConstantsPass : impl::FoldConstantsPassBase<FoldConstantsPass> {
  using FoldConstantsPassBase::FoldConstantsPassBase;

  void runOnOperation() override {
    SmallVector<Operation *> candidates;
    getOperation().walk([&](Operation *op) {
      if (isa_and_present<tosa::TosaDialect>(op->getDialect()))
        candidates.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    // Program order: an operand is a constant before its user is looked at.
    for (Operation *&op : candidates)
      if (fold(op, rewriter))
        op = nullptr;
    for (Operation *op : llvm::reverse(candidates))
      if (op && isOpTriviallyDead(op))
        rewriter.eraseOp(op);
  }

private:
  bool fold(Operation *op, IRRewriter &rewriter) {
    if (!hasFloatResult(op) || !allOperandsConstant(op) ||
        growsBeyond(op, maxGrownBytes))
      return false;
    EvaluationResult values = evaluate(op);
    if (!values)
      return false;
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    rewriter.setInsertionPoint(op);
    rewriter.replaceOp(op, createFloatConstant(rewriter, op->getLoc(),
                                               type.getShape(),
                                               std::move(*values)));
    return true;
  }
};

} // namespace

} // namespace quantc::qnn

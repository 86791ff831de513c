// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names what stayed float. The boundary is a quantize of an argument, possibly
// moved (transposed, reshaped), and a dequantize whose value is returned.
#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_REPORTFLOATPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

bool isBoundary(Operation &op) {
  if (isa<QuantizeOp>(op))
    return isa<BlockArgument>(op.getOperand(0));
  if (isa<DequantizeOp>(op))
    return llvm::all_of(op.getUsers(), [](Operation *user) {
      return user->hasTrait<OpTrait::IsTerminator>();
    });
  return false;
}

bool computesOnFloat(Operation &op) {
  auto isFloat = [](Type type) {
    return isa<FloatType>(getElementTypeOrSelf(type));
  };
  return !op.hasTrait<OpTrait::IsTerminator>() &&
         !matchPattern(&op, m_Constant()) &&
         (llvm::any_of(op.getOperandTypes(), isFloat) ||
          llvm::any_of(op.getResultTypes(), isFloat)) &&
         !isBoundary(op);
}

struct ReportFloatPass : impl::ReportFloatPassBase<ReportFloatPass> {
  using Base::Base;

  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    bool found = false;
    for (Operation &op : getOperation().getFunctionBody().front()) {
      if (!computesOnFloat(op))
        continue;
      found = true;
      report(op);
    }
    if (found && fail)
      signalPassFailure();
  }

  void report(Operation &op) {
    std::string text = ("'" + op.getName().getStringRef() +
                        "' stays in float: it has no quantized form here")
                           .str();
    if (fail)
      op.emitError() << text;
    else
      remark::missed(
          op.getLoc(),
          remark::RemarkOpts::name("StaysFloat").category("qnn-legalize"))
          << text;
  }
};

} // namespace
} // namespace quantc::qnn

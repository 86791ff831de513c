// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names what stayed float. The casts themselves are not named: between two
// operations they follow from the float one of the two, and at the boundary
// they belong there.
#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"

#include "mlir/IR/Remarks.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_REPORTFLOATPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

bool computesOnFloat(Operation &op) {
  auto isFloat = [](Type type) {
    return isa<FloatType>(getElementTypeOrSelf(type));
  };
  // What has no operands is a constant or an empty tensor.
  return op.getNumOperands() > 0 && !op.hasTrait<OpTrait::IsTerminator>() &&
         !isa<QuantizeOp, DequantizeOp>(op) &&
         (llvm::any_of(op.getOperandTypes(), isFloat) ||
          llvm::any_of(op.getResultTypes(), isFloat));
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
    StringRef reason = staysFloat(&op) ? "its policy says so"
                                       : "it has no quantized form here";
    std::string text =
        ("'" + op.getName().getStringRef() + "' stays in float: " + reason)
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

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves the border of the model behind its first quantizes and before its last
// dequantizes.
#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"

#include "mlir/IR/Remarks.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_QUANTIZEBOUNDARYPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

void reportKept(Location loc, const Twine &what) {
  remark::missed(loc, remark::RemarkOpts::name("BoundaryStaysFloat")
                          .category("qnn-quantize-boundary"))
      << (what + " keeps its float type").str();
}

/// The one quantized type that all users of `argument` quantize it to.
RankedTensorType getOnlyQuantizedType(BlockArgument argument) {
  RankedTensorType type;
  for (Operation *user : argument.getUsers()) {
    auto quantize = dyn_cast<QuantizeOp>(user);
    if (!quantize || (type && type != quantize.getType()))
      return {};
    type = quantize.getType();
  }
  return type;
}

void quantizeArgument(BlockArgument argument) {
  if (!isFloatTensor(argument.getType()))
    return;
  RankedTensorType type = getOnlyQuantizedType(argument);
  if (!type)
    return reportKept(argument.getLoc(),
                      "argument " + Twine(argument.getArgNumber()));
  SmallVector<Operation *> users(argument.getUsers());
  argument.setType(type);
  for (Operation *user : users) {
    user->getResult(0).replaceAllUsesWith(argument);
    user->erase();
  }
}

void quantizeResult(OpOperand &result) {
  if (!isFloatTensor(result.get().getType()))
    return;
  auto dequantize = result.get().getDefiningOp<DequantizeOp>();
  if (!dequantize)
    return reportKept(result.get().getLoc(),
                      "result " + Twine(result.getOperandNumber()));
  result.set(dequantize.getInput());
  if (dequantize->use_empty())
    dequantize.erase();
}

struct QuantizeBoundaryPass
    : impl::QuantizeBoundaryPassBase<QuantizeBoundaryPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal() || !function.isPublic())
        continue;
      Block &body = function.getFunctionBody().front();
      llvm::for_each(body.getArguments(), quantizeArgument);
      Operation *terminator = body.getTerminator();
      for (OpOperand &result : terminator->getOpOperands())
        quantizeResult(result);
      function.setType(FunctionType::get(&getContext(), body.getArgumentTypes(),
                                         terminator->getOperandTypes()));
    }
  }
};

} // namespace
} // namespace quantc::qnn

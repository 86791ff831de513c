// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Done on tensors, so that the analysis of bufferization sees where results go
// and lets the last kernel write there.
#include "quantc/Codegen/ModelInterface.h"
#include "quantc/Codegen/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_USEDESTINATIONSPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

struct UseDestinationsPass
    : public impl::UseDestinationsPassBase<UseDestinationsPass> {
  void runOnOperation() override {
    FailureOr<ModelInterface> interface = deriveInterface(getOperation());
    if (failed(interface))
      return signalPassFailure();
    recordInterface(getOperation(), *interface);
    auto function = getOperation().lookupSymbol<func::FuncOp>(interface->entry);
    if (!function || !llvm::hasSingleElement(function.getBody())) {
      getOperation().emitError() << "expected '" << interface->entry
                                 << "' to be a func.func of one block";
      return signalPassFailure();
    }
    protectInputs(function);
    passResults(function);
  }

private:
  /// The caller's inputs are read only.
  void protectInputs(func::FuncOp function) {
    Builder b(&getContext());
    for (unsigned i = 0, e = function.getNumArguments(); i < e; ++i)
      if (isa<TensorType>(function.getArgument(i).getType()))
        function.setArgAttr(i, "bufferization.writable", b.getBoolAttr(false));
  }

  /// Reshapes the destination instead of the result, so that the operation in
  /// front of the reshapes can write there.
  std::pair<Value, Value> lookThroughReshapes(OpBuilder &b, Value result,
                                              Value dest) {
    while (true) {
      Location loc = result.getLoc();
      if (auto collapse = result.getDefiningOp<tensor::CollapseShapeOp>()) {
        dest = memref::ExpandShapeOp::create(
            b, loc, collapse.getSrcType().getShape(), dest,
            collapse.getReassociationIndices());
        result = collapse.getSrc();
      } else if (auto expand = result.getDefiningOp<tensor::ExpandShapeOp>()) {
        dest = memref::CollapseShapeOp::create(
            b, loc, dest, expand.getReassociationIndices());
        result = expand.getSrc();
      } else {
        return {result, dest};
      }
    }
  }

  void passResults(func::FuncOp function) {
    auto terminator =
        cast<func::ReturnOp>(function.getBody().front().getTerminator());
    OpBuilder b(terminator);
    for (Value result : terminator.getOperands()) {
      auto type = cast<RankedTensorType>(result.getType());
      unsigned index = function.getNumArguments();
      if (failed(function.insertArgument(
              index, MemRefType::get(type.getShape(), type.getElementType()),
              DictionaryAttr(), result.getLoc())))
        return signalPassFailure();
      Value dest = function.getArgument(index);
      b.setInsertionPointToStart(&function.getBody().front());
      std::tie(result, dest) = lookThroughReshapes(b, result, dest);
      b.setInsertionPoint(terminator);
      bufferization::MaterializeInDestinationOp::create(
          b, result.getLoc(), /*result=*/Type(), result, dest,
          /*restrict=*/true, /*writable=*/true);
    }
    terminator.getOperandsMutable().clear();
    function.setType(b.getFunctionType(function.getArgumentTypes(), {}));
    function.removeResAttrsAttr();
  }
};

} // namespace
} // namespace quantc::codegen

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decides how an observer looks in native code: a call with a pointer. The
// meaning of the numbers, and the names behind the indices, stay with the host.
#include "quantc/Codegen/ModelInterface.h"
#include "quantc/Codegen/Passes.h"
#include "quantc/Dialect/QNN/IR/QNNOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_LOWEROBSERVEPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

constexpr llvm::StringLiteral kCallbackName = "quantc_observe";

struct LowerObservePass : public impl::LowerObservePassBase<LowerObservePass> {
  void runOnOperation() override {
    SmallVector<qnn::ObserveOp> observers;
    getOperation().walk([&](qnn::ObserveOp op) { observers.push_back(op); });
    if (observers.empty())
      return;
    FailureOr<Operation *> entry = findEntryFunction(getOperation());
    if (failed(entry))
      return signalPassFailure();
    auto function = dyn_cast<func::FuncOp>(*entry);
    Value context = function ? addContext(function) : Value();
    if (!context)
      return signalPassFailure();
    func::FuncOp callback = declareCallback();
    for (auto [index, observer] : llvm::enumerate(observers))
      lower(observer, index, context, callback);
  }

private:
  Value addContext(func::FuncOp function) {
    OpBuilder b(&getContext());
    unsigned index = function.getNumArguments();
    NamedAttribute marker(kContextAttrName, b.getUnitAttr());
    if (failed(function.insertArgument(
            index, LLVM::LLVMPointerType::get(&getContext()),
            b.getDictionaryAttr(marker), function.getLoc())))
      return {};
    return function.getArgument(index);
  }

  func::FuncOp declareCallback() {
    auto b = OpBuilder::atBlockBegin(getOperation().getBody());
    Type pointer = LLVM::LLVMPointerType::get(&getContext());
    auto callback = func::FuncOp::create(
        b, getOperation().getLoc(), kCallbackName,
        b.getFunctionType({pointer, b.getI64Type(), pointer, b.getI64Type()},
                          {}));
    callback.setPrivate();
    return callback;
  }

  void lower(qnn::ObserveOp op, int64_t index, Value context,
             func::FuncOp callback) {
    OpBuilder b(op);
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getInput().getType());
    Value buffer = bufferization::ToBufferOp::create(
        b, loc, MemRefType::get(type.getShape(), type.getElementType()),
        op.getInput(), /*read_only=*/true);
    Value address =
        memref::ExtractAlignedPointerAsIndexOp::create(b, loc, buffer);
    Value integer = arith::IndexCastOp::create(b, loc, b.getI64Type(), address);
    Value pointer = LLVM::IntToPtrOp::create(
        b, loc, LLVM::LLVMPointerType::get(&getContext()), integer);
    Value indexValue = arith::ConstantIntOp::create(b, loc, index, 64);
    Value count =
        arith::ConstantIntOp::create(b, loc, type.getNumElements(), 64);
    func::CallOp::create(b, loc, callback,
                         ValueRange{context, indexValue, pointer, count});
    op.replaceAllUsesWith(op.getInput());
    op.erase();
  }
};

} // namespace
} // namespace quantc::codegen

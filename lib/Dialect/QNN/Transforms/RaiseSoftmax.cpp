// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the TOSA spelling of softmax to linalg.softmax.
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_RAISESOFTMAXPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// `x` of `exp(x - reduce_max(x, axis))`. Without the subtraction `x` is the
/// whole argument: softmax does not change when a constant is subtracted.
Value stripMaximum(Value argument, uint32_t axis) {
  auto sub = argument.getDefiningOp<tosa::SubOp>();
  auto max = sub ? sub.getInput2().getDefiningOp<tosa::ReduceMaxOp>()
                 : tosa::ReduceMaxOp();
  if (max && max.getInput() == sub.getInput1() && max.getAxis() == axis)
    return sub.getInput1();
  return argument;
}

struct RaiseSoftmax : OpRewritePattern<tosa::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::MulOp op,
                                PatternRewriter &rewriter) const override {
    auto exp = op.getInput1().getDefiningOp<tosa::ExpOp>();
    auto reciprocal = op.getInput2().getDefiningOp<tosa::ReciprocalOp>();
    if (!exp || !reciprocal) {
      exp = op.getInput2().getDefiningOp<tosa::ExpOp>();
      reciprocal = op.getInput1().getDefiningOp<tosa::ReciprocalOp>();
    }
    auto sum = reciprocal
                   ? reciprocal.getInput1().getDefiningOp<tosa::ReduceSumOp>()
                   : tosa::ReduceSumOp();
    if (!exp || !sum || sum.getInput() != exp.getResult())
      return rewriter.notifyMatchFailure(op, "no exp divided by its own sum");
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (!type || !type.hasStaticShape() || exp.getType() != type)
      return rewriter.notifyMatchFailure(op, "not a static shape throughout");
    Value input = stripMaximum(exp.getInput1(), sum.getAxis());
    Value empty = tensor::EmptyOp::create(
        rewriter, op.getLoc(), type.getShape(), type.getElementType());
    rewriter.replaceOpWithNewOp<linalg::SoftmaxOp>(
        op, TypeRange{type}, input, empty,
        rewriter.getI64IntegerAttr(sum.getAxis()));
    return success();
  }
};

struct RaiseSoftmaxPass : impl::RaiseSoftmaxPassBase<RaiseSoftmaxPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RaiseSoftmax>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace quantc::qnn

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves reshapes behind the operations that do not care how elements are
// grouped. What a reshape costs where it cannot be moved is left to codegen.
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_SINKRESHAPESPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// `type` with the shape of `like`.
RankedTensorType withShapeOf(Value like, Type type) {
  auto shape = cast<RankedTensorType>(like.getType()).getShape();
  return cast<RankedTensorType>(type).clone(shape);
}

/// The reshape that `operand` is moved over, if it is one of its own. Only
/// those that add dimensions are moved: what they meet on the other side loses
/// some, so that every step makes a tensor simpler.
ReshapeOp getSinkable(Value operand) {
  auto reshape = operand.getDefiningOp<ReshapeOp>();
  if (!reshape || !reshape->hasOneUse() ||
      reshape.getInput().getType().getRank() >= reshape.getType().getRank())
    return {};
  return reshape;
}

/// Clones `op` on `operands` in the shape of the first and gives its result the
/// old shape again. Returns the clone.
Operation *sink(Operation *op, ValueRange operands, PatternRewriter &rewriter) {
  Type type = op->getResult(0).getType();
  IRMapping mapping;
  mapping.map(op->getOperands(), operands);
  Operation *moved = rewriter.clone(*op, mapping);
  moved->getResult(0).setType(withShapeOf(operands.front(), type));
  rewriter.replaceOpWithNewOp<ReshapeOp>(op, type, moved->getResult(0));
  return moved;
}

/// f(reshape(x)) -> reshape(f(x)) for a function of single elements.
template <typename OpT>
struct SinkThroughUnary : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpT op,
                                PatternRewriter &rewriter) const override {
    ReshapeOp reshape = getSinkable(op->getOperand(0));
    if (!reshape)
      return rewriter.notifyMatchFailure(
          op, "input is no reshape that adds dimensions");
    sink(op, reshape.getInput(), rewriter);
    return success();
  }
};

/// f(reshape(x), y) -> reshape(f(x, reshape(y))): nothing is broadcast, so the
/// other side can be looked at in the shape of x.
template <typename OpT>
struct SinkThroughBinary : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpT op,
                                PatternRewriter &rewriter) const override {
    if (op.getLhs().getType().getShape() != op.getType().getShape() ||
        op.getRhs().getType().getShape() != op.getType().getShape())
      return rewriter.notifyMatchFailure(op, "a side is broadcast");
    for (unsigned side : {0u, 1u}) {
      ReshapeOp reshape = getSinkable(op->getOperand(side));
      if (!reshape)
        continue;
      Value other = op->getOperand(1 - side);
      Value operands[2];
      operands[side] = reshape.getInput();
      operands[1 - side] = ReshapeOp::create(
          rewriter, other.getLoc(),
          withShapeOf(reshape.getInput(), other.getType()), other);
      sink(op, operands, rewriter);
      return success();
    }
    return rewriter.notifyMatchFailure(
        op, "no side is a reshape that adds dimensions");
  }
};

/// The same for an operation on rows, where the reshape keeps them.
template <typename OpT>
struct SinkThroughRows : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpT op,
                                PatternRewriter &rewriter) const override {
    ReshapeOp reshape = getSinkable(op.getInput());
    if (!reshape)
      return rewriter.notifyMatchFailure(
          op, "input is no reshape that adds dimensions");
    ArrayRef<int64_t> from = reshape.getInput().getType().getShape();
    ArrayRef<int64_t> to = reshape.getType().getShape();
    if (from.empty() || from.back() != to.back() || !isAlongLast(op, to))
      return rewriter.notifyMatchFailure(op, "the reshape changes the rows");
    Value input = reshape.getInput();
    setLastAxis(cast<OpT>(sink(op, input, rewriter)), from.size() - 1);
    return success();
  }

private:
  static bool isAlongLast(LayerNormOp, ArrayRef<int64_t>) { return true; }
  static bool isAlongLast(SoftmaxOp op, ArrayRef<int64_t> shape) {
    return op.getAxis() + 1 == shape.size();
  }
  static void setLastAxis(LayerNormOp, int64_t) {}
  static void setLastAxis(SoftmaxOp op, int64_t axis) { op.setAxis(axis); }
};

struct SinkReshapesPass : impl::SinkReshapesPassBase<SinkReshapesPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<SinkThroughUnary<LookupOp>, SinkThroughUnary<RequantizeOp>,
                 SinkThroughBinary<AddOp>, SinkThroughBinary<SubOp>,
                 SinkThroughBinary<MulOp>, SinkThroughRows<LayerNormOp>,
                 SinkThroughRows<SoftmaxOp>>(&getContext());
    ReshapeOp::getCanonicalizationPatterns(patterns, &getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace quantc::qnn

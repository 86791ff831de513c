// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An NCHW image that is flattened for a fully connected layer: the order of its
// numbers is changed inside the layer's weights, not at run time.

#include "TransposeUtils.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::qnn {
namespace {

/// f(reshape(transpose(x))) becomes reshape(f(transpose(x))) for a function of
/// single numbers, so that nothing stands between the reshape and the layer.
struct RaiseAboveFlatten : RewritePattern {
  explicit RaiseAboveFlatten(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isElementwise(op))
      return rewriter.notifyMatchFailure(op, "not elementwise");
    tosa::ReshapeOp flatten;
    for (OpOperand &operand : broadcastOperands(op)) {
      auto reshape = operand.get().getDefiningOp<tosa::ReshapeOp>();
      bool flattens = reshape && matchTranspose(reshape.getInput1()) &&
                      operand.get().getType() == op->getResult(0).getType();
      if (flattens && !flatten)
        flatten = reshape;
      else if (!getNumber(operand.get()))
        return rewriter.notifyMatchFailure(op, "more than one tensor operand");
    }
    if (!flatten)
      return rewriter.notifyMatchFailure(op, "no flattened operand");

    ArrayRef<int64_t> shape = shapeOf(flatten.getInput1());
    SmallVector<int64_t> ones(shape.size(), 1);
    SmallVector<Value> operands;
    for (OpOperand &operand : broadcastOperands(op)) {
      if (operand.get() == flatten.getOutput())
        operands.push_back(flatten.getInput1());
      else
        operands.push_back(createFloatConstant(rewriter, operand.get().getLoc(),
                                               ones,
                                               {*getNumber(operand.get())}));
    }
    Value result = cloneOn(rewriter, op, operands, shape);
    rewriter.replaceOp(op, createReshape(rewriter, op->getLoc(), result,
                                         shapeOf(op->getResult(0))));
    return success();
  }

private:
  /// A constant of one number that broadcasts to any shape.
  static std::optional<float> getNumber(Value value) {
    auto constant = FloatConstant::read(value);
    if (!constant || constant->size() != 1)
      return std::nullopt;
    return (*constant)[0];
  }
};

/// The transpose in front of a flattened image permutes the inputs of the fully
/// connected layer behind it: the weights can be permuted instead.
struct FoldIntoFullyConnected : OpRewritePattern<tosa::Conv2DOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::Conv2DOp op,
                                PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<tosa::ReshapeOp>();
    auto transpose =
        reshape ? matchTranspose(reshape.getInput1()) : std::nullopt;
    auto weight = FloatConstant::read(op.getWeight());
    if (!transpose || !weight || !isStatic(op.getInput()))
      return rewriter.notifyMatchFailure(op,
                                         "no flattened transpose before it");
    ArrayRef<int64_t> shape = weight->getShape();
    if (shape[1] != 1 || shape[2] != 1)
      return rewriter.notifyMatchFailure(op, "not a fully connected layer");
    auto reordered = reorderOnlyLastDim(
        shapeOf(transpose->input), transpose->perm, shapeOf(op.getInput()));
    if (!reordered)
      return rewriter.notifyMatchFailure(op, "rows change places as well");

    SmallVector<int64_t> split{shape[0]};
    split.append(reordered->lastShape);
    Permutation perm{0};
    for (int64_t dim : reordered->lastPerm)
      perm.push_back(dim + 1);
    Value permuted =
        createFloatConstant(rewriter, op.getWeight().getLoc(), shape,
                            transposeNumbers(weight->values(), split, perm));
    Value input = createReshape(rewriter, reshape.getLoc(), transpose->input,
                                shapeOf(op.getInput()));
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(input);
      op.getWeightMutable().assign(permuted);
    });
    return success();
  }
};

} // namespace

void populateFoldFlattenedTransposePatterns(RewritePatternSet &patterns) {
  patterns.add<RaiseAboveFlatten, FoldIntoFullyConnected>(
      patterns.getContext());
}

} // namespace quantc::qnn

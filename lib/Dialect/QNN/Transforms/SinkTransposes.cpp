// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves transposes towards the results, one operation at a time. An operation
// is repeated in the layout of its operands, and its result transposed; that
// pays when a transpose of the other direction follows further down.

#include "TransposeUtils.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::qnn {
namespace {

/// Whether an argument of the function is transposed by `perm` anyway.
bool isTransposedArgument(Value value, ArrayRef<int64_t> perm) {
  return isa<BlockArgument>(value) &&
         llvm::any_of(value.getUsers(), [&](Operation *user) {
           auto transpose = dyn_cast<tosa::TransposeOp>(user);
           return transpose && llvm::equal(transpose.getPerms(), perm);
         });
}

/// Finds the permutation that the operands of `op` share, if all of them can be
/// transposed back for nothing and one of them really is transposed. That one
/// is no transposed argument: two of those could change layouts for ever.
std::optional<Permutation> findSharedTranspose(ValueRange operands) {
  for (Value operand : operands) {
    auto transpose = matchTranspose(operand);
    if (!transpose)
      continue;
    Permutation inverse = invert(transpose->perm);
    bool computed = !isa<BlockArgument>(transpose->input);
    if (llvm::all_of(operands, [&](Value v) {
          return isFree(v, inverse) ||
                 (computed && isTransposedArgument(v, inverse));
        }))
      return transpose->perm;
  }
  return std::nullopt;
}

/// The operands, each transposed back by `perm`.
SmallVector<Value> transposeBack(PatternRewriter &rewriter, ValueRange operands,
                                 ArrayRef<int64_t> perm) {
  Permutation inverse = invert(perm);
  return llvm::map_to_vector(operands, [&](Value operand) {
    if (auto transpose = matchTranspose(operand);
        transpose && ArrayRef<int64_t>(transpose->perm) == perm)
      return transpose->input;
    return createTranspose(rewriter, operand.getLoc(), operand, inverse);
  });
}

/// Whether `op` starts a softmax over the last axis: its maximum, or the
/// subtraction of it. A softmax over another axis would not be recognised as
/// one any more.
bool startsSoftmax(Operation *op) {
  auto subtracts = [](Operation *user, Value input) {
    auto sub = dyn_cast<tosa::SubOp>(user);
    if (!sub || sub.getInput1() != input)
      return false;
    auto max = sub.getInput2().getDefiningOp<tosa::ReduceMaxOp>();
    return max && max.getInput() == input &&
           max.getAxis() + 1 == shapeOf(input).size();
  };
  if (auto max = dyn_cast<tosa::ReduceMaxOp>(op))
    return llvm::any_of(max->getUsers(), [&](Operation *user) {
      return subtracts(user, max.getInput());
    });
  return subtracts(op, op->getOperand(0));
}

bool movesLastDim(ArrayRef<int64_t> perm) {
  return perm.back() + 1 != static_cast<int64_t>(perm.size());
}

struct SinkThroughElementwise : RewritePattern {
  explicit SinkThroughElementwise(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isElementwise(op) || !isStatic(op->getResult(0)))
      return rewriter.notifyMatchFailure(op, "not elementwise or not static");
    SmallVector<Value> operands =
        llvm::map_to_vector(broadcastOperands(op),
                            [](OpOperand &operand) { return operand.get(); });
    auto perm = findSharedTranspose(operands);
    if (!perm)
      return rewriter.notifyMatchFailure(op, "operands in different layouts");
    if (movesLastDim(*perm) && startsSoftmax(op))
      return rewriter.notifyMatchFailure(op, "it would break a softmax");
    Value result =
        cloneOn(rewriter, op, transposeBack(rewriter, operands, *perm),
                permute(shapeOf(op->getResult(0)), invert(*perm)));
    rewriter.replaceOp(op,
                       createTranspose(rewriter, op->getLoc(), result, *perm));
    return success();
  }
};

struct SinkThroughConcat : OpRewritePattern<tosa::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ConcatOp op,
                                PatternRewriter &rewriter) const override {
    auto perm = findSharedTranspose(op.getInput1());
    if (!perm || !isStatic(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "operands in different layouts");
    auto result = tosa::ConcatOp::create(
        rewriter, op.getLoc(),
        withShape(op.getOutput(),
                  permute(shapeOf(op.getOutput()), invert(*perm))),
        transposeBack(rewriter, op.getInput1(), *perm),
        static_cast<uint32_t>((*perm)[op.getAxis()]));
    result->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    rewriter.replaceOp(op,
                       createTranspose(rewriter, op.getLoc(), result, *perm));
    return success();
  }
};

template <typename Op>
struct SinkThroughReduction : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    auto transpose = matchTranspose(op.getInput());
    if (!transpose || !isStatic(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "the operand is not transposed");
    auto [input, perm] = *transpose;
    if (movesLastDim(perm) && startsSoftmax(op))
      return rewriter.notifyMatchFailure(op, "it would break a softmax");
    Value result = cloneOn(rewriter, op, input,
                           permute(shapeOf(op.getOutput()), invert(perm)));
    result.getDefiningOp<Op>().setAxis(perm[op.getAxis()]);
    rewriter.replaceOp(op,
                       createTranspose(rewriter, op.getLoc(), result, perm));
    return success();
  }
};

struct SinkThroughPad : OpRewritePattern<tosa::PadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::PadOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = matchTranspose(op.getInput1());
    auto padding = getConstShape(op.getPadding());
    if (!transpose || !padding || !isStatic(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "the operand is not transposed");
    auto [input, perm] = *transpose;
    SmallVector<int64_t> moved = permuteGroups(*padding, invert(perm));
    Value result = cloneOn(
        rewriter, op, {input, createConstShape(rewriter, op.getLoc(), moved)},
        permute(shapeOf(op.getOutput()), invert(perm)));
    rewriter.replaceOp(op,
                       createTranspose(rewriter, op.getLoc(), result, perm));
    return success();
  }
};

struct SinkThroughSlice : OpRewritePattern<tosa::SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = matchTranspose(op.getInput1());
    auto start = getConstShape(op.getStart()),
         size = getConstShape(op.getSize());
    if (!transpose || !start || !size || !isStatic(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "the operand is not transposed");
    auto [input, perm] = *transpose;
    Permutation inverse = invert(perm);
    Location loc = op.getLoc();
    Value result = cloneOn(
        rewriter, op,
        {input, createConstShape(rewriter, loc, permute(*start, inverse)),
         createConstShape(rewriter, loc, permute(*size, inverse))},
        permute(shapeOf(op.getOutput()), inverse));
    rewriter.replaceOp(op, createTranspose(rewriter, loc, result, perm));
    return success();
  }
};

struct SinkThroughReshape : OpRewritePattern<tosa::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = matchTranspose(op.getInput1());
    if (!transpose || !isStatic(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "the operand is not transposed");
    auto swapped = swapTransposeAndReshape(
        shapeOf(transpose->input), transpose->perm, shapeOf(op.getOutput()));
    if (!swapped)
      return rewriter.notifyMatchFailure(op, "it merges what lies apart");
    Value result =
        createReshape(rewriter, op.getLoc(), transpose->input, swapped->shape);
    rewriter.replaceOp(
        op, createTranspose(rewriter, op.getLoc(), result, swapped->perm));
    return success();
  }
};

} // namespace

void populateSinkTransposePatterns(RewritePatternSet &patterns) {
  patterns.add<SinkThroughElementwise, SinkThroughConcat,
               SinkThroughReduction<tosa::ReduceMaxOp>,
               SinkThroughReduction<tosa::ReduceMinOp>,
               SinkThroughReduction<tosa::ReduceSumOp>,
               SinkThroughReduction<tosa::ReduceProductOp>, SinkThroughPad,
               SinkThroughSlice, SinkThroughReshape>(patterns.getContext());
}

} // namespace quantc::qnn

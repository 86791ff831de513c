// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves transposes together until they cancel. First they sink towards the
// results; what is left between the arguments and the first layer then rises to
// the arguments. How they sink is in SinkTransposes.cpp, which transposes and
// reshapes are interchangeable in Permutation.cpp.

#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "TransposeUtils.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_CANCELTRANSPOSESPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

//===----------------------------------------------------------------------===//
// Cancelling
//===----------------------------------------------------------------------===//

struct SimplifyTranspose : OpRewritePattern<tosa::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = matchTranspose(op.getOutput());
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "the shape is not static");
    auto [input, perm] = *transpose;
    if (FloatConstant::read(input) || movesOnlyUnitDims(shapeOf(input), perm)) {
      rewriter.replaceOp(op,
                         createTranspose(rewriter, op.getLoc(), input, perm));
      return success();
    }
    if (auto inner = matchTranspose(input)) {
      rewriter.replaceOp(op,
                         createTranspose(rewriter, op.getLoc(), inner->input,
                                         compose(inner->perm, perm)));
      return success();
    }
    return rewriter.notifyMatchFailure(op, "it moves numbers of a value that "
                                           "is no transpose itself");
  }
};

struct SimplifyReshape : OpRewritePattern<tosa::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    Value input = op.getInput1();
    if (input.getType() == op.getType() && isStatic(input)) {
      rewriter.replaceOp(op, input);
      return success();
    }
    if (auto constant = FloatConstant::read(input); constant && isStatic(op)) {
      ArrayRef<float> numbers = constant->values();
      rewriter.replaceOp(op,
                         createFloatConstant(rewriter, input.getLoc(),
                                             shapeOf(op.getOutput()), numbers));
      return success();
    }
    auto inner = input.getDefiningOp<tosa::ReshapeOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "the operand is no reshape");
    rewriter.modifyOpInPlace(
        op, [&] { op.getInput1Mutable().assign(inner.getInput1()); });
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Rising to the arguments
//===----------------------------------------------------------------------===//

/// The one operand of an elementwise operation, pad or slice whose transpose by
/// `perm` costs something; null if there are more or the operation is another.
Value findMovedOperand(Operation *op, ArrayRef<int64_t> perm) {
  if (isa<tosa::PadOp, tosa::SliceOp>(op))
    return op->getOperand(0);
  if (!isElementwise(op))
    return {};
  Value moved;
  for (OpOperand &operand : broadcastOperands(op)) {
    if (isFree(operand.get(), perm))
      continue;
    if (moved && moved != operand.get())
      return {};
    moved = operand.get();
  }
  return moved;
}

bool comesFromArgument(Value value, ArrayRef<int64_t> perm) {
  while (value && !isa<BlockArgument>(value)) {
    if (!value.hasOneUse())
      return false;
    value = findMovedOperand(value.getDefiningOp(), perm);
  }
  // TOSA does not transpose stored integers; behind its dequantize an argument
  // of them is transposed by the legalize stage.
  return value && getElementTypeOrSelf(value).isF32();
}

/// Pads and slices can be rewritten only where their numbers are known.
bool hasConstantShapes(Operation *op) {
  return llvm::all_of(op->getOperands(), [](Value operand) {
    return !isa<tosa::shapeType>(operand.getType()) || getConstShape(operand);
  });
}

struct RaiseToArgument : OpRewritePattern<tosa::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = matchTranspose(op.getOutput());
    Operation *source = op.getInput1().getDefiningOp();
    if (!transpose || !source || !hasConstantShapes(source) ||
        !comesFromArgument(transpose->input, transpose->perm))
      return rewriter.notifyMatchFailure(op, "not computed from an argument by "
                                             "elementwise operations alone");
    ArrayRef<int64_t> perm = transpose->perm;
    ArrayRef<int64_t> shape = shapeOf(op.getOutput());
    Location loc = op.getLoc();
    rewriter.setInsertionPoint(source);
    SmallVector<Value> operands;
    if (isa<tosa::PadOp, tosa::SliceOp>(source)) {
      operands.push_back(
          createTranspose(rewriter, loc, source->getOperand(0), perm));
      for (Value numbers : source->getOperands().drop_front())
        if (auto shape = getConstShape(numbers))
          operands.push_back(
              createConstShape(rewriter, loc, permuteGroups(*shape, perm)));
    } else {
      for (OpOperand &operand : broadcastOperands(source))
        operands.push_back(createTranspose(rewriter, loc, operand.get(), perm));
    }
    rewriter.replaceOp(op, cloneOn(rewriter, source, operands, shape));
    return success();
  }
};

struct CancelTransposesPass
    : impl::CancelTransposesPassBase<CancelTransposesPass> {
  using CancelTransposesPassBase::CancelTransposesPassBase;

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet sinking(context);
    sinking.add<SimplifyTranspose, SimplifyReshape>(context);
    populateSinkTransposePatterns(sinking);
    populateFoldFlattenedTransposePatterns(sinking);
    RewritePatternSet rising(context);
    rising.add<SimplifyTranspose, SimplifyReshape, RaiseToArgument>(context);
    if (failed(rewrite(std::move(sinking))) ||
        failed(rewrite(std::move(rising))))
      signalPassFailure();
  }

private:
  LogicalResult rewrite(RewritePatternSet patterns) {
    // Constants keep the locations and the order that they have.
    GreedyRewriteConfig config;
    config.enableFolding(false)
        .enableConstantCSE(false)
        .setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled)
        .setUseTopDownTraversal(true)
        .setMaxIterations(GreedyRewriteConfig::kNoLimit);
    return applyPatternsGreedily(getOperation(), std::move(patterns), config);
  }
};

} // namespace
} // namespace quantc::qnn

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Composes upstream's decompositions with the folds of constants that upstream
// lacks for resources. The order matters: depthwise convolutions and transposes
// are recognized by name, before names are generalized away.
#include "quantc/Codegen/Passes.h"

#include "RawConstant.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_NORMALIZESTRUCTUREDOPSPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

/// A reshape of a constant is the constant under another type.
template <typename ReshapeOp>
struct FoldReshapeOfConstant : public OpRewritePattern<ReshapeOp> {
  using OpRewritePattern<ReshapeOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    ElementsAttr constant = getRawConstant(op.getSrc());
    auto type = cast<RankedTensorType>(op.getType());
    if (!constant || !type.hasStaticShape())
      return rewriter.notifyMatchFailure(op, "source is no readable constant");
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(
        op, reshapeConstant(constant, type.getShape()));
    return success();
  }
};

/// A transpose of a constant is computed now.
struct FoldTransposeOfConstant : public OpRewritePattern<linalg::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    ElementsAttr constant = getRawConstant(op.getInput());
    if (!constant || !op.hasPureTensorSemantics())
      return rewriter.notifyMatchFailure(op, "input is no readable constant");
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(
        op, transposeConstant(constant, op.getPermutation()));
    return success();
  }
};

/// An aggregate (softmax) is several structured operations.
struct DecomposeSoftmax : public OpRewritePattern<linalg::SoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::SoftmaxOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics())
      return rewriter.notifyMatchFailure(op, "not on tensors");
    FailureOr<SmallVector<Value>> parts = op.decomposeOperation(rewriter);
    if (failed(parts))
      return rewriter.notifyMatchFailure(op, "it has no decomposition");
    rewriter.replaceOp(op, *parts);
    return success();
  }
};

struct NormalizeStructuredOpsPass
    : public impl::NormalizeStructuredOpsPassBase<NormalizeStructuredOpsPass> {
  void runOnOperation() override {
    if (failed(applyPatternsGreedily(getOperation(), getNamedPatterns())) ||
        failed(applyPatternsGreedily(getOperation(), getGenericPatterns())))
      signalPassFailure();
  }

private:
  RewritePatternSet getNamedPatterns() {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    patterns.add<FoldReshapeOfConstant<tensor::CollapseShapeOp>,
                 FoldReshapeOfConstant<tensor::ExpandShapeOp>,
                 FoldTransposeOfConstant, DecomposeSoftmax>(context);
    linalg::populateSimplifyDepthwiseConvPatterns(patterns);
    tensor::populateDecomposeTensorConcatPatterns(patterns);
    tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, context);
    tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
    return patterns;
  }

  RewritePatternSet getGenericPatterns() {
    RewritePatternSet patterns(&getContext());
    linalg::populateLinalgNamedOpsGeneralizationPatterns(patterns);
    return patterns;
  }
};

} // namespace
} // namespace quantc::codegen

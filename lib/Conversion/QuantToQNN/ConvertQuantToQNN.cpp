// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The border to upstream's casts. It stands in front of every other pass:
// canonicalization deletes a dcast of a qcast, which is the rounding itself.
#include "quantc/Conversion/Passes.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

using namespace mlir;

namespace quantc::conversion {

#define GEN_PASS_DEF_CONVERTQUANTTOQNNPASS
#include "quantc/Conversion/Passes.h.inc"

namespace {

bool isTensor(Value value) { return isa<RankedTensorType>(value.getType()); }

struct ConvertQuantizeCast : OpRewritePattern<quant::QuantizeCastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(quant::QuantizeCastOp op,
                                PatternRewriter &rewriter) const override {
    if (!isTensor(op.getInput()))
      return rewriter.notifyMatchFailure(op, "no ranked tensor");
    rewriter.replaceOpWithNewOp<qnn::QuantizeOp>(
        op, op.getType(), op.getInput(), qnn::CalibrationAttr());
    return success();
  }
};

struct ConvertDequantizeCast : OpRewritePattern<quant::DequantizeCastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(quant::DequantizeCastOp op,
                                PatternRewriter &rewriter) const override {
    if (!isTensor(op.getInput()))
      return rewriter.notifyMatchFailure(op, "no ranked tensor");
    rewriter.replaceOpWithNewOp<qnn::DequantizeOp>(op, op.getType(),
                                                   op.getInput());
    return success();
  }
};

struct ConvertQuantToQNNPass
    : impl::ConvertQuantToQNNPassBase<ConvertQuantToQNNPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ConvertQuantizeCast, ConvertDequantizeCast>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace quantc::conversion

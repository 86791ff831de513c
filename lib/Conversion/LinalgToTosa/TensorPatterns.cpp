// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What frontends put between operations of linalg. Slices that skip elements or
// drop dimensions, and pads with anything but one number, stay as they are.
#include "TosaWriter.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace quantc::conversion {
namespace {

/// tensor.expand_shape and tensor.collapse_shape.
template <typename OpT>
struct ConvertReshape : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpT op,
                                PatternRewriter &rewriter) const override {
    if (!isFloatTensor(op.getSrc()) || !isFloatTensor(op.getResult()))
      return rewriter.notifyMatchFailure(op, "not on static f32 tensors");
    TosaWriter writer(rewriter, op.getLoc());
    rewriter.replaceOp(op,
                       writer.reshape(op.getSrc(), shapeOf(op.getResult())));
    return success();
  }
};

struct ConvertPad : OpRewritePattern<tensor::PadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::PadOp op,
                                PatternRewriter &rewriter) const override {
    if (!isFloatTensor(op.getSource()) || !isFloatTensor(op.getResult()) ||
        !op.getLow().empty() || !op.getHigh().empty())
      return rewriter.notifyMatchFailure(op, "not on static f32 tensors");
    FloatAttr number;
    Value padding = op.getConstantPaddingValue();
    if (!padding || !matchPattern(padding, m_Constant(&number)))
      return rewriter.notifyMatchFailure(op, "the pad is no constant");
    TosaWriter writer(rewriter, op.getLoc());
    SmallVector<int64_t> amounts;
    for (auto [low, high] :
         llvm::zip_equal(op.getStaticLow(), op.getStaticHigh()))
      amounts.append({low, high});
    rewriter.replaceOpWithNewOp<tosa::PadOp>(
        op, op.getType(), op.getSource(),
        qnn::createConstShape(rewriter, op.getLoc(), amounts),
        writer.splat({1}, number.getValue().convertToFloat()));
    return success();
  }
};

struct ConvertSlice : OpRewritePattern<tensor::ExtractSliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ExtractSliceOp op,
                                PatternRewriter &rewriter) const override {
    if (!isFloatTensor(op.getSource()) || !isFloatTensor(op.getResult()) ||
        ShapedType::isDynamicShape(op.getStaticOffsets()))
      return rewriter.notifyMatchFailure(op, "not on static f32 tensors");
    if (!op.hasUnitStride() ||
        op.getSourceType().getRank() != op.getType().getRank())
      return rewriter.notifyMatchFailure(op, "skips elements or dimensions");
    TosaWriter writer(rewriter, op.getLoc());
    rewriter.replaceOp(op, writer.slice(op.getSource(), op.getStaticOffsets(),
                                        op.getType().getShape()));
    return success();
  }
};

struct ConvertConcat : OpRewritePattern<tensor::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ConcatOp op,
                                PatternRewriter &rewriter) const override {
    if (!llvm::all_of(op->getOperands(), isFloatTensor) ||
        !isFloatTensor(op.getResult()))
      return rewriter.notifyMatchFailure(op, "not on static f32 tensors");
    rewriter.replaceOpWithNewOp<tosa::ConcatOp>(
        op, op.getType(), op.getInputs(), static_cast<uint32_t>(op.getDim()));
    return success();
  }
};

} // namespace

void populateTensorToTosaPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertReshape<tensor::ExpandShapeOp>,
               ConvertReshape<tensor::CollapseShapeOp>, ConvertPad,
               ConvertSlice, ConvertConcat>(patterns.getContext());
}

} // namespace quantc::conversion

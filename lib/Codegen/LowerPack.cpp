// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Saturation is a clamp and a truncation, order a shuffle.
#include "LowerPack.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

struct LowerPackGenerically : OpRewritePattern<qvec::PackOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qvec::PackOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<VectorType>(op.getLhs().getType());
    auto result = cast<VectorType>(op.getType());
    unsigned bits = result.getElementTypeBitWidth();
    auto bound = [&](const APInt &value) -> Value {
      return arith::ConstantOp::create(rewriter, loc,
                                       DenseElementsAttr::get(type, value));
    };
    bool isUnsigned = op.getResultUnsigned();
    APInt least = isUnsigned ? APInt::getZero(2 * bits)
                             : APInt::getSignedMinValue(bits).sext(2 * bits);
    APInt most = isUnsigned ? APInt::getMaxValue(bits).zext(2 * bits)
                            : APInt::getSignedMaxValue(bits).sext(2 * bits);
    Value low = bound(least), high = bound(most);
    auto narrowed = VectorType::get(type.getShape(), result.getElementType());
    auto saturate = [&](Value value) -> Value {
      value = arith::MaxSIOp::create(rewriter, loc, value, low);
      value = arith::MinSIOp::create(rewriter, loc, value, high);
      return arith::TruncIOp::create(rewriter, loc, narrowed, value);
    };
    int64_t size = type.getDimSize(0);
    int64_t piece = 128 / type.getElementTypeBitWidth();
    SmallVector<int64_t> mask;
    for (int64_t start = 0; start < size; start += piece)
      for (int64_t side : {int64_t(0), size})
        for (int64_t i = 0; i < piece; ++i)
          mask.push_back(side + start + i);
    rewriter.replaceOpWithNewOp<vector::ShuffleOp>(op, saturate(op.getLhs()),
                                                   saturate(op.getRhs()), mask);
    return success();
  }
};

struct LowerDotWordsGenerically : OpRewritePattern<qvec::DotWordsOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qvec::DotWordsOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    int64_t lanes = cast<VectorType>(op.getAcc().getType()).getDimSize(0);
    auto wide = VectorType::get({2 * lanes}, rewriter.getI32Type());
    Value products = arith::MulIOp::create(
        rewriter, loc, arith::ExtSIOp::create(rewriter, loc, wide, op.getLhs()),
        arith::ExtSIOp::create(rewriter, loc, wide, op.getRhs()));
    Value sum = op.getAcc();
    for (int64_t way : {0, 1}) {
      SmallVector<int64_t> mask;
      for (int64_t lane = 0; lane < lanes; ++lane)
        mask.push_back(2 * lane + way);
      Value part =
          vector::ShuffleOp::create(rewriter, loc, products, products, mask);
      sum = arith::AddIOp::create(rewriter, loc, sum, part);
    }
    rewriter.replaceOp(op, sum);
    return success();
  }
};

} // namespace

void populateGenericPackPatterns(RewritePatternSet &patterns) {
  patterns.add<LowerPackGenerically, LowerDotWordsGenerically>(
      patterns.getContext(), /*benefit=*/1);
}

} // namespace quantc::codegen

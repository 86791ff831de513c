// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Adding and taking away 2^23 rounds an f32 to an integer in the current
// rounding mode, which is to nearest even everywhere that C programs run.
#include "quantc/Codegen/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_EXPANDMATHPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

/// From this magnitude on every f32 is an integer.
constexpr float kIntegersFrom = 8388608.0f;

Value makeConstant(OpBuilder &b, Location loc, Type type, float value) {
  TypedAttr attr = b.getF32FloatAttr(value);
  if (auto vector = dyn_cast<VectorType>(type))
    attr = SplatElementsAttr::get(vector, attr);
  return arith::ConstantOp::create(b, loc, attr);
}

/// `x` rounded to nearest even; NaN and what is an integer already stay.
Value emitRoundEven(OpBuilder &b, Location loc, Value x) {
  Type type = x.getType();
  Value big = makeConstant(b, loc, type, kIntegersFrom);
  Value magnitude = math::AbsFOp::create(b, loc, x);
  Value shifted = arith::AddFOp::create(b, loc, magnitude, big);
  Value rounded = arith::SubFOp::create(b, loc, shifted, big);
  Value withSign = math::CopySignOp::create(b, loc, rounded, x);
  Value isSmall =
      arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OLT, magnitude, big);
  return arith::SelectOp::create(b, loc, isSmall, withSign, x);
}

template <typename RoundOp>
struct ExpandRound : public OpRewritePattern<RoundOp> {
  using OpRewritePattern<RoundOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(RoundOp op,
                                PatternRewriter &rewriter) const override {
    Type type = op.getType();
    if (!getElementTypeOrSelf(type).isF32())
      return rewriter.notifyMatchFailure(op, "not an f32");
    Location loc = op.getLoc();
    Value x = op.getOperand();
    Value result = emitRoundEven(rewriter, loc, x);
    if constexpr (!std::is_same_v<RoundOp, math::RoundEvenOp>)
      result = correct(rewriter, loc, x, result);
    rewriter.replaceOp(op, result);
    return success();
  }

private:
  /// Floor and ceil are at most 1 from the nearest integer.
  static Value correct(OpBuilder &b, Location loc, Value x, Value nearest) {
    constexpr bool isFloor = std::is_same_v<RoundOp, math::FloorOp>;
    Value step = makeConstant(b, loc, x.getType(), isFloor ? -1.0f : 1.0f);
    Value moved = arith::AddFOp::create(b, loc, nearest, step);
    Value wrongSide = arith::CmpFOp::create(
        b, loc, isFloor ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT,
        nearest, x);
    Value result = arith::SelectOp::create(b, loc, wrongSide, moved, nearest);
    // ceil(-0.5) is -0.
    return math::CopySignOp::create(b, loc, result, x);
  }
};

struct ExpandMathPass : public impl::ExpandMathPassBase<ExpandMathPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandRound<math::RoundEvenOp>, ExpandRound<math::FloorOp>,
                 ExpandRound<math::CeilOp>>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace quantc::codegen

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves a scalar factor up to the convolution whose weights can take it. How it
// is folded there is left to FoldBatchNorm.
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_HOISTSCALESPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// What a chain of single-use reshapes and transposes that ends in `value`
/// moves; null if something else reads a link of it.
Value skipMovement(Value value) {
  while (value.hasOneUse()) {
    Operation *producer = value.getDefiningOp();
    if (!isa_and_present<tosa::ReshapeOp, tosa::TransposeOp>(producer))
      return value;
    value = producer->getOperand(0);
  }
  return {};
}

/// Whether a factor behind `value` disappears into weights: a convolution with
/// constant weights, or a constant added to one.
bool foldsScale(Value value) {
  if (!value || !value.hasOneUse())
    return false;
  if (auto conv = value.getDefiningOp<tosa::Conv2DOp>())
    return FloatConstant::read(conv.getWeight()) &&
           FloatConstant::read(conv.getBias());
  auto add = value.getDefiningOp<tosa::AddOp>();
  if (!add)
    return false;
  if (FloatConstant::read(add.getInput2()))
    return foldsScale(skipMovement(add.getInput1()));
  return FloatConstant::read(add.getInput1()) &&
         foldsScale(skipMovement(add.getInput2()));
}

/// The value in front of `value` that a factor can be moved to: through a
/// product it may go to either side.
Value findDestination(Value value) {
  Value source = skipMovement(value);
  if (!source)
    return {};
  auto matmul = source.getDefiningOp<tosa::MatMulOp>();
  if (!matmul)
    return foldsScale(source) ? source : Value();
  for (Value side : {matmul.getA(), matmul.getB()})
    if (Value moved = skipMovement(side); foldsScale(moved))
      return moved;
  return {};
}

struct HoistScale : OpRewritePattern<tosa::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::MulOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<float> factor = getUniformFloat(op.getInput2());
    Value data = op.getInput1();
    if (!factor) {
      factor = getUniformFloat(op.getInput1());
      data = op.getInput2();
    }
    if (!factor || !std::isfinite(*factor) || data.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "no product with one number");
    Value source = findDestination(data);
    if (!source || source == data)
      return rewriter.notifyMatchFailure(
          op, "no weights in front of it that only this reads");
    auto type = cast<RankedTensorType>(source.getType());
    rewriter.setInsertionPointAfterValue(source);
    Location loc = op.getLoc();
    Value number = createFloatConstant(
        rewriter, loc, SmallVector<int64_t>(type.getRank(), 1), {*factor});
    auto scaled = tosa::MulOp::create(rewriter, loc, type, source, number,
                                      createMulShift(rewriter, loc));
    rewriter.replaceAllUsesExcept(source, scaled, scaled);
    rewriter.replaceOp(op, data);
    return success();
  }
};

struct HoistScalesPass : impl::HoistScalesPassBase<HoistScalesPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<HoistScale>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace quantc::qnn

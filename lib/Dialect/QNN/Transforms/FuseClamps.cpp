// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decides where the range of an activation stands: as one clamp behind the
// operation that can carry it. Whether that operation then fuses it is left to
// legalization.
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_FUSECLAMPSPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// The numbers that a clamp lets through.
struct Range {
  float low;
  float high;

  static Range atLeast(float low) {
    return {low, std::numeric_limits<float>::infinity()};
  }
  static Range atMost(float high) {
    return {-std::numeric_limits<float>::infinity(), high};
  }

  float clamp(float value) const { return std::clamp(value, low, high); }
  bool contains(const Range &other) const {
    return low <= other.low && other.high <= high;
  }
};

/// The range of an f32 clamp.
std::optional<Range> getRange(tosa::ClampOp clamp) {
  auto low = dyn_cast<FloatAttr>(clamp.getMinValAttr());
  auto high = dyn_cast<FloatAttr>(clamp.getMaxValAttr());
  if (!low || !high || !low.getType().isF32())
    return std::nullopt;
  return Range{low.getValue().convertToFloat(),
               high.getValue().convertToFloat()};
}

tosa::ClampOp createClamp(PatternRewriter &rewriter, Location loc, Value input,
                          Range range, tosa::NanPropagationMode nanMode) {
  return tosa::ClampOp::create(rewriter, loc, input.getType(), input,
                               rewriter.getF32FloatAttr(range.low),
                               rewriter.getF32FloatAttr(range.high), nanMode);
}

/// The location of one of `count` operations that take the place of the one at
/// `loc`; names of operations stay unique.
Location getNumberedLoc(Location loc, unsigned index, unsigned count) {
  auto name = dyn_cast<NameLoc>(loc);
  if (!name || count == 1)
    return loc;
  std::string numbered =
      llvm::formatv("{0}.{1}", name.getName().strref(), index);
  return NameLoc::get(StringAttr::get(loc.getContext(), numbered),
                      name.getChildLoc());
}

/// True for an operation whose quantized form carries a range, and for a clamp,
/// with which another clamp merges.
bool canCarryRange(Operation *op) {
  return isa_and_present<tosa::Conv2DOp, tosa::DepthwiseConv2DOp, tosa::AddOp,
                         tosa::SubOp, tosa::MulOp, tosa::ClampOp>(op);
}

/// maximum(x, c) and minimum(x, c) with one number c -> clamp.
template <typename Op>
struct MakeClampFromExtremum : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    std::optional<float> bound = getUniformFloat(op.getInput2());
    Value data = op.getInput1();
    if (!bound) {
      bound = getUniformFloat(op.getInput1());
      data = op.getInput2();
    }
    if (!bound || std::isnan(*bound))
      return rewriter.notifyMatchFailure(op, "no operand is one number");
    if (data.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "the constant is the larger "
                                             "operand");
    Range range = std::is_same_v<Op, tosa::MaximumOp> ? Range::atLeast(*bound)
                                                      : Range::atMost(*bound);
    rewriter.replaceOp(
        op, createClamp(rewriter, op.getLoc(), data, range, op.getNanMode()));
    return success();
  }
};

/// select(x > c, x, c) and its mirror images -> clamp.
struct MakeClampFromSelect : OpRewritePattern<tosa::SelectOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::SelectOp select,
                                PatternRewriter &rewriter) const override {
    Operation *compare = select.getInput1().getDefiningOp();
    if (!isa_and_present<tosa::GreaterOp, tosa::GreaterEqualOp>(compare))
      return rewriter.notifyMatchFailure(select,
                                         "not selected by a comparison");
    Value larger = compare->getOperand(0), smaller = compare->getOperand(1);
    Value onTrue = select.getOnTrue(), onFalse = select.getOnFalse();

    auto isSame = [](Value lhs, Value rhs) {
      if (lhs == rhs)
        return true;
      std::optional<float> left = getUniformFloat(lhs);
      return left && left == getUniformFloat(rhs);
    };
    bool isMaximum = isSame(larger, onTrue) && isSame(smaller, onFalse);
    bool isMinimum = isSame(larger, onFalse) && isSame(smaller, onTrue);
    if (!isMaximum && !isMinimum)
      return rewriter.notifyMatchFailure(
          select, "does not select between the compared values");
    std::optional<float> bound = getUniformFloat(onFalse);
    Value data = onTrue;
    if (!bound) {
      bound = getUniformFloat(onTrue);
      data = onFalse;
    }
    if (!bound || std::isnan(*bound) || data.getType() != select.getType())
      return rewriter.notifyMatchFailure(select, "neither value is one number");

    Range range = isMaximum ? Range::atLeast(*bound) : Range::atMost(*bound);
    rewriter.replaceOp(select,
                       createClamp(rewriter, select.getLoc(), data, range,
                                   tosa::NanPropagationMode::PROPAGATE));
    return success();
  }
};

/// clamp(clamp(x)) -> clamp(x).
struct MergeClamps : OpRewritePattern<tosa::ClampOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ClampOp outer,
                                PatternRewriter &rewriter) const override {
    auto inner = outer.getInput().getDefiningOp<tosa::ClampOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(outer, "no clamp before it");
    std::optional<Range> first = getRange(inner), second = getRange(outer);
    if (!first || !second || inner.getNanMode() != outer.getNanMode())
      return rewriter.notifyMatchFailure(
          outer, "the clamps are not of f32 or treat NaN differently");
    if (second->contains(*first)) {
      rewriter.replaceOp(outer, inner.getResult());
      return success();
    }
    if (!inner->hasOneUse())
      return rewriter.notifyMatchFailure(inner, "has other users");
    Range both{second->clamp(first->low), second->clamp(first->high)};
    rewriter.replaceOp(outer,
                       createClamp(rewriter, outer.getLoc(), inner.getInput(),
                                   both, outer.getNanMode()));
    return success();
  }
};

/// clamp(f(x, ...)) -> f(clamp(x), ...) for f that only moves or compares.
struct MoveClampUp : OpRewritePattern<tosa::ClampOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ClampOp clamp,
                                PatternRewriter &rewriter) const override {
    Operation *mover = clamp.getInput().getDefiningOp();
    std::optional<Range> range = getRange(clamp);
    if (!range || clamp.getNanMode() != tosa::NanPropagationMode::PROPAGATE)
      return rewriter.notifyMatchFailure(
          clamp, "not an f32 clamp that propagates NaN");
    if (!commutes(mover))
      return rewriter.notifyMatchFailure(clamp,
                                         "nothing before it that commutes");
    if (!reachesCarrier(clamp.getInput()))
      return rewriter.notifyMatchFailure(
          clamp, "no operation before it can carry the range alone");

    rewriter.setInsertionPoint(mover);
    for (unsigned index = 0, end = dataOperands(mover); index != end; ++index) {
      Value moved =
          createClamp(rewriter, getNumberedLoc(clamp.getLoc(), index, end),
                      mover->getOperand(index), *range, clamp.getNanMode());
      rewriter.modifyOpInPlace(mover, [&] { mover->setOperand(index, moved); });
    }
    rewriter.replaceOp(clamp, mover->getResults());
    return success();
  }

private:
  static bool commutes(Operation *op) {
    return isa_and_present<tosa::MaxPool2dOp, tosa::ReshapeOp,
                           tosa::TransposeOp, tosa::ConcatOp>(op);
  }

  /// The number of leading operands that carry numbers.
  static unsigned dataOperands(Operation *op) {
    return isa<tosa::ConcatOp>(op) ? op->getNumOperands() : 1;
  }

  /// True if on every way up from `value`, through operations that commute
  /// and have no other users, stands one that can carry the range.
  static bool reachesCarrier(Value value) {
    Operation *op = value.getDefiningOp();
    if (!op || !value.hasOneUse())
      return false;
    if (canCarryRange(op))
      return true;
    return commutes(op) &&
           llvm::all_of(op->getOperands().take_front(dataOperands(op)),
                        reachesCarrier);
  }
};

struct FuseClampsPass : impl::FuseClampsPassBase<FuseClampsPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<MakeClampFromExtremum<tosa::MaximumOp>,
                 MakeClampFromExtremum<tosa::MinimumOp>, MakeClampFromSelect,
                 MergeClamps, MoveClampUp>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace

} // namespace quantc::qnn

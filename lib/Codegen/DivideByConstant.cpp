// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognizes the vector form of a quantize (N3) from its rounding backwards:
// only where a quotient is clamped and rounded may another number close to it
// stand for it. Whether it may, the Numerics library tries.
#include "DivideByConstant.h"

#include "quantc/Numerics/Reciprocal.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

/// The constant that every element of `value` is.
std::optional<float> getSplat(Value value) {
  if (auto broadcast = value.getDefiningOp<vector::BroadcastOp>())
    value = broadcast.getSource();
  APFloat constant(0.0f);
  if (!value || !matchPattern(value, m_ConstantFloat(&constant)) ||
      &constant.getSemantics() != &APFloat::IEEEsingle())
    return std::nullopt;
  return constant.convertToFloat();
}

/// The value that select(value `predicate` bound, bound, value) bounds, and its
/// bound.
std::optional<std::pair<Value, float>>
matchBound(Value value, arith::CmpFPredicate predicate) {
  auto select = value.getDefiningOp<arith::SelectOp>();
  auto compare =
      select ? select.getCondition().getDefiningOp<arith::CmpFOp>() : nullptr;
  if (!compare || compare.getPredicate() != predicate ||
      compare.getLhs() != select.getFalseValue())
    return std::nullopt;
  std::optional<float> bound = getSplat(select.getTrueValue());
  if (!bound || getSplat(compare.getRhs()) != bound)
    return std::nullopt;
  return std::make_pair(select.getFalseValue(), *bound);
}

/// The division whose quotient `value` is, with zero in place of NaN, if
/// nothing else reads it.
arith::DivFOp matchQuotient(Value value) {
  auto select = value.getDefiningOp<arith::SelectOp>();
  auto compare =
      select ? select.getCondition().getDefiningOp<arith::CmpFOp>() : nullptr;
  if (!compare || compare.getPredicate() != arith::CmpFPredicate::UNO ||
      compare.getLhs() != select.getFalseValue() ||
      compare.getRhs() != select.getFalseValue() ||
      getSplat(select.getTrueValue()) != 0.0f)
    return nullptr;
  auto division = select.getFalseValue().getDefiningOp<arith::DivFOp>();
  bool onlyHere =
      division && llvm::all_of(division->getUsers(), [&](Operation *u) {
        return u == select || u == compare;
      });
  return onlyHere ? division : nullptr;
}

/// An addition that rounds, as LowerQuantize writes it.
struct DivideByConstant : OpRewritePattern<arith::AddFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::AddFOp op,
                                PatternRewriter &rewriter) const override {
    if (!isa<VectorType>(op.getType()) || getSplat(op.getRhs()) != kRounder)
      return rewriter.notifyMatchFailure(op, "not the rounding of vectors");
    auto upper = matchBound(op.getLhs(), arith::CmpFPredicate::OGT);
    auto lower = upper ? matchBound(upper->first, arith::CmpFPredicate::OLT)
                       : std::nullopt;
    if (!lower)
      return rewriter.notifyMatchFailure(op, "nothing clamped is rounded");
    arith::DivFOp division = matchQuotient(lower->first);
    std::optional<float> scale =
        division ? getSplat(division.getRhs()) : std::nullopt;
    if (!scale)
      return rewriter.notifyMatchFailure(op, "no quotient by a constant");
    std::optional<numerics::Reciprocal> reciprocal =
        numerics::computeReciprocal(*scale, static_cast<int64_t>(lower->second),
                                    static_cast<int64_t>(upper->second));
    if (!reciprocal)
      return rewriter.notifyMatchFailure(op, "some tie would be another");
    rewriter.setInsertionPoint(division);
    rewriter.replaceOp(division, multiply(rewriter, division, *reciprocal));
    return success();
  }

private:
  /// 1.5 * 2^23.
  static constexpr float kRounder = 12582912.0f;

  static Value multiply(OpBuilder &builder, arith::DivFOp division,
                        numerics::Reciprocal reciprocal) {
    Location loc = division.getLoc();
    auto splat = [&](float value) -> Value {
      return arith::ConstantOp::create(
          builder, loc,
          DenseElementsAttr::get(cast<VectorType>(division.getType()), value));
    };
    Value x = division.getLhs(), high = splat(reciprocal.high);
    if (reciprocal.low == 0.0f)
      return arith::MulFOp::create(builder, loc, x, high);
    Value rest = arith::MulFOp::create(builder, loc, x, splat(reciprocal.low));
    return math::FmaOp::create(builder, loc, x, high, rest);
  }
};

} // namespace

void populateDivideByConstantPatterns(RewritePatternSet &patterns,
                                      const ISA &isa) {
  // AVX-512 includes it; the rows of AVX2 do not ask for it.
  if (isa.architecture == "x86_64" && isa.vectorBits == 512)
    patterns.add<DivideByConstant>(patterns.getContext());
}

} // namespace quantc::codegen

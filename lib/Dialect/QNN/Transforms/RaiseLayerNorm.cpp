// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the TOSA spellings of layer normalization to qnn.float_layer_norm. Which
// spellings count is decided here; where the operation becomes an integer one
// is left to its quantization model.
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_RAISELAYERNORMPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// An elementwise product or sum with one constant operand.
struct WithConstant {
  Value value, constant;
};

template <typename OpT>
std::optional<WithConstant> matchConstantOperand(Value value) {
  auto op = value.getDefiningOp<OpT>();
  if (!op)
    return std::nullopt;
  if (FloatConstant::read(op.getInput2()))
    return WithConstant{op.getInput1(), op.getInput2()};
  if (FloatConstant::read(op.getInput1()))
    return WithConstant{op.getInput2(), op.getInput1()};
  return std::nullopt;
}

/// `x` of sum(x along the last axis) * (1 / N).
Value matchMean(Value value) {
  auto scaled = matchConstantOperand<tosa::MulOp>(value);
  auto sum = scaled ? scaled->value.getDefiningOp<tosa::ReduceSumOp>()
                    : tosa::ReduceSumOp();
  std::optional<float> factor =
      scaled ? getUniformFloat(scaled->constant) : std::nullopt;
  if (!sum || !factor)
    return {};
  auto type = dyn_cast<RankedTensorType>(sum.getInput().getType());
  if (!type || !type.hasStaticShape() ||
      static_cast<int64_t>(sum.getAxis()) != type.getRank() - 1)
    return {};
  auto count = static_cast<double>(type.getShape().back());
  if (*factor != static_cast<float>(1.0 / count))
    return {};
  return sum.getInput();
}

/// `x` of x^exponent.
Value matchPower(Value value, float exponent) {
  auto power = value.getDefiningOp<tosa::PowOp>();
  if (power && getUniformFloat(power.getInput2()) == exponent)
    return power.getInput1();
  return {};
}

/// `v` of 1 / sqrt(v), as exporters spell it.
Value matchInverseRoot(Value value) {
  if (auto rsqrt = value.getDefiningOp<tosa::RsqrtOp>())
    return rsqrt.getInput1();
  if (auto reciprocal = value.getDefiningOp<tosa::ReciprocalOp>())
    return matchPower(reciprocal.getInput1(), 0.5f);
  return matchPower(value, -0.5f);
}

/// `x` of x * x.
Value matchSquare(Value value) {
  auto mul = value.getDefiningOp<tosa::MulOp>();
  if (mul && mul.getInput1() == mul.getInput2())
    return mul.getInput1();
  return matchPower(value, 2.0f);
}

struct Normalization {
  Value input;
  float epsilon;
};

/// (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon), as the product of
/// `centered` and `inverse`.
std::optional<Normalization> matchNormalization(Value centered, Value inverse) {
  auto sub = centered.getDefiningOp<tosa::SubOp>();
  if (!sub || matchMean(sub.getInput2()) != sub.getInput1())
    return std::nullopt;
  Value sum = matchInverseRoot(inverse);
  auto shifted = sum ? matchConstantOperand<tosa::AddOp>(sum) : std::nullopt;
  std::optional<float> epsilon =
      shifted ? getUniformFloat(shifted->constant) : std::nullopt;
  if (!epsilon || !(*epsilon >= 0) || !std::isfinite(*epsilon))
    return std::nullopt;
  Value square = matchMean(shifted->value);
  Value squared = square ? matchSquare(square) : Value();
  // An exporter may subtract the mean twice.
  auto other = squared ? squared.getDefiningOp<tosa::SubOp>() : tosa::SubOp();
  if (!other || other.getInput1() != sub.getInput1() ||
      matchMean(other.getInput2()) != sub.getInput1())
    return std::nullopt;
  return Normalization{sub.getInput1(), *epsilon};
}

/// Multiplies or adds the numbers of `constant` to those of the row; false, and
/// no change, where it is no constant of one number an element or for all.
bool absorb(Value constant, std::vector<float> &numbers, bool multiply) {
  auto values =
      getPerChannelFloats(constant, static_cast<int64_t>(numbers.size()));
  if (!values ||
      !llvm::all_of(*values, [](float v) { return std::isfinite(v); }))
    return false;
  for (auto [number, value] : llvm::zip_equal(numbers, *values))
    number = multiply ? number * value : number + value;
  return true;
}

struct RaiseLayerNorm : OpRewritePattern<tosa::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::MulOp op,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (!type || !type.hasStaticShape() || type.getRank() < 1)
      return rewriter.notifyMatchFailure(op, "not of static shape");
    auto norm = matchNormalization(op.getInput1(), op.getInput2());
    if (!norm)
      norm = matchNormalization(op.getInput2(), op.getInput1());
    if (!norm || norm->input.getType() != type)
      return rewriter.notifyMatchFailure(
          op, "no difference from the mean over the deviation");

    int64_t length = type.getShape().back();
    std::vector<float> gamma(length, 1.0f), beta(length, 0.0f);
    Value last = op.getResult();
    if (auto scaled = getOnlyUser<tosa::MulOp>(last);
        scaled && absorb(getOther(scaled, last), gamma, /*multiply=*/true))
      last = scaled.getResult();
    if (auto shifted = getOnlyUser<tosa::AddOp>(last);
        shifted && absorb(getOther(shifted, last), beta, /*multiply=*/false))
      last = shifted.getResult();
    auto row = RankedTensorType::get(length, type.getElementType());
    rewriter.setInsertionPoint(last.getDefiningOp());
    rewriter.replaceOpWithNewOp<FloatLayerNormOp>(
        last.getDefiningOp(), type, norm->input,
        makeFloatElements(row, std::move(gamma), "gamma"),
        makeFloatElements(row, std::move(beta), "beta"),
        rewriter.getF32FloatAttr(norm->epsilon));
    return success();
  }

private:
  /// The only user of `value`, if it is an OpT with a result of the same type.
  template <typename OpT>
  static OpT getOnlyUser(Value value) {
    auto user = value.hasOneUse() ? dyn_cast<OpT>(*value.user_begin()) : OpT();
    return user && user.getType() == value.getType() ? user : OpT();
  }
  template <typename OpT>
  static Value getOther(OpT op, Value operand) {
    return op.getInput1() == operand ? op.getInput2() : op.getInput1();
  }
};

struct RaiseLayerNormPass : impl::RaiseLayerNormPassBase<RaiseLayerNormPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RaiseLayerNorm>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace quantc::qnn

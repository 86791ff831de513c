// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decides when explicit padding may become the padding of the operation that
// reads it. Average pooling is left alone: TOSA does not count its padding.
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include "llvm/ADT/TypeSwitch.h"

#include <limits>

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_FOLDPADPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// A tosa.pad of the image axes of an NHWC tensor.
struct ImagePad {
  /// top, bottom, left, right: the order of the `pad` attributes.
  SmallVector<int64_t, 4> amounts;
  float value;
};

/// Reads `pad` as padding of the image axes; nullopt if it pads anything else,
/// by a negative amount, or with an unknown number.
std::optional<ImagePad> matchImagePad(tosa::PadOp pad) {
  std::optional<SmallVector<int64_t>> amounts = getConstShape(pad.getPadding());
  std::optional<float> value = getUniformFloat(pad.getPadConst());
  if (!amounts || amounts->size() != 8 || !value)
    return std::nullopt;
  ArrayRef<int64_t> all = *amounts;
  bool onlyImage =
      llvm::all_of(all.take_front(2), [](int64_t n) { return !n; }) &&
      llvm::all_of(all.take_back(2), [](int64_t n) { return !n; });
  ArrayRef<int64_t> image = all.slice(2, 4);
  if (!onlyImage || llvm::any_of(image, [](int64_t n) { return n < 0; }))
    return std::nullopt;
  return ImagePad{llvm::to_vector<4>(image), *value};
}

SmallVector<int64_t> addPadding(ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs) {
  return llvm::map_to_vector(llvm::zip_equal(lhs, rhs), [](auto pair) {
    return std::get<0>(pair) + std::get<1>(pair);
  });
}

/// True if no number of `value` can be below zero, seen from at most `depth`
/// operations.
bool isKnownNonNegative(Value value, unsigned depth = 8) {
  Operation *op = value.getDefiningOp();
  if (!op || depth == 0)
    return false;
  if (std::optional<float> number = getUniformFloat(value))
    return *number >= 0.0f;
  auto operandsAre = [&](ValueRange operands) {
    return llvm::all_of(operands, [&](Value operand) {
      return isKnownNonNegative(operand, depth - 1);
    });
  };
  return TypeSwitch<Operation *, bool>(op)
      .Case<tosa::SigmoidOp, tosa::ExpOp, tosa::AbsOp>(
          [](auto) { return true; })
      .Case([&](tosa::ClampOp clamp) {
        auto low = dyn_cast<FloatAttr>(clamp.getMinValAttr());
        return low && low.getValueAsDouble() >= 0.0;
      })
      .Case<tosa::MaxPool2dOp, tosa::AvgPool2dOp, tosa::ReshapeOp,
            tosa::TransposeOp, tosa::SliceOp>(
          [&](auto) { return operandsAre(op->getOperand(0)); })
      .Case([&](tosa::MaximumOp maximum) {
        return isKnownNonNegative(maximum.getInput1(), depth - 1) ||
               isKnownNonNegative(maximum.getInput2(), depth - 1);
      })
      .Case<tosa::ConcatOp, tosa::AddOp>(
          [&](auto) { return operandsAre(op->getOperands()); })
      .Default(false);
}

/// conv(pad(x, 0)) -> conv(x) with more padding.
template <typename ConvOp>
struct FoldPadIntoConv : OpRewritePattern<ConvOp> {
  using OpRewritePattern<ConvOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvOp conv,
                                PatternRewriter &rewriter) const override {
    auto pad = conv.getInput().template getDefiningOp<tosa::PadOp>();
    if (!pad)
      return rewriter.notifyMatchFailure(conv, "no explicit padding before it");
    std::optional<ImagePad> image = matchImagePad(pad);
    if (!image)
      return rewriter.notifyMatchFailure(
          pad, "pads other axes than the image's, or by unknown numbers");
    if (image->value != 0.0f)
      return rewriter.notifyMatchFailure(pad, "does not pad with zero");

    SmallVector<int64_t> amounts = addPadding(conv.getPad(), image->amounts);
    rewriter.modifyOpInPlace(conv, [&] {
      conv.getInputMutable().assign(pad.getInput1());
      conv.setPad(amounts);
    });
    return success();
  }
};

/// max_pool2d(pad(x)) -> max_pool2d(x) with more padding.
struct FoldPadIntoMaxPool : OpRewritePattern<tosa::MaxPool2dOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::MaxPool2dOp pool,
                                PatternRewriter &rewriter) const override {
    auto pad = pool.getInput().getDefiningOp<tosa::PadOp>();
    if (!pad)
      return rewriter.notifyMatchFailure(pool, "no explicit padding before it");
    std::optional<ImagePad> image = matchImagePad(pad);
    if (!image)
      return rewriter.notifyMatchFailure(
          pad, "pads other axes than the image's, or by unknown numbers");
    bool neverWins =
        image->value <= std::numeric_limits<float>::lowest() ||
        (image->value == 0.0f && isKnownNonNegative(pad.getInput1()));
    if (!neverWins)
      return rewriter.notifyMatchFailure(
          pad, "the padding may be larger than the numbers beside it");

    SmallVector<int64_t> amounts = addPadding(pool.getPad(), image->amounts);
    ArrayRef<int64_t> kernel = pool.getKernel();
    for (auto [index, amount] : llvm::enumerate(amounts))
      if (amount >= kernel[index / 2])
        return rewriter.notifyMatchFailure(
            pool, "a window would hold nothing but padding");
    rewriter.modifyOpInPlace(pool, [&] {
      pool.getInputMutable().assign(pad.getInput1());
      pool.setPad(amounts);
    });
    return success();
  }
};

struct FoldPadPass : impl::FoldPadPassBase<FoldPadPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldPadIntoConv<tosa::Conv2DOp>,
                 FoldPadIntoConv<tosa::DepthwiseConv2DOp>, FoldPadIntoMaxPool>(
        &getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace

} // namespace quantc::qnn

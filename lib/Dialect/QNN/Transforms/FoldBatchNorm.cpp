// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decides which per-channel affine chains disappear into the convolution before
// them and which become a depthwise convolution of their own. What counts as
// such a chain is AffineChain's business.
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "AffineChain.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_FOLDBATCHNORMPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// The output channel of the weight at `index`, counted in row-major order.
/// conv2d weights are [OC, KH, KW, IC].
int64_t outputChannel(tosa::Conv2DOp, ArrayRef<int64_t> shape, int64_t index) {
  return index / (shape[1] * shape[2] * shape[3]);
}

/// depthwise_conv2d weights are [KH, KW, C, M]; output channel c * M + m.
int64_t outputChannel(tosa::DepthwiseConv2DOp, ArrayRef<int64_t> shape,
                      int64_t index) {
  return index % (shape[2] * shape[3]);
}

bool allFinite(ArrayRef<float> values) {
  return llvm::all_of(values, [](float value) { return std::isfinite(value); });
}

/// Takes every step out of the graph: its users read its input instead.
void bypass(const AffineChain &chain, PatternRewriter &rewriter) {
  for (const AffineStep &step : llvm::reverse(chain.steps))
    rewriter.replaceOp(step.op, step.input);
}

/// conv(x, w, bias) followed by a * y + b -> conv(x, a * w, a * bias + b).
template <typename ConvOp>
struct FoldAffineIntoConv : OpRewritePattern<ConvOp> {
  using OpRewritePattern<ConvOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvOp conv,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<RankedTensorType>(conv.getType());
    if (!type || !type.hasStaticShape() || !type.getElementType().isF32())
      return rewriter.notifyMatchFailure(conv, "not an f32 convolution of "
                                               "static shape");
    if (!conv->hasOneUse())
      return rewriter.notifyMatchFailure(
          conv, "the result of the convolution has other users");
    int64_t channels = type.getShape().back();
    AffineChain chain = AffineChain::follow(conv.getResult(), channels);
    if (chain.empty())
      return rewriter.notifyMatchFailure(
          conv, "no per-channel scale or shift follows");
    std::optional<FloatConstant> weight = FloatConstant::read(conv.getWeight());
    std::optional<std::vector<float>> bias =
        getPerChannelFloats(conv.getBias(), channels);
    if (!weight || !bias)
      return rewriter.notifyMatchFailure(
          conv, "weights or bias of the convolution are no f32 constants");

    std::vector<float> newWeight = weight->values().vec();
    for (auto [index, value] : llvm::enumerate(newWeight))
      value =
          value * chain.scale[outputChannel(conv, weight->getShape(), index)];
    std::vector<float> newBias = *bias;
    for (auto [c, value] : llvm::enumerate(newBias))
      value = value * chain.scale[c] + chain.shift[c];
    if (!allFinite(newWeight) || !allFinite(newBias))
      return rewriter.notifyMatchFailure(
          conv, "a folded weight or bias would not be finite");

    rewriter.setInsertionPoint(conv);
    Value weightValue =
        createFloatConstant(rewriter, conv.getWeight().getLoc(),
                            weight->getShape(), std::move(newWeight));
    Value biasValue = createFloatConstant(rewriter, conv.getBias().getLoc(),
                                          {channels}, std::move(newBias));
    rewriter.modifyOpInPlace(conv, [&] {
      conv.getWeightMutable().assign(weightValue);
      conv.getBiasMutable().assign(biasValue);
    });
    bypass(chain, rewriter);
    return success();
  }
};

/// The longest chain on an image tensor that `op` opens, and its input; empty
/// if `op` is no scale and no shift, or the scale is the same for all channels.
AffineChain openImageChain(Operation *op) {
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type || !type.hasStaticShape() || type.getRank() != 4)
    return AffineChain(0);
  AffineChain chain(type.getShape().back());
  bool constantFirst = FloatConstant::read(op->getOperand(0)).has_value();
  if (!chain.append(op, op->getOperand(constantFirst ? 1 : 0)))
    return AffineChain(0);
  Value value = op->getResult(0);
  while (value.hasOneUse() && chain.append(*value.user_begin(), value))
    value = chain.steps.back().op->getResult(0);
  return chain.scalesPerChannel() ? chain : AffineChain(0);
}

/// a * x + b on a rank 4 tensor -> depthwise_conv2d(x, a, b) with a 1x1 kernel.
/// The steps lose their users; erasing them is left to the caller.
void makeDepthwiseConv(const AffineChain &chain, IRRewriter &rewriter) {
  const AffineStep &first = chain.steps.front();
  Operation *last = chain.steps.back().op;
  int64_t channels = chain.scale.size();
  std::vector<float> weight(chain.scale.begin(), chain.scale.end());
  std::vector<float> bias(chain.shift.begin(), chain.shift.end());
  if (!allFinite(weight) || !allFinite(bias))
    return;

  rewriter.setInsertionPoint(last);
  Location loc = first.op->getLoc();
  Value weightValue =
      createFloatConstant(rewriter, loc, {1, 1, channels, 1}, weight);
  Value biasValue = createFloatConstant(rewriter, loc, {channels}, bias);
  Value zeroPoint = createFloatConstant(rewriter, loc, {1}, {0.0f});
  Value conv = tosa::DepthwiseConv2DOp::create(
      rewriter, loc, last->getResult(0).getType(), first.input, weightValue,
      biasValue, zeroPoint, zeroPoint,
      /*pad=*/ArrayRef<int64_t>{0, 0, 0, 0},
      /*stride=*/ArrayRef<int64_t>{1, 1},
      /*dilation=*/ArrayRef<int64_t>{1, 1}, rewriter.getF32Type());
  rewriter.replaceAllUsesWith(last->getResult(0), conv);
}

/// Treats the chains in program order: the first step of each opens it.
void makeStandaloneConvs(func::FuncOp function) {
  SmallVector<Operation *> steps;
  function.walk([&](Operation *op) {
    if (isa<tosa::AddOp, tosa::SubOp, tosa::MulOp>(op))
      steps.push_back(op);
  });
  IRRewriter rewriter(function.getContext());
  for (Operation *op : steps) {
    if (op->use_empty())
      continue;
    AffineChain chain = openImageChain(op);
    if (!chain.empty())
      makeDepthwiseConv(chain, rewriter);
  }
  for (Operation *op : llvm::reverse(steps))
    if (isOpTriviallyDead(op))
      rewriter.eraseOp(op);
}

struct FoldBatchNormPass : impl::FoldBatchNormPassBase<FoldBatchNormPass> {
  using FoldBatchNormPassBase::FoldBatchNormPassBase;

  void runOnOperation() override {
    RewritePatternSet fold(&getContext());
    fold.add<FoldAffineIntoConv<tosa::Conv2DOp>,
             FoldAffineIntoConv<tosa::DepthwiseConv2DOp>>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(fold))))
      return signalPassFailure();
    // Only what is left now has no convolution before it.
    if (standalone)
      makeStandaloneConvs(getOperation());
  }
};

} // namespace

} // namespace quantc::qnn

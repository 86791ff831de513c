// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Only changes the form of pads; that the producer of a padded image writes
// into the frame is decided by PlaceDestinations and bufferization.
#include "quantc/Codegen/Passes.h"

#include "Border.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_DECOMPOSEPADSPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

struct DecomposePad : public linalg::DecomposePadOpPattern {
  using DecomposePadOpPattern::DecomposePadOpPattern;

  LogicalResult matchAndRewrite(tensor::PadOp op,
                                PatternRewriter &rewriter) const override {
    if (isLeftOut(op))
      return rewriter.notifyMatchFailure(op, "kernels leave the border out");
    return DecomposePadOpPattern::matchAndRewrite(op, rewriter);
  }
};

struct DecomposePadsPass
    : public impl::DecomposePadsPassBase<DecomposePadsPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<DecomposePad>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace quantc::codegen

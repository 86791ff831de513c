// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Only changes the form of pads; that the producer of a padded image writes
// into the frame is decided by PlaceDestinations and bufferization.
#include "quantc/Codegen/Passes.h"

#include "quantc/Codegen/ISA.h"

#include "Border.h"
#include "DepthwisePlan.h"
#include "KernelPlan.h"
#include "TilePlan.h"

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
  DecomposePad(MLIRContext *context, unsigned vectorBits, const ISA &isa)
      : DecomposePadOpPattern(context), vectorBits(vectorBits), isa(isa) {}

  /// True if `use` is the image of a kernel of tiles: each row of one is read,
  /// whatever it lies in.
  bool isRead(OpOperand &use) const {
    auto op = dyn_cast<linalg::GenericOp>(use.getOwner());
    return op && isKernel(op) && planTiles(op, isa);
  }

  /// True if `use` is the image of a depthwise kernel that makes the border up.
  bool isMadeUp(OpOperand &use) const {
    auto op = dyn_cast<linalg::GenericOp>(use.getOwner());
    if (!op || !isKernel(op) || isElementwise(op))
      return false;
    KernelGroup group = formGroup(op);
    std::optional<DepthwisePlan> plan = planDepthwise(group, vectorBits, isa);
    return plan && plan->border &&
           op.getDpsInputOperand(plan->image)->getOperandNumber() ==
               use.getOperandNumber();
  }

  LogicalResult matchAndRewrite(tensor::PadOp op,
                                PatternRewriter &rewriter) const override {
    if (llvm::all_of(op->getUses(), [&](OpOperand &use) {
          return !isRead(use) && (isLeftOut(use) || isMadeUp(use));
        }))
      return rewriter.notifyMatchFailure(op, "kernels leave the border out");
    return DecomposePadOpPattern::matchAndRewrite(op, rewriter);
  }

private:
  unsigned vectorBits;
  const ISA &isa;
};

struct DecomposePadsPass
    : public impl::DecomposePadsPassBase<DecomposePadsPass> {
  using DecomposePadsPassBase::DecomposePadsPassBase;

  void runOnOperation() override {
    const ISA *row = findISA(isa);
    if (!row) {
      getOperation().emitError() << "unknown isa '" << isa << "'";
      return signalPassFailure();
    }
    RewritePatternSet patterns(&getContext());
    patterns.add<DecomposePad>(&getContext(), vectorBits, *row);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace quantc::codegen

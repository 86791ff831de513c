// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which of upstream's fusions a kernel wants. Upstream's own pass also computes
// an elementwise producer inside the loops of a reduction, once for every time
// that an element is read, and leaves the accumulators of the producer before
// it in memory.
#include "quantc/Codegen/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_FUSEELEMENTWISEPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

bool isElementwise(Operation *op) {
  auto generic = dyn_cast_or_null<linalg::GenericOp>(op);
  return generic && generic.getNumReductionLoops() == 0;
}

/// A producer goes into its only reader if that computes each element once.
bool shouldFuse(OpOperand *operand) {
  Operation *producer = operand->get().getDefiningOp();
  return producer && producer->hasOneUse() &&
         isElementwise(operand->getOwner());
}

/// A reshape moves over elementwise operations, never over a reduction.
bool shouldMoveReshape(OpOperand *operand) {
  Operation *producer = operand->get().getDefiningOp();
  Operation *generic = isa<linalg::GenericOp>(operand->getOwner())
                           ? operand->getOwner()
                           : producer;
  return producer && producer->hasOneUse() && isElementwise(generic);
}

struct FuseElementwisePass
    : public impl::FuseElementwisePassBase<FuseElementwisePass> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    linalg::populateElementwiseOpsFusionPatterns(patterns, shouldFuse);
    linalg::populateFoldReshapeOpsByExpansionPatterns(patterns,
                                                      shouldMoveReshape);
    affine::AffineApplyOp::getCanonicalizationPatterns(patterns, context);
    linalg::GenericOp::getCanonicalizationPatterns(patterns, context);
    tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
    tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, context);
    context->getLoadedDialect<linalg::LinalgDialect>()
        ->getCanonicalizationPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace quantc::codegen

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reorders only; whether an insertion then happens in place is decided by
// bufferization.
#include "quantc/Codegen/Passes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_PLACEDESTINATIONSPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

struct PlaceDestinationsPass
    : public impl::PlaceDestinationsPassBase<PlaceDestinationsPass> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<tensor::InsertSliceOp> insertions;
    getOperation().walk(
        [&](tensor::InsertSliceOp op) { insertions.push_back(op); });
    for (tensor::InsertSliceOp op : insertions)
      placeDestination(rewriter, op);
  }

private:
  void placeDestination(RewriterBase &rewriter, tensor::InsertSliceOp op) {
    Operation *source = op.getSource().getDefiningOp();
    // A kernel whose result is reshaped may compute it in the other shape.
    while (
        isa_and_nonnull<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(source))
      source = source->getOperand(0).getDefiningOp();
    Operation *dest = op.getDest().getDefiningOp();
    if (!source || !dest || source->getBlock() != dest->getBlock() ||
        !source->isBeforeInBlock(dest))
      return;
    // Fails, and moves nothing, where the destination depends on the source.
    DominanceInfo dominance(getOperation());
    (void)moveValueDefinitions(rewriter, op.getDest(), source, dominance);
  }
};

} // namespace
} // namespace quantc::codegen

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

/// Whether a reduction computes an operand of `op`, which is its epilogue then.
bool readsReduction(Operation *op) {
  return llvm::any_of(op->getOperands(), [](Value operand) {
    auto generic = operand.getDefiningOp<linalg::GenericOp>();
    return generic && generic.getNumReductionLoops() != 0;
  });
}

/// Where two reductions meet, each ends in its own epilogue: merged with the
/// reader, the accumulators of one of them would go through memory.
bool joinsReductions(OpOperand *operand) {
  Operation *reader = operand->getOwner();
  return readsReduction(operand->get().getDefiningOp()) &&
         llvm::any_of(reader->getOpOperands(), [&](OpOperand &other) {
           Operation *producer = other.get().getDefiningOp();
           return &other != operand && producer &&
                  isa<linalg::GenericOp>(producer) &&
                  (!isElementwise(producer) || readsReduction(producer));
         });
}

/// A producer goes into its only reader if that computes each element once: a
/// number for a row is not computed for each element of the row.
bool shouldFuse(OpOperand *operand) {
  Operation *producer = operand->get().getDefiningOp();
  if (!producer || !producer->hasOneUse() ||
      !isElementwise(operand->getOwner()) || joinsReductions(operand))
    return false;
  auto generic = dyn_cast<linalg::GenericOp>(producer);
  auto reader = cast<linalg::GenericOp>(operand->getOwner());
  return !generic || generic.getNumDpsInputs() == 0 ||
         reader.getMatchingIndexingMap(operand).isPermutation();
}

/// A reshape moves over elementwise operations, never over a reduction or
/// between one and its epilogue.
bool shouldMoveReshape(OpOperand *operand) {
  Operation *producer = operand->get().getDefiningOp();
  Operation *generic = isa<linalg::GenericOp>(operand->getOwner())
                           ? operand->getOwner()
                           : producer;
  return producer && producer->hasOneUse() && isElementwise(generic) &&
         !readsReduction(generic);
}

/// What only moves elements: its body yields its one input.
bool isTranspose(linalg::GenericOp op) {
  return isElementwise(op.getOperation()) && op.getNumDpsInputs() == 1 &&
         op->getNumResults() == 1 &&
         op.getBody()->getTerminator()->getOperand(0) ==
             op.getBody()->getArgument(0) &&
         llvm::all_of(op.getIndexingMapsArray(),
                      [](AffineMap map) { return map.isPermutation(); });
}

/// Whether `op`, which reads an operand with `map`, may read it with `moved`:
/// what is contiguous stays so, or the only operand is reduced along it then.
bool keepsContiguous(linalg::GenericOp op, AffineMap map, AffineMap moved) {
  if (moved.getResults().back() == map.getResults().back())
    return true;
  auto last = dyn_cast<AffineDimExpr>(moved.getResults().back());
  return last && op.getNumDpsInputs() == 1 &&
         op.getIteratorTypesArray()[last.getPosition()] ==
             utils::IteratorType::reduction;
}

/// A reduction reads a transposed tensor where it is, as long as it reads no
/// worse: the head of an attention is a slice of each row.
struct ReadThroughTranspose : public OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (isElementwise(op.getOperation()))
      return rewriter.notifyMatchFailure(op, "no reduction");
    for (OpOperand *operand : op.getDpsInputOperands()) {
      auto transpose = operand->get().getDefiningOp<linalg::GenericOp>();
      if (!transpose || !isTranspose(transpose))
        continue;
      AffineMap map = op.getMatchingIndexingMap(operand);
      AffineMap moved = transpose.getIndexingMapsArray()[0].compose(
          inversePermutation(transpose.getIndexingMapsArray()[1]).compose(map));
      if (!keepsContiguous(op, map, moved))
        continue;
      SmallVector<AffineMap> maps = op.getIndexingMapsArray();
      maps[operand->getOperandNumber()] = moved;
      rewriter.modifyOpInPlace(op, [&] {
        operand->set(transpose.getDpsInputs()[0]);
        op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
      });
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no transposed operand");
  }
};

struct FuseElementwisePass
    : public impl::FuseElementwisePassBase<FuseElementwisePass> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    patterns.add<ReadThroughTranspose>(context);
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

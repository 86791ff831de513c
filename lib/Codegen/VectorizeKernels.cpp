// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Forms the groups: which elementwise operations are computed in the registers
// of which reduction. How a group is planned and emitted is left to KernelPlan
// and KernelEmitter.
#include "quantc/Codegen/ISA.h"
#include "quantc/Codegen/Passes.h"

#include "DepthwiseEmitter.h"
#include "DivideByConstant.h"
#include "FoldClamps.h"
#include "InterleaveEmitter.h"
#include "KernelEmitter.h"
#include "KernelPlan.h"
#include "KernelRemarks.h"
#include "RowReduction.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_VECTORIZEKERNELSPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

bool isElementwise(linalg::GenericOp op) {
  return op.getNumReductionLoops() == 0;
}

AffineMap getResultMap(linalg::GenericOp op) {
  return op.getMatchingIndexingMap(op.getDpsInitOperand(0));
}

/// For each loop of `op` the loop of the root that indexes the same dimension
/// of the tensor between them; `map` is how `op` indexes that tensor and
/// `dimLoops` how the root does. Fails unless `map` is a permutation.
std::optional<SmallVector<unsigned>>
matchLoops(linalg::GenericOp op, AffineMap map, ArrayRef<unsigned> dimLoops) {
  if (!map.isPermutation() || map.getNumResults() != dimLoops.size())
    return std::nullopt;
  SmallVector<unsigned> rootLoops(op.getNumLoops());
  for (auto [index, expr] : llvm::enumerate(map.getResults()))
    rootLoops[cast<AffineDimExpr>(expr).getPosition()] = dimLoops[index];
  return rootLoops;
}

/// The loops that index the dimensions of the result of `op`.
SmallVector<unsigned> getDimLoops(linalg::GenericOp op) {
  SmallVector<unsigned> loops;
  for (AffineExpr expr : getResultMap(op).getResults())
    loops.push_back(cast<AffineDimExpr>(expr).getPosition());
  return loops;
}

/// The initialization of a reduction as a stage, if it is computed only for it
/// from something that is cheaper to load than the initialized tensor.
std::optional<KernelStage> findInit(linalg::GenericOp root) {
  auto init =
      root.getDpsInitOperand(0)->get().getDefiningOp<linalg::GenericOp>();
  if (!init || !isKernel(init) || !isElementwise(init) ||
      init->getBlock() != root->getBlock())
    return std::nullopt;
  // Reading a full tensor to initialize is what the init would have done.
  bool readsOwnResult =
      init.payloadUsesValueFromOperand(init.getDpsInitOperand(0));
  bool cheap =
      init.getNumDpsInputs() <= 1 &&
      llvm::all_of(init.getDpsInputs(), [&](Value input) {
        auto type = dyn_cast<RankedTensorType>(input.getType());
        return !type || type.getRank() < getResultMap(init).getNumResults();
      });
  if (readsOwnResult || (!init->hasOneUse() && !cheap))
    return std::nullopt;
  auto loops = matchLoops(init, getResultMap(init), getDimLoops(root));
  if (!loops)
    return std::nullopt;
  return KernelStage{init, *loops, nullptr};
}

/// The only reader of the result of `op` as a stage of `root`'s kernel.
std::optional<KernelStage> findConsumer(linalg::GenericOp op,
                                        ArrayRef<unsigned> dimLoops,
                                        const DenseSet<Operation *> &taken) {
  if (!op->hasOneUse())
    return std::nullopt;
  OpOperand &use = *op->use_begin();
  auto consumer = dyn_cast<linalg::GenericOp>(use.getOwner());
  if (!consumer || consumer->getBlock() != op->getBlock() ||
      taken.contains(consumer) || !isKernel(consumer) ||
      !isElementwise(consumer) || !consumer.isDpsInput(&use))
    return std::nullopt;
  auto loops =
      matchLoops(consumer, consumer.getMatchingIndexingMap(&use), dimLoops);
  if (!loops)
    return std::nullopt;
  return KernelStage{consumer, *loops, &use};
}

/// `dimLoops` of a stage: the root's loops behind the dimensions of its result.
SmallVector<unsigned> getDimLoops(const KernelStage &stage) {
  SmallVector<unsigned> loops;
  for (unsigned loop : getDimLoops(stage.op))
    loops.push_back(stage.rootLoops[loop]);
  return loops;
}

KernelGroup formGroup(linalg::GenericOp root,
                      const DenseSet<Operation *> &taken) {
  KernelGroup group;
  group.root = root;
  if (!isElementwise(root))
    group.init = findInit(root);
  SmallVector<unsigned> dimLoops = getDimLoops(root);
  while (auto stage = findConsumer(group.getLast(), dimLoops, taken)) {
    dimLoops = getDimLoops(*stage);
    group.epilogue.push_back(std::move(*stage));
  }
  return group;
}

struct VectorizeKernelsPass
    : public impl::VectorizeKernelsPassBase<VectorizeKernelsPass> {
  using VectorizeKernelsPassBase::VectorizeKernelsPassBase;

  void runOnOperation() override {
    row = findISA(isa);
    if (!row) {
      getOperation().emitError() << "unknown isa '" << isa << "'";
      return signalPassFailure();
    }
    SmallVector<linalg::GenericOp> reductions, elementwise;
    getOperation().walk([&](linalg::GenericOp op) {
      if (isKernel(op))
        (isElementwise(op) ? elementwise : reductions).push_back(op);
    });
    // Reductions first: they take the elementwise operations around them.
    for (linalg::GenericOp root : reductions)
      emit(root);
    for (linalg::GenericOp root : elementwise)
      if (!taken.contains(root) && !root->use_empty())
        emit(root);
    // While the bounds of clamps are constants: equal kernels with others get
    // them as arguments.
    RewritePatternSet words(&getContext()), clamps(&getContext());
    populateKeepClampedWordsPatterns(words);
    populateDivideByConstantPatterns(words, *row);
    walkAndApplyPatterns(getOperation(), std::move(words));
    populateFoldClampPatterns(clamps, *row);
    walkAndApplyPatterns(getOperation(), std::move(clamps));
  }

private:
  void emit(linalg::GenericOp root) {
    KernelGroup group = formGroup(root, taken);
    group.looksUp = row->lookup != LookupInstruction::None;
    IRRewriter rewriter(&getContext());
    Value result = emitGroup(rewriter, group);
    rewriter.replaceAllUsesWith(group.getLast()->getResult(0), result);
    for (KernelStage &stage : llvm::reverse(group.epilogue))
      erase(rewriter, stage.op);
    erase(rewriter, root);
    if (group.init && group.init->op->use_empty())
      erase(rewriter, group.init->op);
  }

  Value emitGroup(RewriterBase &rewriter, KernelGroup &group) {
    if (auto depthwise = planDepthwise(group, vectorBits, row->dot)) {
      remarkDepthwise(group, *depthwise, *row);
      return emitDepthwise(rewriter, group, *depthwise);
    }
    if (auto reduction = matchRowReduction(group, vectorBits)) {
      remarkRowReduction(group, *reduction);
      return emitRowReduction(rewriter, group, *reduction);
    }
    KernelPlan plan = planKernel(group.root, vectorBits, row->dot);
    remarkKernel(group, plan, *row);
    return interleavesVectors(group, plan)
               ? emitInterleaved(rewriter, group, plan)
               : emitKernel(rewriter, group, plan);
  }

  void erase(RewriterBase &rewriter, linalg::GenericOp op) {
    taken.insert(op);
    rewriter.eraseOp(op);
  }

  /// The row of the option `isa`.
  const ISA *row = nullptr;
  /// Operations that are part of a kernel; they no longer exist.
  DenseSet<Operation *> taken;
};

} // namespace
} // namespace quantc::codegen

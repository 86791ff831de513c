// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An operation joins a group if its loops are those of the root, under whatever
// names and in whatever order.
#include "KernelGroup.h"

#include "KernelPlan.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

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

} // namespace

bool isElementwise(linalg::GenericOp op) {
  return op.getNumReductionLoops() == 0;
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

} // namespace quantc::codegen

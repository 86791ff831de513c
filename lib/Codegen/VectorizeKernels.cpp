// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of kernels: reductions take the elementwise operations around them.
// Which ones is decided in KernelGroup, how a group is computed by the first
// form of kernel that can.
#include "quantc/Codegen/ISA.h"
#include "quantc/Codegen/Passes.h"

#include "DepthwiseEmitter.h"
#include "DivideByConstant.h"
#include "FoldClamps.h"
#include "HighProducts.h"
#include "InterleaveEmitter.h"
#include "KernelEmitter.h"
#include "KernelEpilogue.h"
#include "KernelGroup.h"
#include "KernelPlan.h"
#include "KernelRemarks.h"
#include "RowReduction.h"
#include "TileEmitter.h"

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
    markHighProducts(root);
    for (KernelStage &stage : group.epilogue)
      markHighProducts(stage.op);
    IRRewriter rewriter(&getContext());
    Value result = emitGroup(rewriter, group);
    rewriter.replaceAllUsesWith(group.getLast()->getResult(0), result);
    for (KernelStage &stage : llvm::reverse(group.epilogue))
      erase(rewriter, stage.op);
    erase(rewriter, root);
    if (group.init && group.init->op->use_empty())
      erase(rewriter, group.init->op);
  }

  void markHighProducts(linalg::GenericOp op) {
    markNonNegativeFactors(op);
    if (row->multipliesHigh())
      markDoubles(op);
  }

  Value emitGroup(RewriterBase &rewriter, KernelGroup &group) {
    if (auto depthwise = planDepthwise(group, vectorBits, *row)) {
      remarkDepthwise(group, *depthwise, *row);
      return emitDepthwise(rewriter, group, *depthwise);
    }
    if (auto reduction = matchRowReduction(group, vectorBits)) {
      remarkRowReduction(group, *reduction);
      return emitRowReduction(rewriter, group, *reduction);
    }
    if (auto tiles = planTiles(group.root, *row);
        tiles && !readsDestination(group)) {
      remarkTiles(group, *tiles, *row);
      return emitTiles(rewriter, group, *tiles);
    }
    KernelPlan plan = planKernel(group.root, vectorBits, *row);
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

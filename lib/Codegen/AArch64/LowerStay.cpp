// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loads that stay behind vectors. What LLVM takes for a reader of them costs
// neither an instruction nor a wait; it is the place of their registers that
// only a target can name.
#include "quantc/Codegen/AArch64/LowerQVec.h"

#include "../LowerPack.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

using namespace mlir;

namespace quantc::codegen::aarch64 {
namespace {

struct LowerStayAfterVectors : OpRewritePattern<qvec::StayOp> {
  LowerStayAfterVectors(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/2) {}

  LogicalResult matchAndRewrite(qvec::StayOp op,
                                PatternRewriter &rewriter) const override {
    if (!llvm::all_of(op.getAfter().getTypes(), isRegister))
      return rewriter.notifyMatchFailure(op, "no registers of 128 bits");
    rewriter.replaceOp(op, createOpaqueIndex(rewriter, op.getLoc(),
                                             op.getIndex(), op.getIteration(),
                                             op.getAfter(), "w"));
    return success();
  }

private:
  static bool isRegister(Type type) {
    auto vector = cast<VectorType>(type);
    return vector.getRank() == 1 && !vector.isScalable() &&
           vector.getDimSize(0) * vector.getElementTypeBitWidth() == 128;
  }
};

} // namespace

void populateLowerStayPatterns(RewritePatternSet &patterns, const ISA &isa) {
  if (isa.architecture == "aarch64")
    patterns.add<LowerStayAfterVectors>(patterns.getContext());
}

} // namespace quantc::codegen::aarch64

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The 4-way dot product on AArch64. `sdot` is the operation itself; which lane
// of a register the left side comes from is LLVM's to find, from a shuffle.
#include "quantc/Codegen/AArch64/LowerQVec.h"

#include "../Registers.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

using namespace mlir;

namespace quantc::codegen::aarch64 {
namespace {

struct LowerDotToDotSignedBytes : OpRewritePattern<qvec::DotOp> {
  LowerDotToDotSignedBytes(MLIRContext *context, const ISA &isa)
      : OpRewritePattern(context, /*benefit=*/2), isa(isa) {}

  LogicalResult matchAndRewrite(qvec::DotOp op,
                                PatternRewriter &rewriter) const override {
    auto type = cast<VectorType>(op.getAcc().getType());
    int64_t lanes = type.getDimSize(0);
    std::optional<int64_t> wide = getRegisterElements(lanes, 32, isa);
    if (!wide)
      return rewriter.notifyMatchFailure(op, "wider than a register");
    if (op.getLhsUnsigned() || op.getRhsUnsigned())
      return rewriter.notifyMatchFailure(op, "the instruction is signed");
    Location loc = op.getLoc();
    auto resize = [&](Value value, int64_t size) {
      return widen(rewriter, loc, value, size);
    };
    // The second factor is the one that may be a lane.
    Value sum = callIntrinsic(
        rewriter, loc, "llvm.aarch64.neon.sdot.v4i32.v16i8",
        VectorType::get({*wide}, type.getElementType()),
        {resize(op.getAcc(), *wide), resize(op.getRhs(), 4 * *wide),
         resize(op.getLhs(), 4 * *wide)});
    rewriter.replaceOp(op, narrow(rewriter, loc, sum, lanes));
    return success();
  }

private:
  const ISA &isa;
};

} // namespace

void populateLowerDotPatterns(RewritePatternSet &patterns, const ISA &isa) {
  if (isa.dot == DotInstruction::DotSignedBytes)
    patterns.add<LowerDotToDotSignedBytes>(patterns.getContext(), isa);
}

} // namespace quantc::codegen::aarch64

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dot products on AArch64. `sdot` and `smmla` are operations of qvec
// themselves; which lane of a register the left side of `sdot` comes from is
// LLVM's to find, from a shuffle. Without them products are added up in 16 bits
// first, two of them, which hold those of narrow weights.
#include "quantc/Codegen/AArch64/LowerQVec.h"

#include "../Registers.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

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

struct LowerDotPairsToMatrix : OpRewritePattern<qvec::DotPairsOp> {
  LowerDotPairsToMatrix(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/2) {}

  LogicalResult matchAndRewrite(qvec::DotPairsOp op,
                                PatternRewriter &rewriter) const override {
    rewriter.replaceOp(
        op, callIntrinsic(rewriter, op.getLoc(),
                          "llvm.aarch64.neon.smmla.v4i32.v16i8", op.getType(),
                          {op.getAcc(), op.getLhs(), op.getRhs()}));
    return success();
  }
};

/// `smull`, `smlal2` and `sadalp`; LLVM makes the last two of a product and an
/// addition.
struct LowerDotHalvesToLong : OpRewritePattern<qvec::DotHalvesOp> {
  LowerDotHalvesToLong(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/2) {}

  LogicalResult matchAndRewrite(qvec::DotHalvesOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto words = VectorType::get({8}, rewriter.getI16Type());
    auto multiply = [&](int64_t from) {
      return callIntrinsic(rewriter, loc, "llvm.aarch64.neon.smull.v8i16",
                           words,
                           {slice(rewriter, loc, op.getLhs(), from, 8),
                            slice(rewriter, loc, op.getRhs(), from, 8)});
    };
    Value products =
        arith::AddIOp::create(rewriter, loc, multiply(0), multiply(8));
    Value pairs =
        callIntrinsic(rewriter, loc, "llvm.aarch64.neon.saddlp.v4i32.v8i16",
                      op.getType(), products);
    rewriter.replaceOpWithNewOp<arith::AddIOp>(op, op.getAcc(), pairs);
    return success();
  }
};

} // namespace

void populateLowerDotPatterns(RewritePatternSet &patterns, const ISA &isa) {
  if (isa.dotsByLane())
    patterns.add<LowerDotToDotSignedBytes>(patterns.getContext(), isa);
  if (isa.dot == DotInstruction::MatrixOfBytes)
    patterns.add<LowerDotPairsToMatrix>(patterns.getContext());
  if (isa.dot == DotInstruction::MultiplyLong)
    patterns.add<LowerDotHalvesToLong>(patterns.getContext());
}

} // namespace quantc::codegen::aarch64

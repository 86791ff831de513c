// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `qvec.pack` and `qvec.dot_words` are what one instruction of x86 does. Packs
// are taken in the length of a register only: whoever emits them knows the
// registers. Dot products may leave lanes of one empty.
#include "quantc/Codegen/X86/LowerPack.h"

#include "../Registers.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace quantc::codegen::x86 {
namespace {

/// The bits of a vector if they fill a register of `isa`, else 0.
unsigned getRegisterBits(Value value, const ISA &isa) {
  auto type = cast<VectorType>(value.getType());
  unsigned bits = type.getDimSize(0) * type.getElementTypeBitWidth();
  return bits >= 128 && bits <= isa.vectorBits && llvm::isPowerOf2_32(bits)
             ? bits
             : 0;
}

StringRef getPackName(unsigned bits, unsigned elementBits, bool isUnsigned) {
  bool words = elementBits == 32;
  switch (bits) {
  case 128:
    return words        ? "llvm.x86.sse2.packssdw.128"
           : isUnsigned ? "llvm.x86.sse2.packuswb.128"
                        : "llvm.x86.sse2.packsswb.128";
  case 256:
    return words        ? "llvm.x86.avx2.packssdw"
           : isUnsigned ? "llvm.x86.avx2.packuswb"
                        : "llvm.x86.avx2.packsswb";
  default:
    return words        ? "llvm.x86.avx512.packssdw.512"
           : isUnsigned ? "llvm.x86.avx512.packuswb.512"
                        : "llvm.x86.avx512.packsswb.512";
  }
}

struct LowerPack : OpRewritePattern<qvec::PackOp> {
  LowerPack(MLIRContext *context, const ISA &isa, PatternBenefit benefit)
      : OpRewritePattern(context, benefit), isa(isa) {}

  LogicalResult matchAndRewrite(qvec::PackOp op,
                                PatternRewriter &rewriter) const override {
    unsigned bits = getRegisterBits(op.getLhs(), isa);
    if (bits == 0)
      return rewriter.notifyMatchFailure(op, "no register has this length");
    unsigned elementBits =
        cast<VectorType>(op.getLhs().getType()).getElementTypeBitWidth();
    if (op.getResultUnsigned() && elementBits == 32)
      return rewriter.notifyMatchFailure(op, "SSE2 narrows words with sign");
    rewriter.replaceOp(
        op,
        callIntrinsic(rewriter, op.getLoc(),
                      getPackName(bits, elementBits, op.getResultUnsigned()),
                      op.getType(), {op.getLhs(), op.getRhs()}));
    return success();
  }

private:
  const ISA &isa;
};

struct LowerDotWords : OpRewritePattern<qvec::DotWordsOp> {
  LowerDotWords(MLIRContext *context, const ISA &isa, PatternBenefit benefit)
      : OpRewritePattern(context, benefit), isa(isa) {}

  LogicalResult matchAndRewrite(qvec::DotWordsOp op,
                                PatternRewriter &rewriter) const override {
    int64_t lanes = cast<VectorType>(op.getType()).getDimSize(0);
    std::optional<int64_t> wide = getRegisterElements(lanes, 32, isa);
    if (!wide)
      return rewriter.notifyMatchFailure(op, "wider than a register");
    StringRef name = *wide == 4   ? "llvm.x86.sse2.pmadd.wd"
                     : *wide == 8 ? "llvm.x86.avx2.pmadd.wd"
                                  : "llvm.x86.avx512.pmaddw.d.512";
    Location loc = op.getLoc();
    Value sum = callIntrinsic(rewriter, loc, name,
                              VectorType::get({*wide}, rewriter.getI32Type()),
                              {widen(rewriter, loc, op.getLhs(), 2 * *wide),
                               widen(rewriter, loc, op.getRhs(), 2 * *wide)});
    rewriter.replaceOpWithNewOp<arith::AddIOp>(
        op, op.getAcc(), narrow(rewriter, loc, sum, lanes));
    return success();
  }

private:
  const ISA &isa;
};

} // namespace

void populateLowerPackPatterns(RewritePatternSet &patterns, const ISA &isa) {
  if (isa.architecture != "x86_64")
    return;
  patterns.add<LowerPack, LowerDotWords>(patterns.getContext(), isa,
                                         /*benefit=*/2);
}

} // namespace quantc::codegen::x86

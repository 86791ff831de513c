// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two exact forms of the 4-way dot product on x86. `vpdpbusd` computes it for
// an unsigned left side. `pmaddwd` multiplies and adds pairs of 16-bit numbers:
// even and odd bytes are widened to 16 bits in place, so that no intermediate
// sum can saturate.
#include "quantc/Codegen/X86/LowerDot.h"

#include "../Registers.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace quantc::codegen::x86 {
namespace {

/// A dot product brought to the width of a register.
struct LowerDot : OpRewritePattern<qvec::DotOp> {
  LowerDot(MLIRContext *context, const ISA &isa, PatternBenefit benefit)
      : OpRewritePattern(context, benefit), isa(isa) {}

  LogicalResult matchAndRewrite(qvec::DotOp op,
                                PatternRewriter &rewriter) const override {
    int64_t lanes = cast<VectorType>(op.getAcc().getType()).getDimSize(0);
    std::optional<int64_t> wide = getRegisterElements(lanes, 32, isa);
    if (!wide)
      return rewriter.notifyMatchFailure(op, "wider than a register");
    if (!accepts(op))
      return rewriter.notifyMatchFailure(op, "signedness does not fit");
    Location loc = op.getLoc();
    Value sum = emit(rewriter, op, widen(rewriter, loc, op.getAcc(), *wide),
                     widen(rewriter, loc, op.getLhs(), 4 * *wide),
                     widen(rewriter, loc, op.getRhs(), 4 * *wide));
    rewriter.replaceOp(op, narrow(rewriter, loc, sum, lanes));
    return success();
  }

protected:
  virtual bool accepts(qvec::DotOp op) const = 0;
  /// `op` on operands of the width of a register.
  virtual Value emit(OpBuilder &builder, qvec::DotOp op, Value acc, Value lhs,
                     Value rhs) const = 0;

private:
  const ISA &isa;
};

struct LowerDotToDotBytes : LowerDot {
  using LowerDot::LowerDot;

protected:
  bool accepts(qvec::DotOp op) const override {
    return op.getLhsUnsigned() && !op.getRhsUnsigned();
  }

  Value emit(OpBuilder &builder, qvec::DotOp op, Value acc, Value lhs,
             Value rhs) const override {
    auto type = cast<VectorType>(acc.getType());
    std::string name =
        ("llvm.x86.avx512.vpdpbusd." + Twine(type.getDimSize(0) * 32)).str();
    return callIntrinsic(builder, op.getLoc(), name, type, {acc, lhs, rhs});
  }
};

struct LowerDotToMultiplyAddWords : LowerDot {
  using LowerDot::LowerDot;

protected:
  bool accepts(qvec::DotOp) const override { return true; }

  Value emit(OpBuilder &builder, qvec::DotOp op, Value acc, Value lhs,
             Value rhs) const override {
    Location loc = op.getLoc();
    auto type = cast<VectorType>(acc.getType());
    int64_t words = 2 * type.getDimSize(0);
    auto wordType = VectorType::get({words}, builder.getI16Type());
    StringRef name = words == 8    ? "llvm.x86.sse2.pmadd.wd"
                     : words == 16 ? "llvm.x86.avx2.pmadd.wd"
                                   : "llvm.x86.avx512.pmaddw.d.512";
    Value sum = acc;
    for (bool odd : {false, true}) {
      Value left =
          takeBytes(builder, loc, lhs, odd, op.getLhsUnsigned(), wordType);
      Value right =
          takeBytes(builder, loc, rhs, odd, op.getRhsUnsigned(), wordType);
      sum = arith::AddIOp::create(
          builder, loc, sum,
          callIntrinsic(builder, loc, name, type, {left, right}));
    }
    return sum;
  }

private:
  /// The even or odd bytes of `bytes`, each extended to a 16-bit word.
  static Value takeBytes(OpBuilder &builder, Location loc, Value bytes,
                         bool odd, bool isUnsigned, VectorType type) {
    Value words = vector::BitCastOp::create(builder, loc, type, bytes);
    Value eight = arith::ConstantOp::create(
        builder, loc,
        DenseElementsAttr::get(type, builder.getI16IntegerAttr(8)));
    if (!odd)
      words = arith::ShLIOp::create(builder, loc, words, eight);
    if (isUnsigned)
      return arith::ShRUIOp::create(builder, loc, words, eight);
    return arith::ShRSIOp::create(builder, loc, words, eight);
  }
};

} // namespace

void populateLowerDotPatterns(RewritePatternSet &patterns, const ISA &isa) {
  MLIRContext *context = patterns.getContext();
  if (isa.architecture != "x86_64")
    return;
  // Signed activations on a machine with `vpdpbusd` take the second form.
  patterns.add<LowerDotToMultiplyAddWords>(context, isa, /*benefit=*/2);
  if (isa.dot == DotInstruction::DotBytes)
    patterns.add<LowerDotToDotBytes>(context, isa, /*benefit=*/3);
}

} // namespace quantc::codegen::x86

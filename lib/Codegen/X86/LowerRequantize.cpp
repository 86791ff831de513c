// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The high word of a product has instructions that LLVM finds only where it
// sees the extensions of both operands, and a loop takes that of a constant
// away. What follows (an addition, a shift) is one instruction already, and the
// clamp is a pack.
#include "quantc/Codegen/X86/LowerRequantize.h"

#include "../Registers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace quantc::codegen::x86 {
namespace {

/// The even or the odd elements of `words`, extended to 64 bits in place.
Value extendHalf(OpBuilder &builder, Location loc, Value words, bool odd,
                 bool isSigned) {
  int64_t count = cast<VectorType>(words.getType()).getDimSize(0);
  auto type = VectorType::get({count / 2}, builder.getI64Type());
  Value wide = vector::BitCastOp::create(builder, loc, type, words);
  Value half = arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(type, builder.getI64IntegerAttr(32)));
  if (!odd)
    wide = arith::ShLIOp::create(builder, loc, wide, half);
  if (isSigned)
    return arith::ShRSIOp::create(builder, loc, wide, half);
  return arith::ShRUIOp::create(builder, loc, wide, half);
}

/// The high words of the products of two registers: `pmuldq` or `pmuludq` of
/// the even and of the odd elements. The high words of the odd ones already
/// stand where they belong.
Value multiplyHalves(OpBuilder &builder, Location loc, Value lhs, Value rhs,
                     bool isSigned) {
  auto type = cast<VectorType>(lhs.getType());
  SmallVector<Value, 2> products;
  for (bool odd : {false, true}) {
    Value product = arith::MulIOp::create(
        builder, loc, extendHalf(builder, loc, lhs, odd, isSigned),
        extendHalf(builder, loc, rhs, odd, isSigned));
    products.push_back(vector::BitCastOp::create(builder, loc, type, product));
  }
  SmallVector<int64_t> mask;
  for (int64_t i = 0, count = type.getDimSize(0); i < count; ++i)
    mask.push_back(i % 2 ? count + i : i + 1);
  return vector::ShuffleOp::create(builder, loc, products[0], products[1],
                                   mask);
}

/// high(a * b) of signed words from the product of unsigned ones: a negative a
/// was taken 2^32 too large, and so counts b once too often.
Value correctSigns(OpBuilder &builder, Location loc, Value high, Value lhs,
                   Value rhs) {
  auto type = cast<VectorType>(high.getType());
  Value sign = arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(type, builder.getI32IntegerAttr(31)));
  for (auto [a, b] : {std::pair(lhs, rhs), std::pair(rhs, lhs)}) {
    Value isNegative = arith::ShRSIOp::create(builder, loc, a, sign);
    Value excess = arith::AndIOp::create(builder, loc, isNegative, b);
    high = arith::SubIOp::create(builder, loc, high, excess);
  }
  return high;
}

struct LowerHighMultiply : OpRewritePattern<arith::MulSIExtendedOp> {
  LowerHighMultiply(MLIRContext *context, const ISA &isa)
      : OpRewritePattern(context), isa(isa) {}

  LogicalResult matchAndRewrite(arith::MulSIExtendedOp op,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<VectorType>(op.getHigh().getType());
    if (!type || type.getRank() != 1 || type.isScalable() ||
        !type.getElementType().isInteger(32))
      return rewriter.notifyMatchFailure(op, "no vector of 32-bit words");
    if (!op.getLow().use_empty())
      return rewriter.notifyMatchFailure(op, "the low word is needed");
    Location loc = op.getLoc();
    int64_t count = type.getDimSize(0), step = isa.vectorBits / 32;
    SmallVector<Value> parts;
    for (int64_t offset = 0; offset < count; offset += step) {
      int64_t size = std::min(step, count - offset);
      int64_t wide = *getRegisterElements(size, 32, isa);
      auto take = [&](Value value) {
        return widen(rewriter, loc, slice(rewriter, loc, value, offset, size),
                     wide);
      };
      Value high = emit(rewriter, loc, take(op.getLhs()), take(op.getRhs()));
      parts.push_back(narrow(rewriter, loc, high, size));
    }
    // No reader of the low word, so any value stands for it.
    rewriter.replaceOp(op, {op.getLhs(), concatenate(rewriter, loc, parts)});
    return success();
  }

private:
  Value emit(OpBuilder &builder, Location loc, Value lhs, Value rhs) const {
    Value high = multiplyHalves(builder, loc, lhs, rhs, isa.multipliesSigned);
    if (isa.multipliesSigned)
      return high;
    return correctSigns(builder, loc, high, lhs, rhs);
  }

  const ISA &isa;
};

} // namespace

void populateLowerRequantizePatterns(RewritePatternSet &patterns,
                                     const ISA &isa) {
  if (isa.architecture != "x86_64")
    return;
  patterns.add<LowerHighMultiply>(patterns.getContext(), isa);
}

} // namespace quantc::codegen::x86

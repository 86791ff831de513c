// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The high word of a product. `sqdmulh` gives that of twice the product, in one
// instruction for a register, where two long multiplications and a permutation
// give all of it. It saturates for the square of -2^31 alone, so one factor
// must never be negative; what it gives, shifted down by one, is the high word:
// both round towards negative infinity. So does the addition that shifts its
// sum down by one (`shadd`), of it and twice what is added to the high word.
#include "quantc/Codegen/AArch64/LowerQVec.h"

#include "../HighProducts.h"
#include "../Registers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace quantc::codegen::aarch64 {
namespace {

constexpr int64_t kLanes = 4;

/// The products of a marked pair of factors, twice and without their low words,
/// as `finish` completes them: a register at a time, from lane `offset` on.
Value emitTwice(
    PatternRewriter &rewriter, arith::MulSIExtendedOp op,
    llvm::function_ref<Value(Value twice, int64_t offset, int64_t size)>
        finish) {
  Location loc = op.getLoc();
  auto type = cast<VectorType>(op.getHigh().getType());
  auto registerType = VectorType::get({kLanes}, type.getElementType());
  SmallVector<Value> parts;
  for (int64_t offset = 0; offset < type.getDimSize(0); offset += kLanes) {
    int64_t size = std::min(kLanes, type.getDimSize(0) - offset);
    auto take = [&](Value value) {
      return widen(rewriter, loc, slice(rewriter, loc, value, offset, size),
                   kLanes);
    };
    Value twice =
        callIntrinsic(rewriter, loc, "llvm.aarch64.neon.sqdmulh.v4i32",
                      registerType, {take(op.getLhs()), take(op.getRhs())});
    parts.push_back(narrow(rewriter, loc, finish(twice, offset, size), size));
  }
  return concatenate(rewriter, loc, parts);
}

/// Why the high words of `op` are not computed alone; empty if they are.
StringRef getReason(arith::MulSIExtendedOp op) {
  auto type = dyn_cast<VectorType>(op.getHigh().getType());
  if (!type || type.getRank() != 1 || type.isScalable() ||
      !type.getElementType().isInteger(32))
    return "no vector of 32-bit words";
  if (!op.getLow().use_empty())
    return "the low word is needed";
  return op->hasAttr(kNonNegativeAttrName) ? "" : "may saturate";
}

Value createOnes(OpBuilder &builder, Location loc) {
  auto type = VectorType::get({kLanes}, builder.getI32Type());
  return arith::ConstantOp::create(
      builder, loc, DenseElementsAttr::get(type, builder.getI32IntegerAttr(1)));
}

struct LowerHighMultiply : OpRewritePattern<arith::MulSIExtendedOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::MulSIExtendedOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getHigh().use_empty())
      return rewriter.notifyMatchFailure(op, "nothing reads it");
    if (StringRef reason = getReason(op); !reason.empty())
      return rewriter.notifyMatchFailure(op, reason);
    Value one = createOnes(rewriter, op.getLoc());
    Value high = emitTwice(rewriter, op, [&](Value twice, int64_t, int64_t) {
      return arith::ShRSIOp::create(rewriter, op.getLoc(), twice, one);
    });
    // No reader of the low word, so any value stands for it.
    rewriter.replaceOp(op, {op.getLhs(), high});
    return success();
  }
};

/// A high word and what can be doubled.
struct LowerHighSum : OpRewritePattern<arith::AddIOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::AddIOp op,
                                PatternRewriter &rewriter) const override {
    if (!op->hasAttr(kDoublesAttrName))
      return rewriter.notifyMatchFailure(op, "doubling may wrap");
    Value high = op.getLhs(), other = op.getRhs();
    if (!high.getDefiningOp<arith::MulSIExtendedOp>())
      std::swap(high, other);
    auto product = high.getDefiningOp<arith::MulSIExtendedOp>();
    if (!product || high != product.getHigh() || !high.hasOneUse())
      return rewriter.notifyMatchFailure(op, "no high word of its own");
    if (StringRef reason = getReason(product); !reason.empty())
      return rewriter.notifyMatchFailure(op, reason);
    Location loc = op.getLoc();
    Value one = createOnes(rewriter, loc);
    rewriter.replaceOp(
        op,
        emitTwice(
            rewriter, product, [&](Value twice, int64_t offset, int64_t size) {
              Value part =
                  widen(rewriter, loc,
                        slice(rewriter, loc, other, offset, size), kLanes);
              return callIntrinsic(
                  rewriter, loc, "llvm.aarch64.neon.shadd.v4i32",
                  twice.getType(),
                  {twice, arith::ShLIOp::create(rewriter, loc, part, one)});
            }));
    return success();
  }
};

} // namespace

void populateLowerRequantizePatterns(RewritePatternSet &patterns,
                                     const ISA &isa) {
  if (isa.architecture == "aarch64")
    patterns.add<LowerHighMultiply>(patterns.getContext());
}

void populateLowerHighSumPatterns(RewritePatternSet &patterns, const ISA &isa) {
  if (isa.architecture == "aarch64")
    patterns.add<LowerHighSum>(patterns.getContext());
}

} // namespace quantc::codegen::aarch64

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The high word of a product. `sqdmulh` gives that of twice the product, in one
// instruction for a register, where two long multiplications and a permutation
// give all of it. It saturates for the square of -2^31 alone, so one factor
// must never be negative; what it gives, shifted down by one, is the high word:
// both round towards negative infinity.
#include "quantc/Codegen/AArch64/LowerQVec.h"

#include "../HighProducts.h"
#include "../Registers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace quantc::codegen::aarch64 {
namespace {

struct LowerHighMultiply : OpRewritePattern<arith::MulSIExtendedOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::MulSIExtendedOp op,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<VectorType>(op.getHigh().getType());
    if (!type || type.getRank() != 1 || type.isScalable() ||
        !type.getElementType().isInteger(32))
      return rewriter.notifyMatchFailure(op, "no vector of 32-bit words");
    if (!op.getLow().use_empty())
      return rewriter.notifyMatchFailure(op, "the low word is needed");
    if (!op->hasAttr(kNonNegativeAttrName))
      return rewriter.notifyMatchFailure(op, "may saturate");
    Location loc = op.getLoc();
    constexpr int64_t kLanes = 4;
    auto registerType = VectorType::get({kLanes}, type.getElementType());
    Value one = arith::ConstantOp::create(
        rewriter, loc,
        DenseElementsAttr::get(registerType, rewriter.getI32IntegerAttr(1)));
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
      Value high = arith::ShRSIOp::create(rewriter, loc, twice, one);
      parts.push_back(narrow(rewriter, loc, high, size));
    }
    // No reader of the low word, so any value stands for it.
    rewriter.replaceOp(op, {op.getLhs(), concatenate(rewriter, loc, parts)});
    return success();
  }
};

} // namespace

void populateLowerRequantizePatterns(RewritePatternSet &patterns,
                                     const ISA &isa) {
  if (isa.architecture == "aarch64")
    patterns.add<LowerHighMultiply>(patterns.getContext());
}

} // namespace quantc::codegen::aarch64

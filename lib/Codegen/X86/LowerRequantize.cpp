// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two steps of a requantize have instructions that LLVM finds only where it
// sees all operands at once: the high word of a product, and the clamp of
// several vectors into one of bytes. What is between them (an addition, a
// shift) is one instruction already.
#include "quantc/Codegen/X86/LowerRequantize.h"

#include "Registers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace quantc::codegen::x86 {
namespace {

//===----------------------------------------------------------------------===//
// High words
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// Clamps
//===----------------------------------------------------------------------===//

/// min(max(value, low), high), all elements alike.
struct Clamp {
  Value value;
  int64_t low, high;

  bool isUnsigned() const { return low >= 0; }
  bool isWholeRange() const {
    return isUnsigned() ? low == 0 && high == 255 : low == -128 && high == 127;
  }
};

std::optional<Clamp> matchClamp(Value value) {
  auto min = value.getDefiningOp<arith::MinSIOp>();
  auto max = min ? min.getLhs().getDefiningOp<arith::MaxSIOp>() : nullptr;
  APInt low, high;
  if (!max || !matchPattern(max.getRhs(), m_ConstantInt(&low)) ||
      !matchPattern(min.getRhs(), m_ConstantInt(&high)))
    return std::nullopt;
  Clamp clamp{max.getLhs(), low.getSExtValue(), high.getSExtValue()};
  bool fits = clamp.isUnsigned() ? clamp.high <= 255
                                 : clamp.low >= -128 && clamp.high <= 127;
  return fits && clamp.low <= clamp.high ? std::optional(clamp) : std::nullopt;
}

/// Two or four registers of clamped words become one or half a register of
/// bytes: saturating packs, and one permutation that undoes their interleaving
/// of 128-bit lanes. A single register has an instruction of its own, which
/// LLVM finds, or too little to pack.
struct LowerClampToBytes : OpRewritePattern<arith::TruncIOp> {
  LowerClampToBytes(MLIRContext *context, const ISA &isa)
      : OpRewritePattern(context), isa(isa) {}

  LogicalResult matchAndRewrite(arith::TruncIOp op,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<VectorType>(op.getType());
    if (!type || type.getRank() != 1 || type.isScalable() ||
        !type.getElementType().isInteger(8))
      return rewriter.notifyMatchFailure(op, "result is no vector of bytes");
    int64_t count = type.getDimSize(0), words = isa.vectorBits / 32;
    if (!cast<VectorType>(op.getIn().getType()).getElementType().isInteger(32))
      return rewriter.notifyMatchFailure(op, "operand has no 32-bit words");
    if (count % (2 * words) != 0)
      return rewriter.notifyMatchFailure(op, "no pairs of registers");
    std::optional<Clamp> clamp = matchClamp(op.getIn());
    if (!clamp)
      return rewriter.notifyMatchFailure(op, "operand is no clamp to bytes");

    Location loc = op.getLoc();
    SmallVector<Value> parts;
    for (int64_t offset = 0; offset < count;) {
      int64_t registers = count - offset >= 4 * words ? 4 : 2;
      SmallVector<Value> taken;
      for (int64_t i = 0; i < registers; ++i)
        taken.push_back(
            slice(rewriter, loc, clamp->value, offset + i * words, words));
      parts.push_back(pack(rewriter, loc, taken, clamp->isUnsigned()));
      offset += registers * words;
    }
    Value bytes = concatenate(rewriter, loc, parts);
    rewriter.replaceOp(op, clampBytes(rewriter, loc, bytes, *clamp));
    return success();
  }

private:
  Value pack(OpBuilder &builder, Location loc, ArrayRef<Value> registers,
             bool isUnsigned) const {
    bool isWide = isa.vectorBits == 512;
    int64_t words = isa.vectorBits / 32;
    auto halfType = VectorType::get({2 * words}, builder.getI16Type());
    auto byteType = VectorType::get({4 * words}, builder.getI8Type());
    StringRef toHalves =
        isWide ? "llvm.x86.avx512.packssdw.512" : "llvm.x86.avx2.packssdw";
    StringRef toBytes = isUnsigned ? (isWide ? "llvm.x86.avx512.packuswb.512"
                                             : "llvm.x86.avx2.packuswb")
                                   : (isWide ? "llvm.x86.avx512.packsswb.512"
                                             : "llvm.x86.avx2.packsswb");
    SmallVector<Value> halves;
    for (size_t i = 0; i < registers.size(); i += 2)
      halves.push_back(callIntrinsic(builder, loc, toHalves, halfType,
                                     {registers[i], registers[i + 1]}));
    Value bytes = callIntrinsic(builder, loc, toBytes, byteType,
                                {halves.front(), halves.back()});
    // Group of four bytes `r` of lane `l` comes from register `r`.
    int64_t lanes = isa.vectorBits / 128;
    auto wordType = VectorType::get({words}, builder.getI32Type());
    Value groups = vector::BitCastOp::create(builder, loc, wordType, bytes);
    SmallVector<int64_t> order;
    for (int64_t r = 0, e = registers.size(); r < e; ++r)
      for (int64_t lane = 0; lane < lanes; ++lane)
        order.push_back(4 * lane + r);
    groups = vector::ShuffleOp::create(builder, loc, groups, groups, order);
    return vector::BitCastOp::create(
        builder, loc,
        VectorType::get({4 * static_cast<int64_t>(order.size())},
                        builder.getI8Type()),
        groups);
  }

  /// What the packs did not clamp.
  static Value clampBytes(OpBuilder &builder, Location loc, Value bytes,
                          const Clamp &clamp) {
    if (clamp.isWholeRange())
      return bytes;
    auto constant = [&](int64_t value) -> Value {
      auto byte = IntegerAttr::get(
          builder.getI8Type(), APInt(8, static_cast<uint64_t>(value) & 0xff));
      return arith::ConstantOp::create(
          builder, loc,
          DenseElementsAttr::get(cast<VectorType>(bytes.getType()), byte));
    };
    Value low = constant(clamp.low), high = constant(clamp.high);
    if (clamp.isUnsigned()) {
      if (clamp.low > 0)
        bytes = arith::MaxUIOp::create(builder, loc, bytes, low);
      return clamp.high == 255
                 ? bytes
                 : arith::MinUIOp::create(builder, loc, bytes, high);
    }
    if (clamp.low > -128)
      bytes = arith::MaxSIOp::create(builder, loc, bytes, low);
    return clamp.high == 127
               ? bytes
               : arith::MinSIOp::create(builder, loc, bytes, high);
  }

  const ISA &isa;
};

} // namespace

void populateLowerRequantizePatterns(RewritePatternSet &patterns,
                                     const ISA &isa) {
  if (isa.architecture != "x86_64")
    return;
  patterns.add<LowerHighMultiply>(patterns.getContext(), isa);
  // Four registers of 128 bits pack in order; LLVM does that by itself.
  if (isa.vectorBits >= 256)
    patterns.add<LowerClampToBytes>(patterns.getContext(), isa);
}

} // namespace quantc::codegen::x86

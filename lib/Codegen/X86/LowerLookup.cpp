// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two ways to read 256 bytes that lie in registers: `vpermi2b` reaches 128 of
// them with the low seven bits of an index, `pshufb` 16 with the low four.
#include "quantc/Codegen/X86/LowerLookup.h"

#include "../Registers.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace quantc::codegen::x86 {
namespace {

Value createBytes(OpBuilder &builder, Location loc, ArrayRef<int8_t> bytes) {
  auto type = VectorType::get({static_cast<int64_t>(bytes.size())},
                              builder.getI8Type());
  return arith::ConstantOp::create(builder, loc,
                                   DenseElementsAttr::get(type, bytes));
}

/// A lookup taken apart into registers.
struct LowerLookup : OpRewritePattern<qvec::LookupOp> {
  LowerLookup(MLIRContext *context, const ISA &isa)
      : OpRewritePattern(context, /*benefit=*/2), isa(isa) {}

  LogicalResult matchAndRewrite(qvec::LookupOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    int64_t count = cast<VectorType>(op.getType()).getDimSize(0);
    int64_t step = isa.vectorBits / 8;
    SmallVector<Value> parts;
    for (int64_t offset = 0; offset < count; offset += step) {
      int64_t size = std::min(step, count - offset);
      Value indices = slice(rewriter, loc, op.getIndices(), offset, size);
      indices = widen(rewriter, loc, indices, getRegisterSize(size));
      Value bytes = emit(rewriter, loc, indices, op.getTable());
      parts.push_back(narrow(rewriter, loc, bytes, size));
    }
    rewriter.replaceOp(op, concatenate(rewriter, loc, parts));
    return success();
  }

protected:
  /// The length of the register that `size` indices are computed in.
  virtual int64_t getRegisterSize(int64_t size) const {
    return *getRegisterElements(size, 8, isa);
  }
  virtual Value emit(OpBuilder &builder, Location loc, Value indices,
                     ArrayRef<int8_t> table) const = 0;

  const ISA &isa;
};

/// Both halves of the table for all indices; the top bit chooses.
struct LowerLookupToPermuteBytes : LowerLookup {
  using LowerLookup::LowerLookup;

protected:
  /// Shorter registers reach less of the table.
  int64_t getRegisterSize(int64_t) const override { return 64; }

  Value emit(OpBuilder &builder, Location loc, Value indices,
             ArrayRef<int8_t> table) const override {
    auto type = cast<VectorType>(indices.getType());
    auto permute = [&](int64_t first) {
      return callIntrinsic(
          builder, loc, "llvm.x86.avx512.vpermi2var.qi.512", type,
          {createBytes(builder, loc, table.slice(first, 64)), indices,
           createBytes(builder, loc, table.slice(first + 64, 64))});
    };
    Value zero =
        arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
    Value isHigh = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::slt, indices, zero);
    return arith::SelectOp::create(builder, loc, isHigh, permute(128),
                                   permute(0));
  }
};

/// `pshufb` gives zero where the top bit of an index is set. Counting the
/// indices down by 16 from table to table (with saturation: that bit stays), it
/// appears once an index was below; with each table holding the difference (by
/// xor) to the one before, the xor of all reads so far is the entry of the
/// table that the index belongs to. The upper 128 entries start with the top
/// bit flipped.
struct LowerLookupToShuffleBytes : LowerLookup {
  using LowerLookup::LowerLookup;

protected:
  Value emit(OpBuilder &builder, Location loc, Value indices,
             ArrayRef<int8_t> table) const override {
    auto type = cast<VectorType>(indices.getType());
    auto splat = [&](int8_t byte) {
      return createBytes(builder, loc,
                         SmallVector<int8_t>(type.getDimSize(0), byte));
    };
    Value sixteen = splat(16), result;
    for (int64_t half : {0, 128}) {
      Value index =
          half ? arith::XOrIOp::create(builder, loc, indices, splat(-128))
                     .getResult()
               : indices;
      for (int64_t first = half; first < half + 128; first += 16) {
        if (first > half)
          index = LLVM::SSubSat::create(builder, loc, type, index, sixteen);
        Value entries =
            createBytes(builder, loc, getDifferences(table, first, half, type));
        Value read = callIntrinsic(builder, loc, getShuffleName(type), type,
                                   {entries, index});
        result =
            result
                ? arith::XOrIOp::create(builder, loc, result, read).getResult()
                : read;
      }
    }
    return result;
  }

private:
  /// 16 entries from `first` on, repeated in each 128 bits of a register.
  static SmallVector<int8_t> getDifferences(ArrayRef<int8_t> table,
                                            int64_t first, int64_t half,
                                            VectorType type) {
    SmallVector<int8_t> bytes;
    for (int64_t i = 0, e = type.getDimSize(0); i < e; ++i) {
      int64_t entry = first + i % 16;
      auto before = static_cast<int8_t>(first > half ? table[entry - 16] : 0);
      bytes.push_back(static_cast<int8_t>(table[entry] ^ before));
    }
    return bytes;
  }

  static StringRef getShuffleName(VectorType type) {
    switch (type.getDimSize(0)) {
    case 16:
      return "llvm.x86.ssse3.pshuf.b.128";
    case 32:
      return "llvm.x86.avx2.pshuf.b";
    default:
      return "llvm.x86.avx512.pshuf.b.512";
    }
  }
};

} // namespace

void populateLowerLookupPatterns(RewritePatternSet &patterns, const ISA &isa) {
  if (isa.lookup == LookupInstruction::PermuteBytes)
    patterns.add<LowerLookupToPermuteBytes>(patterns.getContext(), isa);
  if (isa.lookup == LookupInstruction::ShuffleBytes)
    patterns.add<LowerLookupToShuffleBytes>(patterns.getContext(), isa);
}

} // namespace quantc::codegen::x86

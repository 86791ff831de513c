// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `tbl` reads 64 bytes that lie in four registers, and gives zero for an index
// beyond them; `tbx` leaves such a lane as it was. Four of them, with the
// indices moved down by 64 from one to the next, read a table of 256.
#include "quantc/Codegen/AArch64/LowerQVec.h"

#include "../Registers.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace quantc::codegen::aarch64 {
namespace {

constexpr int64_t kBytes = 16, kTable = 64;

struct LowerLookupToTableBytes : OpRewritePattern<qvec::LookupOp> {
  LowerLookupToTableBytes(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/2) {}

  LogicalResult matchAndRewrite(qvec::LookupOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    int64_t count = cast<VectorType>(op.getType()).getDimSize(0);
    SmallVector<Value> parts;
    for (int64_t offset = 0; offset < count; offset += kBytes) {
      int64_t size = std::min(kBytes, count - offset);
      Value indices = slice(rewriter, loc, op.getIndices(), offset, size);
      Value bytes = emit(rewriter, loc, widen(rewriter, loc, indices, kBytes),
                         op.getTable());
      parts.push_back(narrow(rewriter, loc, bytes, size));
    }
    rewriter.replaceOp(op, concatenate(rewriter, loc, parts));
    return success();
  }

private:
  static Value createBytes(OpBuilder &builder, Location loc,
                           ArrayRef<int8_t> bytes) {
    auto type = VectorType::get({kBytes}, builder.getI8Type());
    return arith::ConstantOp::create(builder, loc,
                                     DenseElementsAttr::get(type, bytes));
  }

  static Value emit(OpBuilder &builder, Location loc, Value indices,
                    ArrayRef<int8_t> table) {
    Value step = createBytes(builder, loc, SmallVector<int8_t>(kBytes, kTable));
    Value result;
    for (int64_t first = 0; first < 256; first += kTable) {
      SmallVector<Value> operands;
      if (result) {
        indices = arith::SubIOp::create(builder, loc, indices, step);
        operands.push_back(result);
      }
      for (int64_t at = first; at < first + kTable; at += kBytes)
        operands.push_back(createBytes(builder, loc, table.slice(at, kBytes)));
      operands.push_back(indices);
      result = callIntrinsic(builder, loc,
                             result ? "llvm.aarch64.neon.tbx4.v16i8"
                                    : "llvm.aarch64.neon.tbl4.v16i8",
                             indices.getType(), operands);
    }
    return result;
  }
};

} // namespace

void populateLowerLookupPatterns(RewritePatternSet &patterns, const ISA &isa) {
  if (isa.lookup == LookupInstruction::TableBytes)
    patterns.add<LowerLookupToTableBytes>(patterns.getContext());
}

} // namespace quantc::codegen::aarch64

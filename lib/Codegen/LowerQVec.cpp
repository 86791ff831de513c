// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Below the line: each qvec operation becomes instructions of the target where
// a row of the ISA table has some, and plain vector arithmetic otherwise.
#include "quantc/Codegen/AArch64/LowerQVec.h"
#include "quantc/Codegen/ISA.h"
#include "quantc/Codegen/Passes.h"
#include "quantc/Codegen/X86/LowerDot.h"
#include "quantc/Codegen/X86/LowerLookup.h"
#include "quantc/Codegen/X86/LowerPack.h"
#include "quantc/Codegen/X86/LowerRequantize.h"
#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "FoldClamps.h"
#include "LowerPack.h"
#include "LowerStay.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_LOWERQVECPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

/// Every fourth element of `products`, from `way` on.
Value takeWay(OpBuilder &builder, Location loc, Value products, int64_t way,
              int64_t lanes) {
  SmallVector<int64_t> mask;
  for (int64_t lane = 0; lane < lanes; ++lane)
    mask.push_back(4 * lane + way);
  return vector::ShuffleOp::create(builder, loc, products, products, mask);
}

struct LowerDotGenerically : OpRewritePattern<qvec::DotOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qvec::DotOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    int64_t lanes = cast<VectorType>(op.getAcc().getType()).getDimSize(0);
    auto wide = VectorType::get({4 * lanes}, rewriter.getI32Type());
    auto extend = [&](Value value, bool isUnsigned) -> Value {
      if (isUnsigned)
        return arith::ExtUIOp::create(rewriter, loc, wide, value);
      return arith::ExtSIOp::create(rewriter, loc, wide, value);
    };
    Value products = arith::MulIOp::create(
        rewriter, loc, extend(op.getLhs(), op.getLhsUnsigned()),
        extend(op.getRhs(), op.getRhsUnsigned()));
    Value sum = op.getAcc();
    for (int64_t way = 0; way < 4; ++way)
      sum = arith::AddIOp::create(rewriter, loc, sum,
                                  takeWay(rewriter, loc, products, way, lanes));
    rewriter.replaceOp(op, sum);
    return success();
  }
};

/// Products of 16 bytes added to `acc`: product `mask[n]` of each of four
/// `masks` goes to lane n.
Value addProducts(OpBuilder &builder, Location loc, Value acc, Value products,
                  ArrayRef<SmallVector<int64_t>> masks) {
  for (ArrayRef<int64_t> mask : masks)
    acc = arith::AddIOp::create(
        builder, loc, acc,
        vector::ShuffleOp::create(builder, loc, products, products, mask));
  return acc;
}

Value multiply(OpBuilder &builder, Location loc, Value lhs, Value rhs) {
  auto wide = VectorType::get(cast<VectorType>(lhs.getType()).getShape(),
                              builder.getI32Type());
  return arith::MulIOp::create(builder, loc,
                               arith::ExtSIOp::create(builder, loc, wide, lhs),
                               arith::ExtSIOp::create(builder, loc, wide, rhs));
}

struct LowerDotPairsGenerically : OpRewritePattern<qvec::DotPairsOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qvec::DotPairsOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value sum = op.getAcc();
    // Each product of a row stands for two, one for each column.
    SmallVector<int64_t> left, right;
    for (int64_t cell = 0; cell < 4; ++cell)
      for (int64_t k = 0; k < 8; ++k) {
        left.push_back(8 * (cell / 2) + k);
        right.push_back(8 * (cell % 2) + k);
      }
    auto repeat = [&](Value value, ArrayRef<int64_t> mask) -> Value {
      return vector::ShuffleOp::create(rewriter, loc, value, value, mask);
    };
    Value products = multiply(rewriter, loc, repeat(op.getLhs(), left),
                              repeat(op.getRhs(), right));
    SmallVector<SmallVector<int64_t>> masks;
    for (int64_t k = 0; k < 8; ++k)
      masks.push_back({k, 8 + k, 16 + k, 24 + k});
    rewriter.replaceOp(op, addProducts(rewriter, loc, sum, products, masks));
    return success();
  }
};

struct LowerDotHalvesGenerically : OpRewritePattern<qvec::DotHalvesOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qvec::DotHalvesOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value products = multiply(rewriter, loc, op.getLhs(), op.getRhs());
    SmallVector<SmallVector<int64_t>> masks;
    for (int64_t first : {0, 1, 8, 9})
      masks.push_back({first, first + 2, first + 4, first + 6});
    rewriter.replaceOp(
        op, addProducts(rewriter, loc, op.getAcc(), products, masks));
    return success();
  }
};

/// One element after the other, from the table as a vector.
struct LowerLookupGenerically : OpRewritePattern<qvec::LookupOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qvec::LookupOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<VectorType>(op.getType());
    auto tableType = VectorType::get({256}, rewriter.getI8Type());
    Value table = arith::ConstantOp::create(
        rewriter, loc, DenseElementsAttr::get(tableType, op.getTable()));
    SmallVector<Value> elements;
    for (int64_t i = 0, e = type.getDimSize(0); i < e; ++i) {
      Value byte = vector::ExtractOp::create(rewriter, loc, op.getIndices(), i);
      Value index = arith::IndexCastUIOp::create(rewriter, loc,
                                                 rewriter.getIndexType(), byte);
      elements.push_back(
          vector::ExtractOp::create(rewriter, loc, table, OpFoldResult(index)));
    }
    rewriter.replaceOpWithNewOp<vector::FromElementsOp>(op, type, elements);
    return success();
  }
};

struct LowerQVecPass : public impl::LowerQVecPassBase<LowerQVecPass> {
  using LowerQVecPassBase::LowerQVecPassBase;

  void runOnOperation() override {
    const ISA *row = findISA(isa);
    if (!row) {
      getOperation().emitError() << "unknown isa '" << isa << "'";
      return signalPassFailure();
    }
    // Above the line first: what saturates anyway needs no clamp.
    RewritePatternSet clamps(&getContext());
    populateFoldClampPatterns(clamps, *row);
    walkAndApplyPatterns(getOperation(), std::move(clamps));
    RewritePatternSet sums(&getContext());
    aarch64::populateLowerHighSumPatterns(sums, *row);
    walkAndApplyPatterns(getOperation(), std::move(sums));

    // Rows of results, one behind the other, are one run of bytes.
    RewritePatternSet rows(&getContext());
    vector::populateFlattenVectorTransferPatterns(rows);
    walkAndApplyPatterns(getOperation(), std::move(rows));

    RewritePatternSet patterns(&getContext());
    patterns.add<LowerDotGenerically, LowerDotPairsGenerically,
                 LowerDotHalvesGenerically, LowerLookupGenerically>(
        &getContext(), /*benefit=*/1);
    aarch64::populateLowerDotPatterns(patterns, *row);
    aarch64::populateLowerLookupPatterns(patterns, *row);
    aarch64::populateLowerRequantizePatterns(patterns, *row);
    x86::populateLowerLookupPatterns(patterns, *row);
    x86::populateLowerDotPatterns(patterns, *row);
    populateGenericPackPatterns(patterns);
    populateLowerStayPatterns(patterns, *row);
    x86::populateLowerPackPatterns(patterns, *row);
    x86::populateLowerRequantizePatterns(patterns, *row);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace quantc::codegen

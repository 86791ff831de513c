// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tile is a vector of rows, and its product a dot product for each row and
// each group. Right on every target, and fast on none: far more registers are
// needed than there are.
#include "LowerTile.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

VectorType getVectorType(qvec::TileType type) {
  return VectorType::get({type.getRows(), type.getColumns()},
                         type.getElementType());
}

VectorType getRowType(qvec::TileType type) {
  return VectorType::get({type.getColumns()}, type.getElementType());
}

/// `indices` moved by `offset` along dimension `dim`.
SmallVector<Value> moveAlong(OpBuilder &builder, Location loc,
                             ValueRange indices, int64_t dim, int64_t offset) {
  SmallVector<Value> moved(indices);
  Value constant = arith::ConstantIndexOp::create(builder, loc, offset);
  moved[dim] = arith::AddIOp::create(builder, loc, moved[dim], constant);
  return moved;
}

struct LowerTileZero : OpConversionPattern<qvec::TileZeroOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(qvec::TileZeroOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(
        op, rewriter.getZeroAttr(getVectorType(op.getType())));
    return success();
  }
};

struct LowerTileLoad : OpConversionPattern<qvec::TileLoadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(qvec::TileLoadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!isa<MemRefType>(op.getSource().getType()))
      return rewriter.notifyMatchFailure(op, "a tensor has no address");
    Location loc = op.getLoc();
    Value tile = arith::ConstantOp::create(
        rewriter, loc, rewriter.getZeroAttr(getVectorType(op.getType())));
    for (int64_t i = 0; i < op.getType().getRows(); ++i) {
      Value row = vector::LoadOp::create(
          rewriter, loc, getRowType(op.getType()), op.getSource(),
          moveAlong(rewriter, loc, adaptor.getIndices(), op.getDim(),
                    i * op.getStep()));
      tile = vector::InsertOp::create(rewriter, loc, row, tile, i);
    }
    rewriter.replaceOp(op, tile);
    return success();
  }
};

struct LowerTileDot : OpConversionPattern<qvec::TileDotOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(qvec::TileDotOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    int64_t groups = op.getRhs().getType().getRows();
    SmallVector<Value> columns;
    for (int64_t k = 0; k < groups; ++k)
      columns.push_back(
          vector::ExtractOp::create(rewriter, loc, adaptor.getRhs(), k));
    Value result = adaptor.getAcc();
    for (int64_t i = 0; i < op.getType().getRows(); ++i) {
      Value sums = vector::ExtractOp::create(rewriter, loc, result, i);
      Value row = vector::ExtractOp::create(rewriter, loc, adaptor.getLhs(), i);
      for (int64_t k = 0; k < groups; ++k)
        sums = qvec::DotOp::create(
            rewriter, loc, sums.getType(), sums,
            repeatGroup(rewriter, loc, row, k, columns[k].getType()),
            columns[k], op.getLhsUnsigned(), op.getRhsUnsigned());
      result = vector::InsertOp::create(rewriter, loc, sums, result, i);
    }
    rewriter.replaceOp(op, result);
    return success();
  }

private:
  /// Four bytes of `row`, from number `4 * group` on, over and over.
  static Value repeatGroup(OpBuilder &builder, Location loc, Value row,
                           int64_t group, Type type) {
    SmallVector<int64_t> mask;
    for (int64_t i = 0, e = cast<VectorType>(type).getDimSize(0); i < e; ++i)
      mask.push_back(4 * group + i % 4);
    return vector::ShuffleOp::create(builder, loc, row, row, mask);
  }
};

struct LowerTileStore : OpConversionPattern<qvec::TileStoreOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(qvec::TileStoreOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto rank = static_cast<int64_t>(op.getIndices().size());
    for (int64_t i = 0; i < op.getTile().getType().getRows(); ++i) {
      Value row =
          vector::ExtractOp::create(rewriter, loc, adaptor.getTile(), i);
      vector::StoreOp::create(
          rewriter, loc, row, op.getDest(),
          moveAlong(rewriter, loc, adaptor.getIndices(), rank - 2, i));
    }
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void populateGenericTilePatterns(TypeConverter &converter,
                                 RewritePatternSet &patterns) {
  converter.addConversion(
      [](qvec::TileType type) -> Type { return getVectorType(type); });
  patterns.add<LowerTileZero, LowerTileLoad, LowerTileDot, LowerTileStore>(
      converter, patterns.getContext());
}

} // namespace quantc::codegen

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tiles as values of `x86_amx`, which LLVM keeps in registers and configures by
// itself: each instruction is told the shapes of its operands. The `amx`
// dialect of upstream has the same operations on a type of its own, but no
// block argument of that type can be lowered, and sums are carried by loops.
#include "quantc/Codegen/X86/LowerTile.h"

#include "../Registers.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

#include <optional>

using namespace mlir;

namespace quantc::codegen::x86 {
namespace {

Value makeConstant(OpBuilder &builder, Location loc, unsigned bits,
                   int64_t value) {
  Type type = builder.getIntegerType(bits);
  return arith::ConstantOp::create(builder, loc,
                                   builder.getIntegerAttr(type, value));
}

int64_t getRowBytes(qvec::TileType type) {
  return type.getColumns() * type.getElementType().getWidth() / 8;
}

/// The rows of a tile and the bytes of a row.
SmallVector<Value> makeShape(OpBuilder &builder, Location loc,
                             qvec::TileType type) {
  return {makeConstant(builder, loc, 16, type.getRows()),
          makeConstant(builder, loc, 16, getRowBytes(type))};
}

/// The address of an element of `buffer`, and the bytes from it to the one
/// `step` further along dimension `dim`; none if these are not constant.
std::optional<SmallVector<Value>> makeAddress(OpBuilder &builder, Location loc,
                                              Value buffer, ValueRange indices,
                                              int64_t dim, int64_t step) {
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(type.getStridesAndOffset(strides, offset)) ||
      ShapedType::isDynamic(strides[dim]) || strides.back() != 1)
    return std::nullopt;
  LLVMTypeConverter converter(builder.getContext());
  Value descriptor = UnrealizedConversionCastOp::create(
                         builder, loc, converter.convertType(type), buffer)
                         .getResult(0);
  SmallVector<Value> words;
  for (Value index : indices)
    words.push_back(
        arith::IndexCastOp::create(builder, loc, builder.getI64Type(), index));
  Value address = LLVM::getStridedElementPtr(builder, loc, converter, type,
                                             descriptor, words);
  int64_t bytes = type.getElementTypeBitWidth() / 8;
  return SmallVector<Value>{
      address, makeConstant(builder, loc, 64, strides[dim] * step * bytes)};
}

struct LowerTileZero : OpConversionPattern<qvec::TileZeroOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(qvec::TileZeroOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    rewriter.replaceOp(
        op, callIntrinsic(rewriter, loc, "llvm.x86.tilezero.internal",
                          getTypeConverter()->convertType(op.getType()),
                          makeShape(rewriter, loc, op.getType())));
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
    auto address = makeAddress(rewriter, loc, op.getSource(),
                               adaptor.getIndices(), op.getDim(), op.getStep());
    if (!address)
      return rewriter.notifyMatchFailure(op, "rows are not evenly apart");
    SmallVector<Value> operands = makeShape(rewriter, loc, op.getType());
    operands.append(*address);
    rewriter.replaceOp(
        op,
        callIntrinsic(rewriter, loc, "llvm.x86.tileloadd64.internal",
                      getTypeConverter()->convertType(op.getType()), operands));
    return success();
  }
};

struct LowerTileDot : OpConversionPattern<qvec::TileDotOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(qvec::TileDotOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    SmallVector<Value> operands = makeShape(rewriter, loc, op.getType());
    operands.push_back(
        makeConstant(rewriter, loc, 16, getRowBytes(op.getLhs().getType())));
    operands.append({adaptor.getAcc(), adaptor.getLhs(), adaptor.getRhs()});
    rewriter.replaceOp(
        op,
        callIntrinsic(rewriter, loc, getName(op),
                      getTypeConverter()->convertType(op.getType()), operands));
    return success();
  }

private:
  /// There is one instruction for each signedness.
  static StringRef getName(qvec::TileDotOp op) {
    if (op.getLhsUnsigned())
      return op.getRhsUnsigned() ? "llvm.x86.tdpbuud.internal"
                                 : "llvm.x86.tdpbusd.internal";
    return op.getRhsUnsigned() ? "llvm.x86.tdpbsud.internal"
                               : "llvm.x86.tdpbssd.internal";
  }
};

struct LowerTileStore : OpConversionPattern<qvec::TileStoreOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(qvec::TileStoreOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto rank = static_cast<int64_t>(op.getIndices().size());
    auto address = makeAddress(rewriter, loc, op.getDest(),
                               adaptor.getIndices(), rank - 2, 1);
    if (!address)
      return rewriter.notifyMatchFailure(op, "rows are not evenly apart");
    SmallVector<Value> operands =
        makeShape(rewriter, loc, op.getTile().getType());
    operands.append(*address);
    operands.push_back(adaptor.getTile());
    LLVM::CallIntrinsicOp::create(
        rewriter, loc, rewriter.getStringAttr("llvm.x86.tilestored64.internal"),
        operands);
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void populateLowerTilePatterns(TypeConverter &converter,
                               RewritePatternSet &patterns) {
  converter.addConversion([](qvec::TileType type) -> Type {
    return LLVM::LLVMX86AMXType::get(type.getContext());
  });
  patterns.add<LowerTileZero, LowerTileLoad, LowerTileDot, LowerTileStore>(
      converter, patterns.getContext());
}

bool usesTileRegisters(Operation *code) {
  return code
      ->walk([](LLVM::CallIntrinsicOp op) {
        return WalkResult(failure(llvm::any_of(
            op.getResultTypes(), llvm::IsaPred<LLVM::LLVMX86AMXType>)));
      })
      .wasInterrupted();
}

} // namespace quantc::codegen::x86

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dequantize of constant weights of 4 bits: two lie in a byte, and a nibble
// is widened where it is used. A kernel reads neighbouring output channels, so
// these are neighbours in memory; the two of a byte are neighbours in a
// channel.
#include "IntegerConstant.h"
#include "Lowering.h"
#include "StructuredBuilders.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace quantc::conversion {
namespace {

/// Weights of `shape` as a matrix of products by channels.
class WeightMatrix {
public:
  WeightMatrix(RankedTensorType type, int64_t axis)
      : shape(type.getShape()), axis(axis) {}

  int64_t getChannels() const { return shape[axis]; }
  int64_t getProducts() const {
    return ShapedType::getNumElements(shape) / shape[axis];
  }

  /// The row of the element at `dims`: its place in the channel.
  AffineExpr getRow(MLIRContext *context) const {
    AffineExpr row = getAffineConstantExpr(0, context);
    for (auto [dim, size] : llvm::enumerate(shape))
      if (static_cast<int64_t>(dim) != axis)
        row = row * size + getAffineDimExpr(dim, context);
    return row;
  }

  /// The row-major index of each element of a channel.
  std::vector<int64_t> getFirstChannel() const {
    std::vector<int64_t> places = {0};
    for (auto [dim, size] : llvm::enumerate(shape)) {
      std::vector<int64_t> finer;
      int64_t count = static_cast<int64_t>(dim) == axis ? 1 : size;
      for (int64_t place : places)
        for (int64_t i = 0; i < count; ++i)
          finer.push_back(place * size + i);
      places = std::move(finer);
    }
    return places;
  }
  /// Elements between neighbouring channels.
  int64_t getStride() const {
    return ShapedType::getNumElements(ArrayRef(shape).drop_front(axis + 1));
  }

private:
  SmallVector<int64_t> shape;
  int64_t axis;
};

/// Pairs of products of a channel in a byte, the first in the low nibble; bytes
/// of a pair are in the order of the channels.
std::vector<int8_t> packNibbles(const IntegerConstant &stored,
                                const WeightMatrix &matrix) {
  int64_t channels = matrix.getChannels();
  std::vector<int64_t> places = matrix.getFirstChannel();
  std::vector<int8_t> bytes(llvm::divideCeil(places.size(), 2) * channels, 0);
  for (auto [row, place] : llvm::enumerate(places))
    for (int64_t c = 0; c < channels; ++c) {
      auto nibble =
          static_cast<uint8_t>(stored[place + c * matrix.getStride()] & 15);
      int8_t &byte = bytes[row / 2 * channels + c];
      byte = static_cast<int8_t>(byte | (nibble << (row % 2 * 4)));
    }
  return bytes;
}

/// The scales as a tensor with the channels last, and how an element finds its
/// own.
std::pair<Value, AffineMap> createScales(OpBuilder &builder, Location loc,
                                         RankedTensorType type, int64_t axis) {
  quant::QuantizedType element = qnn::getQuantizedElement(type);
  SmallVector<int64_t> blocks(type.getShape());
  if (qnn::hasBlocks(element))
    blocks = qnn::getBlockShape(element, type.getShape());
  else if (qnn::getQuantizedAxis(element))
    blocks[axis] = 1;
  SmallVector<int64_t> shape;
  SmallVector<AffineExpr> exprs;
  auto addDim = [&](int64_t dim) {
    if (blocks[dim] == type.getDimSize(dim))
      return;
    shape.push_back(type.getDimSize(dim) / blocks[dim]);
    exprs.push_back(builder.getAffineDimExpr(dim).floorDiv(blocks[dim]));
  };
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (dim != axis)
      addDim(dim);
  addDim(axis);
  // In this order, from the numbers in the order of the blocks of the type.
  qnn::ParameterIndex parameterOf(type);
  SmallVector<double> scales = qnn::getScales(element);
  std::vector<float> ordered(ShapedType::getNumElements(shape));
  SmallVector<int64_t> strides = computeSuffixProduct(shape);
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i) {
    SmallVector<int64_t> at =
        delinearize(i, computeSuffixProduct(type.getShape()));
    int64_t place = 0;
    unsigned next = 0;
    auto addPlace = [&](int64_t dim) {
      if (blocks[dim] != type.getDimSize(dim))
        place += at[dim] / blocks[dim] * strides[next++];
    };
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      if (dim != axis)
        addPlace(dim);
    addPlace(axis);
    ordered[place] = static_cast<float>(scales[parameterOf(i)]);
  }
  Value constant = arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(RankedTensorType::get(shape, builder.getF32Type()),
                             ArrayRef<float>(ordered)));
  return {constant,
          AffineMap::get(type.getRank(), 0, exprs, builder.getContext())};
}

/// The dimension of the output channels: the axis of the type or, of blocks,
/// that of an OHWI weight.
int64_t getChannelAxis(quant::QuantizedType element) {
  return qnn::getQuantizedAxis(element).value_or(0);
}

class LowerPackedDequantize : public LowerOp<qnn::DequantizeOp> {
public:
  LowerPackedDequantize(const TypeConverter &converter, MLIRContext *context)
      : LowerOp(converter, context, /*benefit=*/2) {}

  LogicalResult
  matchAndRewrite(qnn::DequantizeOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    quant::QuantizedType element = getElement(op.getInput());
    RankedTensorType type = op.getInput().getType();
    if (element.getStorageTypeIntegralWidth() != 4 || !element.isSigned() ||
        type.getRank() == 0)
      return rewriter.notifyMatchFailure(op, "no signed integers of 4 bits");
    if (llvm::any_of(qnn::getZeroPoints(element),
                     [](int64_t zeroPoint) { return zeroPoint != 0; }))
      return rewriter.notifyMatchFailure(op, "zero points other than 0");
    std::optional<IntegerConstant> stored =
        IntegerConstant::read(op.getInput());
    if (!stored)
      return rewriter.notifyMatchFailure(op, "no constant");
    int64_t axis = getChannelAxis(element);
    WeightMatrix matrix(type, axis);
    Location loc = op.getLoc();
    AffineExpr row = matrix.getRow(op.getContext());
    Value bytes = createIntegerConstant(
        rewriter, loc, {(matrix.getProducts() + 1) / 2, matrix.getChannels()},
        packNibbles(*stored, matrix));
    AffineMap bytesMap = AffineMap::get(
        type.getRank(), 0, {row.floorDiv(2), rewriter.getAffineDimExpr(axis)},
        op.getContext());
    auto [scales, scalesMap] = createScales(rewriter, loc, type, axis);
    auto body = [&, rank = type.getRank()](OpBuilder &builder, Location loc,
                                           ValueRange args) {
      return createBody(builder, loc, args, row % 2, rank);
    };
    rewriter.replaceOp(op, createElementwise(rewriter, loc, op.getType(),
                                             {bytes, scales},
                                             {bytesMap, scalesMap}, body)
                               .getResult(0));
    return success();
  }

private:
  /// The nibble of the byte `args[0]` that `parity` names, times the scale.
  static Value createBody(OpBuilder &builder, Location loc, ValueRange args,
                          AffineExpr parity, int64_t rank) {
    SmallVector<Value> indices;
    for (int64_t dim = 0; dim < rank; ++dim)
      indices.push_back(linalg::IndexOp::create(builder, loc, dim));
    Value shift = affine::AffineApplyOp::create(
        builder, loc, AffineMap::get(rank, 0, 28 - parity * 4), indices);
    shift =
        arith::IndexCastOp::create(builder, loc, builder.getI32Type(), shift);
    Value word =
        arith::ExtSIOp::create(builder, loc, builder.getI32Type(), args[0]);
    Value high = arith::ShLIOp::create(builder, loc, word, shift);
    Value nibble = arith::ShRSIOp::create(builder, loc, high,
                                          createInteger(builder, loc, 32, 28));
    Value real =
        arith::SIToFPOp::create(builder, loc, builder.getF32Type(), nibble);
    return arith::MulFOp::create(builder, loc, args[1], real);
  }
};

} // namespace

void populatePackedWeightPatterns(const TypeConverter &converter,
                                  RewritePatternSet &patterns) {
  patterns.add<LowerPackedDequantize>(converter, patterns.getContext());
}

} // namespace quantc::conversion

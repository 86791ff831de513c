// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of linalg and tensor operations on static shapes.
#include "StructuredBuilders.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

using namespace mlir;

namespace quantc::conversion {

linalg::GenericOp createElementwise(OpBuilder &builder, Location loc,
                                    RankedTensorType type, ValueRange inputs,
                                    ArrayRef<AffineMap> maps,
                                    BodyBuilder body) {
  assert(maps.size() == inputs.size() && "one map an input");
  SmallVector<AffineMap> allMaps(maps);
  allMaps.push_back(builder.getMultiDimIdentityMap(type.getRank()));
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                        type.getElementType());
  return linalg::GenericOp::create(
      builder, loc, TypeRange(type), inputs, ValueRange(empty), allMaps,
      iterators, [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
        linalg::YieldOp::create(nested, nestedLoc,
                                body(nested, nestedLoc, args.drop_back()));
      });
}

Value createReduction(OpBuilder &builder, Location loc, Value init,
                      ValueRange inputs, ArrayRef<AffineMap> maps,
                      unsigned reductions, BodyBuilder body) {
  assert(maps.size() == inputs.size() + 1 && "one map an operand");
  SmallVector<utils::IteratorType> iterators(maps.back().getNumDims(),
                                             utils::IteratorType::parallel);
  for (utils::IteratorType &iterator :
       MutableArrayRef(iterators).take_back(reductions))
    iterator = utils::IteratorType::reduction;
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange(init.getType()), inputs, ValueRange(init), maps,
      iterators, [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
        linalg::YieldOp::create(nested, nestedLoc,
                                body(nested, nestedLoc, args));
      });
  return generic.getResult(0);
}

Value createFill(OpBuilder &builder, Location loc, RankedTensorType type,
                 int64_t value) {
  Value scalar =
      createInteger(builder, loc, type.getElementTypeBitWidth(), value);
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                        type.getElementType());
  return linalg::FillOp::create(builder, loc, ValueRange(scalar),
                                ValueRange(empty))
      .getResult(0);
}

Value createPad(OpBuilder &builder, Location loc, Value source,
                ArrayRef<int64_t> low, ArrayRef<int64_t> high, int64_t value) {
  auto isZero = [](int64_t size) { return size == 0; };
  if (llvm::all_of(low, isZero) && llvm::all_of(high, isZero))
    return source;
  auto type = cast<RankedTensorType>(source.getType());
  SmallVector<int64_t> shape;
  for (auto [size, before, after] : llvm::zip_equal(type.getShape(), low, high))
    shape.push_back(size + before + after);
  Value scalar =
      createInteger(builder, loc, type.getElementTypeBitWidth(), value);
  MLIRContext *context = builder.getContext();
  return tensor::PadOp::create(
      builder, loc, RankedTensorType::get(shape, type.getElementType()), source,
      getAsIndexOpFoldResult(context, low),
      getAsIndexOpFoldResult(context, high), scalar);
}

Value createImagePad(OpBuilder &builder, Location loc, Value image,
                     ArrayRef<int64_t> pad, int64_t value) {
  return createPad(builder, loc, image, {0, pad[0], pad[2], 0},
                   {0, pad[1], pad[3], 0}, value);
}

/// All elements in one dimension.
static Value flatten(OpBuilder &builder, Location loc, Value source) {
  auto type = cast<RankedTensorType>(source.getType());
  auto flat =
      RankedTensorType::get({type.getNumElements()}, type.getElementType());
  if (type.getRank() == 0)
    return tensor::ExpandShapeOp::create(builder, loc, flat, source,
                                         ArrayRef<ReassociationIndices>());
  ReassociationIndices all = llvm::to_vector(llvm::seq(type.getRank()));
  return tensor::CollapseShapeOp::create(builder, loc, flat, source,
                                         ArrayRef<ReassociationIndices>(all));
}

Value createReshape(OpBuilder &builder, Location loc, Value source,
                    ArrayRef<int64_t> shape) {
  auto from = cast<RankedTensorType>(source.getType());
  auto to = RankedTensorType::get(shape, from.getElementType());
  if (from == to)
    return source;
  if (from.getRank() != to.getRank()) {
    auto groups = getReassociationIndicesForReshape(from, to);
    if (groups && from.getRank() > to.getRank())
      return tensor::CollapseShapeOp::create(builder, loc, to, source, *groups);
    if (groups)
      return tensor::ExpandShapeOp::create(builder, loc, to, source, *groups);
  }
  Value flat = from.getRank() == 1 ? source : flatten(builder, loc, source);
  if (to.getRank() == 1)
    return flat;
  if (to.getRank() == 0)
    return tensor::CollapseShapeOp::create(builder, loc, to, flat,
                                           ArrayRef<ReassociationIndices>());
  ReassociationIndices all = llvm::to_vector(llvm::seq(to.getRank()));
  return tensor::ExpandShapeOp::create(builder, loc, to, flat,
                                       ArrayRef<ReassociationIndices>(all));
}

Value createInteger(OpBuilder &builder, Location loc, unsigned width,
                    int64_t value) {
  return arith::ConstantOp::create(
      builder, loc,
      builder.getIntegerAttr(builder.getIntegerType(width),
                             APInt(width, static_cast<uint64_t>(value),
                                   /*isSigned=*/true, /*implicitTrunc=*/true)));
}

Value extendStored(OpBuilder &builder, Location loc, Value value, bool isSigned,
                   unsigned width) {
  Type type = builder.getIntegerType(width);
  if (value.getType() == type)
    return value;
  if (isSigned)
    return arith::ExtSIOp::create(builder, loc, type, value);
  return arith::ExtUIOp::create(builder, loc, type, value);
}

Value truncateTo(OpBuilder &builder, Location loc, Value value, Type type) {
  if (value.getType() == type)
    return value;
  return arith::TruncIOp::create(builder, loc, type, value);
}

Value clampSigned(OpBuilder &builder, Location loc, Value value, int64_t low,
                  int64_t high) {
  unsigned width = value.getType().getIntOrFloatBitWidth();
  Value raised = arith::MaxSIOp::create(
      builder, loc, value, createInteger(builder, loc, width, low));
  return arith::MinSIOp::create(builder, loc, raised,
                                createInteger(builder, loc, width, high));
}

Value roundToInteger(OpBuilder &builder, Location loc, Value real) {
  // 1.5 * 2^23: a sum with it has no fraction, so that the addition rounds to
  // nearest even, and differs from it in the low bits alone, by the integer.
  constexpr float rounder = 12582912.0f;
  constexpr int32_t rounderBits = 0x4B400000;
  Value large =
      arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(rounder));
  Value sum = arith::AddFOp::create(builder, loc, real, large);
  Value bits =
      arith::BitcastOp::create(builder, loc, builder.getI32Type(), sum);
  return arith::SubIOp::create(builder, loc, bits,
                               createInteger(builder, loc, 32, rounderBits));
}

} // namespace quantc::conversion

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Nothing is written that would change nothing: a reshape to the shape that is
// there, a transpose that keeps the order.
#include "TosaWriter.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace quantc::conversion {

bool isFloatTensor(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() && type.getElementType().isF32();
}

std::optional<float> getFilledFloat(Value value) {
  if (auto fill = value.getDefiningOp<linalg::FillOp>()) {
    FloatAttr number;
    if (matchPattern(fill.value(), m_Constant(&number)))
      return number.getValue().convertToFloat();
    return std::nullopt;
  }
  return qnn::getUniformFloat(value);
}

Value TosaWriter::splat(ArrayRef<int64_t> shape, float value) {
  auto attr = DenseElementsAttr::get(type(shape), value);
  return tosa::ConstOp::create(rewriter, loc, attr.getType(), attr);
}

Value TosaWriter::broadcast(Value input, ArrayRef<int64_t> shape) {
  if (shapeOf(input) == shape)
    return input;
  if (std::optional<float> number = qnn::getUniformFloat(input))
    return splat(shape, *number);
  SmallVector<int64_t> repeats;
  for (auto [from, to] : llvm::zip_equal(shapeOf(input), shape))
    repeats.push_back(to / from);
  return tosa::TileOp::create(rewriter, loc, type(shape), input,
                              qnn::createConstShape(rewriter, loc, repeats));
}

Value TosaWriter::withoutBroadcast(Value value) {
  auto tile = value.getDefiningOp<tosa::TileOp>();
  if (!tile)
    return value;
  Value input = tile.getInput1();
  for (auto [from, to] : llvm::zip_equal(shapeOf(input), shapeOf(value)))
    if (from != to && from != 1)
      return value;
  return input;
}

RankedTensorType TosaWriter::broadcastType(Value lhs, Value rhs) {
  SmallVector<int64_t> shape;
  for (auto [left, right] : llvm::zip_equal(shapeOf(lhs), shapeOf(rhs)))
    shape.push_back(std::max(left, right));
  return type(shape);
}

Value TosaWriter::mul(Value lhs, Value rhs) {
  lhs = withoutBroadcast(lhs), rhs = withoutBroadcast(rhs);
  return tosa::MulOp::create(rewriter, loc, broadcastType(lhs, rhs), lhs, rhs,
                             qnn::createMulShift(rewriter, loc));
}

} // namespace quantc::conversion

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verifiers, folders and canonicalization of add, sub, mul, lookup, softmax.
#include "OpUtils.h"

#include "quantc/Numerics/SoftmaxTable.h"

#include "mlir/Dialect/Traits.h"
#include <cmath>

using namespace mlir;

namespace quantc::qnn {

/// C1 and C5 of the two-operand operations.
template <typename OpT>
static LogicalResult verifyBinary(OpT op) {
  RankedTensorType lhs = op.getLhs().getType(), rhs = op.getRhs().getType();
  SmallVector<int64_t> shape;
  if (lhs.getRank() != rhs.getRank() ||
      !OpTrait::util::getBroadcastedShape(lhs.getShape(), rhs.getShape(),
                                          shape)) // C1
    return op.emitOpError() << "operand types " << lhs << " and " << rhs
                            << " do not broadcast at equal rank";
  if (ArrayRef<int64_t>(shape) != op.getType().getShape())
    return op.emitOpError() << "result type " << op.getType()
                            << " does not have the broadcast shape";
  return verifyClamp(op, op.getClamp(), op.getType()); // C5
}

template <typename OpT>
static LogicalResult verifySum(OpT op) {
  if (op.getRounding() == RoundingMode::Double) // C2
    return op.emitOpError("rounding is double, expected single or float_even");
  return verifyBinary(op);
}

LogicalResult AddOp::verify() { return verifySum(*this); }
LogicalResult SubOp::verify() { return verifySum(*this); }
LogicalResult MulOp::verify() { return verifyBinary(*this); }

LogicalResult AddOp::canonicalize(AddOp op, PatternRewriter &rewriter) {
  return dropFullClamp(op, rewriter);
}
LogicalResult SubOp::canonicalize(SubOp op, PatternRewriter &rewriter) {
  return dropFullClamp(op, rewriter);
}
LogicalResult MulOp::canonicalize(MulOp op, PatternRewriter &rewriter) {
  return dropFullClamp(op, rewriter);
}

//===----------------------------------------------------------------------===//
// LookupOp
//===----------------------------------------------------------------------===//

int64_t LookupOp::getTableSize(quant::QuantizedType input) {
  return int64_t(1) << (input.getStorageTypeIntegralWidth() <= 8 ? 8 : 16);
}

LogicalResult LookupOp::verify() {
  quant::QuantizedType element = getQuantizedElement(getType());
  auto expected = RankedTensorType::get(
      {getTableSize(getQuantizedElement(getInput().getType()))},
      getStorageIntegerType(element));
  if (getTable().getShapedType() != expected) // C1
    return emitOpError() << "table has type " << getTable().getShapedType()
                         << ", expected " << expected;
  numerics::StorageRange range = getStorageRange(element);
  auto dense = dyn_cast<DenseElementsAttr>(getTable());
  if (!dense)
    return emitOpError("expected a dense table");
  for (const APInt &bits : dense.getValues<APInt>()) {
    int64_t value = element.isSigned()
                        ? bits.getSExtValue()
                        : static_cast<int64_t>(bits.getZExtValue());
    if (value < range.min || value > range.max) // C2
      return emitOpError() << "table entry " << value
                           << " is outside the storage range [" << range.min
                           << ", " << range.max << "]";
  }
  return success();
}

/// The table entry that the bits of `stored` of type `element` select.
static int64_t getTableIndex(const APInt &stored,
                             quant::QuantizedType element) {
  if (!element.isSigned())
    return static_cast<int64_t>(stored.getZExtValue());
  return stored.getSExtValue() + LookupOp::getTableSize(element) / 2;
}

OpFoldResult LookupOp::fold(FoldAdaptor adaptor) {
  auto table = dyn_cast<DenseElementsAttr>(getTable());
  if (!table)
    return {};
  quant::QuantizedType element = getQuantizedElement(getInput().getType());
  auto entries = table.getValues<APInt>();
  if (getInput().getType() == getType()) {
    auto isIdentity = [&](const auto &entry) {
      return getTableIndex(entry.value(), element) ==
             static_cast<int64_t>(entry.index());
    };
    if (llvm::all_of(llvm::enumerate(entries), isIdentity))
      return getInput();
  }
  auto constant = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput());
  if (!constant)
    return {};
  SmallVector<APInt> stored;
  stored.reserve(constant.getNumElements());
  for (const APInt &value : constant.getValues<APInt>())
    stored.push_back(entries[getTableIndex(value, element)]);
  return DenseElementsAttr::get(getStorageTensorType(getType()), stored);
}

/// Two tables in a row are one: `outer[inner[x]]`.
LogicalResult LookupOp::canonicalize(LookupOp op, PatternRewriter &rewriter) {
  auto inner = op.getInput().getDefiningOp<LookupOp>();
  if (!inner || !inner->hasOneUse())
    return rewriter.notifyMatchFailure(op, "input is no lookup of its own");
  auto innerTable = dyn_cast<DenseElementsAttr>(inner.getTable());
  auto outerTable = dyn_cast<DenseElementsAttr>(op.getTable());
  if (!innerTable || !outerTable)
    return rewriter.notifyMatchFailure(op, "a table is not dense");
  quant::QuantizedType middle = getQuantizedElement(inner.getType());
  auto outerEntries = outerTable.getValues<APInt>();
  SmallVector<APInt> composed;
  for (const APInt &entry : innerTable.getValues<APInt>())
    composed.push_back(outerEntries[getTableIndex(entry, middle)]);
  rewriter.modifyOpInPlace(op, [&] {
    op.getInputMutable().assign(inner.getInput());
    op.setTableAttr(DenseElementsAttr::get(outerTable.getType(), composed));
  });
  return success();
}

//===----------------------------------------------------------------------===//
// SoftmaxOp
//===----------------------------------------------------------------------===//

/// Probabilities at scale 2^-b, whole storage range of the input's b bits.
LogicalResult
SoftmaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                            SoftmaxOp::Adaptor adaptor,
                            SmallVectorImpl<Type> &inferredReturnTypes) {
  auto type = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  quant::QuantizedType element =
      type ? getQuantizedElement(type) : quant::QuantizedType();
  if (!element)
    return emitOptionalError(location,
                             "expected a ranked tensor of quantized elements");
  int64_t least = quant::QuantizedType::getDefaultMinimumForInteger(
      element.isSigned(), element.getStorageTypeIntegralWidth());
  int64_t greatest = quant::QuantizedType::getDefaultMaximumForInteger(
      element.isSigned(), element.getStorageTypeIntegralWidth());
  double scale =
      std::ldexp(1.0, -static_cast<int>(element.getStorageTypeIntegralWidth()));
  inferredReturnTypes.push_back(type.clone(quant::UniformQuantizedType::get(
      element.getFlags(), element.getStorageType(), element.getExpressedType(),
      scale, least, least, greatest)));
  return success();
}

/// Signed probabilities of unsigned numbers are as good: C3 says what is.
bool SoftmaxOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return succeeded(verifyCompatibleShapes(lhs, rhs));
}

LogicalResult SoftmaxOp::verify() {
  RankedTensorType input = getInput().getType();
  int64_t axis = getAxis();
  if (axis >= input.getRank()) // C1
    return emitOpError() << "axis " << axis << " is no dimension of " << input;
  constexpr int64_t kLongestRow = int64_t(1) << 18;
  if (input.getDimSize(axis) > kLongestRow)
    return emitOpError() << "size " << input.getDimSize(axis)
                         << " along the axis, expected at most " << kLongestRow;
  quant::QuantizedType element = getQuantizedElement(getType());
  if (!numerics::getSoftmaxOutputBits(getScale(element, 0))) // C2
    return emitOpError() << "result " << element
                         << ", expected a power of two from 2^-16 to 2^-1 as "
                            "scale";
  return success();
}

} // namespace quantc::qnn

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verifiers and folders of observe, constant, quantize, dequantize and
// requantize. Folding evaluates with the Numerics library only.
#include "OpUtils.h"

#include "quantc/Numerics/Quantize.h"

using namespace mlir;

namespace quantc::qnn {

//===----------------------------------------------------------------------===//
// ConstantOp
//===----------------------------------------------------------------------===//

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

LogicalResult ConstantOp::verify() {
  RankedTensorType expected = getStorageTensorType(getType());
  if (getValue().getShapedType() != expected) // C1, C2
    return emitOpError() << "value has type " << getValue().getShapedType()
                         << ", expected " << expected;
  auto dense = dyn_cast<DenseElementsAttr>(getValue());
  if (!dense)
    return success();
  quant::QuantizedType element = getQuantizedElement(getType());
  numerics::StorageRange range = getStorageRange(element);
  auto outside = [&](const APInt &bits) {
    int64_t value = element.isSigned()
                        ? bits.getSExtValue()
                        : static_cast<int64_t>(bits.getZExtValue());
    return value < range.min || value > range.max;
  };
  if (llvm::any_of(dense.getValues<APInt>(), outside)) // C3
    return emitOpError() << "value has an element outside the storage range ["
                         << range.min << ", " << range.max << "]";
  return success();
}

//===----------------------------------------------------------------------===//
// QuantizeOp, DequantizeOp
//===----------------------------------------------------------------------===//

/// Number of consecutive elements that share one channel, and the number of
/// channels; 1 channel for per-tensor types.
static std::pair<int64_t, int64_t> getChannelStride(RankedTensorType type) {
  quant::QuantizedType element = getQuantizedElement(type);
  std::optional<int64_t> axis = getQuantizedAxis(element);
  if (!axis)
    return {1, 1};
  int64_t inner = 1;
  for (int64_t size : type.getShape().drop_front(*axis + 1))
    inner *= size;
  return {inner, type.getDimSize(*axis)};
}

OpFoldResult QuantizeOp::fold(FoldAdaptor adaptor) {
  auto dequantize = getInput().getDefiningOp<DequantizeOp>();
  if (dequantize && dequantize.getInput().getType() == getType() &&
      getQuantizedElement(getType()).getStorageTypeIntegralWidth() <= 16)
    return dequantize.getInput();

  auto dense = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput());
  if (!dense)
    return {};
  RankedTensorType type = getType();
  quant::QuantizedType element = getQuantizedElement(type);
  unsigned width = element.getStorageTypeIntegralWidth();
  auto [inner, channels] = getChannelStride(type);
  SmallVector<APInt> stored;
  stored.reserve(type.getNumElements());
  for (auto [index, value] : llvm::enumerate(dense.getValues<float>())) {
    int64_t channel = static_cast<int64_t>(index) / inner % channels;
    int32_t q = numerics::quantizeF32(
        value, static_cast<float>(getScale(element, channel)),
        getZeroPoint(element, channel), getStorageRange(element));
    stored.emplace_back(width, static_cast<uint64_t>(q), /*isSigned=*/true,
                        /*implicitTrunc=*/true);
  }
  return DenseElementsAttr::get(getStorageTensorType(type), stored);
}

LogicalResult DequantizeOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, ValueRange operands,
    DictionaryAttr, OpaqueProperties, RegionRange,
    SmallVectorImpl<Type> &inferredReturnTypes) {
  auto type = dyn_cast<RankedTensorType>(operands.front().getType());
  quant::QuantizedType element =
      type ? getQuantizedElement(type) : quant::QuantizedType();
  if (!element)
    return emitOptionalError(location,
                             "expected a ranked tensor of quantized elements");
  inferredReturnTypes.push_back(
      RankedTensorType::get(type.getShape(), element.getExpressedType()));
  return success();
}

//===----------------------------------------------------------------------===//
// RequantizeOp
//===----------------------------------------------------------------------===//

OpFoldResult RequantizeOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType() && isFullClamp(getClamp(), getType()))
    return getInput();
  return {};
}

LogicalResult RequantizeOp::verify() {
  quant::QuantizedType input = getQuantizedElement(getInput().getType());
  quant::QuantizedType result = getQuantizedElement(getType());
  std::optional<int64_t> resultAxis = getQuantizedAxis(result);
  if (resultAxis && resultAxis != getQuantizedAxis(input)) // C1
    return emitOpError() << "cannot requantize " << input << " to " << result
                         << ": expected the same axis on both sides";
  return verifyClamp(*this, getClamp(), getType());
}

} // namespace quantc::qnn

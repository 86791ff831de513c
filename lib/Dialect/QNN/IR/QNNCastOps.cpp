// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verifiers and folders of observe, constant, quantize, dequantize and
// requantize. Folding evaluates with the Numerics library only.
#include "OpUtils.h"

#include "quantc/Numerics/Quantize.h"
#include "quantc/Numerics/Requantize.h"

#include "llvm/Support/ErrorHandling.h"
#include <algorithm>
#include <cmath>
#include <limits>

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

/// Whether every stored integer of `element` survives a dequantize and a
/// quantize: the product with the scale is inexact by one part in 2^24, far
/// less than half a step of 16 bits, unless it overflows.
static bool survivesRoundTrip(quant::QuantizedType element) {
  double steps = static_cast<double>(getStorageRange(element).steps());
  return llvm::all_of(getScales(element), [&](double scale) {
    return scale * steps < std::numeric_limits<float>::max();
  });
}

LogicalResult QuantizeOp::verify() {
  unsigned width = getQuantizedElement(getType()).getStorageTypeIntegralWidth();
  if (width < 2 || width > 16) // C1
    return emitOpError() << "result has " << width
                         << " bits of storage, expected 2 to 16";
  return success();
}

OpFoldResult QuantizeOp::fold(FoldAdaptor adaptor) {
  auto dequantize = getInput().getDefiningOp<DequantizeOp>();
  if (dequantize && dequantize.getInput().getType() == getType() &&
      survivesRoundTrip(getQuantizedElement(getType())))
    return dequantize.getInput();

  auto dense = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput());
  if (!dense)
    return {};
  RankedTensorType type = getType();
  quant::QuantizedType element = getQuantizedElement(type);
  unsigned width = element.getStorageTypeIntegralWidth();
  ParameterIndex parameterOf(type);
  SmallVector<double> scales = getScales(element);
  SmallVector<int64_t> zeroPoints = getZeroPoints(element);
  SmallVector<APInt> stored;
  stored.reserve(type.getNumElements());
  for (auto [index, value] : llvm::enumerate(dense.getValues<float>())) {
    int64_t parameter = parameterOf(static_cast<int64_t>(index));
    int32_t q =
        numerics::quantizeF32(value, static_cast<float>(scales[parameter]),
                              zeroPoints[parameter], getStorageRange(element));
    stored.emplace_back(width, static_cast<uint64_t>(q), /*isSigned=*/true,
                        /*implicitTrunc=*/true);
  }
  return DenseElementsAttr::get(getStorageTensorType(type), stored);
}

LogicalResult
DequantizeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                               ValueRange operands, DictionaryAttr,
                               OpaqueProperties, RegionRange,
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

namespace {
/// The requantize of one channel: from a stored integer to the next.
class ChannelRequantizer {
public:
  static std::optional<ChannelRequantizer> create(RequantizeOp op,
                                                  int64_t channel);
  int32_t operator()(int64_t stored) const;

private:
  numerics::StorageRange range;
  numerics::FixedPointMultiplier multiplier;
  float ratio;
  int64_t inputZeroPoint, resultZeroPoint;
  RoundingMode rounding;
};
} // namespace

std::optional<ChannelRequantizer> ChannelRequantizer::create(RequantizeOp op,
                                                             int64_t channel) {
  quant::QuantizedType input = getQuantizedElement(op.getInput().getType());
  quant::QuantizedType result = getQuantizedElement(op.getType());
  auto inputScale = static_cast<float>(getScale(input, channel));
  auto resultScale = static_cast<float>(getScale(result, 0));
  ChannelRequantizer requantizer;
  requantizer.range = getStorageRange(result);
  requantizer.ratio = inputScale / resultScale;
  requantizer.inputZeroPoint = getZeroPoint(input, channel);
  requantizer.resultZeroPoint = getZeroPoint(result, 0);
  requantizer.rounding = op.getRounding();
  if (requantizer.rounding == RoundingMode::FloatEven) {
    if (!std::isfinite(requantizer.ratio) || requantizer.ratio <= 0)
      return std::nullopt;
    return requantizer;
  }
  llvm::Expected<numerics::FixedPointMultiplier> multiplier =
      numerics::computeMultiplier(
          numerics::realMultiplier(inputScale, 1.0f, resultScale));
  if (!multiplier) {
    llvm::consumeError(multiplier.takeError());
    return std::nullopt;
  }
  requantizer.multiplier = *multiplier;
  return requantizer;
}

int32_t ChannelRequantizer::operator()(int64_t stored) const {
  int64_t difference = stored - inputZeroPoint;
  switch (rounding) {
  case RoundingMode::FloatEven:
    return numerics::requantizeFloatEven(difference, ratio, resultZeroPoint,
                                         range);
  case RoundingMode::Single:
    return numerics::requantize(difference, multiplier,
                                numerics::Rounding::Single, resultZeroPoint,
                                range);
  case RoundingMode::Double:
    return numerics::requantize(difference, multiplier,
                                numerics::Rounding::Double, resultZeroPoint,
                                range);
  }
  llvm_unreachable("unknown rounding");
}

static OpFoldResult foldConstant(RequantizeOp op, DenseElementsAttr constant) {
  RankedTensorType type = op.getInput().getType();
  bool isSigned = getQuantizedElement(type).isSigned();
  ParameterIndex parameterOf(type);
  SmallVector<ChannelRequantizer> requantizers;
  for (int64_t channel = 0; channel < parameterOf.size(); ++channel) {
    auto requantizer = ChannelRequantizer::create(op, channel);
    if (!requantizer)
      return {};
    requantizers.push_back(*requantizer);
  }
  unsigned width =
      getQuantizedElement(op.getType()).getStorageTypeIntegralWidth();
  SmallVector<APInt> stored;
  stored.reserve(type.getNumElements());
  for (auto [index, bits] : llvm::enumerate(constant.getValues<APInt>())) {
    int64_t channel = parameterOf(static_cast<int64_t>(index));
    int64_t q = isSigned ? bits.getSExtValue()
                         : static_cast<int64_t>(bits.getZExtValue());
    int32_t value = requantizers[channel](q);
    if (std::optional<ArrayRef<int32_t>> clamp = op.getClamp())
      value = std::clamp(value, (*clamp)[0], (*clamp)[1]);
    stored.emplace_back(width, static_cast<uint64_t>(value), /*isSigned=*/true,
                        /*implicitTrunc=*/true);
  }
  return DenseElementsAttr::get(getStorageTensorType(op.getType()), stored);
}

OpFoldResult RequantizeOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType() && isFullClamp(getClamp(), getType()))
    return getInput();
  if (auto constant = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput()))
    return foldConstant(*this, constant);
  return {};
}

LogicalResult RequantizeOp::canonicalize(RequantizeOp op,
                                         PatternRewriter &rewriter) {
  return dropFullClamp(op, rewriter);
}

LogicalResult RequantizeOp::verify() {
  if (hasBlocks(getQuantizedElement(getInput().getType()))) // C1
    return emitOpError("input has blocks, expected one scale for the tensor or "
                       "an axis");
  return verifyClamp(*this, getClamp(), getType()); // C5
}

} // namespace quantc::qnn

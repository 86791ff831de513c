// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A stored weight may have the shape of the float operand or that of the
// quantized one. A stored bias is taken as it is if its scale is that of the
// accumulator; a float one is rounded to it.
#include "StoredOperands.h"

#include "QDQForm.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Numerics/Quantize.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Remarks.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace quantc::qnn {
namespace {

Value refuse(Operation *op, const Twine &reason) {
  remark::missed(
      op->getLoc(),
      remark::RemarkOpts::name("StaysFloat").category("qnn-legalize"))
      << (op->getName().getStringRef() + ": " + reason).str();
  return {};
}

int64_t getInnerSize(ArrayRef<int64_t> shape, int64_t axis) {
  int64_t size = 1;
  for (int64_t dim : shape.drop_front(axis + 1))
    size *= dim;
  return size;
}

/// `element`, the type of a tensor of shape `from`, for the same elements in
/// shape `to`; null where an axis of scales does not exist there.
quant::QuantizedType reshapeElement(quant::QuantizedType element,
                                    ArrayRef<int64_t> from,
                                    ArrayRef<int64_t> to) {
  auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(element);
  if (!perAxis)
    return isa<quant::UniformQuantizedType>(element) ? element
                                                     : quant::QuantizedType();
  int64_t axis = perAxis.getQuantizedDimension();
  for (auto [dim, size] : llvm::enumerate(to))
    if (size == from[axis] && getInnerSize(to, dim) == getInnerSize(from, axis))
      return quant::UniformQuantizedPerAxisType::get(
          perAxis.getFlags(), perAxis.getStorageType(),
          perAxis.getExpressedType(), perAxis.getScales(),
          perAxis.getZeroPoints(), static_cast<int32_t>(dim),
          perAxis.getStorageTypeMin(), perAxis.getStorageTypeMax());
  return {};
}

/// `stored` in `shape`; null if it is no constant that has this form.
Value reshapeConstant(Value stored, ArrayRef<int64_t> shape,
                      RewriterBase &rewriter,
                      SmallVectorImpl<Operation *> &made) {
  auto constant = stored.getDefiningOp<ConstantOp>();
  auto old = cast<RankedTensorType>(stored.getType());
  quant::QuantizedType element =
      reshapeElement(getQuantizedElement(old), old.getShape(), shape);
  if (!constant || !element)
    return {};
  auto type = RankedTensorType::get(shape, element);
  RankedTensorType storage = getStorageTensorType(type);
  ElementsAttr elements;
  if (auto dense = dyn_cast<DenseElementsAttr>(constant.getValue()))
    elements = dense.reshape(storage);
  else if (auto resource =
               dyn_cast<DenseResourceElementsAttr>(constant.getValue()))
    elements = DenseResourceElementsAttr::get(storage, resource.getRawHandle());
  if (!elements)
    return {};
  auto reshaped =
      ConstantOp::create(rewriter, constant.getLoc(), type, elements);
  made.push_back(reshaped);
  return reshaped;
}

/// One scale for each channel of the weight, or one for all; empty where an
/// operand is not quantized so.
SmallVector<double> getAccumulatorScales(QuantizableOpInterface op,
                                         BiasScale product) {
  Value input = getQuantizedValue(op->getOperand(product.activation));
  Value weight = getQuantizedWeight(op->getOperand(product.weight));
  quant::QuantizedType activation =
      input ? getQuantizedElement(input.getType()) : quant::QuantizedType();
  quant::QuantizedType stored =
      weight ? getQuantizedElement(weight.getType()) : quant::QuantizedType();
  if (!activation || !isActivationElementType(activation) || !stored ||
      hasBlocks(stored))
    return {};
  SmallVector<double> scales;
  for (double scale : getScales(stored))
    scales.push_back(
        numerics::accumulatorScale(static_cast<float>(getScale(activation, 0)),
                                   static_cast<float>(scale)));
  return scales;
}

/// C3 of the convolutions.
bool hasScales(quant::QuantizedType bias, ArrayRef<double> expected) {
  if (!isBiasElementType(bias))
    return false;
  SmallVector<double> scales = getScales(bias);
  if (scales.size() != expected.size())
    return false;
  for (auto [scale, wanted] : llvm::zip_equal(scales, expected))
    if (std::fabs(scale - wanted) > 1e-5 * wanted)
      return false;
  return llvm::all_of(getZeroPoints(bias),
                      [](int64_t zero) { return zero == 0; });
}

Value quantizeBias(QuantizableOpInterface op, FloatConstant &bias,
                   ArrayRef<double> scales, RewriterBase &rewriter,
                   SmallVectorImpl<Operation *> &made) {
  bool perChannel = scales.size() > 1;
  if (perChannel && bias.size() != static_cast<int64_t>(scales.size()))
    return refuse(op, "the bias has " + Twine(bias.size()) +
                          " numbers, expected one for each of " +
                          Twine(scales.size()) + " channels");
  std::vector<int32_t> stored;
  for (int64_t channel = 0; channel < bias.size(); ++channel) {
    llvm::Expected<int32_t> value =
        numerics::quantizeBias(bias[channel], scales[perChannel ? channel : 0]);
    if (!value)
      return refuse(op, "bias of channel " + Twine(channel) + ": " +
                            llvm::toString(value.takeError()));
    stored.push_back(*value);
  }
  auto storage = rewriter.getI32Type();
  auto expressed = rewriter.getF32Type();
  constexpr int64_t least = std::numeric_limits<int32_t>::min(),
                    greatest = std::numeric_limits<int32_t>::max();
  quant::QuantizedType element;
  if (perChannel)
    element = quant::UniformQuantizedPerAxisType::get(
        quant::QuantizationFlags::Signed, storage, expressed, scales,
        SmallVector<int64_t>(scales.size(), 0), /*quantizedDimension=*/0, least,
        greatest);
  else
    element = quant::UniformQuantizedType::get(
        quant::QuantizationFlags::Signed, storage, expressed, scales.front(), 0,
        least, greatest);
  auto type = RankedTensorType::get({bias.size()}, element);
  auto constant =
      ConstantOp::create(rewriter, op.getLoc(), type,
                         makeIntegerElements(getStorageTensorType(type),
                                             std::move(stored), "bias"));
  made.push_back(constant);
  return constant;
}

} // namespace

Value getStoredWeight(QuantizableOpInterface op, OpOperand &use,
                      RewriterBase &rewriter,
                      SmallVectorImpl<Operation *> &made) {
  Value stored = getQuantizedWeight(use.get());
  if (!stored)
    return {};
  unsigned index = use.getOperandNumber();
  SmallVector<int64_t> shape = op.getWeightShape(index);
  auto type = cast<RankedTensorType>(stored.getType());
  if (!shape.empty() && type.getShape() != ArrayRef<int64_t>(shape))
    stored = reshapeConstant(stored, shape, rewriter, made);
  std::optional<int64_t> axis =
      stored ? getQuantizedAxis(getQuantizedElement(stored.getType()))
             : std::nullopt;
  if (stored && (!axis || axis == op.getWeightAxis(index)))
    return stored;
  return refuse(op, "the scales of the weight do not lie along the output "
                    "channels");
}

Value getStoredBias(QuantizableOpInterface op, OpOperand &use,
                    RewriterBase &rewriter,
                    SmallVectorImpl<Operation *> &made) {
  std::optional<BiasScale> product = op.getBiasScale(use.getOperandNumber());
  Value stored = getQuantizedValue(use.get());
  if (!product)
    return stored;
  SmallVector<double> scales = getAccumulatorScales(op, *product);
  if (scales.empty())
    return stored;
  if (stored) {
    if (hasScales(getQuantizedElement(stored.getType()), scales))
      return stored;
    return refuse(op, "the scale of the bias is not that of the input times "
                      "that of the weight");
  }
  auto bias = FloatConstant::read(use.get());
  if (!bias)
    return refuse(op, "the bias is neither a constant nor dequantized");
  return quantizeBias(op, *bias, scales, rewriter, made);
}

} // namespace quantc::qnn

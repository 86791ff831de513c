// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the importer spells each TOSA operation. Nothing here knows ONNX.

#include "Emitter.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/ShapeUtils.h"

#include "mlir/Dialect/Quant/IR/Quant.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::import {

ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

std::optional<SmallVector<int64_t>> broadcastShapes(ArrayRef<int64_t> lhs,
                                                    ArrayRef<int64_t> rhs) {
  SmallVector<int64_t> result(std::max(lhs.size(), rhs.size()), 1);
  for (ArrayRef<int64_t> shape : {lhs, rhs})
    for (auto [merged, dim] :
         llvm::zip(llvm::reverse(result), llvm::reverse(shape))) {
      if (merged != 1 && dim != 1 && merged != dim)
        return std::nullopt;
      merged = merged == 1 ? dim : merged;
    }
  return result;
}

RankedTensorType Emitter::type(ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, builder.getF32Type());
}

RankedTensorType Emitter::broadcastType(Value lhs, Value rhs) {
  return type(*broadcastShapes(shapeOf(lhs), shapeOf(rhs)));
}

Value Emitter::constant(ArrayRef<int64_t> shape, std::vector<float> values,
                        StringRef name) {
  return qnn::createFloatConstant(builder, loc, shape, std::move(values), name);
}

Value Emitter::splat(int64_t rank, float value) {
  return constant(SmallVector<int64_t>(rank, 1), {value}, "splat");
}

//===----------------------------------------------------------------------===//
// Quantized values
//===----------------------------------------------------------------------===//

quant::QuantizedType makeQuantizedType(MLIRContext *context, int32_t storage,
                                       const TensorQuantization &quantization) {
  std::optional<StoredType> stored = getStoredType(storage);
  if (!stored)
    return {};
  auto integer = IntegerType::get(context, stored->width);
  auto expressed = Float32Type::get(context);
  unsigned flags = stored->isSigned ? quant::QuantizationFlags::Signed : 0;
  SmallVector<double> scales(quantization.scales.begin(),
                             quantization.scales.end());
  if (quantization.axis)
    return quant::UniformQuantizedPerAxisType::get(
        flags, integer, expressed, scales, quantization.zeroPoints,
        static_cast<int32_t>(*quantization.axis), stored->min, stored->max);
  return quant::UniformQuantizedType::get(
      flags, integer, expressed, scales.front(),
      quantization.zeroPoints.front(), stored->min, stored->max);
}

quant::QuantizedType makeIntegerType(MLIRContext *context, int32_t storage) {
  return makeQuantizedType(context, storage, {{1.0f}, {0}, std::nullopt});
}

/// Signed constants without the least integer of their storage are narrow: the
/// form of most weights, with products that are easier to bound.
static quant::QuantizedType makeConstantType(MLIRContext *context,
                                             const HostTensor &tensor) {
  StoredType stored = *getStoredType(tensor.elementType);
  quant::QuantizedType full =
      makeQuantizedType(context, tensor.elementType, *tensor.quantization);
  if (!stored.isSigned || stored.width > 16 ||
      llvm::is_contained(tensor.ints(), stored.min))
    return full;
  if (auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(full);
      perAxis && !llvm::is_contained(perAxis.getZeroPoints(), stored.min))
    return quant::UniformQuantizedPerAxisType::get(
        perAxis.getFlags(), perAxis.getStorageType(),
        perAxis.getExpressedType(), perAxis.getScales(),
        perAxis.getZeroPoints(), perAxis.getQuantizedDimension(),
        stored.min + 1, stored.max);
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(full);
      uniform && uniform.getZeroPoint() != stored.min)
    return quant::UniformQuantizedType::get(
        uniform.getFlags(), uniform.getStorageType(),
        uniform.getExpressedType(), uniform.getScale(), uniform.getZeroPoint(),
        stored.min + 1, stored.max);
  return full;
}

template <typename T>
static ElementsAttr makeElements(RankedTensorType type, ArrayRef<int64_t> ints,
                                 StringRef name) {
  std::vector<T> values(ints.begin(), ints.end());
  return qnn::makeIntegerElements(type, std::move(values), name);
}

static ElementsAttr makeStoredElements(RankedTensorType type,
                                       ArrayRef<int64_t> ints, StringRef name) {
  switch (type.getElementTypeBitWidth()) {
  case 8:
    return makeElements<int8_t>(type, ints, name);
  case 16:
    return makeElements<int16_t>(type, ints, name);
  default:
    return makeElements<int32_t>(type, ints, name);
  }
}

Value Emitter::storedConstant(const HostTensor &tensor, StringRef name) {
  auto type = RankedTensorType::get(
      tensor.shape, makeConstantType(builder.getContext(), tensor));
  return qnn::ConstantOp::create(
      builder, loc, type,
      makeStoredElements(qnn::getStorageTensorType(type), tensor.ints(), name));
}

Value Emitter::tensorConstant(ArrayRef<int64_t> shape, const HostTensor &tensor,
                              StringRef name) {
  if (!tensor.quantization)
    return constant(shape, tensor.floats(), name);
  return reshape(dequantize(storedConstant(tensor, name)), shape);
}

Value Emitter::rawConstant(ArrayRef<int64_t> shape, ArrayRef<int8_t> values) {
  auto type = RankedTensorType::get(shape, builder.getI8Type());
  return tosa::ConstOp::create(builder, loc, type,
                               DenseElementsAttr::get(type, values));
}

Value Emitter::quantize(Value real, quant::QuantizedType element) {
  auto type = cast<RankedTensorType>(real.getType()).clone(element);
  return qnn::QuantizeOp::create(builder, loc, type, real,
                                 qnn::CalibrationAttr());
}

Value Emitter::dequantize(Value quantized) {
  return qnn::DequantizeOp::create(builder, loc, type(shapeOf(quantized)),
                                   quantized);
}

Value Emitter::toStorage(Value quantized) {
  auto type = cast<RankedTensorType>(quantized.getType());
  if (!qnn::getQuantizedElement(type))
    return quantized;
  return quant::StorageCastOp::create(
      builder, loc, qnn::getStorageTensorType(type), quantized);
}

Value Emitter::fromStorage(Value raw, quant::QuantizedType element) {
  auto type = cast<RankedTensorType>(raw.getType()).clone(element);
  return quant::StorageCastOp::create(builder, loc, type, raw);
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

Value Emitter::zeroPoint() { return constant({1}, {0.0f}, "zero_point"); }

Value Emitter::reshape(Value input, ArrayRef<int64_t> shape) {
  return qnn::createReshape(builder, loc, input, shape);
}

Value Emitter::transpose(Value input, ArrayRef<int64_t> perm) {
  return qnn::createTransposeOp(builder, loc, input, perm);
}

Value Emitter::pad(Value input, ArrayRef<int64_t> low, ArrayRef<int64_t> high,
                   float value) {
  SmallVector<int64_t> shape, padding;
  for (auto [dim, before, after] : llvm::zip_equal(shapeOf(input), low, high)) {
    shape.push_back(dim + before + after);
    padding.append({before, after});
  }
  if (shapeOf(input) == ArrayRef(shape))
    return input;
  return tosa::PadOp::create(builder, loc, type(shape), input,
                             qnn::createConstShape(builder, loc, padding),
                             constant({1}, {value}, "pad"));
}

Value Emitter::slice(Value input, ArrayRef<int64_t> start,
                     ArrayRef<int64_t> size) {
  return qnn::createSlice(builder, loc, input, start, size);
}

Value Emitter::concat(ValueRange inputs, int64_t axis) {
  if (inputs.size() == 1)
    return inputs.front();
  SmallVector<int64_t> shape(shapeOf(inputs.front()));
  for (Value input : inputs.drop_front())
    shape[axis] += shapeOf(input)[axis];
  return tosa::ConcatOp::create(builder, loc, type(shape), inputs,
                                static_cast<uint32_t>(axis));
}

Value Emitter::clamp(Value input, float min, float max) {
  return tosa::ClampOp::create(builder, loc, input.getType(), input,
                               builder.getF32FloatAttr(min),
                               builder.getF32FloatAttr(max));
}

Value Emitter::mul(Value lhs, Value rhs) {
  return tosa::MulOp::create(builder, loc, broadcastType(lhs, rhs), lhs, rhs,
                             qnn::createMulShift(builder, loc));
}

Value Emitter::cropToWindow(Value nhwc, const Window &window) {
  SmallVector<int64_t> size(shapeOf(nhwc));
  size[1] -= window.crop[0];
  size[2] -= window.crop[1];
  return slice(nhwc, {0, 0, 0, 0}, size);
}

RankedTensorType Emitter::windowType(Value nhwc, const Window &window,
                                     int64_t channels) {
  return type({shapeOf(nhwc)[0], window.output[0], window.output[1], channels});
}

Value Emitter::conv2d(Value nhwc, Value weight, Value bias,
                      const Window &window) {
  return tosa::Conv2DOp::create(
      builder, loc, windowType(nhwc, window, shapeOf(weight)[0]), nhwc, weight,
      bias, zeroPoint(), zeroPoint(), window.pad, window.stride,
      window.dilation, builder.getF32Type());
}

Value Emitter::depthwiseConv2d(Value nhwc, Value weight, Value bias,
                               const Window &window) {
  int64_t channels = shapeOf(weight)[2] * shapeOf(weight)[3];
  return tosa::DepthwiseConv2DOp::create(
      builder, loc, windowType(nhwc, window, channels), nhwc, weight, bias,
      zeroPoint(), zeroPoint(), window.pad, window.stride, window.dilation,
      builder.getF32Type());
}

Value Emitter::maxPool2d(Value nhwc, const Window &window) {
  return tosa::MaxPool2dOp::create(
      builder, loc, windowType(nhwc, window, shapeOf(nhwc)[3]), nhwc,
      window.kernel, window.stride, window.pad);
}

Value Emitter::avgPool2d(Value nhwc, const Window &window) {
  return tosa::AvgPool2dOp::create(
      builder, loc, windowType(nhwc, window, shapeOf(nhwc)[3]), nhwc,
      zeroPoint(), zeroPoint(), window.kernel, window.stride, window.pad,
      builder.getF32Type());
}

Value Emitter::matmul(Value lhs, Value rhs) {
  return tosa::MatMulOp::create(
      builder, loc, type({shapeOf(lhs)[0], shapeOf(lhs)[1], shapeOf(rhs)[2]}),
      lhs, rhs, zeroPoint(), zeroPoint());
}

Value Emitter::fullyConnected(Value rows, const HostTensor &weights,
                              const HostTensor &bias, StringRef name) {
  int64_t count = shapeOf(rows)[0], depth = shapeOf(rows)[1];
  int64_t width = bias.size();
  Window window{{1, 1}, {1, 1}, {1, 1}, {1, 1}, {0, 0, 0, 0}, {0, 0}, {0, 0}};
  HostTensor kernel = weights.reshaped({width, 1, 1, depth});
  Value result = conv2d(reshape(rows, {count, 1, 1, depth}),
                        tensorConstant(kernel.shape, kernel, name),
                        tensorConstant({width}, bias, "bias"), window);
  return reshape(result, {count, width});
}

} // namespace quantc::import

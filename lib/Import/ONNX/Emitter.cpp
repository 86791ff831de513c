// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the importer spells each TOSA operation. Nothing here knows ONNX.

#include "Emitter.h"

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

Value Emitter::zeroPoint() { return constant({1}, {0.0f}, "zero_point"); }

Value Emitter::reshape(Value input, ArrayRef<int64_t> shape) {
  if (shapeOf(input) == shape)
    return input;
  return tosa::ReshapeOp::create(builder, loc, type(shape), input,
                                 qnn::createConstShape(builder, loc, shape));
}

Value Emitter::transpose(Value input, ArrayRef<int64_t> perm) {
  if (llvm::equal(perm, llvm::seq<int64_t>(0, perm.size())))
    return input;
  SmallVector<int64_t> shape;
  SmallVector<int32_t> narrowed;
  for (int64_t dim : perm) {
    shape.push_back(shapeOf(input)[dim]);
    narrowed.push_back(static_cast<int32_t>(dim));
  }
  return tosa::TransposeOp::create(builder, loc, type(shape), input, narrowed);
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
  if (shapeOf(input) == size)
    return input;
  return tosa::SliceOp::create(builder, loc, type(size), input,
                               qnn::createConstShape(builder, loc, start),
                               qnn::createConstShape(builder, loc, size));
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

Value Emitter::fullyConnected(Value rows, std::vector<float> weights,
                              std::vector<float> bias, StringRef name) {
  int64_t count = shapeOf(rows)[0], depth = shapeOf(rows)[1];
  int64_t width = static_cast<int64_t>(bias.size());
  Window window{{1, 1}, {1, 1}, {1, 1}, {1, 1}, {0, 0, 0, 0}, {0, 0}, {0, 0}};
  Value result =
      conv2d(reshape(rows, {count, 1, 1, depth}),
             constant({width, 1, 1, depth}, std::move(weights), name),
             constant({width}, std::move(bias), "bias"), window);
  return reshape(result, {count, width});
}

} // namespace quantc::import

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conv: plain, depthwise and grouped. TOSA knows no groups, so a grouped
// convolution that is not depthwise becomes one convolution a group between
// slices and a concat.

#include "Converters.h"
#include "Spatial.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::import {
namespace {

/// The operands of a Conv, checked against each other. `weight` is OIHW.
struct Convolution {
  Value image;
  HostTensor weight;
  std::vector<float> bias;
  int64_t group;
  Window window;
  StringRef name;

  int64_t inputChannels() const { return shapeOf(image)[3]; }
  int64_t outputChannels() const { return weight.shape[0]; }
};

LogicalResult readWeight(Node &node, int64_t rank, HostTensor &weight) {
  const HostTensor *tensor = node.getFloats(1, "weight");
  if (!tensor)
    return failure();
  if (static_cast<int64_t>(tensor->shape.size()) != rank)
    return node.fail("the weight has shape " + printShape(tensor->shape) +
                     ", expected rank " + Twine(rank) + " like the input");
  if (failed(node.checkShape(tensor->shape)))
    return failure();
  SmallVector<int64_t> shape = tensor->shape;
  if (rank == 3)
    shape.insert(shape.begin() + 2, 1);
  weight = tensor->reshaped(shape);
  return success();
}

LogicalResult checkGroups(Node &node, const Convolution &conv) {
  if (conv.group < 1 || conv.inputChannels() % conv.group != 0 ||
      conv.outputChannels() % conv.group != 0)
    return node.fail("group " + Twine(conv.group) + " does not divide " +
                     Twine(conv.inputChannels()) + " input and " +
                     Twine(conv.outputChannels()) + " output channels");
  int64_t expected = conv.inputChannels() / conv.group;
  if (conv.weight.shape[1] != expected)
    return node.fail("the weight has " + Twine(conv.weight.shape[1]) +
                     " input channels, expected " + Twine(expected));
  return success();
}

LogicalResult checkKernelAttribute(Node &node, ArrayRef<int64_t> kernel) {
  std::optional<SmallVector<int64_t>> shape = node.getIntList("kernel_shape");
  if (shape && ArrayRef<int64_t>(*shape) != kernel)
    return node.fail("attribute 'kernel_shape' is " + printShape(*shape) +
                     ", but the weight has a kernel of " + printShape(kernel));
  return success();
}

LogicalResult readBias(Node &node, Convolution &conv) {
  conv.bias.assign(conv.outputChannels(), 0.0f);
  if (!node.hasInput(2))
    return success();
  const HostTensor *bias = node.getFloats(2, "bias");
  if (!bias)
    return failure();
  if (bias->shape.size() != 1 || bias->size() != conv.outputChannels())
    return node.fail("the bias has shape " + printShape(bias->shape) +
                     ", expected " + Twine(conv.outputChannels()));
  conv.bias.assign(bias->floats().begin(), bias->floats().end());
  return success();
}

FailureOr<Convolution> readConvolution(Node &node) {
  Convolution conv;
  conv.image = getImage(node, 0);
  if (!conv.image)
    return failure();
  int64_t rank = node.getShape(0).size();
  conv.group = node.getInt("group", 1);
  if (node.hasFailed() || failed(readWeight(node, rank, conv.weight)) ||
      failed(checkGroups(node, conv)))
    return failure();
  ArrayRef<int64_t> kernel =
      ArrayRef<int64_t>(conv.weight.shape).take_back(rank - 2);
  if (failed(checkKernelAttribute(node, kernel)) ||
      failed(readBias(node, conv)))
    return failure();
  FailureOr<Window> window =
      readWindow(node, conv.image, kernel, Rounding::Down);
  if (failed(window))
    return failure();
  conv.window = *window;
  conv.name = node.inputName(1);
  return conv;
}

Value emitPlain(Node &node, const Convolution &conv) {
  HostTensor weight = conv.weight.transposed({0, 2, 3, 1});
  return node.emit.conv2d(
      conv.image, node.emit.constant(weight.shape, weight.floats(), conv.name),
      node.emit.constant({conv.outputChannels()}, conv.bias, "bias"),
      conv.window);
}

Value emitDepthwise(Node &node, const Convolution &conv) {
  // [C * M, 1, KH, KW] is [C, M, KH, KW] in memory; TOSA wants [KH, KW, C, M].
  ArrayRef<int64_t> shape = conv.weight.shape;
  HostTensor weight =
      conv.weight
          .reshaped({conv.group, shape[0] / conv.group, shape[2], shape[3]})
          .transposed({2, 3, 0, 1});
  return node.emit.depthwiseConv2d(
      conv.image, node.emit.constant(weight.shape, weight.floats(), conv.name),
      node.emit.constant({conv.outputChannels()}, conv.bias, "bias"),
      conv.window);
}

Value emitGrouped(Node &node, const Convolution &conv) {
  ArrayRef<int64_t> shape = shapeOf(conv.image);
  int64_t inputs = conv.inputChannels() / conv.group;
  int64_t outputs = conv.outputChannels() / conv.group;
  SmallVector<int64_t> weightShape = conv.weight.shape;
  weightShape[0] = outputs;
  int64_t weightSize = conv.weight.size() / conv.group;
  SmallVector<Value> results;
  for (int64_t g = 0; g < conv.group; ++g) {
    Value image = node.emit.slice(conv.image, {0, 0, 0, g * inputs},
                                  {shape[0], shape[1], shape[2], inputs});
    ArrayRef<float> weights =
        conv.weight.floats().slice(g * weightSize, weightSize);
    ArrayRef<float> bias =
        ArrayRef<float>(conv.bias).slice(g * outputs, outputs);
    results.push_back(emitPlain(
        node, {image, HostTensor::fromFloats(weightShape, weights), bias,
               /*group=*/1, conv.window, conv.name}));
  }
  return node.emit.concat(results, 3);
}

LogicalResult convertConv(Node &node) {
  FailureOr<Convolution> conv = readConvolution(node);
  if (failed(conv))
    return failure();
  ArrayRef<int64_t> output = conv->window.output;
  if (failed(node.checkShape({shapeOf(conv->image)[0], output[0], output[1],
                              conv->outputChannels()})))
    return failure();

  conv->image = node.emit.cropToWindow(conv->image, conv->window);
  Value result;
  if (conv->group == 1)
    result = emitPlain(node, *conv);
  else if (conv->group == conv->inputChannels())
    result = emitDepthwise(node, *conv);
  else
    result = emitGrouped(node, *conv);
  return node.setResult(fromImage(node, result, node.getShape(0).size()));
}

} // namespace

void registerConvolutions(OperatorTable &table) {
  table.add("Conv", convertConv);
}

} // namespace quantc::import

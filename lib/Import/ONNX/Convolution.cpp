// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conv: plain, depthwise and grouped. TOSA knows no groups, so a grouped
// convolution that is not depthwise becomes one convolution a group between
// slices and a concat.

#include "Converters.h"
#include "Products.h"
#include "Spatial.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::import {
namespace {

/// The operands of a Conv, checked against each other. `weight` is OIHW.
struct Convolution {
  Value image;
  HostTensor weight;
  HostTensor bias;
  int64_t group;
  Window window;
  StringRef name;

  int64_t inputChannels() const { return shapeOf(image)[3]; }
  int64_t outputChannels() const { return weight.shape[0]; }
};

LogicalResult checkWeight(Node &node, int64_t rank, const HostTensor &tensor,
                          HostTensor &weight) {
  if (static_cast<int64_t>(tensor.shape.size()) != rank)
    return node.fail("the weight has shape " + printShape(tensor.shape) +
                     ", expected rank " + Twine(rank) + " like the input");
  if (failed(node.checkShape(tensor.shape)))
    return node.giveUp();
  SmallVector<int64_t> shape = tensor.shape;
  if (rank == 3)
    shape.insert(shape.begin() + 2, 1);
  weight = tensor.reshaped(shape);
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

LogicalResult checkBias(Node &node, const std::optional<HostTensor> &bias,
                        Convolution &conv) {
  int64_t channels = conv.outputChannels();
  if (!bias) {
    conv.bias =
        HostTensor::fromFloats({channels}, std::vector<float>(channels, 0.0f));
    return success();
  }
  if (bias->shape.size() != 1 || bias->size() != channels)
    return node.fail("the bias has shape " + printShape(bias->shape) +
                     ", expected " + Twine(channels));
  conv.bias = *bias;
  return success();
}

FailureOr<Convolution> readConvolution(Node &node,
                                       const ConvolutionOperands &operands) {
  Convolution conv;
  conv.image = operands.image;
  conv.group = node.getInt("group", 1);
  conv.name = operands.name;
  if (node.hasFailed() ||
      failed(checkWeight(node, operands.rank, operands.weight, conv.weight)) ||
      failed(checkGroups(node, conv)))
    return node.giveUp();
  ArrayRef<int64_t> kernel =
      ArrayRef<int64_t>(conv.weight.shape).take_back(operands.rank - 2);
  if (failed(checkKernelAttribute(node, kernel)) ||
      failed(checkBias(node, operands.bias, conv)))
    return node.giveUp();
  FailureOr<Window> window =
      readWindow(node, conv.image, kernel, Rounding::Down);
  if (failed(window))
    return node.giveUp();
  conv.window = *window;
  return conv;
}

Value emitPlain(Node &node, const Convolution &conv) {
  HostTensor weight = conv.weight.transposed({0, 2, 3, 1});
  return node.emit.conv2d(
      conv.image, node.emit.tensorConstant(weight.shape, weight, conv.name),
      node.emit.tensorConstant({conv.outputChannels()}, conv.bias, "bias"),
      conv.window);
}

Value emitDepthwise(Node &node, const Convolution &conv) {
  // [C * M, 1, KH, KW] is [C, M, KH, KW] in memory; TOSA wants [KH, KW, C, M].
  // It is quantized as [KH, KW, C * M], with a scale for each output channel.
  ArrayRef<int64_t> shape = conv.weight.shape;
  HostTensor weight = conv.weight.reshaped({shape[0], shape[2], shape[3]})
                          .transposed({1, 2, 0});
  return node.emit.depthwiseConv2d(
      conv.image,
      node.emit.tensorConstant(
          {shape[2], shape[3], conv.group, shape[0] / conv.group}, weight,
          conv.name),
      node.emit.tensorConstant({conv.outputChannels()}, conv.bias, "bias"),
      conv.window);
}

Value emitGrouped(Node &node, const Convolution &conv) {
  ArrayRef<int64_t> shape = shapeOf(conv.image);
  int64_t inputs = conv.inputChannels() / conv.group;
  int64_t outputs = conv.outputChannels() / conv.group;
  SmallVector<Value> results;
  for (int64_t g = 0; g < conv.group; ++g) {
    Value image = node.emit.slice(conv.image, {0, 0, 0, g * inputs},
                                  {shape[0], shape[1], shape[2], inputs});
    results.push_back(
        emitPlain(node, {image, conv.weight.sliced(g * outputs, outputs),
                         conv.bias.sliced(g * outputs, outputs),
                         /*group=*/1, conv.window, conv.name}));
  }
  return node.emit.concat(results, 3);
}

LogicalResult convertConv(Node &node) {
  const HostTensor *weight = node.getWeight(1, "weight");
  const HostTensor *bias =
      node.hasInput(2) ? node.getWeight(2, "bias") : nullptr;
  Value image = getImage(node, 0);
  if (node.hasFailed())
    return node.giveUp();
  FailureOr<Value> result = emitConvolution(
      node, {image, static_cast<int64_t>(node.getShape(0).size()), *weight,
             bias ? std::optional(*bias) : std::nullopt, node.inputName(1)});
  return failed(result) ? failure() : node.setResult(*result);
}

} // namespace

FailureOr<Value> emitConvolution(Node &node,
                                 const ConvolutionOperands &operands) {
  FailureOr<Convolution> conv = readConvolution(node, operands);
  if (failed(conv))
    return node.giveUp();
  ArrayRef<int64_t> output = conv->window.output;
  if (failed(node.checkShape({shapeOf(conv->image)[0], output[0], output[1],
                              conv->outputChannels()})))
    return node.giveUp();

  conv->image = node.emit.cropToWindow(conv->image, conv->window);
  Value result;
  if (conv->group == 1)
    result = emitPlain(node, *conv);
  else if (conv->group == conv->inputChannels())
    result = emitDepthwise(node, *conv);
  else
    result = emitGrouped(node, *conv);
  return fromImage(node, result, operands.rank);
}

void registerConvolutions(OperatorTable &table) {
  table.add("Conv", convertConv);
}

} // namespace quantc::import

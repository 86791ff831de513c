// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BatchNormalization for inference, as the four elementwise operations of its
// definition: the prepare stage folds them into a convolution where there is
// one. Only the variance and epsilon become one number here.

#include "Converters.h"

#include <cmath>

using namespace mlir;

namespace quantc::import {
namespace {

LogicalResult checkInferenceForm(Node &node) {
  if (node.getInt("training_mode", 0) != 0)
    return node.fail("training mode is not supported");
  if (node.opset() < 9 && node.getInt("spatial", 1) != 1)
    return node.fail("attribute 'spatial' must be 1");
  for (unsigned output = 1; output < 5; ++output)
    if (node.wantsOutput(output))
      return node.fail("running mean and variance outputs are not supported");
  return success(!node.hasFailed());
}

/// One number a channel, shaped to broadcast over [N, C, ...].
Value getPerChannel(Node &node, unsigned index, StringRef what,
                    ArrayRef<int64_t> input) {
  const HostTensor *tensor = node.getFloats(index, what);
  if (!tensor)
    return {};
  if (tensor->shape.size() != 1 || tensor->size() != input[1]) {
    (void)node.fail("the " + what + " has shape " + printShape(tensor->shape) +
                    ", expected one number for each of " + Twine(input[1]) +
                    " channels");
    return {};
  }
  SmallVector<int64_t> shape(input.size(), 1);
  shape[1] = input[1];
  std::vector<float> values = tensor->floats();
  if (what == "variance") {
    double epsilon = node.getFloat("epsilon", 1e-5f);
    for (float &value : values) {
      if (!(value + epsilon > 0.0)) {
        (void)node.fail("a variance plus epsilon is not positive");
        return {};
      }
      value = static_cast<float>(1.0 / std::sqrt(value + epsilon));
    }
  }
  return node.emit.constant(shape, std::move(values), node.inputName(index));
}

LogicalResult convertBatchNormalization(Node &node) {
  Value input = node.getValue(0);
  if (!input || failed(checkInferenceForm(node)))
    return failure();
  ArrayRef<int64_t> shape = shapeOf(input);
  if (shape.size() < 2)
    return node.fail("the input has shape " + printShape(shape) +
                     ", expected at least a batch and channels");
  Value scale = getPerChannel(node, 1, "scale", shape);
  Value bias = getPerChannel(node, 2, "bias", shape);
  Value mean = getPerChannel(node, 3, "mean", shape);
  Value inverseDeviation = getPerChannel(node, 4, "variance", shape);
  if (!scale || !bias || !mean || !inverseDeviation)
    return failure();
  Value centered = node.emit.binary<tosa::SubOp>(input, mean);
  Value normalized = node.emit.mul(centered, inverseDeviation);
  Value scaled = node.emit.mul(normalized, scale);
  return node.setResult(node.emit.binary<tosa::AddOp>(scaled, bias));
}

} // namespace

void registerNormalization(OperatorTable &table) {
  table.add("BatchNormalization", convertBatchNormalization);
}

} // namespace quantc::import

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BatchNormalization for inference, as the four elementwise operations of its
// definition: the prepare stage folds them into a convolution where there is
// one. Only the variance and epsilon become one number here. LayerNormalization
// as reductions and elementwise operations along the last axis: the prepare
// stage takes them for one operation.

#include "Converters.h"

#include <cmath>
#include <functional>
#include <numeric>

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
    return node.giveUp();
  ArrayRef<int64_t> shape = shapeOf(input);
  if (shape.size() < 2)
    return node.fail("the input has shape " + printShape(shape) +
                     ", expected at least a batch and channels");
  Value scale = getPerChannel(node, 1, "scale", shape);
  Value bias = getPerChannel(node, 2, "bias", shape);
  Value mean = getPerChannel(node, 3, "mean", shape);
  Value inverseDeviation = getPerChannel(node, 4, "variance", shape);
  if (!scale || !bias || !mean || !inverseDeviation)
    return node.giveUp();
  Value centered = node.emit.binary<tosa::SubOp>(input, mean);
  Value normalized = node.emit.mul(centered, inverseDeviation);
  Value scaled = node.emit.mul(normalized, scale);
  return node.setResult(node.emit.binary<tosa::AddOp>(scaled, bias));
}

int64_t product(ArrayRef<int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<>());
}

/// Scale or bias as [1, ..., 1, N] for rows of the N elements of `normalized`.
Value getPerElement(Node &node, unsigned index, StringRef what,
                    ArrayRef<int64_t> normalized, int64_t rank) {
  Value value = node.getValue(index);
  if (!value)
    return {};
  SmallVector<int64_t> shape(rank, 1);
  shape.back() = product(normalized);
  auto broadcast = broadcastShapes(shapeOf(value), normalized);
  bool covers = product(shapeOf(value)) == shape.back();
  if (!broadcast || ArrayRef(*broadcast) != normalized ||
      (!covers && product(shapeOf(value)) != 1)) {
    (void)node.fail("the " + what + " has shape " + printShape(shapeOf(value)) +
                    ", expected that of the normalized axes, " +
                    printShape(normalized) + ", or one number");
    return {};
  }
  if (!covers)
    shape.back() = 1;
  return node.emit.reshape(value, shape);
}

/// sum / count along the last axis, which stays with size 1.
Value emitMean(Node &node, Value rows) {
  int64_t rank = shapeOf(rows).size();
  auto count = static_cast<double>(shapeOf(rows).back());
  Value sum = node.emit.reduce<tosa::ReduceSumOp>(rows, rank - 1);
  return node.emit.mul(sum,
                       node.emit.splat(rank, static_cast<float>(1.0 / count)));
}

/// The axes from `axis` on are one row: they become the last axis.
LogicalResult convertLayerNormalization(Node &node) {
  Value input = node.getValue(0);
  if (!input)
    return node.giveUp();
  SmallVector<int64_t> shape(shapeOf(input));
  auto axis = node.normalizeAxis(node.getInt("axis", -1), shape.size());
  float epsilon = node.getFloat("epsilon", 1e-5f);
  if (!axis || node.hasFailed())
    return node.giveUp();
  if (node.getInt("stash_type", 1) != 1)
    return node.fail("attribute 'stash_type' must be 1: statistics in float");
  ArrayRef<int64_t> normalized = ArrayRef(shape).drop_front(*axis);
  SmallVector<int64_t> rowShape(ArrayRef(shape).take_front(*axis));
  rowShape.push_back(product(normalized));
  SmallVector<int64_t> statShape(ArrayRef(shape).take_front(*axis));
  statShape.append(normalized.size(), 1);
  int64_t rank = rowShape.size();

  Value scale = getPerElement(node, 1, "scale", normalized, rank);
  Value bias = node.hasInput(2)
                   ? getPerElement(node, 2, "bias", normalized, rank)
                   : Value();
  if (!scale || node.hasFailed())
    return node.giveUp();
  Value rows = node.emit.reshape(input, rowShape);
  Value mean = emitMean(node, rows);
  Value centered = node.emit.binary<tosa::SubOp>(rows, mean);
  Value variance = emitMean(node, node.emit.mul(centered, centered));
  Value inverse = node.emit.unary<tosa::RsqrtOp>(
      node.emit.binary<tosa::AddOp>(variance, node.emit.splat(rank, epsilon)));
  Value result = node.emit.mul(node.emit.mul(centered, inverse), scale);
  if (bias)
    result = node.emit.binary<tosa::AddOp>(result, bias);
  if (failed(node.setResult(node.emit.reshape(result, shape))))
    return node.giveUp();
  if (node.wantsOutput(1) &&
      failed(node.setResult(node.emit.reshape(mean, statShape), 1)))
    return node.giveUp();
  if (node.wantsOutput(2))
    return node.setResult(node.emit.reshape(inverse, statShape), 2);
  return success();
}

} // namespace

void registerNormalization(OperatorTable &table) {
  table.add("BatchNormalization", convertBatchNormalization);
  table.add("LayerNormalization", convertLayerNormalization);
}

} // namespace quantc::import

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activation functions, each in the elementwise TOSA operations that define it:
// later stages see any of them as one function of one tensor, whatever its name
// was. Softmax, which is no elementwise function, is here too.

#include "Converters.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace mlir;

namespace quantc::import {
namespace {

constexpr float kLowest = std::numeric_limits<float>::lowest();
constexpr float kHighest = std::numeric_limits<float>::max();

LogicalResult convertRelu(Node &node) {
  Value input = node.getValue(0);
  if (!input)
    return node.giveUp();
  return node.setResult(node.emit.clamp(input, 0.0f, kHighest));
}

/// The bounds are attributes before opset 11, constant operands since.
LogicalResult convertClip(Node &node) {
  Value input = node.getValue(0);
  float min = kLowest, max = kHighest;
  if (node.opset() < 11) {
    min = node.getFloat("min", kLowest);
    max = node.getFloat("max", kHighest);
  } else {
    min = node.getScalar(1, "min").value_or(kLowest);
    max = node.getScalar(2, "max").value_or(kHighest);
  }
  if (!input || node.hasFailed())
    return node.giveUp();
  if (std::isnan(min) || std::isnan(max))
    return node.fail("a bound is not a number");
  // ONNX applies the upper bound last: it wins over a larger lower bound.
  return node.setResult(node.emit.clamp(input, std::min(min, max), max));
}

/// x where x is positive, else slope * x. max(x, slope * x) is that for every
/// slope up to 1, and min for those above.
Value emitLeaky(Node &node, Value input, float slope) {
  if (slope == 0.0f)
    return node.emit.clamp(input, 0.0f, kHighest);
  Value other =
      node.emit.mul(input, node.emit.splat(shapeOf(input).size(), slope));
  return slope <= 1.0f ? node.emit.binary<tosa::MaximumOp>(input, other)
                       : node.emit.binary<tosa::MinimumOp>(input, other);
}

LogicalResult convertLeakyRelu(Node &node) {
  Value input = node.getValue(0);
  float slope = node.getFloat("alpha", 0.01f);
  if (!input || node.hasFailed())
    return node.giveUp();
  return node.setResult(emitLeaky(node, input, slope));
}

LogicalResult convertPRelu(Node &node) {
  Value input = node.getValue(0);
  const HostTensor *slope = node.getFloats(1, "slope");
  if (!input || !slope)
    return node.giveUp();
  if (slope->size() == 1)
    return node.setResult(emitLeaky(node, input, slope->floats().front()));
  int64_t rank = shapeOf(input).size();
  auto shape = broadcastShapes(shapeOf(input), slope->shape);
  if (!shape || ArrayRef(*shape) != shapeOf(input))
    return node.fail("the slope has shape " + printShape(slope->shape) +
                     ", which does not extend to " +
                     printShape(shapeOf(input)));
  Value positive = node.emit.clamp(input, 0.0f, kHighest);
  Value negative = node.emit.mul(node.emit.clamp(input, kLowest, 0.0f),
                                 node.getValueOfRank(1, rank));
  return node.setResult(node.emit.binary<tosa::AddOp>(positive, negative));
}

template <typename Op>
LogicalResult convertFunction(Node &node) {
  Value input = node.getValue(0);
  if (!input)
    return node.giveUp();
  return node.setResult(node.emit.unary<Op>(input));
}

/// clamp(alpha * x + beta, 0, 1)
Value emitHardSigmoid(Node &node, Value input, float alpha, float beta) {
  int64_t rank = shapeOf(input).size();
  Value line = node.emit.binary<tosa::AddOp>(
      node.emit.mul(input, node.emit.splat(rank, alpha)),
      node.emit.splat(rank, beta));
  return node.emit.clamp(line, 0.0f, 1.0f);
}

LogicalResult convertHardSigmoid(Node &node) {
  Value input = node.getValue(0);
  float alpha = node.getFloat("alpha", 0.2f),
        beta = node.getFloat("beta", 0.5f);
  if (!input || node.hasFailed())
    return node.giveUp();
  return node.setResult(emitHardSigmoid(node, input, alpha, beta));
}

LogicalResult convertHardSwish(Node &node) {
  Value input = node.getValue(0);
  if (!input)
    return node.giveUp();
  Value gate = emitHardSigmoid(node, input, 1.0f / 6.0f, 0.5f);
  return node.setResult(node.emit.mul(input, gate));
}

/// x / 2 * (1 + erf(x / sqrt(2))), or its approximation by tanh.
LogicalResult convertGelu(Node &node) {
  Value input = node.getValue(0);
  std::string form = node.getString("approximate", "none");
  if (!input || node.hasFailed())
    return node.giveUp();
  int64_t rank = shapeOf(input).size();
  auto scale = [&](Value value, double factor) {
    return node.emit.mul(value,
                         node.emit.splat(rank, static_cast<float>(factor)));
  };
  Value gate;
  if (form == "none") {
    gate = node.emit.unary<tosa::ErfOp>(scale(input, std::sqrt(0.5)));
  } else if (form == "tanh") {
    Value cube = node.emit.mul(node.emit.mul(input, input), input);
    Value inner = node.emit.binary<tosa::AddOp>(input, scale(cube, 0.044715));
    gate = node.emit.unary<tosa::TanhOp>(
        scale(inner, std::sqrt(2.0 / 3.14159265358979323846)));
  } else {
    return node.fail("attribute 'approximate' is '" + form +
                     "', expected 'none' or 'tanh'");
  }
  Value share =
      node.emit.binary<tosa::AddOp>(gate, node.emit.splat(rank, 1.0f));
  return node.setResult(scale(node.emit.mul(input, share), 0.5));
}

/// Softmax over the last axis, in exactly these six operations: the quantizer
/// takes them for one.
Value emitSoftmax(Node &node, Value input) {
  int64_t axis = shapeOf(input).size() - 1;
  Value max = node.emit.reduce<tosa::ReduceMaxOp>(input, axis);
  Value shifted = node.emit.binary<tosa::SubOp>(input, max);
  Value exp = node.emit.unary<tosa::ExpOp>(shifted);
  Value sum = node.emit.reduce<tosa::ReduceSumOp>(exp, axis);
  Value inverse = node.emit.unary<tosa::ReciprocalOp>(sum);
  return node.emit.mul(exp, inverse);
}

/// Before opset 13 all dimensions from the axis on are one; since, the axis is
/// one dimension, which has to become the last.
LogicalResult convertSoftmax(Node &node) {
  Value input = node.getValue(0);
  if (!input)
    return node.giveUp();
  SmallVector<int64_t> shape(shapeOf(input));
  int64_t rank = shape.size();
  bool flattens = node.opset() < 13;
  auto axis = node.normalizeAxis(node.getInt("axis", flattens ? 1 : -1), rank);
  if (!axis || node.hasFailed())
    return node.giveUp();
  if (*axis == rank - 1)
    return node.setResult(emitSoftmax(node, input));
  if (flattens) {
    auto multiply = [](ArrayRef<int64_t> dims) {
      return std::accumulate(dims.begin(), dims.end(), int64_t(1),
                             std::multiplies<>());
    };
    ArrayRef<int64_t> dims = shape;
    Value flat = node.emit.reshape(input, {multiply(dims.take_front(*axis)),
                                           multiply(dims.drop_front(*axis))});
    return node.setResult(node.emit.reshape(emitSoftmax(node, flat), shape));
  }
  SmallVector<int64_t> toLast = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  std::rotate(toLast.begin() + *axis, toLast.begin() + *axis + 1, toLast.end());
  SmallVector<int64_t> back(rank);
  for (auto [to, from] : llvm::enumerate(toLast))
    back[from] = to;
  Value last = node.emit.transpose(input, toLast);
  return node.setResult(node.emit.transpose(emitSoftmax(node, last), back));
}

} // namespace

void registerActivations(OperatorTable &table) {
  table.add("Relu", convertRelu);
  table.add("Clip", convertClip);
  table.add("LeakyRelu", convertLeakyRelu);
  table.add("PRelu", convertPRelu);
  table.add("Sigmoid", convertFunction<tosa::SigmoidOp>);
  table.add("Tanh", convertFunction<tosa::TanhOp>);
  table.add("HardSigmoid", convertHardSigmoid);
  table.add("HardSwish", convertHardSwish);
  table.add("Gelu", convertGelu);
  table.add("Softmax", convertSoftmax);
}

} // namespace quantc::import

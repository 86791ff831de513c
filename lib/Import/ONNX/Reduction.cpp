// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ReduceMean, ReduceSum, ReduceMax and ReduceMin. A mean over the whole image
// is an average pool, the form that has an integer kernel.

#include "Converters.h"
#include "Spatial.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::import {
namespace {

struct Reduction {
  Value input;
  SmallVector<int64_t> axes;
  /// The shape of the node's result.
  SmallVector<int64_t> resultShape;
};

/// `operandSince` is the opset in which the axes became an operand.
FailureOr<Reduction> readReduction(Node &node, int64_t operandSince) {
  Reduction reduction;
  reduction.input = node.getValue(0);
  if (!reduction.input)
    return node.giveUp();
  ArrayRef<int64_t> shape = shapeOf(reduction.input);
  int64_t rank = shape.size();
  bool isOperand = node.opset() >= operandSince;
  auto listed = isOperand ? node.getInts(1, "axes") : node.getIntList("axes");
  bool keepDims = node.getInt("keepdims", 1);
  bool emptyIsNone = node.getInt("noop_with_empty_axes", 0);
  if (node.hasFailed())
    return node.giveUp();
  bool all = !listed || listed->empty();
  auto axes = node.normalizeAxes(
      all ? llvm::to_vector(llvm::seq<int64_t>(0, emptyIsNone ? 0 : rank))
          : *listed,
      rank);
  if (!axes)
    return node.giveUp();
  reduction.axes = *axes;
  for (auto [dim, size] : llvm::enumerate(shape)) {
    bool reduced = llvm::is_contained(*axes, static_cast<int64_t>(dim));
    if (!reduced || keepDims)
      reduction.resultShape.push_back(reduced ? 1 : size);
  }
  return reduction;
}

template <typename Op>
Value emitReduction(Node &node, const Reduction &reduction) {
  Value result = reduction.input;
  for (int64_t axis : reduction.axes)
    result = node.emit.reduce<Op>(result, axis);
  return result;
}

template <typename Op, int64_t OperandSince>
LogicalResult convertReduction(Node &node) {
  FailureOr<Reduction> reduction = readReduction(node, OperandSince);
  if (failed(reduction))
    return node.giveUp();
  return node.setResult(node.emit.reshape(emitReduction<Op>(node, *reduction),
                                          reduction->resultShape));
}

Value emitImageMean(Node &node, Value nchw) {
  Value image = node.emit.toNHWC(nchw);
  int64_t height = shapeOf(image)[1], width = shapeOf(image)[2];
  Window window{{height, width}, {1, 1}, {1, 1}, {1, 1},
                {0, 0, 0, 0},    {0, 0}, {0, 0}};
  return node.emit.toNCHW(node.emit.avgPool2d(image, window));
}

LogicalResult convertReduceMean(Node &node) {
  FailureOr<Reduction> reduction = readReduction(node, 18);
  if (failed(reduction))
    return node.giveUp();
  ArrayRef<int64_t> shape = shapeOf(reduction->input);
  Value mean;
  if (shape.size() == 4 && reduction->axes == SmallVector<int64_t>{2, 3}) {
    mean = emitImageMean(node, reduction->input);
  } else {
    double count = 1;
    for (int64_t axis : reduction->axes)
      count *= static_cast<double>(shape[axis]);
    mean = emitReduction<tosa::ReduceSumOp>(node, *reduction);
    if (count != 1)
      mean = node.emit.mul(
          mean, node.emit.splat(shape.size(), static_cast<float>(1.0 / count)));
  }
  return node.setResult(node.emit.reshape(mean, reduction->resultShape));
}

} // namespace

void registerReductions(OperatorTable &table) {
  table.add("ReduceMean", convertReduceMean);
  table.add("ReduceSum", convertReduction<tosa::ReduceSumOp, 13>);
  table.add("ReduceMax", convertReduction<tosa::ReduceMaxOp, 18>);
  table.add("ReduceMin", convertReduction<tosa::ReduceMinOp, 18>);
}

} // namespace quantc::import

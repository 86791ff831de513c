// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gemm and MatMul. With a constant right side both are fully connected layers,
// which TOSA spells as 1x1 convolutions; alpha and beta are multiplied into the
// constants. A product of two activations is a batched tosa.matmul.

#include "Converters.h"

#include "llvm/ADT/STLExtras.h"

#include <numeric>

using namespace mlir;

namespace quantc::import {
namespace {

int64_t product(ArrayRef<int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<>());
}

std::vector<float> scaled(ArrayRef<float> values, float factor) {
  std::vector<float> result(values.begin(), values.end());
  if (factor != 1.0f)
    for (float &value : result)
      value *= factor;
  return result;
}

LogicalResult checkDepth(Node &node, int64_t lhs, int64_t rhs) {
  if (lhs != rhs)
    return node.fail("the operands do not match: a row of the first has " +
                     Twine(lhs) + " elements, a column of the second " +
                     Twine(rhs));
  return success();
}

/// Gemm's third operand where it is one constant number a column, times beta.
std::optional<std::vector<float>> readBias(Node &node, int64_t columns,
                                           float beta) {
  const HostTensor *bias = node.getConstant(2);
  if (!bias || !bias->isFloat() || !countElements(bias->shape))
    return std::nullopt;
  ArrayRef<int64_t> shape = bias->shape;
  while (shape.size() > 1 && shape.front() == 1)
    shape = shape.drop_front();
  if (shape.size() > 1 || (bias->size() != columns && bias->size() != 1))
    return std::nullopt;
  if (bias->size() == 1)
    return std::vector<float>(columns, bias->floats().front() * beta);
  return scaled(bias->floats(), beta);
}

/// Adds beta * C to the product where C is not a plain bias.
LogicalResult addBias(Node &node, Value product, float beta) {
  Value bias = node.getValueOfRank(2, 2);
  if (!bias)
    return failure();
  auto broadcast = broadcastShapes(shapeOf(product), shapeOf(bias));
  if (!broadcast || ArrayRef(*broadcast) != shapeOf(product))
    return node.fail("the third operand has shape " +
                     printShape(node.getShape(2)) + ", which does not extend " +
                     "to " + printShape(shapeOf(product)));
  if (beta != 1.0f)
    bias = node.emit.mul(bias, node.emit.splat(2, beta));
  return node.setResult(node.emit.binary<tosa::AddOp>(product, bias));
}

LogicalResult convertGemm(Node &node) {
  float alpha = node.getFloat("alpha", 1.0f),
        beta = node.getFloat("beta", 1.0f);
  bool transA = node.getInt("transA", 0), transB = node.getInt("transB", 0);
  const HostTensor *weight = node.getFloats(1, "weight");
  Value lhs = node.getValue(0);
  if (node.hasFailed() || !lhs || !weight ||
      failed(node.checkShape(weight->shape)))
    return failure();
  if (shapeOf(lhs).size() != 2 || weight->shape.size() != 2)
    return node.fail("the operands have shapes " + printShape(shapeOf(lhs)) +
                     " and " + printShape(weight->shape) +
                     ", expected two matrices");
  if (transA)
    lhs = node.emit.transpose(lhs, {1, 0});
  HostTensor rows = transB ? *weight : weight->transposed({1, 0});
  int64_t count = shapeOf(lhs)[0], width = rows.shape[0];
  if (failed(checkDepth(node, shapeOf(lhs)[1], rows.shape[1])) ||
      failed(node.checkShape({count, width})))
    return failure();

  bool hasBias = node.hasInput(2) && beta != 0.0f;
  auto bias =
      hasBias ? readBias(node, width, beta) : std::vector<float>(width, 0.0f);
  Value result = node.emit.fullyConnected(
      lhs, scaled(rows.floats(), alpha),
      bias ? *bias : std::vector<float>(width, 0.0f), node.inputName(1));
  return bias ? node.setResult(result) : addBias(node, result, beta);
}

/// [..., K] x [K, N] with constant weights.
LogicalResult convertWeightProduct(Node &node, const HostTensor &weight) {
  Value lhs = node.getValue(0);
  if (!lhs || failed(node.checkShape(weight.shape)))
    return failure();
  if (shapeOf(lhs).empty())
    return node.fail("the first operand is a scalar");
  SmallVector<int64_t> result(shapeOf(lhs).drop_back());
  if (weight.shape.size() == 2)
    result.push_back(weight.shape[1]);
  int64_t depth = shapeOf(lhs).back();
  if (failed(checkDepth(node, depth, weight.shape[0])) ||
      failed(node.checkShape(result)))
    return failure();
  int64_t width = weight.size() / depth;
  HostTensor rows = weight.reshaped({depth, width}).transposed({1, 0});
  Value flat =
      node.emit.reshape(lhs, {product(shapeOf(lhs).drop_back()), depth});
  flat = node.emit.fullyConnected(
      flat, rows.floats(), std::vector<float>(width, 0.0f), node.inputName(1));
  return node.setResult(node.emit.reshape(flat, result));
}

/// [B..., M, K] x [B..., K, N] of two activations.
LogicalResult convertBatchedProduct(Node &node) {
  Value lhs = node.getValue(0), rhs = node.getValue(1);
  if (!lhs || !rhs)
    return failure();
  ArrayRef<int64_t> left = shapeOf(lhs), right = shapeOf(rhs);
  if (left.size() < 2 || right.size() < 2)
    return node.fail("the operands have shapes " + printShape(left) + " and " +
                     printShape(right) + ", expected matrices");
  if (failed(checkDepth(node, left.back(), right[right.size() - 2])))
    return failure();
  auto batch = broadcastShapes(left.drop_back(2), right.drop_back(2));
  int64_t leftBatch = product(left.drop_back(2));
  int64_t rightBatch = product(right.drop_back(2));
  // One matrix for all of a batch on the right is a product of more rows.
  bool sharedRight = rightBatch == 1;
  if (!batch || (leftBatch != rightBatch && !sharedRight) ||
      (!sharedRight && product(*batch) != leftBatch))
    return node.fail("the operands have shapes " + printShape(left) + " and " +
                     printShape(right) + "; batches of different size are " +
                     "not supported");
  SmallVector<int64_t> result = *batch;
  result.append({left[left.size() - 2], right.back()});
  if (failed(node.checkShape(result)))
    return failure();
  int64_t rows = left[left.size() - 2];
  lhs = sharedRight ? node.emit.reshape(lhs, {1, leftBatch * rows, left.back()})
                    : node.emit.reshape(lhs, {leftBatch, rows, left.back()});
  rhs = node.emit.reshape(rhs, {rightBatch, left.back(), right.back()});
  return node.setResult(node.emit.reshape(node.emit.matmul(lhs, rhs), result));
}

LogicalResult convertMatMul(Node &node) {
  const HostTensor *weight = node.getConstant(1);
  if (weight && weight->isFloat() && !weight->shape.empty() &&
      weight->shape.size() <= 2)
    return convertWeightProduct(node, *weight);
  return convertBatchedProduct(node);
}

} // namespace

void registerMatrixProducts(OperatorTable &table) {
  table.add("Gemm", convertGemm);
  table.add("MatMul", convertMatMul);
}

} // namespace quantc::import

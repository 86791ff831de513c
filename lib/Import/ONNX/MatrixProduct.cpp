// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gemm and MatMul. With a constant right side both are fully connected layers,
// which TOSA spells as 1x1 convolutions; alpha and beta are multiplied into the
// constants. A product of two activations is a batched tosa.matmul.

#include "Converters.h"
#include "Products.h"

#include "llvm/ADT/STLExtras.h"

#include <numeric>

using namespace mlir;

namespace quantc::import {
namespace {

int64_t product(ArrayRef<int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<>());
}

/// A factor of a quantized constant is one of its scales.
HostTensor scaled(HostTensor tensor, float factor) {
  if (factor == 1.0f)
    return tensor;
  if (tensor.quantization && factor > 0.0f) {
    for (float &scale : tensor.quantization->scales)
      scale *= factor;
    return tensor;
  }
  tensor = tensor.dequantized();
  for (float &value : std::get<std::vector<float>>(tensor.data))
    value *= factor;
  return tensor;
}

HostTensor zeros(int64_t size) {
  return HostTensor::fromFloats({size}, std::vector<float>(size, 0.0f));
}

LogicalResult checkDepth(Node &node, int64_t lhs, int64_t rhs) {
  if (lhs != rhs)
    return node.fail("the operands do not match: a row of the first has " +
                     Twine(lhs) + " elements, a column of the second " +
                     Twine(rhs));
  return success();
}

/// Gemm's third operand where it is one constant number a column, times beta.
std::optional<HostTensor> readBias(Node &node, int64_t columns, float beta) {
  const HostTensor *bias = node.getConstant(2);
  if (!bias || !(bias->isFloat() || bias->quantization) ||
      !countElements(bias->shape))
    return std::nullopt;
  ArrayRef<int64_t> shape = bias->shape;
  while (shape.size() > 1 && shape.front() == 1)
    shape = shape.drop_front();
  if (shape.size() > 1 || (bias->size() != columns && bias->size() != 1))
    return std::nullopt;
  if (bias->size() == columns)
    return scaled(bias->reshaped({columns}), beta);
  return scaled(bias->dequantized().gathered(
                    {columns}, [](ArrayRef<int64_t>) { return 0; }),
                beta);
}

/// Adds beta * C to the product where C is not a plain bias.
LogicalResult addBias(Node &node, Value product, float beta) {
  Value bias = node.getValueOfRank(2, 2);
  if (!bias)
    return node.giveUp();
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
  const HostTensor *weight = node.getWeight(1, "weight");
  Value lhs = node.getValue(0);
  if (node.hasFailed() || !lhs || !weight ||
      failed(node.checkShape(weight->shape)))
    return node.giveUp();
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
    return node.giveUp();

  bool hasBias = node.hasInput(2) && beta != 0.0f;
  auto bias = hasBias ? readBias(node, width, beta) : zeros(width);
  Value result =
      node.emit.fullyConnected(lhs, scaled(std::move(rows), alpha),
                               bias ? *bias : zeros(width), node.inputName(1));
  return bias ? node.setResult(result) : addBias(node, result, beta);
}

LogicalResult convertMatMul(Node &node) {
  const HostTensor *weight = node.getConstant(1);
  bool isWeight = weight && (weight->isFloat() || weight->quantization) &&
                  !weight->shape.empty() && weight->shape.size() <= 2;
  Value lhs = node.getValue(0);
  Value rhs = isWeight ? Value() : node.getValue(1);
  if (node.hasFailed())
    return node.giveUp();
  FailureOr<Value> result =
      isWeight ? emitWeightProduct(node, lhs, *weight, node.inputName(1))
               : emitBatchedProduct(node, lhs, rhs);
  return failed(result) ? failure() : node.setResult(*result);
}

} // namespace

FailureOr<Value> emitWeightProduct(Node &node, Value lhs,
                                   const HostTensor &weight, StringRef name) {
  if (failed(node.checkShape(weight.shape)))
    return node.giveUp();
  if (shapeOf(lhs).empty())
    return node.fail("the first operand is a scalar");
  SmallVector<int64_t> result(shapeOf(lhs).drop_back());
  if (weight.shape.size() == 2)
    result.push_back(weight.shape[1]);
  int64_t depth = shapeOf(lhs).back();
  if (failed(checkDepth(node, depth, weight.shape[0])) ||
      failed(node.checkShape(result)))
    return node.giveUp();
  int64_t width = weight.size() / depth;
  HostTensor rows = weight.reshaped({depth, width}).transposed({1, 0});
  Value flat =
      node.emit.reshape(lhs, {product(shapeOf(lhs).drop_back()), depth});
  flat = node.emit.fullyConnected(flat, rows, zeros(width), name);
  return node.emit.reshape(flat, result);
}

FailureOr<Value> emitBatchedProduct(Node &node, Value lhs, Value rhs) {
  FailureOr<BatchedProduct> batched =
      planBatchedProduct(node, shapeOf(lhs), shapeOf(rhs));
  if (failed(batched))
    return node.giveUp();
  lhs = node.emit.reshape(lhs, batched->lhs);
  rhs = node.emit.reshape(rhs, batched->rhs);
  return node.emit.reshape(node.emit.matmul(lhs, rhs), batched->result);
}

FailureOr<BatchedProduct> planBatchedProduct(Node &node, ArrayRef<int64_t> left,
                                             ArrayRef<int64_t> right) {
  if (left.size() < 2 || right.size() < 2)
    return node.fail("the operands have shapes " + printShape(left) + " and " +
                     printShape(right) + ", expected matrices");
  if (failed(checkDepth(node, left.back(), right[right.size() - 2])))
    return node.giveUp();
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
  BatchedProduct batched;
  batched.result = *batch;
  batched.result.append({left[left.size() - 2], right.back()});
  if (failed(node.checkShape(batched.result)))
    return node.giveUp();
  int64_t rows = left[left.size() - 2];
  if (sharedRight)
    batched.lhs = {1, leftBatch * rows, left.back()};
  else
    batched.lhs = {leftBatch, rows, left.back()};
  batched.rhs = {rightBatch, left.back(), right.back()};
  return batched;
}

void registerMatrixProducts(OperatorTable &table) {
  table.add("Gemm", convertGemm);
  table.add("MatMul", convertMatMul);
}

} // namespace quantc::import

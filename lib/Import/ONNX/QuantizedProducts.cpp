// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// QLinearConv and QLinearMatMul, which are a product between casts and enter as
// one, and ConvInteger and MatMulInteger, whose results are the accumulators
// themselves.

#include "Converters.h"
#include "Products.h"
#include "Quantization.h"
#include "Spatial.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"

using namespace mlir;

namespace quantc::import {
namespace {

/// The operand `index` of a QLinear operator, whose scale and zero point follow
/// it, dequantized.
Value getDequantized(Node &node, unsigned index) {
  Value stored = node.getStored(index);
  if (!stored)
    return {};
  int32_t storage = node.getElementType(index);
  auto quantization = readQuantization(node, index + 1, index + 2, storage,
                                       node.getShape(index), /*axis=*/1);
  if (failed(quantization))
    return {};
  if (quantization->axis) {
    (void)node.fail("operand '" + node.inputName(index) +
                    "' has a scale for each element along axis " +
                    Twine(*quantization->axis) +
                    "; expected one scale for a tensor that is no weight");
    return {};
  }
  return node.emit.dequantize(
      reinterpret(node, stored,
                  makeQuantizedType(node.emit.getBuilder().getContext(),
                                    storage, *quantization)));
}

/// The same for a constant weight, with a scale for each element along `axis`
/// where there are several.
FailureOr<HostTensor> getDequantizedWeight(Node &node, unsigned index,
                                           int64_t axis) {
  const HostTensor *constant = node.getConstant(index);
  if (!constant || !constant->isInteger())
    return node.fail("operand '" + node.inputName(index) +
                     "' (weight) must be a constant of integers");
  auto quantization = readQuantization(
      node, index + 1, index + 2, constant->elementType, constant->shape, axis);
  if (failed(quantization))
    return node.giveUp();
  HostTensor weight = *constant;
  weight.quantization = *quantization;
  return weight;
}

/// Quantizes `real` to what the operands `scale` and `zeroPoint` say, and makes
/// it the result.
LogicalResult setQuantized(Node &node, Value real, unsigned scale,
                           unsigned zeroPoint) {
  int32_t storage = node.getElementType(zeroPoint);
  auto quantization = readQuantization(node, scale, zeroPoint, storage,
                                       shapeOf(real), /*axis=*/1);
  if (failed(quantization))
    return node.giveUp();
  if (quantization->axis || getStoredType(storage)->width > 16)
    return node.fail("the result has " + Twine(quantization->scales.size()) +
                     " scales and type " + printElementType(storage) +
                     "; expected one scale and 8 or 16 bits");
  return node.setResult(node.emit.quantize(
      real, makeQuantizedType(node.emit.getBuilder().getContext(), storage,
                              *quantization)));
}

/// The i32 bias of QLinearConv has the scale of the accumulator: that of the
/// input times that of the weight's channel.
LogicalResult readBias(Node &node, float inputScale, const HostTensor &weight,
                       std::optional<HostTensor> &bias) {
  if (!node.hasInput(8))
    return success();
  const HostTensor *constant = node.getConstant(8);
  if (!constant || constant->elementType != onnx::TensorProto::INT32)
    return node.fail("operand '" + node.inputName(8) +
                     "' (bias) must be a constant of int32");
  bias = *constant;
  bias->quantization = TensorQuantization();
  for (float scale : weight.quantization->scales)
    bias->quantization->scales.push_back(inputScale * scale);
  bias->quantization->zeroPoints.assign(weight.quantization->scales.size(), 0);
  if (weight.quantization->axis)
    bias->quantization->axis = 0;
  return success();
}

LogicalResult convertQLinearConv(Node &node) {
  Value input = getDequantized(node, 0);
  if (!input)
    return node.giveUp();
  FailureOr<HostTensor> weight = getDequantizedWeight(node, 3, /*axis=*/0);
  std::optional<HostTensor> bias;
  if (failed(weight) ||
      failed(readBias(node, node.getFloats(1, "scale")->floats().front(),
                      *weight, bias)))
    return node.giveUp();
  Value image = toImage(node, input);
  if (!image)
    return node.giveUp();
  FailureOr<Value> result =
      emitConvolution(node, {image, static_cast<int64_t>(shapeOf(input).size()),
                             *weight, bias, node.inputName(3)});
  return failed(result) ? failure() : setQuantized(node, *result, 6, 7);
}

LogicalResult convertQLinearMatMul(Node &node) {
  Value lhs = getDequantized(node, 0);
  if (!lhs)
    return node.giveUp();
  const HostTensor *constant = node.getConstant(3);
  FailureOr<Value> result = failure();
  if (constant && !constant->shape.empty() && constant->shape.size() <= 2) {
    FailureOr<HostTensor> weight =
        getDequantizedWeight(node, 3, constant->shape.size() - 1);
    if (failed(weight))
      return node.giveUp();
    result = emitWeightProduct(node, lhs, *weight, node.inputName(3));
  } else {
    Value rhs = getDequantized(node, 3);
    if (!rhs)
      return node.giveUp();
    result = emitBatchedProduct(node, lhs, rhs);
  }
  return failed(result) ? failure() : setQuantized(node, *result, 6, 7);
}

//===----------------------------------------------------------------------===//
// Accumulators
//===----------------------------------------------------------------------===//

/// Operand `index` as integers of 8 bits without a scale.
Value getBytes(Node &node, unsigned index) {
  Value stored = node.getStored(index);
  if (!stored)
    return {};
  if (getStoredType(node.getElementType(index))->width != 8) {
    (void)node.fail("operand '" + node.inputName(index) +
                    "' has element type " +
                    printElementType(node.getElementType(index)) +
                    ", expected int8 or uint8");
    return {};
  }
  return node.emit.toStorage(stored);
}

/// The zero point of one byte in operand `index`, for each channel the same
/// one; 0 where it is absent.
Value getZeroPoint(Node &node, unsigned index) {
  if (!node.hasInput(index))
    return node.emit.rawConstant({1}, {0});
  if (const HostTensor *constant = node.getConstant(index);
      constant && constant->isInteger() && constant->size() != 0 &&
      llvm::all_equal(constant->ints()))
    return node.emit.rawConstant({1},
                                 {static_cast<int8_t>(constant->ints()[0])});
  Value bytes = getBytes(node, index);
  if (!bytes)
    return {};
  if (*countElements(shapeOf(bytes)) != 1) {
    (void)node.fail("operand '" + node.inputName(index) +
                    "' (zero point) has shape " + printShape(shapeOf(bytes)) +
                    ", expected one number");
    return {};
  }
  return node.emit.reshape(bytes, {1});
}

bool isSigned(Node &node, unsigned index) {
  return getStoredType(node.getElementType(index))->isSigned;
}

UnitAttr unitIf(Node &node, bool condition) {
  return condition ? node.emit.getBuilder().getUnitAttr() : UnitAttr();
}

/// A weight type whose zero points are those of operand `index` and whose scale
/// is 1.
FailureOr<TensorQuantization> readWeightZeroPoints(Node &node, unsigned index,
                                                   int64_t channels) {
  TensorQuantization result{{1.0f}, {0}, std::nullopt};
  if (!node.hasInput(index))
    return result;
  const HostTensor *zeros = node.getConstant(index);
  if (!zeros || !zeros->isInteger() ||
      (zeros->size() != 1 && zeros->size() != channels))
    return node.fail("operand '" + node.inputName(index) +
                     "' (zero point of the weight) must be a constant of one "
                     "number or one for each of " +
                     Twine(channels) + " channels");
  if (zeros->size() == 1) {
    result.zeroPoints = {zeros->ints().front()};
    return result;
  }
  result.scales.assign(channels, 1.0f);
  result.zeroPoints.assign(zeros->ints().begin(), zeros->ints().end());
  result.axis = 0;
  return result;
}

/// The weight OIHW of ConvInteger as OHWI.
FailureOr<Value> getIntegerWeight(Node &node, int64_t rank,
                                  SmallVector<int64_t> &kernel) {
  const HostTensor *constant = node.getConstant(1);
  if (!constant || !constant->isInteger() ||
      getStoredType(constant->elementType).value_or(StoredType{}).width != 8)
    return node.fail("operand '" + node.inputName(1) +
                     "' (weight) must be a constant of int8 or uint8");
  SmallVector<int64_t> shape = constant->shape;
  if (static_cast<int64_t>(shape.size()) != rank ||
      failed(node.checkShape(shape)))
    return node.fail("the weight has shape " + printShape(shape) +
                     ", expected rank " + Twine(rank) + " like the input");
  auto quantization = readWeightZeroPoints(node, 3, shape[0]);
  if (failed(quantization))
    return node.giveUp();
  kernel.assign(shape.begin() + 2, shape.end());
  if (rank == 3)
    shape.insert(shape.begin() + 2, 1);
  HostTensor weight = *constant;
  weight.quantization = *quantization;
  return node.emit.storedConstant(
      weight.reshaped(shape).transposed({0, 2, 3, 1}), node.inputName(1));
}

LogicalResult convertConvInteger(Node &node) {
  Value bytes = getBytes(node, 0);
  Value image = bytes ? toImage(node, bytes) : Value();
  Value zeroPoint = image ? getZeroPoint(node, 2) : Value();
  if (!zeroPoint)
    return node.giveUp();
  int64_t rank = shapeOf(bytes).size(), group = node.getInt("group", 1);
  SmallVector<int64_t> kernel;
  FailureOr<Value> weight = getIntegerWeight(node, rank, kernel);
  if (failed(weight))
    return node.giveUp();
  ArrayRef<int64_t> shape = shapeOf(*weight);
  if (group < 1 || shape[0] % group != 0 ||
      shape[3] * group != shapeOf(image)[3])
    return node.fail("group " + Twine(group) + " and a weight of " +
                     Twine(shape[3]) + " input channels do not fit " +
                     Twine(shapeOf(image)[3]) + " channels");
  FailureOr<Window> window = readWindow(node, image, kernel, Rounding::Down);
  if (failed(window) || node.hasFailed())
    return node.giveUp();
  SmallVector<int64_t> result{shapeOf(image)[0], window->output[0],
                              window->output[1], shape[0]};
  if (failed(node.checkShape(result)))
    return node.giveUp();
  OpBuilder &builder = node.emit.getBuilder();
  auto slice = node.emit.cropToWindow(image, *window);
  Value sums = qnn::IntegerConv2DOp::create(
      builder, node.emit.getLoc(),
      RankedTensorType::get(result, builder.getI32Type()), slice, zeroPoint,
      *weight, builder.getDenseI64ArrayAttr(window->stride),
      builder.getDenseI64ArrayAttr(window->pad),
      builder.getDenseI64ArrayAttr(window->dilation),
      builder.getI64IntegerAttr(group), unitIf(node, isSigned(node, 0)));
  return node.setResult(fromImage(node, sums, rank));
}

LogicalResult convertMatMulInteger(Node &node) {
  Value lhs = getBytes(node, 0), rhs = lhs ? getBytes(node, 1) : Value();
  if (!rhs)
    return node.giveUp();
  auto batched = planBatchedProduct(node, shapeOf(lhs), shapeOf(rhs));
  Value lhsZero = failed(batched) ? Value() : getZeroPoint(node, 2);
  Value rhsZero = lhsZero ? getZeroPoint(node, 3) : Value();
  if (!rhsZero)
    return node.giveUp();
  OpBuilder &builder = node.emit.getBuilder();
  Value sums = qnn::IntegerMatMulOp::create(
      builder, node.emit.getLoc(),
      RankedTensorType::get({batched->lhs[0], batched->lhs[1], batched->rhs[2]},
                            builder.getI32Type()),
      node.emit.reshape(lhs, batched->lhs), lhsZero,
      node.emit.reshape(rhs, batched->rhs), rhsZero,
      unitIf(node, isSigned(node, 0)), unitIf(node, isSigned(node, 1)));
  return node.setResult(node.emit.reshape(sums, batched->result));
}

} // namespace

void registerQuantizedProducts(OperatorTable &table) {
  table.add("QLinearConv", convertQLinearConv);
  table.add("QLinearMatMul", convertQLinearMatMul);
  table.add("ConvInteger", convertConvInteger);
  table.add("MatMulInteger", convertMatMulInteger);
}

} // namespace quantc::import

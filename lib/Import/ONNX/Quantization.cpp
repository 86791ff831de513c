// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// QuantizeLinear, DequantizeLinear and DynamicQuantizeLinear. With constant
// parameters a value has a quantized type and the two are casts; constants keep
// their integers. With parameters that the model computes, integers stand for
// themselves, and what the operators say is written out in float arithmetic.

#include "Quantization.h"

#include "Converters.h"
#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Numerics/Quantize.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace mlir;

namespace quantc::import {

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

/// The scales of sums of products are products of two.
static LogicalResult checkScale(Node &node, unsigned operand, float scale,
                                const StoredType &stored) {
  if (stored.width > 16) {
    if (std::isfinite(scale) && scale > 0.0f)
      return success();
    return node.fail("operand '" + node.inputName(operand) + "' (scale) is " +
                     std::to_string(scale) + ", expected a positive number");
  }
  llvm::Expected<float> legal = numerics::makeScale(scale);
  if (legal)
    return success();
  return node.fail("operand '" + node.inputName(operand) +
                   "' (scale): " + llvm::toString(legal.takeError()));
}

static LogicalResult checkZeroPoint(Node &node, unsigned operand,
                                    const HostTensor &tensor, int32_t storage,
                                    size_t count) {
  StringRef name = node.inputName(operand);
  if (tensor.elementType != storage || !tensor.isInteger())
    return node.fail("operand '" + name + "' (zero point) has element type " +
                     printElementType(tensor.elementType) + ", expected " +
                     printElementType(storage) + " like the integers");
  if (tensor.size() != static_cast<int64_t>(count))
    return node.fail("operand '" + name + "' (zero point) has " +
                     Twine(tensor.size()) + " elements, expected " +
                     Twine(count) + " like the scale");
  if (getStoredType(storage)->width == 32)
    for (int64_t zeroPoint : tensor.ints())
      if (zeroPoint != 0)
        return node.fail("operand '" + name + "' (zero point) is " +
                         Twine(zeroPoint) +
                         ", expected 0 for integers of 32 "
                         "bits");
  return success();
}

/// Where there are several scales, the axis that they lie along.
static LogicalResult readAxis(Node &node, unsigned operand,
                              const HostTensor &scale, ArrayRef<int64_t> shape,
                              int64_t axis, TensorQuantization &result) {
  StringRef name = node.inputName(operand);
  if (scale.shape.size() > 1)
    return node.fail("operand '" + name + "' (scale) has shape " +
                     printShape(scale.shape) +
                     ", expected one scale or one for each element along an "
                     "axis");
  result.axis = node.normalizeAxis(axis, shape.size());
  if (!result.axis)
    return node.giveUp();
  if (shape[*result.axis] != scale.size())
    return node.fail("operand '" + name + "' (scale) has " +
                     Twine(scale.size()) + " elements, expected " +
                     Twine(shape[*result.axis]) + " along axis " +
                     Twine(*result.axis) + " of shape " + printShape(shape));
  return success();
}

FailureOr<TensorQuantization>
readQuantization(Node &node, unsigned scale, unsigned zeroPoint,
                 int32_t storage, ArrayRef<int64_t> shape, int64_t axis) {
  const HostTensor *scales = node.getFloats(scale, "scale");
  std::optional<StoredType> stored = getStoredType(storage);
  if (!scales)
    return node.giveUp();
  if (!stored)
    return node.fail("integers of type " + printElementType(storage) +
                     " are not supported; expected 8, 16 or 32 bits");
  if (scales->size() == 0)
    return node.fail("operand '" + node.inputName(scale) +
                     "' (scale) is empty");
  TensorQuantization result;
  for (float value : scales->floats()) {
    if (failed(checkScale(node, scale, value, *stored)))
      return node.giveUp();
    result.scales.push_back(value);
  }
  if (scales->size() > 1 &&
      failed(readAxis(node, scale, *scales, shape, axis, result)))
    return node.giveUp();
  if (!node.hasInput(zeroPoint)) {
    result.zeroPoints.assign(scales->size(), 0);
    return result;
  }
  const HostTensor *zeros = node.getConstant(zeroPoint);
  if (!zeros)
    return node.fail("operand '" + node.inputName(zeroPoint) +
                     "' (zero point) must be a constant, as the scale is");
  if (failed(checkZeroPoint(node, zeroPoint, *zeros, storage, scales->size())))
    return node.giveUp();
  result.zeroPoints.assign(zeros->ints().begin(), zeros->ints().end());
  return result;
}

Value reinterpret(Node &node, Value stored, quant::QuantizedType type) {
  if (qnn::getQuantizedElement(stored.getType()) == type)
    return stored;
  return node.emit.fromStorage(node.emit.toStorage(stored), type);
}

//===----------------------------------------------------------------------===//
// Inputs of the graph
//===----------------------------------------------------------------------===//

/// The operands of `node` that give its operand `index` a scale and a zero
/// point; none if it has no such operands.
static std::optional<std::pair<int, int>>
getParameterOperands(const onnx::NodeProto &node, int index) {
  if (node.op_type() == "DequantizeLinear" && index == 0)
    return {{1, 2}};
  bool isProduct =
      node.op_type() == "QLinearConv" || node.op_type() == "QLinearMatMul";
  if (isProduct && (index == 0 || index == 3))
    return {{index + 1, index + 2}};
  return std::nullopt;
}

/// The constant of one element in an operand, or null.
static const HostTensor *getOneElement(const onnx::NodeProto &node, int operand,
                                       const GraphValues &values) {
  if (operand >= node.input_size())
    return nullptr;
  auto it = values.find(node.input(operand));
  bool isConstant = it != values.end() && it->second.constant;
  return isConstant && it->second.constant->size() == 1
             ? it->second.constant.get()
             : nullptr;
}

/// The constant parameters that `node` gives its operand `index`, one of each;
/// nullopt if it does not, or if they are illegal, which the node will say.
static std::optional<TensorQuantization>
findParameters(const onnx::NodeProto &node, int index,
               const GraphValues &values, const StoredType &stored) {
  auto operands = getParameterOperands(node, index);
  if (!operands)
    return std::nullopt;
  const HostTensor *scale = getOneElement(node, operands->first, values);
  if (!scale || !scale->isFloat())
    return std::nullopt;
  int64_t zeroPoint = 0;
  if (operands->second < node.input_size() &&
      !node.input(operands->second).empty()) {
    const HostTensor *zero = getOneElement(node, operands->second, values);
    if (!zero || !zero->isInteger())
      return std::nullopt;
    zeroPoint = zero->ints().front();
  }
  llvm::Expected<float> legal = numerics::makeScale(scale->floats().front());
  if (!legal) {
    llvm::consumeError(legal.takeError());
    return std::nullopt;
  }
  if (zeroPoint < stored.min || zeroPoint > stored.max)
    return std::nullopt;
  return TensorQuantization{{*legal}, {zeroPoint}, std::nullopt};
}

quant::QuantizedType findInputType(MLIRContext *context,
                                   const onnx::GraphProto &graph,
                                   const GraphValues &values, StringRef name,
                                   int32_t storage) {
  quant::QuantizedType plain = makeIntegerType(context, storage), found;
  StoredType stored = *getStoredType(storage);
  for (const onnx::NodeProto &node : graph.node())
    for (int index = 0; index < node.input_size(); ++index) {
      if (node.input(index) != name)
        continue;
      auto parameters = findParameters(node, index, values, stored);
      if (!parameters)
        return plain;
      quant::QuantizedType type =
          makeQuantizedType(context, storage, *parameters);
      if (found && found != type)
        return plain;
      found = type;
    }
  return found ? found : plain;
}

//===----------------------------------------------------------------------===//
// Arithmetic of run time
//===----------------------------------------------------------------------===//

/// `value`, one number or one for each element along `axis`, as a tensor that
/// broadcasts with `shape`.
static Value alongAxis(Node &node, Value value, ArrayRef<int64_t> shape,
                       int64_t axis) {
  SmallVector<int64_t> extended(shape.size(), 1);
  int64_t size = 1;
  for (int64_t dim : shapeOf(value))
    size *= dim;
  if (size > 1) {
    std::optional<int64_t> normalized = node.normalizeAxis(axis, shape.size());
    if (!normalized)
      return {};
    if (shapeOf(value).size() != 1 || shape[*normalized] != size) {
      (void)node.fail("a scale or zero point of shape " +
                      printShape(shapeOf(value)) + " does not fit axis " +
                      Twine(axis) + " of shape " + printShape(shape));
      return {};
    }
    extended[*normalized] = size;
  }
  return node.emit.reshape(value, extended);
}

/// A true division: the product with a reciprocal is another number.
static Value emitDivision(Emitter &emit, Value lhs, Value rhs) {
  SmallVector<int64_t> multiples;
  for (auto [size, part] : llvm::zip_equal(shapeOf(lhs), shapeOf(rhs)))
    multiples.push_back(part == size ? 1 : size);
  OpBuilder &builder = emit.getBuilder();
  Value tiled = tosa::TileOp::create(
      builder, emit.getLoc(), lhs.getType(), rhs,
      qnn::createConstShape(builder, emit.getLoc(), multiples));
  Value empty = tensor::EmptyOp::create(builder, emit.getLoc(), shapeOf(lhs),
                                        builder.getF32Type());
  return linalg::DivOp::create(builder, emit.getLoc(), ValueRange{lhs, tiled},
                               ValueRange{empty})
      .getResult(0);
}

Value emitRoundHalfEven(Emitter &emit, Value input) {
  OpBuilder &builder = emit.getBuilder();
  int64_t rank = shapeOf(input).size();
  auto condition =
      cast<RankedTensorType>(input.getType()).clone(builder.getI1Type());
  auto compare = [&](auto op, Value lhs, Value rhs) -> Value {
    return decltype(op)::create(builder, emit.getLoc(), condition, lhs, rhs);
  };
  Value half = emit.splat(rank, 0.5f);
  Value below = emit.unary<tosa::FloorOp>(input);
  Value rest = emit.binary<tosa::SubOp>(input, below);
  Value pairs = emit.mul(below, half);
  Value isOdd =
      compare(tosa::GreaterOp(), pairs, emit.unary<tosa::FloorOp>(pairs));
  Value tieUp = compare(tosa::LogicalAndOp(),
                        compare(tosa::EqualOp(), rest, half), isOdd);
  Value up = compare(tosa::LogicalOrOp(),
                     compare(tosa::GreaterOp(), rest, half), tieUp);
  Value above = emit.binary<tosa::AddOp>(below, emit.splat(rank, 1.0f));
  return tosa::SelectOp::create(builder, emit.getLoc(), input.getType(), up,
                                above, below);
}

/// The stored integers of operand `index` as floats; of 8 and 16 bits this is
/// exact.
static Value getIntegersAsFloat(Node &node, unsigned index) {
  Value stored = node.getStored(index);
  if (!stored)
    return {};
  int32_t storage = node.getElementType(index);
  if (getStoredType(storage)->width > 16) {
    (void)node.fail("operand '" + node.inputName(index) + "' of type " +
                    printElementType(storage) +
                    " needs a constant scale; expected 8 or 16 bits where the "
                    "scale is computed");
    return {};
  }
  quant::QuantizedType plain =
      makeIntegerType(node.emit.getBuilder().getContext(), storage);
  return node.emit.dequantize(reinterpret(node, stored, plain));
}

static LogicalResult quantizeAtRunTime(Node &node, Value input, int64_t axis) {
  int32_t storage = node.hasInput(2) ? node.getElementType(2)
                                     : int32_t(onnx::TensorProto::UINT8);
  Value scale = node.getValue(1);
  Value zeroPoint = node.hasInput(2) ? getIntegersAsFloat(node, 2) : Value();
  if (node.hasFailed())
    return node.giveUp();
  ArrayRef<int64_t> shape = shapeOf(input);
  scale = alongAxis(node, scale, shape, axis);
  if (!scale)
    return node.giveUp();
  Value rounded =
      emitRoundHalfEven(node.emit, emitDivision(node.emit, input, scale));
  if (zeroPoint) {
    zeroPoint = alongAxis(node, zeroPoint, shape, axis);
    if (!zeroPoint)
      return node.giveUp();
    rounded = node.emit.binary<tosa::AddOp>(rounded, zeroPoint);
  }
  return node.setResult(node.emit.quantize(
      rounded, makeIntegerType(node.emit.getBuilder().getContext(), storage)));
}

static LogicalResult dequantizeAtRunTime(Node &node, int64_t axis) {
  Value integers = getIntegersAsFloat(node, 0);
  Value zeroPoint = node.hasInput(2) ? getIntegersAsFloat(node, 2) : Value();
  Value scale = node.getValue(1);
  if (node.hasFailed())
    return node.giveUp();
  SmallVector<int64_t> shape(shapeOf(integers));
  if (zeroPoint) {
    zeroPoint = alongAxis(node, zeroPoint, shape, axis);
    if (!zeroPoint)
      return node.giveUp();
    integers = node.emit.binary<tosa::SubOp>(integers, zeroPoint);
  }
  scale = alongAxis(node, scale, shape, axis);
  if (!scale)
    return node.giveUp();
  return node.setResult(node.emit.mul(integers, scale));
}

//===----------------------------------------------------------------------===//
// Converters
//===----------------------------------------------------------------------===//

namespace {

/// Since opset 21 a scale may belong to a block of elements along the axis.
LogicalResult checkNotBlocked(Node &node) {
  int64_t blockSize = node.getInt("block_size", 0);
  if (blockSize == 0)
    return success();
  return node.fail("attribute 'block_size' is " + Twine(blockSize) +
                   "; expected 0: only constants are quantized in blocks");
}

/// Whether scale and zero point are known at import time.
bool hasConstantParameters(Node &node) {
  return node.getConstant(1) && (!node.hasInput(2) || node.getConstant(2));
}

HostTensor quantizeConstant(const HostTensor &tensor, int32_t storage,
                            const TensorQuantization &quantization) {
  StoredType stored = *getStoredType(storage);
  HostTensor result = HostTensor::fromInts(tensor.shape, {});
  result.elementType = storage;
  int64_t inner = 1;
  for (size_t dim = quantization.axis.value_or(0) + 1;
       quantization.axis && dim < tensor.shape.size(); ++dim)
    inner *= tensor.shape[dim];
  std::vector<int64_t> values;
  for (auto [index, value] : llvm::enumerate(tensor.floats())) {
    size_t channel = index / inner % quantization.scales.size();
    values.push_back(numerics::quantizeF32(value, quantization.scales[channel],
                                           quantization.zeroPoints[channel],
                                           {stored.min, stored.max}));
  }
  result.data = std::move(values);
  return result;
}

LogicalResult convertQuantizeLinear(Node &node) {
  int64_t axis = node.getInt("axis", 1);
  int64_t dtype = node.getInt("output_dtype", onnx::TensorProto::UNDEFINED);
  if (failed(checkNotBlocked(node)))
    return node.giveUp();
  const HostTensor *constant = node.getConstant(0);
  Value input = constant ? Value() : node.getValue(0);
  if (node.hasFailed())
    return node.giveUp();
  if (!hasConstantParameters(node)) {
    input = constant ? node.getValue(0) : input;
    return input ? quantizeAtRunTime(node, input, axis) : failure();
  }
  int32_t storage = onnx::TensorProto::UINT8;
  if (node.hasInput(2))
    storage = node.getElementType(2);
  else if (dtype != onnx::TensorProto::UNDEFINED)
    storage = static_cast<int32_t>(dtype);
  std::optional<StoredType> stored = getStoredType(storage);
  if (!stored || stored->width > 16)
    return node.fail("a quantization to " + printElementType(storage) +
                     " is not supported; expected 8 or 16 bits");
  auto quantization =
      readQuantization(node, 1, 2, storage, node.getShape(0), axis);
  if (failed(quantization))
    return node.giveUp();
  if (constant) {
    const HostTensor *reals = node.getFloats(0, "");
    return reals ? node.setConstant(
                       quantizeConstant(*reals, storage, *quantization))
                 : failure();
  }
  return node.setResult(node.emit.quantize(
      input, makeQuantizedType(node.emit.getBuilder().getContext(), storage,
                               *quantization)));
}

/// One scale a block of `blockSize` elements along `axis`. The storage of such
/// weights has no quantized form yet: they enter as the floats that they stand
/// for.
LogicalResult dequantizeBlocks(Node &node, const HostTensor &constant,
                               int64_t axis, int64_t blockSize) {
  const HostTensor *scales = node.getFloats(1, "scale");
  const HostTensor *zeros = node.getConstant(2);
  auto normalized = node.normalizeAxis(axis, constant.shape.size());
  if (!scales || !normalized)
    return node.giveUp();
  SmallVector<int64_t> expected = constant.shape;
  int64_t size = expected[*normalized];
  if (blockSize < 1)
    return node.fail("attribute 'block_size' is " + Twine(blockSize) +
                     ", expected a positive number");
  expected[*normalized] = (size + blockSize - 1) / blockSize;
  if (scales->shape != expected ||
      (zeros && (zeros->shape != expected || !zeros->isInteger())))
    return node.fail("the scale has shape " + printShape(scales->shape) +
                     ", expected " + printShape(expected) +
                     " for the scale and the zero point");
  SmallVector<int64_t> strides = rowMajorStrides(expected);
  auto blockOf = [&](ArrayRef<int64_t> index) {
    int64_t position = 0;
    for (auto [dim, i] : llvm::enumerate(index))
      position +=
          strides[dim] *
          (static_cast<int64_t>(dim) == *normalized ? i / blockSize : i);
    return position;
  };
  HostTensor scale = scales->gathered(constant.shape, blockOf);
  std::vector<float> values;
  std::optional<HostTensor> zero;
  if (zeros)
    zero = zeros->gathered(constant.shape, blockOf);
  for (auto [i, stored] : llvm::enumerate(constant.ints()))
    values.push_back(scale.floats()[i] *
                     static_cast<float>(stored - (zero ? zero->ints()[i] : 0)));
  return node.setConstant(
      HostTensor::fromFloats(constant.shape, std::move(values)));
}

LogicalResult convertDequantizeLinear(Node &node) {
  int64_t axis = node.getInt("axis", 1);
  if (!node.hasInput(0))
    return node.fail("operand number 0 is missing");
  const HostTensor *constant = node.getConstant(0);
  bool isInteger = !constant || constant->isInteger();
  if (!isInteger || !getStoredType(node.getElementType(0)))
    return node.fail("operand '" + node.inputName(0) + "' has element type " +
                     printElementType(node.getElementType(0)) +
                     ", expected integers of 8, 16 or 32 bits");
  if (int64_t blockSize = node.getInt("block_size", 0);
      blockSize != 0 && constant && hasConstantParameters(node))
    return dequantizeBlocks(node, *constant, axis, blockSize);
  if (failed(checkNotBlocked(node)) || node.hasFailed())
    return node.giveUp();
  if (!hasConstantParameters(node))
    return dequantizeAtRunTime(node, axis);
  int32_t storage = node.getElementType(0);
  auto quantization =
      readQuantization(node, 1, 2, storage, node.getShape(0), axis);
  if (failed(quantization))
    return node.giveUp();
  if (constant) {
    HostTensor result = *constant;
    result.quantization = *quantization;
    return node.setConstant(std::move(result));
  }
  Value stored = node.getStored(0);
  if (!stored)
    return node.giveUp();
  return node.setResult(node.emit.dequantize(
      reinterpret(node, stored,
                  makeQuantizedType(node.emit.getBuilder().getContext(),
                                    storage, *quantization))));
}

LogicalResult convertDynamicQuantizeLinear(Node &node) {
  Value input = node.getValue(0);
  if (!input)
    return node.giveUp();
  OpBuilder &builder = node.emit.getBuilder();
  auto raw = [&](ArrayRef<int64_t> shape) {
    return RankedTensorType::get(shape, builder.getI8Type());
  };
  auto op = qnn::DynamicQuantizeOp::create(
      builder, node.emit.getLoc(),
      TypeRange{raw(shapeOf(input)), node.emit.type({1}), raw({1})}, input,
      UnitAttr());
  quant::QuantizedType plain =
      makeIntegerType(builder.getContext(), onnx::TensorProto::UINT8);
  (void)node.setResult(node.emit.fromStorage(op.getResult(), plain), 0);
  (void)node.setResult(node.emit.reshape(op.getScale(), {}), 1);
  return node.setResult(
      node.emit.fromStorage(node.emit.reshape(op.getZeroPoint(), {}), plain),
      2);
}

LogicalResult convertRound(Node &node) {
  Value input = node.getValue(0);
  return input ? node.setResult(emitRoundHalfEven(node.emit, input))
               : failure();
}

} // namespace

void registerQuantization(OperatorTable &table) {
  table.add("QuantizeLinear", convertQuantizeLinear);
  table.add("DequantizeLinear", convertDequantizeLinear);
  table.add("DynamicQuantizeLinear", convertDynamicQuantizeLinear);
  table.add("Round", convertRound);
}

} // namespace quantc::import

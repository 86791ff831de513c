// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that move no number or only permute dimensions, constants and
// casts. All of them work on constants too: a shape that the model computes, or
// a weight that it transposes, is known when the import ends.

#include "Converters.h"
#include "Quantization.h"

#include "llvm/ADT/STLExtras.h"

#include <limits>
#include <numeric>

using namespace mlir;

namespace quantc::import {
namespace {

int64_t product(ArrayRef<int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<>());
}

/// The first operand under a new shape of the same size.
LogicalResult reshapeTo(Node &node, ArrayRef<int64_t> shape) {
  if (const HostTensor *tensor = node.getConstant(0))
    return node.setConstant(tensor->reshaped(shape));
  Value input = node.getValue(0);
  if (!input)
    return node.giveUp();
  return node.setResult(node.emit.reshape(input, shape));
}

LogicalResult requireInput(Node &node) {
  return node.hasInput(0) ? success()
                          : node.fail("operand number 0 is missing");
}

LogicalResult convertReshape(Node &node) {
  auto wanted = node.getInts(1, "shape");
  bool zeroIsZero = node.getInt("allowzero", 0);
  if (failed(requireInput(node)) || node.hasFailed())
    return node.giveUp();
  if (!wanted)
    return node.fail("operand number 1 (shape) is missing");
  ArrayRef<int64_t> input = node.getShape(0);
  SmallVector<int64_t> shape = *wanted;
  int64_t unknown = -1;
  for (auto [i, dim] : llvm::enumerate(shape)) {
    if (dim == 0 && !zeroIsZero && i < input.size())
      dim = input[i];
    if (dim == -1 && unknown < 0)
      unknown = i;
    else if (dim < 0)
      return node.fail("the requested shape " + printShape(*wanted) +
                       " is not a shape");
  }
  int64_t size = *countElements(input);
  if (unknown >= 0) {
    shape[unknown] = 1;
    std::optional<int64_t> rest = countElements(shape);
    shape[unknown] = rest && *rest > 0 ? size / *rest : 0;
  }
  if (countElements(shape) != size)
    return node.fail("shape " + printShape(input) + " cannot become " +
                     printShape(*wanted));
  return reshapeTo(node, shape);
}

LogicalResult convertFlatten(Node &node) {
  if (failed(requireInput(node)))
    return node.giveUp();
  ArrayRef<int64_t> input = node.getShape(0);
  int64_t rank = input.size(), axis = node.getInt("axis", 1);
  // Unlike elsewhere the axis may be the rank: everything is in front of it.
  if (axis < -rank || axis > rank)
    return node.fail("axis " + Twine(axis) +
                     " is outside of a tensor of rank " + Twine(rank));
  axis = axis < 0 ? axis + rank : axis;
  return reshapeTo(
      node, {product(input.take_front(axis)), product(input.drop_front(axis))});
}

/// The axes of Squeeze and Unsqueeze: an operand since opset 13.
std::optional<SmallVector<int64_t>> readAxes(Node &node) {
  return node.opset() < 13 ? node.getIntList("axes") : node.getInts(1, "axes");
}

LogicalResult convertSqueeze(Node &node) {
  auto listed = readAxes(node);
  if (failed(requireInput(node)) || node.hasFailed())
    return node.giveUp();
  ArrayRef<int64_t> input = node.getShape(0);
  SmallVector<int64_t> ones;
  for (auto [i, dim] : llvm::enumerate(input))
    if (dim == 1)
      ones.push_back(i);
  auto axes = node.normalizeAxes(listed ? *listed : ones, input.size());
  if (!axes)
    return node.giveUp();
  SmallVector<int64_t> shape;
  for (auto [i, dim] : llvm::enumerate(input)) {
    bool dropped = llvm::is_contained(*axes, static_cast<int64_t>(i));
    if (dropped && dim != 1)
      return node.fail("dimension " + Twine(i) + " of shape " +
                       printShape(input) + " is not 1");
    if (!dropped)
      shape.push_back(dim);
  }
  return reshapeTo(node, shape);
}

LogicalResult convertUnsqueeze(Node &node) {
  auto listed = readAxes(node);
  if (failed(requireInput(node)) || node.hasFailed())
    return node.giveUp();
  if (!listed)
    return node.fail("the axes are missing");
  ArrayRef<int64_t> input = node.getShape(0);
  auto axes = node.normalizeAxes(*listed, input.size() + listed->size());
  if (!axes)
    return node.giveUp();
  SmallVector<int64_t> shape(input);
  for (int64_t axis : *axes)
    shape.insert(shape.begin() + axis, 1);
  return reshapeTo(node, shape);
}

LogicalResult convertTranspose(Node &node) {
  if (failed(requireInput(node)))
    return node.giveUp();
  int64_t rank = node.getShape(0).size();
  SmallVector<int64_t> reversed =
      llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, rank)));
  SmallVector<int64_t> perm = node.getIntList("perm").value_or(reversed);
  SmallVector<int64_t> sorted = perm;
  llvm::sort(sorted);
  if (node.hasFailed() || !llvm::equal(sorted, llvm::seq<int64_t>(0, rank)))
    return node.fail("attribute 'perm' is no permutation of " + Twine(rank) +
                     " dimensions");
  if (const HostTensor *tensor = node.getConstant(0))
    return node.setConstant(tensor->transposed(perm));
  Value input = node.getValue(0);
  if (!input)
    return node.giveUp();
  return node.setResult(node.emit.transpose(input, perm));
}

LogicalResult convertIdentity(Node &node) { return node.forward(0); }

LogicalResult convertDropout(Node &node) {
  if (node.wantsOutput(1))
    return node.fail("the mask output is not supported");
  if (const HostTensor *training = node.getConstant(2);
      node.hasInput(2) &&
      (!training || !training->isInteger() ||
       llvm::any_of(training->ints(), [](int64_t v) { return v != 0; })))
    return node.fail("training mode is not supported");
  return node.forward(0);
}

LogicalResult convertConstant(Node &node) {
  if (const onnx::TensorProto *proto = node.getTensor("value")) {
    llvm::Expected<HostTensor> tensor = readTensor(*proto, "");
    if (!tensor)
      return node.fail("attribute 'value' " +
                       llvm::toString(tensor.takeError()));
    return node.setConstant(std::move(*tensor));
  }
  if (node.hasAttr("value_float"))
    return node.setConstant(
        HostTensor::fromFloats({}, {node.getFloat("value_float", 0)}));
  if (node.hasAttr("value_int"))
    return node.setConstant(
        HostTensor::fromInts({}, {node.getInt("value_int", 0)}));
  if (auto floats = node.getFloatList("value_floats")) {
    int64_t size = floats->size();
    return node.setConstant(
        HostTensor::fromFloats({size}, {floats->begin(), floats->end()}));
  }
  if (auto ints = node.getIntList("value_ints")) {
    int64_t size = ints->size();
    return node.setConstant(
        HostTensor::fromInts({size}, {ints->begin(), ints->end()}));
  }
  return node.fail("only tensors and numbers are supported as value");
}

LogicalResult convertShape(Node &node) {
  if (failed(requireInput(node)))
    return node.giveUp();
  ArrayRef<int64_t> shape = node.getShape(0);
  int64_t rank = shape.size();
  auto clampIndex = [&](int64_t index) {
    return std::clamp<int64_t>(index < 0 ? index + rank : index, 0, rank);
  };
  int64_t start = clampIndex(node.getInt("start", 0));
  int64_t end = std::max(start, clampIndex(node.getInt("end", rank)));
  ArrayRef<int64_t> part = shape.slice(start, end - start);
  return node.setConstant(
      HostTensor::fromInts({end - start}, {part.begin(), part.end()}));
}

/// Conversions that C++ leaves undefined saturate.
int64_t toInteger(double value) {
  constexpr double kLimit = 9223372036854775808.0; // 2^63
  if (std::isnan(value))
    return 0;
  if (value >= kLimit)
    return std::numeric_limits<int64_t>::max();
  return value < -kLimit ? std::numeric_limits<int64_t>::min()
                         : static_cast<int64_t>(value);
}

int64_t wrapTo(int32_t type, int64_t value) {
  switch (type) {
  case onnx::TensorProto::BOOL:
    return value != 0;
  case onnx::TensorProto::INT32:
    return static_cast<int32_t>(value);
  case onnx::TensorProto::INT8:
    return static_cast<int8_t>(value);
  case onnx::TensorProto::UINT8:
    return static_cast<uint8_t>(value);
  default:
    return value;
  }
}

std::optional<HostTensor> castTensor(const HostTensor &tensor, int32_t type) {
  HostTensor result;
  result.elementType = type;
  result.shape = tensor.shape;
  bool known = true;
  std::visit(
      [&](const auto &values) {
        using Source = typename std::decay_t<decltype(values)>::value_type;
        switch (type) {
        case onnx::TensorProto::FLOAT:
          result.data = std::vector<float>(values.begin(), values.end());
          return;
        case onnx::TensorProto::DOUBLE:
          result.data = std::vector<double>(values.begin(), values.end());
          return;
        case onnx::TensorProto::BOOL:
        case onnx::TensorProto::INT8:
        case onnx::TensorProto::UINT8:
        case onnx::TensorProto::INT32:
        case onnx::TensorProto::INT64: {
          std::vector<int64_t> converted;
          for (Source value : values) {
            // Every number that is not zero is true, also 0.5.
            bool toBool = type == onnx::TensorProto::BOOL;
            int64_t integer;
            if constexpr (std::is_integral_v<Source>)
              integer = value;
            else
              integer = toBool ? value != 0 : toInteger(value);
            converted.push_back(wrapTo(type, integer));
          }
          result.data = std::move(converted);
          return;
        }
        default:
          known = false;
        }
      },
      tensor.data);
  if (!known)
    return std::nullopt;
  return result;
}

/// Towards zero, as C converts.
Value emitTruncation(Node &node, Value input) {
  OpBuilder &builder = node.emit.getBuilder();
  auto type = cast<RankedTensorType>(input.getType());
  Value zero = node.emit.splat(type.getRank(), 0.0f);
  Value isNegative =
      tosa::GreaterOp::create(builder, node.emit.getLoc(),
                              type.clone(builder.getI1Type()), zero, input);
  return tosa::SelectOp::create(builder, node.emit.getLoc(), type, isNegative,
                                node.emit.unary<tosa::CeilOp>(input),
                                node.emit.unary<tosa::FloorOp>(input));
}

/// Integers as floats.
LogicalResult castToFloat(Node &node) {
  if (node.getElementType(0) == onnx::TensorProto::FLOAT)
    return node.forward(0);
  Value stored = node.getStored(0);
  if (!stored)
    return node.giveUp();
  OpBuilder &builder = node.emit.getBuilder();
  if (!qnn::getQuantizedElement(stored.getType()))
    return node.setResult(tosa::CastOp::create(
        builder, node.emit.getLoc(), node.emit.type(shapeOf(stored)), stored));
  return node.setResult(node.emit.dequantize(reinterpret(
      node, stored,
      makeIntegerType(builder.getContext(), node.getElementType(0)))));
}

/// Floats as integers of 8 or 16 bits; what lies outside, which ONNX leaves
/// undefined, saturates.
LogicalResult castToStored(Node &node, int32_t type) {
  Value input = node.getValue(0);
  if (!input)
    return node.giveUp();
  return node.setResult(node.emit.quantize(
      emitTruncation(node, input),
      makeIntegerType(node.emit.getBuilder().getContext(), type)));
}

LogicalResult convertCast(Node &node) {
  int64_t to = node.getInt("to", onnx::TensorProto::UNDEFINED);
  if (failed(requireInput(node)) || node.hasFailed())
    return node.giveUp();
  std::string name = printElementType(static_cast<int32_t>(to));
  if (const HostTensor *tensor = node.getConstant(0)) {
    auto result = castTensor(tensor->dequantized(), static_cast<int32_t>(to));
    return result ? node.setConstant(std::move(*result))
                  : node.fail("a cast to " + name + " is not supported");
  }
  if (to == onnx::TensorProto::FLOAT)
    return castToFloat(node);
  if (auto stored = getStoredType(static_cast<int32_t>(to));
      stored && stored->width <= 16)
    return castToStored(node, static_cast<int32_t>(to));
  return node.fail("a cast of an activation to " + name +
                   " is not supported; only constants are cast");
}

} // namespace

void registerShapes(OperatorTable &table) {
  table.add("Reshape", convertReshape);
  table.add("Flatten", convertFlatten);
  table.add("Squeeze", convertSqueeze);
  table.add("Unsqueeze", convertUnsqueeze);
  table.add("Transpose", convertTranspose);
  table.add("Identity", convertIdentity);
  table.add("Dropout", convertDropout);
  table.add("Constant", convertConstant);
  table.add("Shape", convertShape);
  table.add("Cast", convertCast);
}

} // namespace quantc::import

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads operands and attributes of one node and words what is wrong with them.

#include "Node.h"

#include "ModelReader.h"

#include "mlir/IR/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::import {

LogicalResult Node::fail(const Twine &reason) {
  if (!failed)
    emitError(fileLoc) << describeNode(proto, opset_) << ": " << reason;
  failed = true;
  return failure();
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

bool Node::hasInput(unsigned index) const {
  return index < numInputs() && !proto.input(index).empty();
}

StringRef Node::inputName(unsigned index) const { return proto.input(index); }

GraphValue *Node::findInput(unsigned index) const {
  if (!hasInput(index))
    return nullptr;
  auto it = values.find(proto.input(index));
  return it == values.end() ? nullptr : &it->second;
}

const HostTensor *Node::getConstant(unsigned index) const {
  GraphValue *input = findInput(index);
  return input ? input->constant.get() : nullptr;
}

ArrayRef<int64_t> Node::getShape(unsigned index) const {
  GraphValue *input = findInput(index);
  if (input->constant)
    return input->constant->shape;
  return shapeOf(input->value);
}

Value Node::materialize(unsigned index, ArrayRef<int64_t> shape) {
  GraphValue *input = findInput(index);
  const HostTensor *tensor = getWeight(index, "");
  if (!tensor || mlir::failed(checkShape(tensor->shape)))
    return {};
  bool sameShape = ArrayRef<int64_t>(tensor->shape) == shape;
  if (sameShape && input->value)
    return input->value;
  Value value = emit.tensorConstant(shape, *tensor, inputName(index));
  if (sameShape)
    input->value = value;
  return value;
}

Value Node::getValue(unsigned index) {
  GraphValue *input = findInput(index);
  if (!input) {
    (void)fail(describeInput(index, "") + " is missing");
    return {};
  }
  if (input->constant)
    return materialize(index, input->constant->shape);
  quant::QuantizedType element =
      qnn::getQuantizedElement(input->value.getType());
  if (!element && getElementTypeOrSelf(input->value).isF32())
    return input->value;
  if (!movesElements || !element) {
    (void)fail(describeInput(index, "") + " has element type " +
               printElementType(getElementType(index)) + ", expected float");
    return {};
  }
  if (movedType && movedType != element) {
    (void)fail(describeInput(index, "") +
               " has another scale or zero point than the operands before it");
    return {};
  }
  movedType = element;
  return emit.dequantize(input->value);
}

Value Node::getStored(unsigned index) {
  GraphValue *input = findInput(index);
  const HostTensor *constant = getConstant(index);
  if (!input || !getStoredType(getElementType(index))) {
    (void)fail(
        describeInput(index, "") +
        (input ? " has element type " + printElementType(getElementType(index))
               : std::string(" is missing")) +
        ", expected integers of 8, 16 or 32 bits");
    return {};
  }
  if (!constant)
    return input->value;
  if (mlir::failed(checkShape(constant->shape)))
    return {};
  HostTensor stored = *constant;
  stored.quantization = TensorQuantization{{1.0f}, {0}, std::nullopt};
  return emit.storedConstant(stored, inputName(index));
}

int32_t Node::getElementType(unsigned index) const {
  GraphValue *input = findInput(index);
  if (!input)
    return onnx::TensorProto::UNDEFINED;
  if (input->constant)
    return input->constant->quantization ? onnx::TensorProto::FLOAT
                                         : input->constant->elementType;
  Type type = input->value.getType();
  quant::QuantizedType element = qnn::getQuantizedElement(type);
  if (!element)
    return getElementTypeOrSelf(type).isF32() ? onnx::TensorProto::FLOAT
                                              : onnx::TensorProto::INT32;
  return getOnnxType(element.getStorageTypeIntegralWidth(), element.isSigned());
}

Value Node::getValueOfRank(unsigned index, int64_t rank) {
  GraphValue *input = findInput(index);
  if (!input)
    return getValue(index);
  Value value = input->constant ? Value() : getValue(index);
  if (!input->constant && !value)
    return {};
  SmallVector<int64_t> shape(getShape(index));
  if (static_cast<int64_t>(shape.size()) < rank)
    shape.insert(shape.begin(), rank - shape.size(), 1);
  if (input->constant)
    return materialize(index, shape);
  return emit.reshape(value, shape);
}

std::string Node::describeInput(unsigned index, StringRef what) const {
  std::string text = "operand ";
  text += hasInput(index) ? ("'" + inputName(index) + "'").str()
                          : "number " + std::to_string(index);
  return what.empty() ? text : text + " (" + what.str() + ")";
}

std::optional<SmallVector<int64_t>> Node::getInts(unsigned index,
                                                  StringRef what) {
  if (!hasInput(index))
    return std::nullopt;
  const HostTensor *tensor = getConstant(index);
  if (!tensor || !tensor->isInteger() || tensor->shape.size() > 1) {
    (void)fail(describeInput(index, what) +
               " must be a constant list of integers");
    return std::nullopt;
  }
  return SmallVector<int64_t>(tensor->ints());
}

std::optional<float> Node::getScalar(unsigned index, StringRef what) {
  if (!hasInput(index))
    return std::nullopt;
  const HostTensor *tensor = getFloats(index, what);
  if (!tensor)
    return std::nullopt;
  if (tensor->size() != 1) {
    (void)fail(describeInput(index, what) + " has shape " +
               printShape(tensor->shape) + ", expected a scalar");
    return std::nullopt;
  }
  return tensor->floats().front();
}

const HostTensor *Node::getFloats(unsigned index, StringRef what) {
  const HostTensor *tensor = getWeight(index, what);
  if (!tensor || !tensor->quantization)
    return tensor;
  dequantized.push_back(std::make_unique<HostTensor>(tensor->dequantized()));
  return dequantized.back().get();
}

const HostTensor *Node::getWeight(unsigned index, StringRef what) {
  const HostTensor *tensor = getConstant(index);
  if (!tensor) {
    (void)fail(describeInput(index, what) +
               (hasInput(index) ? " must be a constant" : " is missing"));
    return nullptr;
  }
  if (!tensor->isFloat() && !tensor->quantization) {
    (void)fail(describeInput(index, what) + " has element type " +
               printElementType(tensor->elementType) + ", expected float");
    return nullptr;
  }
  return tensor;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

const onnx::AttributeProto *Node::findAttr(StringRef name) const {
  for (const onnx::AttributeProto &attr : proto.attribute())
    if (attr.name() == name)
      return &attr;
  return nullptr;
}

const onnx::AttributeProto *
Node::findAttr(StringRef name, onnx::AttributeProto::AttributeType type,
               StringRef typeName) {
  const onnx::AttributeProto *attr = findAttr(name);
  if (attr && attr->type() != type) {
    (void)fail("attribute '" + name + "' must be " + typeName);
    return nullptr;
  }
  return attr;
}

int64_t Node::getInt(StringRef name, int64_t defaultValue) {
  const auto *attr = findAttr(name, onnx::AttributeProto::INT, "an integer");
  return attr ? attr->i() : defaultValue;
}

float Node::getFloat(StringRef name, float defaultValue) {
  const auto *attr = findAttr(name, onnx::AttributeProto::FLOAT, "a float");
  return attr ? attr->f() : defaultValue;
}

std::string Node::getString(StringRef name, StringRef defaultValue) {
  const auto *attr = findAttr(name, onnx::AttributeProto::STRING, "a string");
  return attr ? attr->s() : defaultValue.str();
}

std::optional<SmallVector<int64_t>> Node::getIntList(StringRef name) {
  const auto *attr =
      findAttr(name, onnx::AttributeProto::INTS, "a list of integers");
  if (!attr)
    return std::nullopt;
  return SmallVector<int64_t>(attr->ints().begin(), attr->ints().end());
}

std::optional<SmallVector<float>> Node::getFloatList(StringRef name) {
  const auto *attr =
      findAttr(name, onnx::AttributeProto::FLOATS, "a list of floats");
  if (!attr)
    return std::nullopt;
  return SmallVector<float>(attr->floats().begin(), attr->floats().end());
}

const onnx::TensorProto *Node::getTensor(StringRef name) {
  const auto *attr = findAttr(name, onnx::AttributeProto::TENSOR, "a tensor");
  return attr ? &attr->t() : nullptr;
}

std::optional<int64_t> Node::normalizeAxis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank) {
    (void)fail("axis " + Twine(axis) + " is outside of a tensor of rank " +
               Twine(rank));
    return std::nullopt;
  }
  return axis < 0 ? axis + rank : axis;
}

std::optional<SmallVector<int64_t>> Node::normalizeAxes(ArrayRef<int64_t> axes,
                                                        int64_t rank) {
  if (rank > static_cast<int64_t>(kMaxRank)) {
    (void)fail("a tensor of rank " + Twine(rank) + " is too large");
    return std::nullopt;
  }
  SmallVector<int64_t> result;
  for (int64_t axis : axes) {
    std::optional<int64_t> normalized = normalizeAxis(axis, rank);
    if (!normalized)
      return std::nullopt;
    if (llvm::is_contained(result, *normalized)) {
      (void)fail("axis " + Twine(axis) + " is listed twice");
      return std::nullopt;
    }
    result.push_back(*normalized);
  }
  llvm::sort(result);
  return result;
}

LogicalResult Node::checkShape(ArrayRef<int64_t> shape) {
  std::optional<int64_t> count = countElements(shape);
  if (!count)
    return fail("a tensor of shape " + printShape(shape) + " is too large");
  if (*count == 0)
    return fail("a tensor of shape " + printShape(shape) + " is empty");
  return success();
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

bool Node::wantsOutput(unsigned index) const {
  return index < static_cast<unsigned>(proto.output_size()) &&
         used.contains(proto.output(index));
}

LogicalResult Node::setResult(Value value, unsigned index) {
  if (movedType && !qnn::getQuantizedElement(value.getType()))
    value = emit.quantize(value, movedType);
  if (wantsOutput(index))
    values[proto.output(index)].value = value;
  return success();
}

LogicalResult Node::setConstant(HostTensor tensor, unsigned index) {
  if (wantsOutput(index))
    values[proto.output(index)].constant =
        std::make_shared<const HostTensor>(std::move(tensor));
  return success();
}

LogicalResult Node::forward(unsigned index) {
  GraphValue *input = findInput(index);
  if (!input)
    return fail(describeInput(index, "") + " is missing");
  GraphValue copy = *input;
  if (wantsOutput(0))
    values[proto.output(0)] = copy;
  return success();
}

} // namespace quantc::import

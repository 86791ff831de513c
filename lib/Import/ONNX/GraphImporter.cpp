// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks the graph: inputs and initializers become values, each node goes to its
// converter, outputs are returned. It goes on behind an error as far as shapes
// are known, so that one run lists all that is unsupported.

#include "GraphImporter.h"

#include "Checker.h"
#include "ModelReader.h"
#include "Quantization.h"
#include "quantc/Dialect/QNN/IR/QNNOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::import {
namespace {

/// The dimensions of a declared type as far as they are numbers; a symbolic or
/// missing one is ShapedType::kDynamic. Nullopt if there is no shape at all.
std::optional<SmallVector<int64_t>>
declaredShape(const onnx::ValueInfoProto &info) {
  if (!info.type().has_tensor_type() || !info.type().tensor_type().has_shape())
    return std::nullopt;
  SmallVector<int64_t> shape;
  for (const auto &dim : info.type().tensor_type().shape().dim())
    shape.push_back(dim.has_dim_value() ? dim.dim_value()
                                        : ShapedType::kDynamic);
  return shape;
}

std::string dimensionName(const onnx::ValueInfoProto &info, int index) {
  const auto &dim = info.type().tensor_type().shape().dim(index);
  std::string text = "dimension " + std::to_string(index);
  return dim.has_dim_param() ? text + " ('" + dim.dim_param() + "')" : text;
}

} // namespace

LogicalResult GraphImporter::readInitializers() {
  for (const onnx::TensorProto &proto : graph.initializer()) {
    llvm::Expected<HostTensor> tensor = readTensor(proto, modelDirectory);
    if (!tensor) {
      hasError = true;
      emitError(fileLoc) << "initializer '" << proto.name() << "' "
                         << llvm::toString(tensor.takeError());
      continue;
    }
    values[proto.name()].constant =
        std::make_shared<const HostTensor>(std::move(*tensor));
  }
  return success(!hasError);
}

FailureOr<RankedTensorType>
GraphImporter::readInputType(const onnx::ValueInfoProto &input) {
  auto error = [&] {
    return emitError(fileLoc) << "input '" << input.name() << "' ";
  };
  int32_t elementType = input.type().tensor_type().elem_type();
  if (!input.type().has_tensor_type())
    return error() << "is not a tensor";
  std::optional<StoredType> stored = getStoredType(elementType);
  bool isInteger = stored && stored->width <= 16;
  if (elementType != onnx::TensorProto::FLOAT && !isInteger)
    return error() << "has element type " << printElementType(elementType)
                   << "; only float and integers of 8 and 16 bits are "
                      "supported";
  auto shape = declaredShape(input);
  if (!shape)
    return error() << "has no shape";
  for (auto [index, dim] : llvm::enumerate(*shape)) {
    // A batch that the model leaves open is one sample.
    if (index == 0 && ShapedType::isDynamic(dim))
      dim = 1;
    if (ShapedType::isDynamic(dim))
      return error() << dimensionName(input, index)
                     << " has no fixed size; only the first, the batch, may be "
                        "open";
    if (dim < 1)
      return error() << dimensionName(input, index) << " is " << dim;
  }
  if (!countElements(*shape))
    return error() << "has shape " << printShape(*shape)
                   << ", which is too large";
  if (isInteger)
    return RankedTensorType::get(
        *shape, findInputType(builder.getContext(), graph, values, input.name(),
                              elementType));
  return RankedTensorType::get(*shape, builder.getF32Type());
}

LogicalResult GraphImporter::createFunction(ModuleOp module) {
  SmallVector<Type> types;
  SmallVector<StringRef> names;
  for (const onnx::ValueInfoProto &input : graph.input()) {
    // Before IR version 4 every initializer was listed as an input.
    if (values.contains(input.name()))
      continue;
    FailureOr<RankedTensorType> type = readInputType(input);
    if (failed(type)) {
      hasError = true;
      continue;
    }
    types.push_back(*type);
    names.push_back(input.name());
  }
  if (hasError)
    return failure();

  builder.setInsertionPointToStart(module.getBody());
  function = func::FuncOp::create(builder, module.getLoc(), "main",
                                  builder.getFunctionType(types, {}));
  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  for (auto [index, name] : llvm::enumerate(names)) {
    Value argument = entry->getArgument(index);
    argument.setLoc(NameLoc::get(builder.getStringAttr(name)));
    function.setArgAttr(index, "qnn.name", builder.getStringAttr(name));
    values[name].value = argument;
  }
  return success();
}

std::optional<std::string> GraphImporter::refuse(const onnx::NodeProto &proto) {
  if (!isDefaultDomain(proto.domain()))
    return "operators of domain '" + proto.domain() + "' are not supported";
  if (!OperatorTable::get().lookup(proto.op_type()))
    return "this operator is not supported";
  if (opset > newestCheckedOpset())
    return std::nullopt;
  return checkNode(proto, model.ir_version(), opset);
}

Location GraphImporter::uniqueLocation(const onnx::NodeProto &proto) {
  std::string name = nodeName(proto).str();
  for (unsigned suffix = 1; !nodeNames.insert(name).second; ++suffix)
    name = nodeName(proto).str() + "_" + std::to_string(suffix);
  return NameLoc::get(builder.getStringAttr(name));
}

void GraphImporter::breakResults(const onnx::NodeProto &proto) {
  hasError = true;
  for (const std::string &output : proto.output()) {
    if (output.empty())
      continue;
    GraphValue &result = values[output];
    result = GraphValue();
    result.broken = true;
    auto it = declared.find(output);
    if (it == declared.end() || it->second->type().tensor_type().elem_type() !=
                                    onnx::TensorProto::FLOAT)
      continue;
    auto shape = declaredShape(*it->second);
    if (!shape || countElements(*shape).value_or(0) == 0)
      continue;
    // Stands in for the result; the module is thrown away in the end.
    Type type = RankedTensorType::get(*shape, builder.getF32Type());
    result.value =
        UnrealizedConversionCastOp::create(builder, fileLoc, type, ValueRange())
            .getResult(0);
    result.broken = false;
  }
}

void GraphImporter::importNode(const onnx::NodeProto &proto) {
  Location loc = uniqueLocation(proto);
  Node node(proto, opset, values, used, builder, loc, fileLoc);
  if (std::optional<std::string> reason = refuse(proto)) {
    (void)node.fail(*reason);
    return breakResults(proto);
  }
  for (const std::string &input : proto.input())
    if (auto it = values.find(input); it != values.end() && it->second.broken)
      return breakResults(proto);

  const OperatorEntry &entry = *OperatorTable::get().lookup(proto.op_type());
  if (entry.movesElements)
    node.moveElements();
  if (entry.fold && entry.fold(node))
    return;
  LogicalResult converted = entry.convert(node);
  assert((succeeded(converted) || node.hasFailed()) &&
         "a refusal says its reason");
  if (failed(converted) || node.hasFailed())
    return breakResults(proto);
  // A result that no converter set is one that it does not know.
  for (auto [index, output] : llvm::enumerate(proto.output()))
    if (node.wantsOutput(index) && !values.contains(output)) {
      (void)node.fail("output number " + Twine(index) + " is not supported");
      return breakResults(proto);
    }
}

/// A declared dimension that the computed one contradicts means that the model
/// is not what its author thought. A first dimension left open is one sample.
LogicalResult
GraphImporter::checkOutputShape(const onnx::ValueInfoProto &output,
                                Value value) {
  auto declared = declaredShape(output);
  if (!declared)
    return success();
  ArrayRef<int64_t> computed = shapeOf(value);
  bool agrees = declared->size() == computed.size();
  for (size_t dim = 0; agrees && dim < computed.size(); ++dim)
    agrees = ShapedType::isDynamic((*declared)[dim]) ||
             (*declared)[dim] == computed[dim];
  if (agrees)
    return success();
  return emitError(fileLoc)
         << "output '" << output.name() << "' is declared "
         << "with shape " << printShape(*declared)
         << ", but the graph computes " << printShape(computed);
}

/// An output that is known at import time.
LogicalResult GraphImporter::materializeOutput(Emitter &emit, StringRef name,
                                               GraphValue &result) {
  HostTensor tensor = *result.constant;
  bool isStored = tensor.isInteger() && getStoredType(tensor.elementType);
  if ((!tensor.isFloat() && !tensor.quantization && !isStored) ||
      tensor.size() == 0)
    return emitError(fileLoc)
           << "output '" << name << "' is a constant of type "
           << printElementType(tensor.elementType) << " and shape "
           << printShape(tensor.shape) << "; only float and integers of 8, 16 "
           << "and 32 bits are supported";
  if (isStored) {
    tensor.quantization = TensorQuantization{{1.0f}, {0}, std::nullopt};
    result.value = emit.storedConstant(tensor, name);
    return success();
  }
  result.value = emit.tensorConstant(tensor.shape, tensor, name);
  return success();
}

LogicalResult GraphImporter::createReturn() {
  SmallVector<Value> results;
  SmallVector<Type> types;
  for (auto [index, output] : llvm::enumerate(graph.output())) {
    GraphValue &result = values[output.name()];
    Emitter emit(builder, NameLoc::get(builder.getStringAttr(output.name())));
    if (result.constant && !result.value &&
        failed(materializeOutput(emit, output.name(), result)))
      return failure();
    if (failed(checkOutputShape(output, result.value)))
      return failure();
    // At the boundary a tensor has one scale; of one that has several the
    // integers are handed out.
    quant::QuantizedType element =
        qnn::getQuantizedElement(result.value.getType());
    if (element && qnn::getQuantizedAxis(element))
      result.value = emit.fromStorage(
          emit.toStorage(result.value),
          makeIntegerType(builder.getContext(),
                          getOnnxType(element.getStorageTypeIntegralWidth(),
                                      element.isSigned())));
    results.push_back(result.value);
    types.push_back(result.value.getType());
  }
  func::ReturnOp::create(builder, function.getLoc(), results);
  function.setType(builder.getFunctionType(function.getArgumentTypes(), types));
  for (auto [index, output] : llvm::enumerate(graph.output()))
    function.setResultAttr(index, "qnn.name",
                           builder.getStringAttr(output.name()));
  return success();
}

OwningOpRef<ModuleOp> GraphImporter::run() {
  FailureOr<int64_t> version = readOpset(model, fileLoc);
  if (failed(version))
    return {};
  opset = *version;
  auto order = orderNodes(graph, opset, fileLoc);
  if (failed(order) || failed(readInitializers()))
    return {};
  for (const onnx::ValueInfoProto &info : graph.value_info())
    declared[info.name()] = &info;
  for (const onnx::NodeProto &node : graph.node())
    used.insert_range(node.input());
  for (const onnx::ValueInfoProto &output : graph.output())
    used.insert(output.name());
  used.erase("");

  // The result depends on what is in the file, not on where it lies.
  OwningOpRef<ModuleOp> module =
      ModuleOp::create(NameLoc::get(builder.getStringAttr("main")));
  if (failed(createFunction(*module)))
    return {};
  for (const onnx::NodeProto *node : *order)
    importNode(*node);
  // ONNX multiplies by a float and rounds ties to even.
  module->walk([&](qnn::QuantizeOp) {
    (*module)->setAttr(qnn::kRoundingAttr,
                       qnn::RoundingModeAttr::get(
                           builder.getContext(), qnn::RoundingMode::FloatEven));
    return WalkResult::interrupt();
  });
  if (hasError || failed(createReturn()))
    return {};
  return module;
}

} // namespace quantc::import

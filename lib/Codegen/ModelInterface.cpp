// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The interface as attributes and as JSON. The text of the header and the
// symbols of the object are made elsewhere from the same structure.
#include "quantc/Codegen/ModelInterface.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <numeric>

using namespace mlir;

namespace quantc::codegen {
namespace {

/// The C name of an element type, empty if it has none.
std::string getTypeName(Type type, bool isUnsigned) {
  if (type.isF32() || type.isF64())
    return type.isF32() ? "f32" : "f64";
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer || !llvm::is_contained({8u, 16u, 32u, 64u}, integer.getWidth()))
    return "";
  const char *prefix = isUnsigned || integer.isUnsigned() ? "u" : "i";
  return prefix + std::to_string(integer.getWidth());
}

/// Describes one argument or result; an empty type name means that it has no
/// place in a C interface.
BoundaryTensor describe(Type type, DictionaryAttr attrs,
                        StringRef defaultName) {
  BoundaryTensor tensor;
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped || !shaped.hasStaticShape())
    return tensor;
  auto get = [&](StringRef name) {
    return attrs ? attrs.get(name) : Attribute();
  };
  auto name = dyn_cast_or_null<StringAttr>(get("qnn.name"));
  tensor.name = name ? name.str() : defaultName.str();
  tensor.shape = llvm::to_vector(shaped.getShape());
  tensor.type =
      getTypeName(shaped.getElementType(), get("qnn.unsigned") != nullptr);
  auto scale = dyn_cast_or_null<FloatAttr>(get("qnn.scale"));
  auto zeroPoint = dyn_cast_or_null<IntegerAttr>(get("qnn.zero_point"));
  if (scale && zeroPoint)
    tensor.quantization = {scale.getValueAsDouble(), zeroPoint.getInt()};
  return tensor;
}

Attribute toAttr(Builder &b, const BoundaryTensor &tensor) {
  NamedAttrList attrs;
  attrs.append("name", b.getStringAttr(tensor.name));
  attrs.append("shape", b.getDenseI64ArrayAttr(tensor.shape));
  attrs.append("type", b.getStringAttr(tensor.type));
  if (tensor.quantization) {
    attrs.append("scale", b.getF64FloatAttr(tensor.quantization->scale));
    attrs.append("zero_point",
                 b.getI64IntegerAttr(tensor.quantization->zeroPoint));
  }
  return attrs.getDictionary(b.getContext());
}

std::optional<BoundaryTensor> fromAttr(Attribute attr) {
  auto dict = dyn_cast<DictionaryAttr>(attr);
  if (!dict)
    return std::nullopt;
  auto name = dict.getAs<StringAttr>("name");
  auto shape = dict.getAs<DenseI64ArrayAttr>("shape");
  auto type = dict.getAs<StringAttr>("type");
  if (!name || !shape || !type)
    return std::nullopt;
  BoundaryTensor tensor;
  tensor.name = name.str();
  tensor.shape = llvm::to_vector(shape.asArrayRef());
  tensor.type = type.str();
  auto scale = dict.getAs<FloatAttr>("scale");
  auto zeroPoint = dict.getAs<IntegerAttr>("zero_point");
  if (scale && zeroPoint)
    tensor.quantization = {scale.getValueAsDouble(), zeroPoint.getInt()};
  return tensor;
}

Attribute toAttr(Builder &b, const ModelProfile &profile) {
  auto toDictionary = [&](const LayerWork &layer) -> Attribute {
    return b.getDictionaryAttr(
        {b.getNamedAttr("name", b.getStringAttr(layer.name)),
         b.getNamedAttr("macs", b.getI64IntegerAttr(layer.macs)),
         b.getNamedAttr("float", b.getBoolAttr(layer.isFloat)),
         b.getNamedAttr("bytes", b.getI64IntegerAttr(layer.bytes))});
  };
  return b.getDictionaryAttr(
      {b.getNamedAttr("layers", b.getArrayAttr(llvm::map_to_vector(
                                    profile.layers, toDictionary))),
       b.getNamedAttr("segments", b.getDenseI64ArrayAttr(profile.segments))});
}

std::optional<ModelProfile> profileFromAttr(Attribute attr) {
  auto dict = dyn_cast<DictionaryAttr>(attr);
  auto layers = dict ? dict.getAs<ArrayAttr>("layers") : ArrayAttr();
  auto segments =
      dict ? dict.getAs<DenseI64ArrayAttr>("segments") : DenseI64ArrayAttr();
  if (!layers || !segments)
    return std::nullopt;
  ModelProfile profile;
  profile.segments = llvm::to_vector(segments.asArrayRef());
  for (Attribute layer : layers) {
    auto fields = dyn_cast<DictionaryAttr>(layer);
    auto name = fields ? fields.getAs<StringAttr>("name") : StringAttr();
    auto macs = fields ? fields.getAs<IntegerAttr>("macs") : IntegerAttr();
    auto isFloat = fields ? fields.getAs<BoolAttr>("float") : BoolAttr();
    auto bytes = fields ? fields.getAs<IntegerAttr>("bytes") : IntegerAttr();
    if (!name || !macs || !isFloat || !bytes)
      return std::nullopt;
    profile.layers.push_back(
        {name.str(), macs.getInt(), isFloat.getValue(), bytes.getInt()});
  }
  return profile;
}

std::string getModelName(ModuleOp module) {
  auto name = module->getAttrOfType<StringAttr>(kModelNameAttrName);
  return name ? name.str() : "model";
}

llvm::json::Object toJSON(const BoundaryTensor &tensor) {
  llvm::json::Object object{{"name", tensor.name},
                            {"shape", llvm::json::Array(tensor.shape)},
                            {"type", tensor.type}};
  if (tensor.quantization) {
    object["scale"] = tensor.quantization->scale;
    object["zero_point"] = tensor.quantization->zeroPoint;
  }
  return object;
}

llvm::json::Object toJSON(const ModelProfile &profile) {
  llvm::json::Array layers;
  for (const LayerWork &layer : profile.layers)
    layers.push_back(llvm::json::Object{{"name", layer.name},
                                        {"macs", layer.macs},
                                        {"float", layer.isFloat},
                                        {"bytes", layer.bytes}});
  return llvm::json::Object{{"layers", std::move(layers)},
                            {"segments", llvm::json::Array(profile.segments)}};
}

llvm::json::Array toJSON(ArrayRef<BoundaryTensor> tensors) {
  llvm::json::Array array;
  for (const BoundaryTensor &tensor : tensors)
    array.push_back(toJSON(tensor));
  return array;
}

} // namespace

int64_t BoundaryTensor::getNumElements() const {
  return ShapedType::getNumElements(shape);
}

int64_t BoundaryTensor::getElementSize() const {
  int bits = 0;
  StringRef(type).drop_front().getAsInteger(10, bits);
  return bits / 8;
}

FailureOr<Operation *> findEntryFunction(ModuleOp module) {
  SmallVector<FunctionOpInterface> found;
  for (auto function : module.getOps<FunctionOpInterface>())
    if (!function.isExternal() && SymbolTable::getSymbolVisibility(function) ==
                                      SymbolTable::Visibility::Public)
      found.push_back(function);
  if (found.size() == 1)
    return found.front().getOperation();
  InFlightDiagnostic diag = module.emitError()
                            << "expected exactly one public function with a "
                               "body, found "
                            << found.size();
  for (FunctionOpInterface function : found)
    diag.attachNote(function.getLoc()) << "this is one";
  return failure();
}

FailureOr<ModelInterface> deriveInterface(ModuleOp module) {
  FailureOr<Operation *> entry = findEntryFunction(module);
  if (failed(entry))
    return failure();
  auto function = cast<FunctionOpInterface>(*entry);
  ModelInterface interface;
  interface.modelName = getModelName(module);
  interface.entry = function.getName().str();
  auto add = [&](Type type, DictionaryAttr attrs, StringRef kind,
                 SmallVectorImpl<BoundaryTensor> &list) -> LogicalResult {
    BoundaryTensor tensor =
        describe(type, attrs, (kind + Twine(list.size())).str());
    if (tensor.type.empty())
      return function->emitOpError()
             << kind << " #" << list.size() << " has the type " << type
             << ", expected a tensor of static shape of f32, f64 or integers "
                "of 8, 16, 32 or 64 bits";
    list.push_back(std::move(tensor));
    return success();
  };
  for (unsigned i = 0, e = function.getNumArguments(); i < e; ++i) {
    if (function.getArgAttr(i, kContextAttrName)) {
      interface.hasContext = true;
      continue;
    }
    if (failed(add(function.getArgumentTypes()[i], function.getArgAttrDict(i),
                   "input", interface.inputs)))
      return failure();
  }
  for (unsigned i = 0, e = function.getNumResults(); i < e; ++i)
    if (failed(add(function.getResultTypes()[i], function.getResultAttrDict(i),
                   "output", interface.outputs)))
      return failure();
  return interface;
}

void recordInterface(ModuleOp module, const ModelInterface &interface) {
  Builder b(module.getContext());
  auto toArray = [&](ArrayRef<BoundaryTensor> tensors) {
    return b.getArrayAttr(llvm::map_to_vector(
        tensors, [&](const BoundaryTensor &t) { return toAttr(b, t); }));
  };
  NamedAttrList attrs;
  attrs.append("entry", b.getStringAttr(interface.entry));
  attrs.append("inputs", toArray(interface.inputs));
  attrs.append("outputs", toArray(interface.outputs));
  attrs.append("arena_size", b.getI64IntegerAttr(interface.arenaSize));
  attrs.append("arena_lower_bound",
               b.getI64IntegerAttr(interface.arenaLowerBound));
  if (interface.threads != 1)
    attrs.append("threads", b.getI64IntegerAttr(interface.threads));
  if (interface.usesTiles)
    attrs.append("tiles", b.getUnitAttr());
  if (interface.hasContext)
    attrs.append("context", b.getUnitAttr());
  if (interface.profile)
    attrs.append("profile", toAttr(b, *interface.profile));
  module->setAttr(kInterfaceAttrName, attrs.getDictionary(b.getContext()));
}

FailureOr<ModelInterface> readInterface(ModuleOp module) {
  auto malformed = [&]() {
    return module.emitError()
           << "expected the attribute '" << kInterfaceAttrName
           << "' as --quantc-use-destinations records it";
  };
  auto attrs = module->getAttrOfType<DictionaryAttr>(kInterfaceAttrName);
  if (!attrs)
    return malformed();
  auto entry = attrs.getAs<StringAttr>("entry");
  auto inputs = attrs.getAs<ArrayAttr>("inputs");
  auto outputs = attrs.getAs<ArrayAttr>("outputs");
  auto arenaSize = attrs.getAs<IntegerAttr>("arena_size");
  if (!entry || !inputs || !outputs || !arenaSize)
    return malformed();
  ModelInterface interface;
  interface.modelName = getModelName(module);
  interface.entry = entry.str();
  interface.arenaSize = arenaSize.getInt();
  if (auto bound = attrs.getAs<IntegerAttr>("arena_lower_bound"))
    interface.arenaLowerBound = bound.getInt();
  if (auto threads = attrs.getAs<IntegerAttr>("threads"))
    interface.threads = threads.getInt();
  interface.usesTiles = attrs.get("tiles") != nullptr;
  interface.hasContext = attrs.get("context") != nullptr;
  if (Attribute profile = attrs.get("profile")) {
    interface.profile = profileFromAttr(profile);
    if (!interface.profile)
      return malformed();
  }
  for (auto [list, out] : {std::make_pair(inputs, &interface.inputs),
                           std::make_pair(outputs, &interface.outputs)})
    for (Attribute attr : list) {
      std::optional<BoundaryTensor> tensor = fromAttr(attr);
      if (!tensor)
        return malformed();
      out->push_back(std::move(*tensor));
    }
  return interface;
}

std::string buildDescriptor(ModuleOp module, const ModelInterface &interface) {
  auto getText = [&](StringRef name) {
    auto attr = module->getAttrOfType<StringAttr>(name);
    return attr ? attr.str() : std::string();
  };
  llvm::json::Object object{
      {"quantc", QUANTC_VERSION},
      {"name", interface.modelName},
      {"run", interface.modelName + "_run"},
      {"arena_size", static_cast<int64_t>(interface.arenaSize)},
      {"arena_lower_bound", static_cast<int64_t>(interface.arenaLowerBound)},
      {"arena_alignment", kArenaAlignment},
      {"threads", static_cast<int64_t>(interface.threads)},
      {"target", getText(LLVM::LLVMDialect::getTargetTripleAttrName())},
      {"cpu", getText("qnn.cpu")},
      {"features", getText("qnn.features")},
      {"inputs", toJSON(interface.inputs)},
      {"outputs", toJSON(interface.outputs)}};
  if (interface.usesTiles)
    object["tiles"] = true;
  if (interface.profile)
    object["profile"] = toJSON(*interface.profile);
  std::string text;
  llvm::raw_string_ostream os(text);
  os << llvm::json::Value(std::move(object));
  return text;
}

} // namespace quantc::codegen

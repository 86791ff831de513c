// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading and checking descriptors. Every value is bounded here, so that no
// later code has to think about overflow.
#include "quantc/Execution/Signature.h"

#include "quantc/Numerics/Quantize.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"

namespace quantc::exec {

/// No tensor and no arena is larger, in bytes.
static constexpr int64_t kMaxByteSize = int64_t(1) << 40;

int64_t TensorSpec::getElementCount() const {
  return countElements(shape, type).value_or(0);
}

size_t TensorSpec::getByteSize() const {
  return getElementCount() * exec::getByteSize(type);
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

static llvm::Error verifyQuantization(const TensorSpec &tensor) {
  if (!tensor.quantization)
    return llvm::Error::success();
  if (isFloat(tensor.type) || exec::getByteSize(tensor.type) > 2)
    return llvm::createStringError(
        llvm::formatv("'{0}' of type {1} has a scale, which only integers of "
                      "8 and 16 bits have",
                      tensor.name, getElementTypeName(tensor.type)));
  if (llvm::Expected<float> scale =
          numerics::makeScale(tensor.quantization->scale);
      !scale)
    return llvm::createStringError(llvm::formatv(
        "'{0}': {1}", tensor.name, llvm::toString(scale.takeError())));
  IntegerRange range = getIntegerRange(tensor.type);
  int64_t zeroPoint = tensor.quantization->zeroPoint;
  if (zeroPoint < range.min || zeroPoint > range.max)
    return llvm::createStringError(
        llvm::formatv("'{0}' has the zero point {1}, outside of {2}",
                      tensor.name, zeroPoint, getElementTypeName(tensor.type)));
  return llvm::Error::success();
}

static llvm::Error verifyTensor(const TensorSpec &tensor) {
  if (tensor.name.empty())
    return llvm::createStringError("a tensor has no name");
  if (tensor.type != ElementType::F32 &&
      (isFloat(tensor.type) || tensor.type == ElementType::Bool))
    return llvm::createStringError(
        llvm::formatv("'{0}' has the type {1}, which no model takes or gives",
                      tensor.name, getElementTypeName(tensor.type)));
  std::optional<int64_t> count = countElements(tensor.shape, tensor.type);
  if (llvm::any_of(tensor.shape, [](int64_t extent) { return extent < 1; }) ||
      !count || *count > kMaxByteSize / 8)
    return llvm::createStringError(
        llvm::formatv("'{0}' has the impossible shape {1}", tensor.name,
                      formatShape(tensor.shape)));
  return verifyQuantization(tensor);
}

static llvm::Error verifyTensors(llvm::ArrayRef<TensorSpec> tensors,
                                 llvm::StringRef kind) {
  if (tensors.empty())
    return llvm::createStringError("the model has no " + kind);
  llvm::StringSet<> names;
  for (const TensorSpec &tensor : tensors) {
    if (llvm::Error error = verifyTensor(tensor))
      return error;
    if (!names.insert(tensor.name).second)
      return llvm::createStringError("two " + kind + " have the name '" +
                                     tensor.name + "'");
  }
  return llvm::Error::success();
}

static llvm::Error verifyProfile(const ProfileSpec &profile) {
  for (const LayerWork &layer : profile.layers)
    if (layer.macs < 0 || layer.bytes < 0 || layer.bytes > kMaxByteSize)
      return llvm::createStringError("the layer '" + layer.name +
                                     "' has an impossible size");
  int64_t count = profile.layers.size();
  for (int64_t layer : profile.segments)
    if (layer < 0 || layer >= count)
      return llvm::createStringError(llvm::formatv(
          "the profile speaks of layer {0} of {1}", layer, count));
  return llvm::Error::success();
}

llvm::Error verifySignature(const ModelSignature &signature) {
  if (signature.runSymbol.empty())
    return llvm::createStringError("the model has no entry function");
  if (signature.arenaSize > uint64_t(kMaxByteSize))
    return llvm::createStringError(
        llvm::formatv("the arena size {0} is impossible", signature.arenaSize));
  if (!llvm::isPowerOf2_64(signature.arenaAlignment) ||
      signature.arenaAlignment > (1u << 20))
    return llvm::createStringError(llvm::formatv(
        "the arena alignment {0} is impossible", signature.arenaAlignment));
  if (llvm::Error error = verifyTensors(signature.inputs, "inputs"))
    return error;
  if (signature.threads < 1)
    return llvm::createStringError(llvm::formatv(
        "the number of threads {0} is impossible", signature.threads));
  if (signature.profile)
    if (llvm::Error error = verifyProfile(*signature.profile))
      return error;
  return verifyTensors(signature.outputs, "outputs");
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static bool fromJSON(const llvm::json::Value &value, ElementType &type,
                     llvm::json::Path path) {
  std::optional<llvm::StringRef> name = value.getAsString();
  std::optional<ElementType> parsed =
      name ? parseElementTypeName(*name) : std::nullopt;
  if (!parsed) {
    path.report("expected an element type");
    return false;
  }
  type = *parsed;
  return true;
}

static bool fromJSON(const llvm::json::Value &value, TensorSpec &tensor,
                     llvm::json::Path path) {
  std::vector<int64_t> shape;
  std::optional<double> scale;
  std::optional<int64_t> zeroPoint;
  llvm::json::ObjectMapper map(value, path);
  if (!map || !map.map("name", tensor.name) || !map.map("shape", shape) ||
      !map.map("type", tensor.type) || !map.mapOptional("scale", scale) ||
      !map.mapOptional("zero_point", zeroPoint))
    return false;
  tensor.shape.assign(shape.begin(), shape.end());
  if (scale.has_value() != zeroPoint.has_value()) {
    path.report("expected both scale and zero_point, or neither");
    return false;
  }
  if (scale)
    tensor.quantization = Quantization{*scale, *zeroPoint};
  return true;
}

static bool fromJSON(const llvm::json::Value &value, LayerWork &layer,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(value, path);
  return map && map.map("name", layer.name) && map.map("macs", layer.macs) &&
         map.map("float", layer.isFloat) && map.map("bytes", layer.bytes);
}

static bool fromJSON(const llvm::json::Value &value, ProfileSpec &profile,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(value, path);
  return map && map.map("layers", profile.layers) &&
         map.map("segments", profile.segments);
}

static bool fromJSON(const llvm::json::Value &value, ModelSignature &signature,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(value, path);
  return map && map.map("name", signature.name) &&
         map.map("run", signature.runSymbol) &&
         map.map("arena_size", signature.arenaSize) &&
         map.map("arena_alignment", signature.arenaAlignment) &&
         map.mapOptional("arena_lower_bound", signature.arenaLowerBound) &&
         map.mapOptional("target", signature.targetTriple) &&
         map.mapOptional("cpu", signature.cpu) &&
         map.mapOptional("features", signature.features) &&
         map.mapOptional("threads", signature.threads) &&
         map.mapOptional("tiles", signature.usesTiles) &&
         map.mapOptional("profile", signature.profile) &&
         map.map("inputs", signature.inputs) &&
         map.map("outputs", signature.outputs);
}

llvm::Expected<ModelSignature> parseDescriptor(llvm::StringRef json) {
  auto describe = [](llvm::Error error) {
    return llvm::createStringError("the model's descriptor is broken: " +
                                   llvm::toString(std::move(error)));
  };
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(json);
  if (!value)
    return describe(value.takeError());
  ModelSignature signature;
  llvm::json::Path::Root root("descriptor");
  if (!fromJSON(*value, signature, root))
    return describe(root.getError());
  if (llvm::Error error = verifySignature(signature))
    return describe(std::move(error));
  return signature;
}

} // namespace quantc::exec

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The JSON form of a calibration table:
//
//   {"provenance": {"method": "min-max", "samples": 200, "model": "m.onnx",
//                   "data": "c.npz", "version": "0.1.0", ...},
//    "tensors": [{"name": "conv1", "min": -1.5, "max": 1.0, ...}, ...]}
//
// Each entry ends with the statistics of its tensor (StatisticsJSON.h).
#include "quantc/Calibration/CalibrationTable.h"
#include "StatisticsJSON.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

namespace quantc {

void CalibrationTable::add(llvm::StringRef tensor,
                           TensorCalibration calibration) {
  auto found = tensors.find(tensor);
  if (found != tensors.end()) {
    found->second = std::move(calibration);
    return;
  }
  names.push_back(std::make_unique<std::string>(tensor.str()));
  tensors.insert({llvm::StringRef(*names.back()), std::move(calibration)});
}

llvm::Expected<MethodOptions> CalibrationTable::getMethodOptions() const {
  std::optional<CalibrationMethod> method = parseMethod(provenance.method);
  if (!method)
    return llvm::createStringError("calibration table: the method '" +
                                   provenance.method + "' is unknown");
  MethodOptions options;
  options.method = *method;
  options.percentile = provenance.percentile.value_or(options.percentile);
  return options;
}

static llvm::Error malformed(const llvm::Twine &what) {
  return llvm::createStringError("calibration table: " + what);
}

static llvm::Error readProvenance(const llvm::json::Object &root,
                                  CalibrationProvenance &provenance) {
  const llvm::json::Object *object = root.getObject("provenance");
  if (!object)
    return malformed("expected an object 'provenance'");
  auto text = [&](llvm::StringRef key) {
    return object->getString(key).value_or("").str();
  };
  provenance.method = text("method");
  provenance.percentile = object->getNumber("percentile");
  provenance.shards = text("shards");
  provenance.model = text("model");
  provenance.modelHash = text("model_hash");
  provenance.data = text("data");
  provenance.dataHash = text("data_hash");
  provenance.normalize = text("normalize");
  provenance.version = text("version");
  provenance.unfinished = object->getBoolean("unfinished").value_or(false);
  std::optional<int64_t> samples = object->getInteger("samples");
  if (!samples || *samples < 1)
    return malformed("expected a number of samples >= 1 in 'provenance'");
  if (provenance.method.empty())
    return malformed("expected a 'method' in 'provenance'");
  provenance.samples = *samples;
  return llvm::Error::success();
}

static llvm::Error readTensor(const llvm::json::Value &value, size_t index,
                              CalibrationTable &table) {
  const llvm::json::Object *object = value.getAsObject();
  std::optional<llvm::StringRef> name;
  if (object)
    name = object->getString("name");
  if (!name)
    return malformed("expected a 'name' in entry " + llvm::Twine(index) +
                     " of 'tensors'");
  std::optional<double> min = object->getNumber("min");
  std::optional<double> max = object->getNumber("max");
  if (!min || !max || !std::isfinite(*min) || !std::isfinite(*max) ||
      *min > *max)
    return malformed("expected finite numbers 'min' <= 'max' for tensor '" +
                     *name + "'");
  if (table.getTensors().contains(*name))
    return malformed("tensor '" + *name + "' has two entries");
  auto statistics = readStatistics(*object);
  if (!statistics)
    return malformed(toString(statistics.takeError()) + " for tensor '" +
                     *name + "'");
  table.add(*name, {{*min, *max},
                    object->getString("method").value_or("").str(),
                    std::move(*statistics)});
  return llvm::Error::success();
}

/// LLVM's parser calls itself for each level: it would run out of stack where
/// a file opens a million brackets.
static bool isNestedTooDeeply(llvm::StringRef json) {
  constexpr int kDeepest = 100; // A table needs 3.
  int depth = 0;
  bool inText = false, isEscaped = false;
  for (char c : json) {
    if (c == '"' && !isEscaped)
      inText = !inText;
    isEscaped = inText && c == '\\' && !isEscaped;
    if (inText)
      continue;
    depth += (c == '[' || c == '{') - (c == ']' || c == '}');
    if (depth > kDeepest)
      return true;
  }
  return false;
}

llvm::Expected<CalibrationTable> CalibrationTable::parse(llvm::StringRef json) {
  if (isNestedTooDeeply(json))
    return malformed("expected fewer brackets in one another");
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(json);
  if (!value)
    return value.takeError();
  const llvm::json::Object *root = value->getAsObject();
  if (!root)
    return malformed("expected a JSON object");
  CalibrationTable table;
  if (llvm::Error error = readProvenance(*root, table.provenance))
    return std::move(error);
  const llvm::json::Array *tensors = root->getArray("tensors");
  if (!tensors)
    return malformed("expected an array 'tensors'");
  for (auto [index, tensor] : llvm::enumerate(*tensors))
    if (llvm::Error error = readTensor(tensor, index, table))
      return std::move(error);
  return table;
}

llvm::Expected<CalibrationTable> CalibrationTable::read(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer)
    return llvm::createStringError(buffer.getError(),
                                   "cannot read calibration table '" + path +
                                       "': " + buffer.getError().message());
  llvm::Expected<CalibrationTable> table = parse((*buffer)->getBuffer());
  if (!table)
    return llvm::createStringError("'" + path +
                                   "': " + toString(table.takeError()));
  return table;
}

static void writeProvenance(llvm::json::OStream &json,
                            const CalibrationProvenance &provenance) {
  auto optional = [&](llvm::StringRef key, llvm::StringRef text) {
    if (!text.empty())
      json.attribute(key, text);
  };
  json.attribute("method", provenance.method);
  if (provenance.percentile)
    json.attribute("percentile", *provenance.percentile);
  json.attribute("samples", provenance.samples);
  optional("shards", provenance.shards);
  json.attribute("model", provenance.model);
  optional("model_hash", provenance.modelHash);
  json.attribute("data", provenance.data);
  optional("data_hash", provenance.dataHash);
  optional("normalize", provenance.normalize);
  json.attribute("version", provenance.version);
  if (provenance.unfinished)
    json.attribute("unfinished", true);
}

std::string CalibrationTable::toJSON() const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::json::OStream json(stream, /*IndentSize=*/2);
  auto writeTensor = [&](llvm::StringRef name,
                         const TensorCalibration &tensor) {
    json.attribute("name", name);
    json.attribute("min", tensor.range.min);
    json.attribute("max", tensor.range.max);
    if (!tensor.method.empty())
      json.attribute("method", tensor.method);
    if (tensor.statistics)
      writeStatistics(json, *tensor.statistics);
  };
  json.object([&] {
    json.attributeObject("provenance",
                         [&] { writeProvenance(json, provenance); });
    json.attributeArray("tensors", [&] {
      for (const auto &[name, tensor] : tensors)
        json.object(
            [&, name = name, &tensor = tensor] { writeTensor(name, tensor); });
    });
  });
  stream << "\n";
  return text;
}

llvm::Error CalibrationTable::write(llvm::StringRef path) const {
  llvm::Error error = llvm::writeToOutput(path, [&](llvm::raw_ostream &out) {
    out << toJSON();
    return llvm::Error::success();
  });
  if (!error)
    return error;
  return llvm::createStringError("cannot write calibration table '" + path +
                                 "': " + toString(std::move(error)));
}

} // namespace quantc

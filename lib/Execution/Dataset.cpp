// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Binds arrays to inputs and converts sample by sample.
#include "quantc/Execution/Dataset.h"

#include "quantc/Numerics/Quantize.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

namespace quantc::exec {

//===----------------------------------------------------------------------===//
// Binding
//===----------------------------------------------------------------------===//

llvm::Expected<InputConversion>
Dataset::chooseConversion(const TensorSpec &spec, const NpzArrayReader &array) {
  ElementType from = array.getHeader().type;
  // Only a boundary of integers that stand for themselves cannot be normalized.
  if (!isFloat(spec.type) && !spec.quantization) {
    if (isFloat(from))
      return array.error("holds " + getElementTypeName(from) +
                         ", but the model's input takes " +
                         getElementTypeName(spec.type));
    return from == spec.type ? InputConversion::Raw : InputConversion::Integer;
  }
  if (!options.normalization)
    if (from == spec.type)
      return InputConversion::Raw;
  if (options.normalization) {
    size_t channels = options.normalization->mean.size();
    if (channels != 1 && !findChannelAxis(spec.shape, channels))
      return array.error(llvm::formatv("cannot be normalized: {0} means are "
                                       "given, but no axis of {1} has {0} "
                                       "channels",
                                       channels, formatShape(spec.shape))
                             .str());
  }
  return spec.quantization ? InputConversion::Quantize : InputConversion::Real;
}

/// The shape that an array for `spec` has, with N for the number of samples.
static std::string formatExpectedShape(const TensorSpec &spec) {
  llvm::SmallVector<int64_t> shape = getDatasetShape(spec, 0);
  llvm::ArrayRef<int64_t> own = llvm::ArrayRef(shape).drop_front();
  return own.empty() ? "N" : "Nx" + formatShape(own);
}

llvm::Expected<int64_t> Dataset::countSamples(const TensorSpec &spec,
                                              const NpzArrayReader &array) {
  llvm::ArrayRef<int64_t> shape = array.getHeader().shape;
  llvm::ArrayRef<int64_t> own = spec.shape;
  bool hasSameSamples =
      !own.empty() && !shape.empty() && shape.drop_front() == own.drop_front();
  bool standsInFront = !shape.empty() && shape.drop_front() == own;
  if ((hasSameSamples && own.front() == 1) || standsInFront)
    return shape.front();
  if (!hasSameSamples || !options.splitBatches)
    return array.error(
        llvm::formatv("has the shape {0}, but the model's input takes {1}: "
                      "expected {2}",
                      formatShape(shape), formatShape(own),
                      formatExpectedShape(spec))
            .str());
  if (shape.front() % own.front() != 0)
    return array.error(llvm::formatv("holds {0} samples, which is no multiple "
                                     "of the model's batch of {1}",
                                     shape.front(), own.front())
                           .str());
  batchSize = own.front();
  return shape.front() / batchSize;
}

llvm::Error Dataset::bindSamples(const TensorSpec &spec,
                                 const NpzArrayReader &array) {
  llvm::Expected<int64_t> count = countSamples(spec, array);
  if (!count)
    return count.takeError();
  if (*count == 0)
    return array.error("holds no samples");
  if (sampleCount >= 0 && sampleCount != *count)
    return array.error(llvm::formatv("holds {0} samples, but array '{1}' {2}",
                                     *count, inputs.front().spec.name,
                                     sampleCount)
                           .str());
  sampleCount = *count;
  return llvm::Error::success();
}

llvm::Error Dataset::bind(const TensorSpec &spec) {
  llvm::Expected<NpzArrayReader> array = file.openArray(spec.name);
  if (!array)
    return array.takeError();
  if (llvm::Error error = bindSamples(spec, *array))
    return error;
  llvm::Expected<InputConversion> conversion = chooseConversion(spec, *array);
  if (!conversion)
    return conversion.takeError();
  inputs.push_back({spec, *conversion, std::move(*array)});
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<Dataset>>
Dataset::open(llvm::StringRef path, const ModelSignature &signature,
              DatasetOptions options) {
  llvm::Expected<NpzReader> file = NpzReader::open(path);
  if (!file)
    return file.takeError();
  std::unique_ptr<Dataset> dataset(
      new Dataset(std::move(*file), std::move(options)));
  for (const TensorSpec &spec : signature.inputs)
    if (llvm::Error error = dataset->bind(spec))
      return error;
  if (dataset->options.normalization &&
      llvm::none_of(dataset->inputs, [](const Input &input) {
        return input.conversion == InputConversion::Real ||
               input.conversion == InputConversion::Quantize;
      }))
    return llvm::createStringError(
        "--normalize: the model has no input that takes real numbers");
  return dataset;
}

//===----------------------------------------------------------------------===//
// Samples
//===----------------------------------------------------------------------===//

static void quantize(const TensorSpec &spec, const float *values,
                     void *result) {
  IntegerRange range = getIntegerRange(spec.type);
  numerics::StorageRange storage{range.min, range.max};
  Quantization quantization = spec.quantization.value_or(Quantization());
  auto scale = static_cast<float>(quantization.scale);
  int64_t count = spec.getElementCount();
  bool isByte = getByteSize(spec.type) == 1;
  for (int64_t i = 0; i < count; ++i) {
    int32_t stored = numerics::quantizeF32(values[i], scale,
                                           quantization.zeroPoint, storage);
    if (isByte)
      static_cast<uint8_t *>(result)[i] = static_cast<uint8_t>(stored);
    else
      static_cast<uint16_t *>(result)[i] = static_cast<uint16_t>(stored);
  }
}

llvm::Error Dataset::checkFinite(const Input &input,
                                 const float *values) const {
  int64_t count = input.spec.getElementCount();
  if (!options.requireFinite)
    return llvm::Error::success();
  for (int64_t i = 0; i < count; ++i)
    if (!std::isfinite(values[i]))
      return input.reader.error(
          llvm::formatv("holds {0} in sample {1}, element {2}",
                        std::isnan(values[i]) ? "NaN" : "infinity", nextSample,
                        i)
              .str());
  return llvm::Error::success();
}

llvm::Error Dataset::readInput(Input &input, void *result) {
  const TensorSpec &spec = input.spec;
  int64_t count = spec.getElementCount();
  ElementType from = input.reader.getHeader().type;
  if (input.conversion == InputConversion::Raw) {
    if (llvm::Error error = input.reader.read(result, count))
      return error;
    return isFloat(spec.type)
               ? checkFinite(input, static_cast<const float *>(result))
               : llvm::Error::success();
  }

  rawSample.resize(count * getByteSize(from));
  if (llvm::Error error = input.reader.read(rawSample.data(), count))
    return error;
  if (input.conversion == InputConversion::Integer) {
    int64_t stop =
        convertInteger(from, rawSample.data(), spec.type, result, count);
    if (stop == count)
      return llvm::Error::success();
    return input.reader.error(
        llvm::formatv("holds a value outside of {0} in sample {1}, element {2}",
                      getElementTypeName(spec.type), nextSample, stop)
            .str());
  }

  bool isReal = input.conversion == InputConversion::Real;
  if (!isReal)
    realSample.resize(count);
  float *values = isReal ? static_cast<float *>(result) : realSample.data();
  convertToFloat(from, rawSample.data(), values, count);
  if (options.normalization)
    normalize(*options.normalization, spec.shape, values);
  if (llvm::Error error = checkFinite(input, values))
    return error;
  if (!isReal)
    quantize(spec, values, result);
  return llvm::Error::success();
}

llvm::Error Dataset::next(llvm::ArrayRef<void *> results) {
  assert(nextSample < getSampleCount() && results.size() == inputs.size() &&
         "one buffer for each input of a sample that exists");
  for (auto [input, result] : llvm::zip_equal(inputs, results))
    if (llvm::Error error = readInput(input, result))
      return error;
  ++nextSample;
  return finishAtEnd();
}

llvm::Error Dataset::skip(int64_t samples) {
  assert(nextSample + samples <= sampleCount && "samples that exist");
  for (Input &input : inputs) {
    int64_t count = input.spec.getElementCount();
    rawSample.resize(count * getByteSize(input.reader.getHeader().type));
    for (int64_t i = 0; i < samples; ++i)
      if (llvm::Error error = input.reader.read(rawSample.data(), count))
        return error;
  }
  nextSample += samples;
  return finishAtEnd();
}

llvm::Error Dataset::finishAtEnd() {
  if (nextSample < sampleCount)
    return llvm::Error::success();
  for (Input &input : inputs)
    if (llvm::Error error = input.reader.finish())
      return error;
  return llvm::Error::success();
}

llvm::Error Dataset::rewind() {
  for (Input &input : inputs) {
    llvm::Expected<NpzArrayReader> array = file.openArray(input.spec.name);
    if (!array)
      return array.takeError();
    input.reader = std::move(*array);
  }
  nextSample = 0;
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Labels and outputs
//===----------------------------------------------------------------------===//

llvm::Expected<std::vector<int64_t>>
readLabels(llvm::StringRef path, llvm::StringRef array, int64_t sampleCount) {
  llvm::Expected<NpzReader> file = NpzReader::open(path);
  if (!file)
    return file.takeError();
  llvm::Expected<NpzArrayReader> reader = file->openArray(array);
  if (!reader)
    return reader.takeError();
  const NpyHeader &header = reader->getHeader();
  if (isFloat(header.type))
    return reader->error("holds " + getElementTypeName(header.type) +
                         ", but labels are integers");
  if (reader->getElementCount() != sampleCount || header.shape.empty() ||
      header.shape.front() != sampleCount)
    return reader->error(llvm::formatv("has the shape {0}, but there are {1} "
                                       "samples to label",
                                       formatShape(header.shape), sampleCount)
                             .str());
  std::vector<char> raw(sampleCount * getByteSize(header.type));
  if (llvm::Error error = reader->read(raw.data(), sampleCount))
    return error;
  if (llvm::Error error = reader->finish())
    return error;
  std::vector<int64_t> labels(sampleCount);
  int64_t stop = convertInteger(header.type, raw.data(), ElementType::I64,
                                labels.data(), sampleCount);
  if (stop != sampleCount)
    return reader->error("holds a label that is too large");
  return labels;
}

llvm::SmallVector<int64_t> getDatasetShape(const TensorSpec &spec,
                                           int64_t sampleCount) {
  llvm::SmallVector<int64_t> shape(spec.shape);
  if (!shape.empty() && shape.front() == 1)
    shape.front() = sampleCount;
  else
    shape.insert(shape.begin(), sampleCount);
  return shape;
}

void readRealValues(const TensorSpec &spec, const void *data,
                    std::vector<double> &result) {
  result.resize(spec.getElementCount());
  convertToDouble(spec.type, data, result.data(), result.size());
  if (!spec.quantization)
    return;
  auto scale = static_cast<float>(spec.quantization->scale);
  for (double &value : result)
    value = numerics::dequantizeF32(static_cast<int32_t>(value), scale,
                                    spec.quantization->zeroPoint);
}

} // namespace quantc::exec

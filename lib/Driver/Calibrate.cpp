// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The calibrate stage on data: one streaming observer for each tensor of an
// observed model. A checkpoint is the table of what was measured so far, under
// the moving average where that is asked for: the whole state is in it.
#include "quantc/Driver/Calibrate.h"

#include "quantc/Dialect/QNN/Transforms/Calibration.h"
#include "quantc/Driver/Compiler.h"
#include "quantc/Driver/ObservedModel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/FileSystem.h"

#include <chrono>

using namespace mlir;

namespace quantc {

llvm::Expected<Shard> Shard::parse(llvm::StringRef text) {
  Shard shard;
  auto [index, count] = text.split('/');
  if (index.getAsInteger(10, shard.index) ||
      count.getAsInteger(10, shard.count) || shard.index < 1 ||
      shard.index > shard.count)
    return llvm::createStringError("--shard=" + text +
                                   ": expected I/N with 1 <= I <= N");
  return shard;
}

std::string Shard::format() const {
  if (count == 1)
    return {};
  return std::to_string(index) + "/" + std::to_string(count);
}

std::pair<int64_t, int64_t> Shard::getSamples(int64_t samples) const {
  return {samples * (index - 1) / count, samples * index / count};
}

/// A hash of the file's bytes, read in pieces.
static llvm::Expected<std::string> hashFile(llvm::StringRef path) {
  auto file = llvm::sys::fs::openNativeFileForRead(path);
  if (!file)
    return file.takeError();
  llvm::BLAKE3 hasher;
  std::vector<char> piece(1 << 20);
  size_t size = 0;
  do {
    auto read = llvm::sys::fs::readNativeFile(*file, piece);
    if (!read) {
      (void)llvm::sys::fs::closeFile(*file);
      return read.takeError();
    }
    size = *read;
    hasher.update(llvm::StringRef(piece.data(), size));
  } while (size > 0);
  (void)llvm::sys::fs::closeFile(*file);
  return llvm::toHex(hasher.final<16>(), /*LowerCase=*/true);
}

static std::string hashEntry(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isExternal())
      return qnn::hashModel(function);
  return {};
}

namespace {

/// The observers of one run, and their way to a file and back.
class Calibration {
public:
  Calibration(const CalibrationRunOptions &options,
              llvm::ArrayRef<ObservedTensor> tensors,
              CalibrationProvenance provenance)
      : options(options), tensors(tensors), provenance(std::move(provenance)),
        observers(tensors.size()), lastWrite(Clock::now()) {}

  void observe(size_t tensor, llvm::ArrayRef<float> values) {
    observers[tensor].observe(values);
  }

  /// Takes over a checkpoint of the same measurement, where there is one.
  llvm::Error resume();

  /// Counts `samples` as done, and keeps them where it is time to.
  llvm::Error finishSamples(int64_t samples);

  /// The table of all that was seen.
  llvm::Expected<CalibrationTable> build(const MethodOptions &method) const;

  int64_t getSamplesDone() const { return provenance.samples; }

private:
  using Clock = std::chrono::steady_clock;

  llvm::Error refuse(const llvm::Twine &reason) const {
    return llvm::createStringError("--checkpoint=" + options.checkpoint + ": " +
                                   reason);
  }
  llvm::Error checkSame(const CalibrationTable &table) const;

  const CalibrationRunOptions &options;
  llvm::ArrayRef<ObservedTensor> tensors;
  CalibrationProvenance provenance;
  std::vector<TensorObserver> observers;
  Clock::time_point lastWrite;
};

llvm::Expected<CalibrationTable>
Calibration::build(const MethodOptions &method) const {
  CalibrationTable table;
  table.provenance = provenance;
  for (auto [tensor, observer] : llvm::zip(tensors, observers)) {
    if (llvm::Error error = observer.check(tensor.name))
      return std::move(error);
    ChosenRange chosen = chooseRange(observer, method);
    TensorCalibration entry{chosen.range, {}, observer.statistics};
    if (chosen.method != method.method)
      entry.method = getMethodName(chosen.method).str();
    table.add(tensor.name, std::move(entry));
  }
  return table;
}

llvm::Error Calibration::finishSamples(int64_t samples) {
  provenance.samples += samples;
  if (options.checkpoint.empty() ||
      Clock::now() - lastWrite <
          std::chrono::seconds(options.checkpointInterval))
    return llvm::Error::success();
  // The ranges of the checkpoint are the one state that no histogram holds.
  MethodOptions kept;
  if (options.method.method == CalibrationMethod::MovingAverage)
    kept = options.method;
  auto table = build(kept);
  if (!table)
    return table.takeError();
  table->provenance.unfinished = true;
  if (llvm::Error error = table->write(options.checkpoint))
    return error;
  lastWrite = Clock::now();
  return llvm::Error::success();
}

llvm::Error Calibration::checkSame(const CalibrationTable &table) const {
  const CalibrationProvenance &origin = table.provenance;
  if (!origin.unfinished)
    return refuse("is a finished table, and no checkpoint");
  auto differ = [&](llvm::StringRef what, llvm::StringRef there,
                    llvm::StringRef here) {
    return refuse("is of another " + what + ": '" + there + "' there, '" +
                  here + "' here");
  };
  if (origin.modelHash != provenance.modelHash)
    return differ("model", origin.modelHash, provenance.modelHash);
  if (origin.dataHash != provenance.dataHash)
    return differ("data set", origin.dataHash, provenance.dataHash);
  if (origin.normalize != provenance.normalize)
    return differ("normalization", origin.normalize, provenance.normalize);
  if (origin.shards != provenance.shards)
    return differ("shard", origin.shards, provenance.shards);
  if (origin.method != provenance.method)
    return differ("method", origin.method, provenance.method);
  for (const ObservedTensor &tensor : tensors) {
    auto found = table.getTensors().find(tensor.name);
    if (found == table.getTensors().end() || !found->second.statistics)
      return refuse("has no statistics of tensor '" + tensor.name + "'");
  }
  return llvm::Error::success();
}

llvm::Error Calibration::resume() {
  if (options.checkpoint.empty() || !llvm::sys::fs::exists(options.checkpoint))
    return llvm::Error::success();
  auto table = CalibrationTable::read(options.checkpoint);
  if (!table)
    return table.takeError();
  if (llvm::Error error = checkSame(*table))
    return error;
  for (auto [tensor, observer] : llvm::zip(tensors, observers)) {
    TensorCalibration &kept = table->getTensors().find(tensor.name)->second;
    observer.statistics = std::move(*kept.statistics);
    observer.average.set(kept.range);
  }
  provenance.samples = table->provenance.samples;
  if (options.onResume)
    options.onResume(provenance.samples);
  return llvm::Error::success();
}

} // namespace

static llvm::Expected<CalibrationProvenance>
describe(ModuleOp module, const CalibrationRunOptions &options) {
  llvm::Expected<std::string> dataHash = hashFile(options.data);
  if (!dataHash)
    return dataHash.takeError();
  CalibrationProvenance origin;
  origin.method = getMethodName(options.method.method).str();
  if (options.method.method == CalibrationMethod::Percentile ||
      options.method.method == CalibrationMethod::Auto)
    origin.percentile = options.method.percentile;
  origin.shards = options.shard.format();
  origin.model = options.modelPath;
  origin.modelHash = hashEntry(module);
  origin.data = options.data;
  origin.dataHash = *dataHash;
  origin.normalize = options.normalize;
  origin.version = QUANTC_VERSION;
  return origin;
}

llvm::Expected<CalibrationTable>
calibrate(ModuleOp module, const CalibrationRunOptions &options) {
  ObserveOptions observe;
  observe.cpu = options.cpu;
  auto model = ObservedModel::create(module, observe);
  if (!model)
    return model.takeError();
  // Opened to be asked for its size; the shard has an end of its own.
  auto dataset = (*model)->openDataset(options.data, options.normalize);
  if (!dataset)
    return dataset.takeError();
  auto [first, end] =
      options.shard.getSamples((*dataset)->getFileSampleCount());
  if (first == end)
    return llvm::createStringError(
        "shard " + options.shard.format() + " has no samples: there are " +
        llvm::Twine((*dataset)->getFileSampleCount()));
  if (options.shard.count > 1) {
    dataset = (*model)->openDataset(options.data, options.normalize, end);
    if (!dataset)
      return dataset.takeError();
  }
  auto provenance = describe(module, options);
  if (!provenance)
    return provenance.takeError();

  Calibration calibration(options, (*model)->getTensors(),
                          std::move(*provenance));
  if (llvm::Error error = calibration.resume())
    return std::move(error);
  int64_t batch = (*dataset)->getBatchSize();
  int64_t done = std::min(calibration.getSamplesDone() / batch, end - first);
  if (llvm::Error error = (*dataset)->skip(first + done))
    return std::move(error);
  if (llvm::Error error = (*model)->run(
          **dataset, "calibrating",
          [&](size_t tensor, llvm::ArrayRef<float> values) {
            calibration.observe(tensor, values);
          },
          [&](int64_t) { return calibration.finishSamples(batch); }))
    return std::move(error);
  return calibration.build(options.method);
}

llvm::Expected<CalibrationTable> calibrate(ModuleOp module,
                                           const CompileOptions &options) {
  CalibrationRunOptions runOptions;
  runOptions.method = options.calibrationMethod;
  runOptions.modelPath = options.modelPath;
  runOptions.data = options.calibrationData;
  runOptions.normalize = options.normalize;
  return calibrate(module, runOptions);
}

llvm::Error runMergeDriver(llvm::ArrayRef<std::string> inputs,
                           llvm::StringRef output,
                           const std::optional<MethodOptions> &options) {
  std::vector<CalibrationTable> tables;
  for (const std::string &input : inputs) {
    auto table = CalibrationTable::read(input);
    if (!table)
      return table.takeError();
    tables.push_back(std::move(*table));
  }
  auto merged = mergeTables(tables, options);
  if (!merged)
    return merged.takeError();
  return merged->write(output);
}

} // namespace quantc

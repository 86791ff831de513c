// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of quant-run: everything that can be refused is refused before the
// first sample runs, and the results appear only after the last one.
#include "quantc/Execution/RunDriver.h"

#include "quantc/Execution/EmulatedModel.h"
#include "quantc/Execution/Latency.h"
#include "quantc/Execution/Metrics.h"
#include "quantc/Execution/SampleLoop.h"
#include "quantc/Execution/SharedObjectModel.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

namespace quantc::exec {

/// Runs of a profile where the user gives no number.
static constexpr unsigned kProfileRuns = 100;

static bool isSharedObject(llvm::StringRef path) {
  return llvm::sys::path::extension(path) == ".so";
}

llvm::Expected<std::unique_ptr<CompiledModel>>
loadAnyModel(llvm::StringRef path, const LoadOptions &options,
             ModelLoader loader) {
  if (isSharedObject(path))
    return options.emulator.empty()
               ? SharedObjectModel::load(path)
               : EmulatedModel::load(path, options.emulator);
  llvm::StringRef extension = llvm::sys::path::extension(path);
  if (extension == ".onnx" || extension == ".mlir" || extension == ".mlirbc")
    return loader(path, options);
  return llvm::createStringError("'" + path +
                                 "': expected a model that ends "
                                 "in .so, .onnx, .mlir or .mlirbc");
}

namespace {
/// A model together with its view of the samples.
struct BoundModel {
  std::unique_ptr<CompiledModel> model;
  std::unique_ptr<Dataset> dataset;

  const ModelSignature &getSignature() const { return model->getSignature(); }
};

/// The model that the first one is compared with, run sample by sample.
class Comparison {
public:
  static llvm::Expected<std::unique_ptr<Comparison>>
  create(BoundModel bound, const ModelSignature &compared);

  /// Runs the next sample and compares.
  llvm::Error add(const ModelSignature &signature,
                  llvm::ArrayRef<void *> outputs);
  void print(llvm::raw_ostream &report) const;

private:
  Comparison(BoundModel bound, Invocation invocation)
      : bound(std::move(bound)), invocation(std::move(invocation)),
        meters(this->bound.getSignature().outputs.size()) {}

  BoundModel bound;
  Invocation invocation;
  std::vector<AgreementMeter> meters;
  std::vector<double> values, reference;
};

/// One call of quant-run.
class RunDriver {
public:
  RunDriver(const RunOptions &options, ModelLoader loader)
      : options(options), loader(loader) {}

  llvm::Error run(llvm::raw_ostream &report);

private:
  llvm::Error checkOptions() const;
  llvm::Error prepare();
  llvm::Expected<BoundModel> bind(llvm::StringRef path,
                                  const LoadOptions &loadOptions);
  llvm::Error prepareLabels();
  llvm::Error prepareOutput();
  llvm::Error consume(int64_t sample, llvm::ArrayRef<void *> outputs);
  llvm::Error measure();
  void print(llvm::raw_ostream &report) const;

  const RunOptions &options;
  ModelLoader loader;
  DatasetOptions datasetOptions;
  BoundModel bound;
  std::unique_ptr<Comparison> comparison;
  std::vector<int64_t> labels;
  AccuracyMeter accuracy;
  std::vector<double> scores;
  std::unique_ptr<NpzWriter> writer;
  std::optional<Latency> latency;
  MachineLimits limits;
  std::optional<Profile> profile;
};
} // namespace

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

llvm::Expected<std::unique_ptr<Comparison>>
Comparison::create(BoundModel bound, const ModelSignature &compared) {
  const auto &theirs = bound.getSignature().outputs;
  if (theirs.size() != compared.outputs.size())
    return llvm::createStringError(
        llvm::formatv("--compare: one model has {0} outputs, the other {1}",
                      compared.outputs.size(), theirs.size()));
  for (auto [left, right] : llvm::zip_equal(compared.outputs, theirs))
    if (left.getElementCount() != right.getElementCount())
      return llvm::createStringError(llvm::formatv(
          "--compare: output '{0}' is {1}, but '{2}' of the other model is {3}",
          left.name, formatShape(left.shape), right.name,
          formatShape(right.shape)));
  llvm::Expected<Invocation> invocation = Invocation::create(*bound.model);
  if (!invocation)
    return invocation.takeError();
  return std::unique_ptr<Comparison>(
      new Comparison(std::move(bound), std::move(*invocation)));
}

llvm::Error Comparison::add(const ModelSignature &signature,
                            llvm::ArrayRef<void *> outputs) {
  if (llvm::Error error = bound.dataset->next(invocation.getInputs()))
    return error;
  if (llvm::Error error = invocation.run())
    return error;
  for (size_t i = 0; i < meters.size(); ++i) {
    readRealValues(signature.outputs[i], outputs[i], values);
    readRealValues(bound.getSignature().outputs[i], invocation.getOutputs()[i],
                   reference);
    meters[i].add(values, reference);
  }
  return llvm::Error::success();
}

void Comparison::print(llvm::raw_ostream &report) const {
  for (size_t i = 0; i < meters.size(); ++i) {
    if (meters.size() > 1)
      report << bound.getSignature().outputs[i].name << ": ";
    const AgreementMeter &meter = meters[i];
    report << llvm::formatv("sqnr={0:f2}dB cosine={1:f6} same_top1={2:f2}% "
                            "max_abs_diff={3}\n",
                            meter.getSqnr(), meter.getCosine(),
                            100 * meter.getSameTop1(),
                            llvm::format("%.6g", meter.getMaxAbsDiff()));
  }
}

//===----------------------------------------------------------------------===//
// Preparation
//===----------------------------------------------------------------------===//

llvm::Expected<BoundModel> RunDriver::bind(llvm::StringRef path,
                                           const LoadOptions &loadOptions) {
  BoundModel result;
  auto model = loadAnyModel(path, loadOptions, loader);
  if (!model)
    return model.takeError();
  result.model = std::move(*model);
  auto dataset =
      Dataset::open(options.input, result.getSignature(), datasetOptions);
  if (!dataset)
    return dataset.takeError();
  result.dataset = std::move(*dataset);
  return result;
}

llvm::Error RunDriver::prepareLabels() {
  auto read = readLabels(options.input, options.labels,
                         bound.dataset->getFileSampleCount());
  if (!read)
    return read.takeError();
  labels = std::move(*read);
  labels.resize(bound.dataset->getSampleCount());
  const TensorSpec &output = bound.getSignature().outputs.front();
  for (auto [sample, label] : llvm::enumerate(labels))
    if (label < 0 || label >= output.getElementCount())
      return llvm::createStringError(llvm::formatv(
          "'{0}': the label {1} of sample {2} is none of the {3} classes of "
          "output '{4}'",
          options.input, label, sample, output.getElementCount(), output.name));
  return llvm::Error::success();
}

llvm::Error RunDriver::prepareOutput() {
  auto created = NpzWriter::create(options.output);
  if (!created)
    return created.takeError();
  writer = std::move(*created);
  for (const TensorSpec &spec : bound.getSignature().outputs) {
    auto shape = getDatasetShape(spec, bound.dataset->getSampleCount());
    auto array = writer->addArray(spec.name, spec.type, shape);
    if (!array)
      return array.takeError();
  }
  return llvm::Error::success();
}

llvm::Error RunDriver::checkOptions() const {
  if (options.threads == 0 || options.benchmark == 0u || options.samples == 0u)
    return llvm::createStringError(
        "--threads, --benchmark and --samples take a number above zero");
  if (!options.load.emulator.empty() && !isSharedObject(options.model))
    return llvm::createStringError("--emulator runs a shared object, not '" +
                                   options.model + "'");
  if (!options.load.emulator.empty() && (options.benchmark || options.profile))
    return llvm::createStringError("--benchmark and --profile measure this "
                                   "machine; an emulator has no speed");
  if (options.profile && options.threads != 1)
    return llvm::createStringError(
        "--profile measures one run at a time; expected --threads=1");
  if (options.profile && options.load.engine == Engine::Reference)
    return llvm::createStringError(
        "--profile measures compiled code; expected --engine=jit");
  if (options.load.engine == Engine::Reference &&
      isSharedObject(options.model) &&
      (options.compare.empty() || isSharedObject(options.compare)))
    return llvm::createStringError(
        "--engine=reference: '" + options.model +
        "' is machine code; give or compare with the model it was compiled "
        "from");
  return llvm::Error::success();
}

llvm::Error RunDriver::prepare() {
  if (llvm::Error error = checkOptions())
    return error;
  if (!options.normalize.empty()) {
    auto normalization = parseNormalization(options.normalize);
    if (!normalization)
      return normalization.takeError();
    datasetOptions.normalization = std::move(*normalization);
  }
  if (options.samples)
    datasetOptions.sampleLimit = *options.samples;
  llvm::Expected<BoundModel> main = bind(options.model, options.load);
  if (!main)
    return main.takeError();
  bound = std::move(*main);
  if (options.profile && !bound.getSignature().profile)
    return llvm::createStringError(
        "--profile: '" + options.model +
        "' is not instrumented; compile it with quantc --profile");
  if (!options.labels.empty())
    if (llvm::Error error = prepareLabels())
      return error;
  if (!options.compare.empty()) {
    // What an emulated model is compared with runs here.
    LoadOptions native = options.load;
    native.emulator.clear();
    llvm::Expected<BoundModel> other = bind(options.compare, native);
    if (!other)
      return other.takeError();
    auto created = Comparison::create(std::move(*other), bound.getSignature());
    if (!created)
      return created.takeError();
    comparison = std::move(*created);
  }
  return options.output.empty() ? llvm::Error::success() : prepareOutput();
}

//===----------------------------------------------------------------------===//
// The run
//===----------------------------------------------------------------------===//

llvm::Error RunDriver::consume(int64_t sample, llvm::ArrayRef<void *> outputs) {
  const std::vector<TensorSpec> &specs = bound.getSignature().outputs;
  if (!labels.empty()) {
    readRealValues(specs.front(), outputs.front(), scores);
    accuracy.add(scores, labels[sample]);
  }
  if (writer)
    for (size_t i = 0; i < specs.size(); ++i)
      writer->append(i, outputs[i], specs[i].getByteSize());
  return comparison ? comparison->add(bound.getSignature(), outputs)
                    : llvm::Error::success();
}

void RunDriver::print(llvm::raw_ostream &report) const {
  report << "samples=" << bound.dataset->getSampleCount() << '\n';
  if (!labels.empty())
    report << llvm::formatv("top1={0:f2}% top5={1:f2}%\n",
                            100 * accuracy.getTop1(), 100 * accuracy.getTop5());
  if (comparison)
    comparison->print(report);
  if (profile)
    printProfile(*profile, limits, report);
  if (latency && bound.getSignature().arenaLowerBound > 0)
    report << "arena=" << bound.getSignature().arenaSize
           << " lower_bound=" << bound.getSignature().arenaLowerBound << "\n";
  if (latency)
    report << llvm::formatv("median={0:f4} p95={1:f4}\n", latency->median,
                            latency->p95);
}

llvm::Error RunDriver::measure() {
  if (options.profile) {
    auto known = options.measureLimits(bound.getSignature());
    if (!known)
      return known.takeError();
    limits = std::move(*known);
    if (llvm::Error error = bound.dataset->rewind())
      return error;
    auto measured =
        measureProfile(*bound.model, *bound.dataset,
                       options.benchmark.value_or(kProfileRuns), limits);
    if (!measured)
      return measured.takeError();
    profile = std::move(*measured);
  }
  if (!options.benchmark)
    return llvm::Error::success();
  if (llvm::Error error = bound.dataset->rewind())
    return error;
  auto measured = measureLatency(*bound.model, *bound.dataset,
                                 *options.benchmark, options.threads);
  if (!measured)
    return measured.takeError();
  latency = *measured;
  return llvm::Error::success();
}

llvm::Error RunDriver::run(llvm::raw_ostream &report) {
  if (llvm::Error error = prepare())
    return error;
  auto consumer = [&](int64_t sample, llvm::ArrayRef<void *> outputs) {
    return consume(sample, outputs);
  };
  if (llvm::Error error = forEachSample(*bound.model, *bound.dataset,
                                        {options.threads, "running"}, consumer))
    return error;
  if (llvm::Error error = measure())
    return error;
  if (writer)
    if (llvm::Error error = writer->commit())
      return error;
  print(report);
  return llvm::Error::success();
}

llvm::Error runQuantRun(const RunOptions &options, ModelLoader loader,
                        llvm::raw_ostream &report) {
  return RunDriver(options, loader).run(report);
}

} // namespace quantc::exec

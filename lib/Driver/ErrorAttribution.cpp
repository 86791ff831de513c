// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every number of the report is a sum over one run: nothing but the float
// results of one sample is kept. The models are copied into a context of their
// own, where nobody hears what the stages say about them once more.
#include "ErrorAttribution.h"

#include "Accuracy.h"
#include "ErrorProbes.h"

#include "quantc/Calibration/TensorStatistics.h"
#include "quantc/Dialect/QNN/IR/QNNTypes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"
#include "quantc/Driver/ObservedModel.h"
#include "quantc/Execution/ProgressBar.h"
#include "quantc/Numerics/Quantize.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace mlir;

namespace quantc {
namespace {

/// Bins of a histogram in the report.
constexpr int64_t kBins = 64;

llvm::Expected<std::string> toBytecode(ModuleOp module) {
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  if (failed(writeBytecodeToFile(module, stream)))
    return llvm::createStringError("report: the model cannot be copied");
  return bytes;
}

/// What one layer has shown so far.
class LayerMeter {
public:
  explicit LayerMeter(const ProbedLayer &layer)
      : layer(layer), scale(static_cast<float>(layer.type.getScale())),
        zeroPoint(layer.type.getZeroPoint()),
        storage(qnn::getStorageRange(layer.type)),
        channelMax(layer.channels, 0.0f) {}

  void add(ProbeKind kind, llvm::ArrayRef<float> values);
  LayerReport finish() const;
  double getChannelSpread() const;

private:
  float requantize(float value) const {
    return numerics::dequantizeF32(
        numerics::quantizeF32(value, scale, zeroPoint, storage), scale,
        zeroPoint);
  }
  float toReal(int64_t stored) const {
    return scale * static_cast<float>(stored - zeroPoint);
  }
  void addReference(llvm::ArrayRef<float> values);
  /// Sum of squared differences to the float results of this sample.
  double getNoise(llvm::ArrayRef<float> values) const;

  const ProbedLayer &layer;
  float scale;
  int64_t zeroPoint;
  numerics::StorageRange storage;
  std::vector<float> reference;
  TensorStatistics statistics;
  std::vector<float> channelMax;
  LayerEnergies energies;
  uint64_t clipped = 0;
};

double square(double value) { return value * value; }

double LayerMeter::getNoise(llvm::ArrayRef<float> values) const {
  double noise = 0;
  for (auto [value, original] : llvm::zip_equal(values, reference))
    noise += square(static_cast<double>(value) - original);
  return noise;
}

/// What is stored as an end of the storage range, and is further away from it
/// than rounding goes, was clipped.
void LayerMeter::addReference(llvm::ArrayRef<float> values) {
  reference.assign(values.begin(), values.end());
  statistics.add(values);
  double &rounding =
      energies.sources[static_cast<size_t>(ErrorSource::Rounding)];
  double &clipping =
      energies.sources[static_cast<size_t>(ErrorSource::Clipping)];
  float least = toReal(storage.min) - scale / 2;
  float greatest = toReal(storage.max) + scale / 2;
  for (auto [index, value] : llvm::enumerate(values)) {
    energies.signal += square(value);
    double noise = square(static_cast<double>(requantize(value)) - value);
    bool isClipped = value < least || value > greatest;
    (isClipped ? clipping : rounding) += noise;
    clipped += isClipped;
    float &most = channelMax[index % channelMax.size()];
    most = std::max(most, std::fabs(value));
  }
}

void LayerMeter::add(ProbeKind kind, llvm::ArrayRef<float> values) {
  switch (kind) {
  case ProbeKind::Reference:
    return addReference(values);
  case ProbeKind::Weights:
    energies.sources[static_cast<size_t>(ErrorSource::Weights)] +=
        getNoise(values);
    return;
  case ProbeKind::Input:
    energies.sources[static_cast<size_t>(ErrorSource::Input)] +=
        getNoise(values);
    return;
  case ProbeKind::Both:
    for (auto [value, original] : llvm::zip_equal(values, reference))
      energies.alone +=
          square(static_cast<double>(requantize(value)) - original);
    return;
  case ProbeKind::Accumulated:
    energies.accumulated += getNoise(values);
    return;
  case ProbeKind::OutputReference:
  case ProbeKind::Output:
    break;
  }
  llvm_unreachable("no probe of a layer");
}

double LayerMeter::getChannelSpread() const {
  std::vector<float> sorted(channelMax);
  llvm::sort(sorted);
  float middle = sorted[sorted.size() / 2];
  return middle > 0 ? sorted.back() / middle : 1.0;
}

/// The bins of the grid of `statistics`, put together to `kBins` from `low` to
/// `high`.
ReportHistogram coarsen(const TensorStatistics &statistics, double low,
                        double high) {
  ReportHistogram histogram;
  histogram.low = low;
  histogram.width = (high > low ? high - low : 1.0) / kBins;
  histogram.counts.resize(kBins);
  auto add = [&](double value, uint64_t count) {
    auto bin = static_cast<int64_t>((value - low) / histogram.width);
    histogram.counts[std::clamp<int64_t>(bin, 0, kBins - 1)] += count;
  };
  auto [first, last] = statistics.getOccupiedBins();
  for (int64_t bin = first; bin <= last; ++bin)
    add((static_cast<double>(bin) + 0.5) * statistics.getBinWidth(),
        statistics.getBin(bin));
  add(0.0, statistics.getZeros());
  return histogram;
}

LayerReport LayerMeter::finish() const {
  LayerReport report = layer.report;
  unsigned bits = layer.type.getStorageTypeIntegralWidth();
  report.activation =
      (layer.type.isSigned() ? "i" : "u") + std::to_string(bits);
  report.activationBits = bits;
  report.scale = scale;
  report.zeroPoint = zeroPoint;
  report.rangeMin = toReal(storage.min);
  report.rangeMax = toReal(storage.max);
  report.observedMin = statistics.getLeast();
  report.observedMax = statistics.getGreatest();
  uint64_t count = statistics.getCount();
  report.clipped = count ? static_cast<double>(clipped) / count : 0.0;
  report.channelSpread = getChannelSpread();
  report.histogram =
      coarsen(statistics, std::min(report.rangeMin, report.observedMin),
              std::max(report.rangeMax, report.observedMax));
  report.energies = energies;
  return report;
}

/// Receives everything that the probes show.
class ReportMeter {
public:
  ReportMeter(const ProbedModel &model, llvm::ArrayRef<ObservedTensor> tensors)
      : model(model), outputs(model.outputs.size()),
        outputReferences(model.outputs.size()) {
    for (const ObservedTensor &tensor : tensors) {
      names.push_back(ProbeName::parse(tensor.name));
      elements.push_back(ShapedType::getNumElements(tensor.shape));
    }
    for (const ProbedLayer &layer : model.layers)
      layers.emplace_back(layer);
    for (auto [output, name] : llvm::zip(outputs, model.outputs))
      output.name = name;
  }

  void add(size_t tensor, llvm::ArrayRef<float> values) {
    ProbeName name = names[tensor];
    if (name.kind == ProbeKind::OutputReference)
      outputReferences[name.index].assign(values.begin(), values.end());
    else if (name.kind == ProbeKind::Output)
      addOutput(name.index, values);
    else
      layers[name.index].add(name.kind, values);
  }

  ErrorReport finish() const {
    ErrorReport report;
    report.outputs = outputs;
    for (auto [meter, layer] : llvm::zip(layers, model.layers)) {
      report.layers.push_back(meter.finish());
      LayerReport &last = report.layers.back();
      last.outputBytes = (elements[getReference(report.layers.size() - 1)] *
                              last.activationBits +
                          7) /
                         8;
      if (layer.inputLayer)
        last.inputChannelSpread = layers[*layer.inputLayer].getChannelSpread();
    }
    return report;
  }

private:
  void addOutput(size_t index, llvm::ArrayRef<float> values) {
    for (auto [value, original] :
         llvm::zip_equal(values, outputReferences[index])) {
      outputs[index].signal += square(original);
      outputs[index].noise += square(static_cast<double>(value) - original);
    }
  }
  size_t getReference(size_t layer) const {
    return llvm::find_if(names,
                         [&](ProbeName name) {
                           return name.kind == ProbeKind::Reference &&
                                  name.index == layer;
                         }) -
           names.begin();
  }

  const ProbedModel &model;
  std::vector<ProbeName> names;
  std::vector<int64_t> elements;
  std::vector<LayerMeter> layers;
  std::vector<OutputReport> outputs;
  std::vector<std::vector<float>> outputReferences;
};

/// A remark at each layer of `module`: by the first name that its source gave
/// it, or else by its place there.
void emitRemarks(ModuleOp module, const ErrorReport &report) {
  llvm::StringMap<Location> locations;
  module.walk([&](Operation *op) {
    llvm::SmallVector<llvm::StringRef> names;
    qnn::collectLocationNames(op->getLoc(), names);
    for (llvm::StringRef name : names)
      locations.try_emplace(name, op->getLoc());
    locations.try_emplace(describeLocation(op->getLoc()), op->getLoc());
  });
  for (const OutputReport &output : report.outputs)
    remark::analysis(
        module.getLoc(),
        remark::RemarkOpts::name("OutputError").category("qnn-report"))
        << "output '" << output.name << "': " << summarize(output);
  for (const LayerReport *layer : report.getWorstFirst()) {
    auto found = locations.find(layer->name);
    if (found == locations.end())
      found = locations.find(layer->location);
    Location loc = found == locations.end() ? module.getLoc() : found->second;
    std::string text = summarize(*layer);
    for (const std::string &advice : layer->advice)
      text += "; " + advice;
    remark::analysis(
        loc, remark::RemarkOpts::name("LayerError").category("qnn-report"))
        << text;
  }
}

} // namespace

llvm::Error ErrorAttribution::begin(ModuleOp module) {
  setLayerNumbers(module);
  llvm::Expected<std::string> bytes = toBytecode(module);
  if (!bytes)
    return bytes.takeError();
  reference = std::move(*bytes);
  return llvm::Error::success();
}

llvm::Expected<ErrorReport>
ErrorAttribution::measure(ModuleOp module, const CompileOptions &options) {
  llvm::Expected<std::string> improved = toBytecode(module);
  if (!improved)
    return improved.takeError();
  clearLayerNumbers(module);
  MLIRContext context(module.getContext()->getDialectRegistry());
  std::string reason;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      reason = diagnostic.str();
    return success();
  });
  auto fail = [&](llvm::Error error) {
    std::string text = toString(std::move(error));
    return llvm::createStringError("report: " +
                                   (reason.empty() ? text : reason));
  };
  auto original = parseSourceString<ModuleOp>(reference, &context);
  auto changed = parseSourceString<ModuleOp>(*improved, &context);
  if (!original || !changed)
    return fail(llvm::createStringError("the model cannot be copied"));
  auto probed = buildErrorProbes(*original, *changed);
  if (!probed)
    return fail(probed.takeError());
  // Compiling so many variants takes longer than running them.
  auto waiting = std::make_unique<exec::ProgressBar>("attributing errors",
                                                     options.reportSamples);
  waiting->show();
  ObserveOptions observe;
  observe.insertObservers = false;
  observe.compileFast = true;
  auto model = ObservedModel::create(*probed->module, observe);
  if (!model)
    return fail(model.takeError());
  auto dataset = (*model)->openDataset(
      options.calibrationData, options.normalize, options.reportSamples);
  if (!dataset)
    return dataset.takeError();
  waiting.reset();
  ReportMeter meter(*probed, (*model)->getTensors());
  if (llvm::Error error =
          (*model)->run(**dataset, "attributing errors",
                        [&](size_t tensor, llvm::ArrayRef<float> values) {
                          meter.add(tensor, values);
                        }))
    return std::move(error);
  ErrorReport report = meter.finish();
  report.model = options.modelPath;
  report.data = options.calibrationData;
  report.version = QUANTC_VERSION;
  report.samples = (*dataset)->getSampleCount();
  std::vector<AccuracyStep> steps = getAccuracySteps(options);
  report.hasEqualizedChannels =
      llvm::is_contained(steps, AccuracyStep::EqualizeChannels);
  report.hasRoundedWeights =
      llvm::is_contained(steps, AccuracyStep::RoundWeights);
  addAdvice(report);
  emitRemarks(module, report);
  return report;
}

} // namespace quantc

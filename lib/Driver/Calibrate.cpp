// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs an instrumented copy of the model natively over the calibration data,
// one sample at a time, and keeps one streaming observer a tensor.
#include "quantc/Calibration/Observer.h"
#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Driver/Compiler.h"
#include "quantc/Execution/Dataset.h"
#include "quantc/Execution/JitModel.h"
#include "quantc/Execution/SampleLoop.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;

namespace quantc {
namespace {

/// What the instrumented code reports to: the observers by their index.
struct CalibrationRun {
  std::vector<std::string> names;
  std::vector<MinMaxObserver> observers;
};

/// Called by the compiled model for each observed tensor.
void observeTensor(void *context, int64_t index, const float *data,
                   int64_t count) {
  auto *run = static_cast<CalibrationRun *>(context);
  run->observers[index].observe(llvm::ArrayRef<float>(data, count));
}

/// A copy of `module` with observers, and their names in program order.
llvm::Expected<OwningOpRef<ModuleOp>> instrument(ModuleOp module,
                                                 CalibrationRun &run) {
  OwningOpRef<ModuleOp> copy(module.clone());
  PassManager pm(module.getContext());
  pm.addNestedPass<func::FuncOp>(qnn::createInsertObserversPass());
  if (failed(pm.run(*copy)))
    return llvm::createStringError("the observers could not be inserted");
  copy->walk([&](qnn::ObserveOp observe) {
    run.names.push_back(observe.getTensor().str());
  });
  run.observers.resize(run.names.size());
  return copy;
}

llvm::Expected<CalibrationTable> buildTable(const CalibrationRun &run,
                                            int64_t samples,
                                            const CompileOptions &options) {
  CalibrationTable table;
  table.provenance.method = "min-max";
  table.provenance.samples = samples;
  table.provenance.model = options.modelPath;
  table.provenance.data = options.calibrationData;
  table.provenance.version = QUANTC_VERSION;
  for (auto [name, observer] : llvm::zip(run.names, run.observers)) {
    llvm::Expected<TensorRange> range = observer.getRange(name);
    if (!range)
      return range.takeError();
    table.add(name, *range);
  }
  return table;
}

} // namespace

llvm::Expected<CalibrationTable> calibrate(ModuleOp module,
                                           const CompileOptions &options) {
  CalibrationRun run;
  auto copy = instrument(module, run);
  if (!copy)
    return copy.takeError();

  CompileOptions hostOptions;
  hostOptions.modelName = "calibration";
  hostOptions.target.cpu = "native";
  if (llvm::Error error = compileToLLVM(**copy, hostOptions))
    return std::move(error);

  exec::JitOptions jitOptions;
  jitOptions.symbols = {
      {"quantc_observe", reinterpret_cast<void *>(&observeTensor)}};
  jitOptions.context = &run;
  auto model =
      exec::JitModel::create(**copy, hostOptions.modelName, jitOptions);
  if (!model)
    return model.takeError();

  exec::DatasetOptions dataOptions;
  dataOptions.requireFinite = true;
  if (!options.normalize.empty()) {
    auto normalization = exec::parseNormalization(options.normalize);
    if (!normalization)
      return normalization.takeError();
    dataOptions.normalization = *normalization;
  }
  auto dataset = exec::Dataset::open(options.calibrationData,
                                     (*model)->getSignature(), dataOptions);
  if (!dataset)
    return dataset.takeError();
  exec::SampleLoopOptions loopOptions;
  loopOptions.progressLabel = "calibrating";
  if (llvm::Error error = exec::forEachSample(
          **model, **dataset, loopOptions, [](int64_t, llvm::ArrayRef<void *>) {
            return llvm::Error::success();
          }))
    return std::move(error);
  return buildTable(run, (*dataset)->getSampleCount(), options);
}

} // namespace quantc

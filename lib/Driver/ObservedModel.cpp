// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Observers become calls out of native code, with their number; here the
// numbers become names and shapes again.
#include "quantc/Driver/ObservedModel.h"

#include "HostArithmetic.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Driver/Compiler.h"
#include "quantc/Execution/ProgressBar.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/ScopeExit.h"

using namespace mlir;

namespace quantc {

static llvm::Error insertObservers(ModuleOp module) {
  PassManager pm(module.getContext());
  pm.addNestedPass<func::FuncOp>(qnn::createInsertObserversPass());
  if (failed(pm.run(module)))
    return llvm::createStringError("the observers could not be inserted");
  return llvm::Error::success();
}

void ObservedModel::report(void *context, int64_t tensor, const float *data,
                           int64_t count) {
  const TensorVisitor *visitor = static_cast<ObservedModel *>(context)->visitor;
  (*visitor)(tensor, llvm::ArrayRef<float>(data, count));
}

llvm::Expected<std::unique_ptr<ObservedModel>>
ObservedModel::create(ModuleOp module, const ObserveOptions &options) {
  OwningOpRef<ModuleOp> copy(module.clone());
  if (options.insertObservers)
    if (llvm::Error error = insertObservers(*copy))
      return std::move(error);
  std::unique_ptr<ObservedModel> result(new ObservedModel());
  copy->walk([&](qnn::ObserveOp observe) {
    ArrayRef<int64_t> shape = observe.getInput().getType().getShape();
    result->tensors.push_back(
        {observe.getTensor().str(), llvm::SmallVector<int64_t>(shape)});
  });

  CompileOptions hostOptions;
  hostOptions.modelName = "observed";
  hostOptions.target.cpu = options.cpu;
  if (llvm::Error error = compileToLLVM(*copy, hostOptions))
    return std::move(error);
  fuseMultiplyAdds(*copy);
  exec::JitOptions jitOptions;
  jitOptions.cpu = options.cpu;
  if (options.compileFast)
    jitOptions.optLevel = 1;
  jitOptions.symbols = {{"quantc_observe", reinterpret_cast<void *>(&report)}};
  jitOptions.context = result.get();
  auto model = exec::JitModel::create(*copy, hostOptions.modelName, jitOptions);
  if (!model)
    return model.takeError();
  result->model = std::move(*model);
  return result;
}

llvm::Expected<std::unique_ptr<exec::Dataset>>
ObservedModel::openDataset(llvm::StringRef path, llvm::StringRef normalize,
                           std::optional<int64_t> sampleLimit) const {
  exec::DatasetOptions options;
  options.requireFinite = true;
  options.splitBatches = true;
  options.sampleLimit = sampleLimit;
  if (!normalize.empty()) {
    auto normalization = exec::parseNormalization(normalize.str());
    if (!normalization)
      return normalization.takeError();
    options.normalization = *normalization;
  }
  return exec::Dataset::open(path, model->getSignature(), options);
}

llvm::Error ObservedModel::run(exec::Dataset &dataset, llvm::StringRef label,
                               TensorVisitor visitTensor,
                               SampleVisitor visitSample) {
  auto invocation = exec::Invocation::create(*model);
  if (!invocation)
    return invocation.takeError();
  visitor = &visitTensor;
  llvm::scope_exit reset([&] { visitor = nullptr; });
  int64_t first = dataset.getPosition(), end = dataset.getSampleCount();
  exec::ProgressBar progress(label, end - first);
  for (int64_t sample = first; sample < end; ++sample) {
    if (llvm::Error error = dataset.next(invocation->getInputs()))
      return error;
    if (llvm::Error error = invocation->run())
      return error;
    if (llvm::Error error = visitSample(sample))
      return error;
    progress.update(sample + 1 - first);
  }
  return llvm::Error::success();
}

} // namespace quantc

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Samples of the calibration data as a whole, for what looks at them more than
// once.
#include "Accuracy.h"

#include "quantc/Execution/Dataset.h"

using namespace mlir;

namespace quantc {
namespace {

/// The samples of `choice`, argument by argument.
llvm::Expected<std::vector<LockstepModel::Samples>>
readSamples(exec::Dataset &dataset, const exec::ModelSignature &signature,
            SampleChoice choice) {
  std::vector<LockstepModel::Samples> result(signature.inputs.size());
  for (int64_t sample = 0; sample < choice.total; ++sample) {
    llvm::SmallVector<exec::AlignedBuffer> buffers;
    llvm::SmallVector<void *> pointers;
    for (const exec::TensorSpec &spec : signature.inputs) {
      auto buffer = exec::AlignedBuffer::create(spec.getByteSize());
      if (!buffer)
        return buffer.takeError();
      pointers.push_back(buffer->data());
      buffers.push_back(std::move(*buffer));
    }
    if (llvm::Error error = dataset.next(pointers))
      return std::move(error);
    if (!choice.contains(sample))
      continue;
    for (auto [samples, buffer] : llvm::zip(result, buffers))
      samples.push_back(std::move(buffer));
  }
  return result;
}

/// The names and shapes by which a data set finds the arguments of `function`.
exec::ModelSignature getInputs(func::FuncOp function) {
  exec::ModelSignature signature;
  signature.name = "model";
  for (auto [index, type] : llvm::enumerate(function.getArgumentTypes())) {
    auto name = function.getArgAttrOfType<StringAttr>(index, qnn::kNameAttr);
    exec::TensorSpec spec;
    spec.name = name ? name.str() : "input" + std::to_string(index);
    spec.shape = llvm::to_vector(cast<RankedTensorType>(type).getShape());
    signature.inputs.push_back(std::move(spec));
  }
  return signature;
}

} // namespace

/// The calibration data for a float function of the model's own arguments.
static llvm::Expected<std::unique_ptr<exec::Dataset>>
openData(const exec::ModelSignature &signature, const CompileOptions &options) {
  exec::DatasetOptions dataOptions;
  if (!options.normalize.empty()) {
    auto normalization = exec::parseNormalization(options.normalize);
    if (!normalization)
      return normalization.takeError();
    dataOptions.normalization = *normalization;
  }
  return exec::Dataset::open(options.calibrationData, signature, dataOptions);
}

llvm::Expected<int64_t> countSamples(ModuleOp module,
                                     const CompileOptions &options) {
  auto dataset =
      openData(getInputs(*module.getOps<func::FuncOp>().begin()), options);
  if (!dataset)
    return dataset.takeError();
  return (*dataset)->getSampleCount();
}

llvm::Expected<std::vector<LockstepModel::Samples>>
readSamples(ModuleOp module, SampleChoice choice,
            const CompileOptions &options) {
  exec::ModelSignature signature =
      getInputs(*module.getOps<func::FuncOp>().begin());
  auto dataset = openData(signature, options);
  if (!dataset)
    return dataset.takeError();
  return readSamples(**dataset, signature, choice);
}

llvm::Expected<std::unique_ptr<LockstepModel>>
createLockstep(ModuleOp module, SampleChoice choice,
               const CompileOptions &options) {
  auto model = LockstepModel::create(module);
  if (!model)
    return model.takeError();
  auto samples = readSamples(module, choice, options);
  if (!samples)
    return samples.takeError();
  for (auto [index, values] : llvm::enumerate(*samples))
    (*model)->setArgument(index, std::move(values));
  return model;
}

} // namespace quantc

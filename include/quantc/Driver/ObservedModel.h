// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A float model that shows its tensors while it runs: an instrumented copy of a
// module, compiled for this machine, and a callback for each observed tensor.
// What is done with the values is the caller's: ranges, moments, a report.
#ifndef QUANTC_DRIVER_OBSERVEDMODEL_H
#define QUANTC_DRIVER_OBSERVEDMODEL_H

#include "quantc/Execution/Dataset.h"
#include "quantc/Execution/JitModel.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace quantc {

/// One tensor that the callback is given, by its index in program order.
struct ObservedTensor {
  /// The name in the quantization plan, which is that of calibration tables.
  std::string name;
  llvm::SmallVector<int64_t> shape;
};

/// Receives the values of one tensor of the running sample, in row-major order.
/// They live until the callback returns.
using TensorVisitor =
    llvm::function_ref<void(size_t tensor, llvm::ArrayRef<float> values)>;

/// Called behind each sample, with its number; an error ends the run.
using SampleVisitor = llvm::function_ref<llvm::Error(int64_t sample)>;

struct ObserveOptions {
  /// Put an observer behind each value of the quantization plan. Otherwise
  /// the `qnn.observe` operations that `module` has already are shown.
  bool insertObservers = true;
  /// For large models that a few samples run through: compiling them is most of
  /// the work.
  bool compileFast = false;
  /// What it is compiled for. What is shown does not depend on it.
  std::string cpu = "native";
};

class ObservedModel {
public:
  /// Instruments and compiles a copy of `module`, a float graph behind the
  /// prepare stage. The module itself is not changed.
  static llvm::Expected<std::unique_ptr<ObservedModel>>
  create(mlir::ModuleOp module, const ObserveOptions &options = {});

  llvm::ArrayRef<ObservedTensor> getTensors() const { return tensors; }
  const exec::CompiledModel &getModel() const { return *model; }

  /// Opens the samples of an npz file for this model's inputs, refusing NaN and
  /// infinity. `normalize` is "MEAN,STD" as exec::parseNormalization reads it,
  /// or empty.
  llvm::Expected<std::unique_ptr<exec::Dataset>>
  openDataset(llvm::StringRef path, llvm::StringRef normalize,
              std::optional<int64_t> sampleLimit = std::nullopt) const;

  /// Runs every remaining sample of `dataset` in order. Tensors are visited in
  /// program order within a sample. `label` names the progress bar.
  llvm::Error run(
      exec::Dataset &dataset, llvm::StringRef label, TensorVisitor visitTensor,
      SampleVisitor visitSample = [](int64_t) {
        return llvm::Error::success();
      });

private:
  ObservedModel() = default;
  /// What the instrumented code calls.
  static void report(void *context, int64_t tensor, const float *data,
                     int64_t count);

  std::vector<ObservedTensor> tensors;
  std::unique_ptr<exec::CompiledModel> model;
  /// Set while `run` is running.
  const TensorVisitor *visitor = nullptr;
};

} // namespace quantc

#endif // QUANTC_DRIVER_OBSERVEDMODEL_H

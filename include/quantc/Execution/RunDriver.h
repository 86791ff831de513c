// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// quant-run without its command line: runs a model over the samples of an npz
// file, scores, compares, times and writes the outputs. How a model that is not
// a shared object becomes code is the caller's, handed in as a function.
#ifndef QUANTC_EXECUTION_RUNDRIVER_H
#define QUANTC_EXECUTION_RUNDRIVER_H

#include "quantc/Execution/CompiledModel.h"
#include "quantc/Execution/Profile.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace quantc::exec {

enum class Engine : uint8_t {
  /// Native code, compiled in memory.
  Jit,
  /// The plainly written evaluation that native code is compared with.
  Reference
};

struct LoadOptions {
  /// A shared object is what it is, whatever the engine.
  Engine engine = Engine::Jit;
  /// Instruments what is compiled in memory.
  bool profile = false;
  /// The command that runs programs of another machine; empty for none.
  std::string emulator;
};

/// Makes a model of an `.onnx`, `.mlir` or `.mlirbc` file.
using ModelLoader =
    llvm::function_ref<llvm::Expected<std::unique_ptr<CompiledModel>>(
        llvm::StringRef path, const LoadOptions &options)>;

struct RunOptions {
  std::string model;
  /// The npz file with the samples.
  std::string input;
  /// The npz file for the outputs; none is written where it is empty.
  std::string output;
  /// As parseNormalization reads it; empty for none.
  std::string normalize;
  /// The array of `input` that holds the labels; empty for none.
  std::string labels;
  /// The reference model of a comparison; empty for none.
  std::string compare;
  /// How many runs are timed; none where it is not set.
  std::optional<unsigned> benchmark;
  /// How many samples run at most; all of them where it is not set.
  std::optional<unsigned> samples;
  unsigned threads = 1;
  /// Measure each layer.
  bool profile = false;
  /// Asked for the machine's limits before layers are measured.
  LimitMeter measureLimits;
  LoadOptions load;
};

/// Loads a shared object, under the emulator where one is given, or anything
/// else through `loader`.
llvm::Expected<std::unique_ptr<CompiledModel>>
loadAnyModel(llvm::StringRef path, const LoadOptions &options,
             ModelLoader loader);

/// Does all that `options` asks for and writes the report to `report`. On an
/// error there is no report and no output file.
llvm::Error runQuantRun(const RunOptions &options, ModelLoader loader,
                        llvm::raw_ostream &report);

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_RUNDRIVER_H

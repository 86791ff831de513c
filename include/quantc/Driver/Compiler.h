// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The whole road as library functions: what the quantc driver and the loader of
// quant-run call. Errors of the model are diagnostics on its context; errors of
// files come back as llvm::Error.
#ifndef QUANTC_DRIVER_COMPILER_H
#define QUANTC_DRIVER_COMPILER_H

#include "quantc/Calibration/CalibrationTable.h"
#include "quantc/Dialect/QNN/IR/QNNDialect.h"
#include "quantc/Execution/RunDriver.h"
#include "quantc/Report/ErrorReport.h"
#include "quantc/Target/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"

namespace quantc {

/// The stages of the road, in order. `Codegen` is everything behind `Lower`.
enum class Stage {
  Import,
  Prepare,
  Calibrate,
  Quantize,
  Legalize,
  Lower,
  Codegen
};

/// What the compiled model computes with.
enum class Mode {
  Float,
  /// Integers with ranges of calibration.
  Static,
  /// Contractions of integers, with ranges that are found while running.
  Dynamic,
  /// Floats, with weights that are stored as small integers.
  WeightOnly
};

/// What the compiled model takes and gives.
enum class Boundary { Float, Integer };

/// What is done for the accuracy of a quantized model, on calibration data:
/// nothing, what is nearly free, or all that pays.
enum class Accuracy { None, Fast, Best };

/// The steps of which these consist, in their order. The first is part of none:
/// it pays where channels lie far from zero, and is asked for.
enum class AccuracyStep {
  AbsorbBiases,
  EqualizeChannels,
  RoundWeights,
  CorrectBias
};

/// The most threads that a run may be shared out to.
inline constexpr unsigned kMaxThreads = 1024;

struct CompileOptions {
  Stage stopAfter = Stage::Codegen;
  Mode mode = Mode::Static;
  Boundary boundary = Boundary::Float;
  /// By default that of the model where it has one and computes with floats
  /// anyway, else `single`.
  std::optional<qnn::RoundingMode> rounding;
  bool failOnFloat = false;
  /// Of Mode::WeightOnly: 8 or 4 bits, by default 8; weights that share a scale
  /// where there are 4, by default 32.
  std::optional<unsigned> weightBits, weightBlock;
  /// The file that the model came from, for the origin of a table.
  std::string modelPath;
  /// npz file to measure ranges on; empty where a table is given.
  std::string calibrationData;
  /// "MEAN,STD" as exec::parseNormalization reads it, or empty.
  std::string normalize;
  Accuracy accuracy = Accuracy::Fast;
  /// The steps themselves; those of `accuracy` where not set.
  std::optional<std::vector<AccuracyStep>> accuracySteps;
  /// Least SQNR of the outputs, in dB: tensors get more than 8 bits until it is
  /// reached.
  std::optional<double> accuracyBudget;
  /// Table of an earlier measurement; empty where data is given.
  std::string calibrationTable;
  /// How ranges follow from the data.
  MethodOptions calibrationMethod;
  /// Receives the measured table where it is not null.
  std::optional<CalibrationTable> *measuredTable = nullptr;
  /// YAML file that says how tensors are quantized, or empty.
  std::string quantizationRecipe;
  /// Receives where the quantized model loses accuracy, measured on the first
  /// `reportSamples` samples of the calibration data, where it is not null.
  std::optional<ErrorReport> *errorReport = nullptr;
  int64_t reportSamples = 16;
  /// C identifier of the compiled model.
  std::string modelName = "model";
  target::TargetOptions target;
  /// Defines the descriptor symbol under which quant-run finds a model.
  bool sharedLibrary = false;
  /// Calls back between layers, for quant-run --profile.
  bool profile = false;
  /// Threads that one run of the compiled model is shared out to.
  unsigned threads = 1;
  /// Called on each pass manager before it runs (timing, IR printing, verifying
  /// after each pass and not only after each stage).
  std::function<mlir::LogicalResult(mlir::PassManager &)> configurePasses;
};

/// Adds all dialects and extensions that a model needs on its road.
void registerCompilerDialects(mlir::DialectRegistry &registry);

/// Reads an `.onnx`, `.mlir` or `.mlirbc` file. Null after diagnostics.
mlir::OwningOpRef<mlir::ModuleOp> loadModule(llvm::StringRef path,
                                             mlir::MLIRContext *context);

/// Runs `module` from the form in which it is (see ModelForm.h) to the end of
/// `options.stopAfter`.
llvm::Error compile(mlir::ModuleOp module, const CompileOptions &options);

/// Runs a prepared or legalized `module` through the lower stage and code
/// generation.
llvm::Error compileToLLVM(mlir::ModuleOp module, const CompileOptions &options);

/// Measures the ranges of a prepared `module` on the samples of
/// `options.calibrationData`, natively, sample by sample.
llvm::Expected<CalibrationTable> calibrate(mlir::ModuleOp module,
                                           const CompileOptions &options);

/// The loader of quant-run for `.onnx`, `.mlir` and `.mlirbc` models: float
/// code through the JIT, or the reference evaluation.
llvm::Expected<std::unique_ptr<exec::CompiledModel>>
loadExecutable(llvm::StringRef path, const exec::LoadOptions &options);

/// Measures how fast this machine is with the instructions that the model of
/// `signature` was compiled for: dot products of bytes, or f32 multiply-adds
/// for a model without them, on operands in the nearest cache.
llvm::Expected<exec::MachineLimits>
measureMachineLimits(const exec::ModelSignature &signature);

} // namespace quantc

#endif // QUANTC_DRIVER_COMPILER_H

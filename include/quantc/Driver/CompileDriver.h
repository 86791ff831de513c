// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The quantc driver as a function: a model file in, one output file out. The
// tool only parses its command line.
#ifndef QUANTC_DRIVER_COMPILEDRIVER_H
#define QUANTC_DRIVER_COMPILEDRIVER_H

#include "quantc/Driver/Calibrate.h"
#include "quantc/Driver/Compiler.h"

namespace quantc {

/// What the driver writes. Object and SharedLibrary come with a C header.
enum class Emit { MLIR, LLVMIR, Assembly, Object, SharedLibrary };

struct CompileDriverOptions {
  std::string input;
  std::string output;
  /// What to write; by the ending of `output` where not set.
  std::optional<Emit> emit;
  /// Whether the form behind a stage was asked for, be it the last one.
  bool leavesStage = false;
  /// Where to write the measured calibration table; empty for nowhere.
  std::string saveCalibrationTable;
  /// Where to write the error report, by its ending as a page or as JSON; empty
  /// for nowhere.
  std::string report;
  /// Print remarks about what the compiler decided to standard error.
  bool remarks = true;
  /// Among them, how each layer is computed.
  bool kernelRemarks = false;
  /// And how each tensor is quantized.
  bool quantizationRemarks = false;
  /// Regular expression for the categories of remarks: those that match, also
  /// where they are not printed otherwise, and no others. Empty for none.
  std::string remarksFilter;
  CompileOptions compile;
  /// Of runCalibrateDriver; data, normalization and method are in `compile`.
  Shard shard;
  std::string checkpoint;
  unsigned checkpointInterval = 10;
};

/// Compiles `options.input` to `options.output`. Diagnostics and remarks go to
/// standard error; an error means that nothing was written.
llvm::Error runCompileDriver(CompileDriverOptions options);

/// Measures the ranges of the model `options.input` and writes the table
/// `options.saveCalibrationTable`. A checkpoint that it goes on from is named
/// on standard error.
llvm::Error runCalibrateDriver(CompileDriverOptions options);

} // namespace quantc

#endif // QUANTC_DRIVER_COMPILEDRIVER_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Measuring the ranges of a float model on data: one process, one shard of the
// data, one table. Tables of shards are merged by mergeTables.
#ifndef QUANTC_DRIVER_CALIBRATE_H
#define QUANTC_DRIVER_CALIBRATE_H

#include "quantc/Calibration/CalibrationTable.h"

#include "mlir/IR/BuiltinOps.h"
#include <functional>

namespace quantc {

/// Part `index` of `count` of the samples, from 1: neighbours in the file.
struct Shard {
  unsigned index = 1;
  unsigned count = 1;

  /// "I/N" with 1 <= I <= N.
  static llvm::Expected<Shard> parse(llvm::StringRef text);
  /// "I/N", or empty where it is everything.
  std::string format() const;
  /// Its first sample of `samples`, and the one behind its last.
  std::pair<int64_t, int64_t> getSamples(int64_t samples) const;
};

struct CalibrationRunOptions {
  MethodOptions method;
  /// The file that the model came from, for the origin of the table.
  std::string modelPath;
  /// npz file to measure on.
  std::string data;
  /// "MEAN,STD" as exec::parseNormalization reads it, or empty.
  std::string normalize;
  Shard shard;
  /// File in which the state is kept while measuring, or empty. Where it is
  /// there already, measuring goes on from it. It is removed at the end.
  std::string checkpoint;
  /// Seconds between two checkpoints; with 0, one behind each sample.
  unsigned checkpointInterval = 10;
  /// What the model is compiled for; it must be a machine that this one can
  /// stand for. The table is the same for all of them.
  std::string cpu = "native";
  /// Told the number of samples with which a checkpoint goes on.
  std::function<void(int64_t samples)> onResume;
};

/// Runs a prepared `module` natively, sample by sample.
llvm::Expected<CalibrationTable>
calibrate(mlir::ModuleOp module, const CalibrationRunOptions &options);

/// Merges the table files `inputs` into `output`, with ranges by `options`, or
/// by the method that all of them have.
llvm::Error runMergeDriver(llvm::ArrayRef<std::string> inputs,
                           llvm::StringRef output,
                           const std::optional<MethodOptions> &options);

} // namespace quantc

#endif // QUANTC_DRIVER_CALIBRATE_H

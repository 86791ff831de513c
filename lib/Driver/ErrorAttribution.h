// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Measures an error report: runs the probes of a model on a part of the
// calibration data.
#ifndef QUANTC_LIB_DRIVER_ERRORATTRIBUTION_H
#define QUANTC_LIB_DRIVER_ERRORATTRIBUTION_H

#include "quantc/Driver/Compiler.h"
#include "quantc/Report/ErrorReport.h"

namespace quantc {

class ErrorAttribution {
public:
  /// Keeps a copy of `module`, a float graph with ranges, to compare with. From
  /// here on passes may change its numbers, not its layers.
  llvm::Error begin(mlir::ModuleOp module);

  /// Compares `module` as it will be quantized with the copy, on the first
  /// samples of the calibration data. Says what it found as remarks at the
  /// layers, the worst first.
  llvm::Expected<ErrorReport> measure(mlir::ModuleOp module,
                                      const CompileOptions &options);

private:
  std::string reference;
};

} // namespace quantc

#endif // QUANTC_LIB_DRIVER_ERRORATTRIBUTION_H

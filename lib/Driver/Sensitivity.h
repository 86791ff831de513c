// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What quantizing one tensor alone does to the outputs of a model.
#ifndef QUANTC_LIB_DRIVER_SENSITIVITY_H
#define QUANTC_LIB_DRIVER_SENSITIVITY_H

#include "Accuracy.h"

namespace quantc {

/// The noise that one decision brings to the outputs, as a part of their
/// energy.
struct TensorSensitivity {
  /// A value of the quantization plan; null for the weight of `layer`.
  mlir::Value value;
  mlir::Operation *layer = nullptr;
  double noise = 0.0;
};

/// For each value of the plan of `module`, a float graph with ranges, and for
/// each weight: the noise at the outputs where it alone is quantized, by its
/// policy, on `choice` of the samples. One run of the float model a tensor and
/// sample; nothing is compiled in between.
llvm::Expected<std::vector<TensorSensitivity>>
measureSensitivities(mlir::ModuleOp module, SampleChoice choice,
                     const CompileOptions &options);

/// Noise as a part of the energy of the outputs, and the standard error of this
/// number.
struct MeasuredNoise {
  double noise = 0.0;
  double error = 0.0;

  /// What other samples are unlikely to exceed.
  double getBound() const { return noise + error; }
};

/// The noise of `module` as it will be quantized against `reference`, a copy of
/// the float graph.
llvm::Expected<MeasuredNoise> measureNoise(mlir::ModuleOp module,
                                           const ModelCopy &reference,
                                           SampleChoice choice,
                                           const CompileOptions &options);

} // namespace quantc

#endif // QUANTC_LIB_DRIVER_SENSITIVITY_H

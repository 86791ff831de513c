// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the driver does between the calibrate and the quantize stage so that the
// quantized model stays near the float one: measurements that the accuracy
// passes ask for, and the passes in their order.
#ifndef QUANTC_LIB_DRIVER_ACCURACY_H
#define QUANTC_LIB_DRIVER_ACCURACY_H

#include "LockstepModel.h"

#include "quantc/Dialect/QNN/Transforms/Accuracy.h"
#include "quantc/Driver/Compiler.h"

namespace quantc {

class ErrorAttribution;

/// Which samples the measurements that keep whole tensors are made on: `count`
/// of `total`, at equal distances, but none of every `heldOut`-th sample; or of
/// these alone.
struct SampleChoice {
  int64_t total = 0;
  int64_t count = 0;
  /// 0 where nothing is held out.
  int64_t heldOut = 0;
  bool takesHeldOut = false;

  bool contains(int64_t sample) const {
    if (heldOut && (sample % heldOut == heldOut - 1) != takesHeldOut)
      return false;
    // The place among those that are not left out.
    int64_t place = sample, places = total;
    if (heldOut && takesHeldOut) {
      place = sample / heldOut;
      places = total / heldOut;
    } else if (heldOut) {
      place = sample - sample / heldOut;
      places = total - total / heldOut;
    }
    return (place + 1) * count / places != place * count / places;
  }
};

/// The steps that `options` ask for, in their order.
std::vector<AccuracyStep> getAccuracySteps(const CompileOptions &options);

/// Improves `module`, a float graph with ranges, by what `options.accuracy`
/// asks for, on the samples of `options.calibrationData`. `attribution`, where
/// it is not null, begins behind the passes that keep the function of the model
/// and before those that do not.
llvm::Error improveAccuracy(mlir::ModuleOp module,
                            const CompileOptions &options,
                            ErrorAttribution *attribution = nullptr);

/// Attaches ranges and variances of channels to quantized values, measured on
/// all samples, and means of results to contractions, on `choice` of them.
llvm::Error measureChannels(mlir::ModuleOp module, SampleChoice choice,
                            const CompileOptions &options);

/// How many samples the calibration data has.
llvm::Expected<int64_t> countSamples(mlir::ModuleOp module,
                                     const CompileOptions &options);

/// The chosen samples, for each argument of the function of `module`.
llvm::Expected<std::vector<LockstepModel::Samples>>
readSamples(mlir::ModuleOp module, SampleChoice choice,
            const CompileOptions &options);

/// A lockstep copy of `module`, with the chosen samples as arguments.
llvm::Expected<std::unique_ptr<LockstepModel>>
createLockstep(mlir::ModuleOp module, SampleChoice choice,
               const CompileOptions &options);

/// Runs the quantized model in lockstep and, of `steps`, chooses the weights of
/// each layer, and attaches to it how far the mean of its result is then from
/// its `qnn.output_mean`, behind the correction of all layers before it.
llvm::Error improveInLockstep(mlir::ModuleOp module, SampleChoice choice,
                              llvm::ArrayRef<AccuracyStep> steps,
                              const CompileOptions &options);

} // namespace quantc

#endif // QUANTC_LIB_DRIVER_ACCURACY_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a model over a data set: the loop that evaluation and calibration share.
#ifndef QUANTC_EXECUTION_SAMPLELOOP_H
#define QUANTC_EXECUTION_SAMPLELOOP_H

#include "quantc/Execution/CompiledModel.h"
#include "quantc/Execution/Dataset.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace quantc::exec {

struct SampleLoopOptions {
  /// Samples that run at the same time.
  unsigned threads = 1;
  /// What the progress bar on a terminal is called; none where empty.
  std::string progressLabel;
};

/// Receives the number and the outputs of each sample, in the order of the
/// samples and on the calling thread.
using SampleConsumer = llvm::function_ref<llvm::Error(
    int64_t sample, llvm::ArrayRef<void *> outputs)>;

/// Runs every remaining sample of `dataset`.
llvm::Error forEachSample(const CompiledModel &model, Dataset &dataset,
                          const SampleLoopOptions &options,
                          SampleConsumer consumer);

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_SAMPLELOOP_H

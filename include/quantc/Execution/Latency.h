// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How long one sample takes. The clock stands still while inputs are copied, so
// that only the model is measured.
#ifndef QUANTC_EXECUTION_LATENCY_H
#define QUANTC_EXECUTION_LATENCY_H

#include "quantc/Execution/CompiledModel.h"
#include "quantc/Execution/Dataset.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace quantc::exec {

/// In milliseconds for one sample.
struct Latency {
  /// The middle value; the mean of the two middle ones of an even number.
  double median = 0;
  /// The smallest value that at least 95 % of all are not above.
  double p95 = 0;
};

/// `milliseconds` is not empty.
Latency summarizeLatency(std::vector<double> milliseconds);

/// Times `runs` runs (at least one) over the first samples in turn, after some
/// that are not counted. With more than one thread the runs are shared out and
/// overlap, each with its own buffers; a value is still the time of one call.
/// `onRun`, where given, is called after each run that counts, in its thread.
llvm::Expected<Latency> measureLatency(const CompiledModel &model,
                                       Dataset &dataset, unsigned runs,
                                       unsigned threads = 1,
                                       llvm::function_ref<void()> onRun = {});

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_LATENCY_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the time of a model goes, layer by layer. The model must be compiled
// for it (quantc --profile): it calls back between layers, and its descriptor
// says what they are called and how much work they are. What a layer could take
// at best is a machine's answer, handed in as a function.
#ifndef QUANTC_EXECUTION_PROFILE_H
#define QUANTC_EXECUTION_PROFILE_H

#include "quantc/Execution/CompiledModel.h"
#include "quantc/Execution/Dataset.h"

#include "llvm/Support/raw_ostream.h"

#include <functional>

namespace quantc::exec {

/// What a profiled model is given as its context: it calls `enter` through this
/// with the number of each segment when that begins, and with the number of
/// segments at the end of the run.
struct ProfileContext {
  void (*enter)(void *context, int64_t segment);
};

/// A context that remembers nothing.
ProfileContext *getIdleProfileContext();

/// One row of the table.
struct LayerTime {
  LayerWork work;
  /// Microseconds of one run, the median of all.
  double median = 0;
  /// Microseconds below which the machine cannot do this work: the larger of
  /// its arithmetic and its bytes.
  double limit = 0;
};

struct Profile {
  std::vector<LayerTime> layers;
  /// Microseconds of one run with all its layers, the median.
  double total = 0;
};

/// What this machine can do at best.
struct MachineLimits {
  /// Multiply-adds in a second: of bytes, added up in 32 bits, and of f32.
  double integerMacsPerSecond = 0, floatMacsPerSecond = 0;
  /// Seconds to move that many bytes through buffers of that size in all.
  std::function<double(int64_t bytes)> getTransferSeconds;
};

/// The limits for the code of a model.
using LimitMeter = std::function<llvm::Expected<MachineLimits>(
    const ModelSignature &signature)>;

/// Seconds that the C library's memcpy takes for `bytes` bytes, half of them
/// read and half written, measured now.
double measureTransferSeconds(int64_t bytes);

/// Runs `runs` runs over the first samples in turn. `model` has a profile in
/// its signature and no other user meanwhile.
llvm::Expected<Profile> measureProfile(CompiledModel &model, Dataset &dataset,
                                       unsigned runs,
                                       const MachineLimits &limits);

/// The profile as a table with one row for each layer.
void printProfile(const Profile &profile, const MachineLimits &limits,
                  llvm::raw_ostream &os);

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_PROFILE_H

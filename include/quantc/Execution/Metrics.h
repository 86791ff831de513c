// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How good outputs are: against labels, and against another model's outputs.
// Everything is summed in double over all samples and elements.
#ifndef QUANTC_EXECUTION_METRICS_H
#define QUANTC_EXECUTION_METRICS_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace quantc::exec {

/// The shares of samples whose label is the largest score, and among the five
/// largest. Of equal scores the one with the lower index ranks first; NaN ranks
/// behind every number.
class AccuracyMeter {
public:
  /// `label` is an index into `scores`.
  void add(llvm::ArrayRef<double> scores, int64_t label);

  int64_t getSampleCount() const { return samples; }
  double getTop1() const { return share(top1); }
  double getTop5() const { return share(top5); }

private:
  double share(int64_t hits) const {
    return samples ? static_cast<double>(hits) / static_cast<double>(samples)
                   : 0.0;
  }
  int64_t samples = 0, top1 = 0, top5 = 0;
};

/// How well outputs agree with reference outputs of the same length.
class AgreementMeter {
public:
  void add(llvm::ArrayRef<double> values, llvm::ArrayRef<double> reference);

  /// 10 log10(sum reference^2 / sum (value - reference)^2) in dB; infinite
  /// where the two are equal.
  double getSqnr() const;
  /// The cosine of the angle between all values and all reference values.
  double getCosine() const;
  /// The share of samples with the largest value at the same index, the first
  /// of equal ones.
  double getSameTop1() const;
  double getMaxAbsDiff() const { return maxAbsDiff; }

private:
  int64_t samples = 0, sameTop1 = 0;
  double noise = 0, dot = 0, valueEnergy = 0, referenceEnergy = 0;
  double maxAbsDiff = 0;
};

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_METRICS_H

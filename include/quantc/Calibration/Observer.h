// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What watches one tensor while samples run: its statistics, and for the method
// that depends on the order of the samples, their moving average.
#ifndef QUANTC_CALIBRATION_OBSERVER_H
#define QUANTC_CALIBRATION_OBSERVER_H

#include "quantc/Calibration/TensorStatistics.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>

namespace quantc {

/// Moves a hundredth of the way to the ends of each sample, beginning at those
/// of the first.
class MovingAverage {
public:
  static constexpr double kWeight = 0.01;

  void add(TensorRange sample);
  /// Not set before the first sample.
  std::optional<TensorRange> get() const { return range; }
  /// Goes on from an average that was kept.
  void set(TensorRange value) { range = value; }

private:
  std::optional<TensorRange> range;
};

struct TensorObserver {
  explicit TensorObserver(bool hasHistogram = true)
      : statistics(hasHistogram) {}

  /// Takes the values of one sample.
  void observe(llvm::ArrayRef<float> values);

  /// An error that names `tensor` where nothing was seen, or where a value was
  /// not finite: quantizing by it would be silently wrong.
  llvm::Error check(llvm::StringRef tensor) const;

  TensorStatistics statistics;
  MovingAverage average;
};

} // namespace quantc

#endif // QUANTC_CALIBRATION_OBSERVER_H

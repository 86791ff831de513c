// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streaming statistics of one tensor: fixed memory whatever the number of
// samples.
#ifndef QUANTC_CALIBRATION_OBSERVER_H
#define QUANTC_CALIBRATION_OBSERVER_H

#include "quantc/Calibration/CalibrationTable.h"

#include "llvm/ADT/ArrayRef.h"
#include <limits>

namespace quantc {

/// Least and greatest value seen. NaN and infinities are counted and make the
/// range an error: quantizing by them would be silently wrong.
class MinMaxObserver {
public:
  void observe(llvm::ArrayRef<float> values);

  /// The range, or an error that names `tensor` where nothing was seen or
  /// where a value was not finite.
  llvm::Expected<TensorRange> getRange(llvm::StringRef tensor) const;

private:
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();
  uint64_t count = 0;
  uint64_t nonFinite = 0;
};

} // namespace quantc

#endif // QUANTC_CALIBRATION_OBSERVER_H

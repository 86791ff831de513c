// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The observer of one tensor, and the average over samples.
#include "quantc/Calibration/Observer.h"

namespace quantc {

void MovingAverage::add(TensorRange sample) {
  if (!range) {
    range = sample;
    return;
  }
  range->min += kWeight * (sample.min - range->min);
  range->max += kWeight * (sample.max - range->max);
}

void TensorObserver::observe(llvm::ArrayRef<float> values) {
  TensorRange ends = statistics.add(values);
  if (ends.min <= ends.max)
    average.add(ends);
}

llvm::Error TensorObserver::check(llvm::StringRef tensor) const {
  if (uint64_t number = statistics.getNonFinite())
    return llvm::createStringError(
        "tensor '" + tensor + "' has " + llvm::Twine(number) +
        " values that are NaN or infinite, computed from the calibration data");
  if (!statistics.getCount())
    return llvm::createStringError("tensor '" + tensor +
                                   "' was never computed during calibration");
  return llvm::Error::success();
}

} // namespace quantc

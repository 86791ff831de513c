// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The min-max observer. Comparisons with NaN are false, so values that are not
// finite are counted apart.
#include "quantc/Calibration/Observer.h"

#include <algorithm>
#include <cmath>

namespace quantc {

void MinMaxObserver::observe(llvm::ArrayRef<float> values) {
  count += values.size();
  for (float value : values) {
    nonFinite += !std::isfinite(value);
    min = std::min(min, value);
    max = std::max(max, value);
  }
}

llvm::Expected<TensorRange>
MinMaxObserver::getRange(llvm::StringRef tensor) const {
  if (nonFinite)
    return llvm::createStringError(
        "tensor '" + tensor + "' has " + llvm::Twine(nonFinite) +
        " values that are NaN or infinite in the calibration data");
  if (!count)
    return llvm::createStringError("tensor '" + tensor +
                                   "' was never computed during calibration");
  return TensorRange{min, max};
}

} // namespace quantc

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scale and zero point from a range of real numbers. How the range was found
// (minimum and maximum, percentile, entropy) is left to the calibration.
#ifndef QUANTC_NUMERICS_QUANTPARAMS_H
#define QUANTC_NUMERICS_QUANTPARAMS_H

#include "quantc/Numerics/StorageRange.h"
#include "llvm/Support/Error.h"

namespace quantc::numerics {

/// real = scale * (quantized - zeroPoint).
struct QuantParams {
  float scale;
  int64_t zeroPoint;

  friend bool operator==(QuantParams a, QuantParams b) {
    return a.scale == b.scale && a.zeroPoint == b.zeroPoint;
  }
};

/// The smallest power of two that is not below the legal `scale` (N32).
float roundUpToPowerOfTwo(float scale);

/// The zero point with which `min` is stored as the least integer of `range`,
/// or as near to it as whole numbers allow.
int64_t chooseZeroPoint(double min, float scale, StorageRange range);

/// Maps [min, max], extended so that it holds zero, onto the whole of `range`
/// (N9). Zero is always exact. A range that holds nothing but zero is read as
/// [0, 1]. An error where a bound is not finite, `min > max`, or the scale
/// would be too large. With `powerOfTwo` the scale is rounded up to one (N32).
llvm::Expected<QuantParams> chooseAsymmetric(double min, double max,
                                             StorageRange range,
                                             bool powerOfTwo = false);

/// Maps [-absMax, absMax] onto the values at equal distance from the middle of
/// `range` (N10): zero point 0 for signed storage. `absMax == 0` is read as 1.
/// An error where `absMax` is negative or not finite, or the scale too large.
llvm::Expected<QuantParams> chooseSymmetric(double absMax, StorageRange range,
                                            bool powerOfTwo = false);

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_QUANTPARAMS_H

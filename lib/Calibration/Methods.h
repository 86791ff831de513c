// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The methods that read a histogram, one file each, and what they share. Each
// range that they give holds zero and lies within the ends of the tensor,
// widened by zero; for a symmetric format it is symmetric.
#ifndef QUANTC_LIB_CALIBRATION_METHODS_H
#define QUANTC_LIB_CALIBRATION_METHODS_H

#include "quantc/Calibration/Method.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace quantc {

/// The ends of a tensor as far as a format asks for them: with zero between
/// them, and equally far from it where it is symmetric.
TensorRange getFullRange(const TensorStatistics &statistics,
                         const RangeFormat &format);

/// The scale and zero point of `range`; none where the scale would be too
/// large.
std::optional<numerics::QuantParams> getGrid(TensorRange range,
                                             const RangeFormat &format);

TensorRange choosePercentile(const TensorStatistics &statistics,
                             double percentile, const RangeFormat &format);
TensorRange chooseEntropy(const TensorStatistics &statistics,
                          const RangeFormat &format);
TensorRange chooseMeanSquare(const TensorStatistics &statistics,
                             const RangeFormat &format);
TensorRange chooseOctav(const TensorStatistics &statistics,
                        const RangeFormat &format);

/// The range within `full` of the least `cost`: each end on its own, in turns,
/// first on a coarse grid, then on a fine one around the best. A symmetric
/// range has one end to move. The wider range wins where costs are equal.
TensorRange searchRange(TensorRange full, bool symmetric,
                        llvm::function_ref<double(TensorRange)> cost);

} // namespace quantc

#endif // QUANTC_LIB_CALIBRATION_METHODS_H

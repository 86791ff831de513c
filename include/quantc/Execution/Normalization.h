// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// (x - mean) / standard deviation, as `--normalize` spells it: one number each,
// or one for each channel.
#ifndef QUANTC_EXECUTION_NORMALIZATION_H
#define QUANTC_EXECUTION_NORMALIZATION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace quantc::exec {

struct Normalization {
  /// Of equal length: 1, or the number of channels.
  std::vector<float> mean, standardDeviation;
};

/// Reads "MEAN,STD", or for channels "M1:M2:M3,S1:S2:S3" or, the same numbers
/// in the same order, "M1,M2,M3,S1,S2,S3". All numbers are finite, and no
/// standard deviation is zero or negative.
llvm::Expected<Normalization> parseNormalization(llvm::StringRef text);

/// The axis of a model input that `channels` numbers belong to: the axis behind
/// the batch axis (NCHW) where its extent agrees, otherwise the last one
/// (NHWC), otherwise none.
std::optional<unsigned> findChannelAxis(llvm::ArrayRef<int64_t> shape,
                                        size_t channels);

/// Normalizes one sample of the given shape in place.
void normalize(const Normalization &normalization,
               llvm::ArrayRef<int64_t> shape, float *values);

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_NORMALIZATION_H

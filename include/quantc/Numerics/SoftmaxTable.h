// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Softmax over 8-bit numbers in unsigned 32-bit arithmetic: the table of
// exponentials and the division.
#ifndef QUANTC_NUMERICS_SOFTMAXTABLE_H
#define QUANTC_NUMERICS_SOFTMAXTABLE_H

#include "llvm/Support/Error.h"
#include <array>
#include <cstdint>

namespace quantc::numerics {

/// The exponentials exp(-d * scale) for d = max - q, in units of 2^-fraction.
struct SoftmaxTable {
  static constexpr int32_t kMinFractionBits = 12;
  static constexpr int32_t kMaxFractionBits = 22;

  std::array<uint32_t, 256> values;
  int32_t fractionBits;
};

/// The scale of every softmax output. Its zero point is the storage minimum.
inline constexpr float kSoftmaxOutputScale = 1.0f / 256.0f;

/// The table for rows of `rowLength` numbers at `inputScale` (N20). The sum of
/// a row never exceeds 2^30. An error for an illegal scale and for rows that
/// are empty or longer than 2^18.
llvm::Expected<SoftmaxTable> computeSoftmaxTable(double inputScale,
                                                 int64_t rowLength);

/// min(255, (entry * 256 + sum / 2) / sum) (N21): the distance of the output
/// from its zero point. `sum` is that of the row's entries, so it is positive.
uint32_t softmaxProbability(uint32_t entry, uint32_t sum);

/// What turns the division by the sum of a row into two multiplications (N30).
struct SoftmaxDivisor {
  uint32_t sum;
  /// floor(2^47 / (sum shifted until its top bit is set)).
  uint32_t reciprocal;
  /// Bits that are dropped of a dividend.
  int32_t shift;
};

/// The divisor of a row with sum `sum`, from 2^12 to 2^30.
SoftmaxDivisor makeSoftmaxDivisor(uint32_t sum);

/// (entry * 256 + sum / 2) / sum without a division: not yet saturated (N30).
uint32_t softmaxQuotient(SoftmaxDivisor divisor, uint32_t entry);

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_SOFTMAXTABLE_H

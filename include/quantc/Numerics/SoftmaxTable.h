// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Softmax in unsigned integers: the tables of exponentials, of 8-bit and of
// 16-bit numbers, and the division.
#ifndef QUANTC_NUMERICS_SOFTMAXTABLE_H
#define QUANTC_NUMERICS_SOFTMAXTABLE_H

#include "llvm/Support/Error.h"
#include <array>
#include <cstdint>
#include <optional>

namespace quantc::numerics {

/// The exponentials exp(-d * scale) for d = max - q, in units of 2^-fraction.
struct SoftmaxTable {
  static constexpr int32_t kMinFractionBits = 12;
  static constexpr int32_t kMaxFractionBits = 22;

  std::array<uint32_t, 256> values;
  int32_t fractionBits;
};

/// The exponentials of distances of up to 16 bits, as products of two factors
/// in units of 2^-30: exp(-256 * i * scale) and exp(-j * scale) (N38).
struct WideSoftmaxTable {
  static constexpr int32_t kFactorBits = 30;

  std::array<uint32_t, 256> coarse;
  std::array<uint32_t, 256> fine;
  int32_t fractionBits;

  /// The entry of distance `d`, in units of 2^-fractionBits.
  uint32_t at(uint32_t d) const;
};

/// The finest scale of a softmax output is 2^-16, the coarsest 2^-1.
inline constexpr int32_t kMaxSoftmaxOutputBits = 16;

/// k where the f32 number next to `scale` is 2^-k and legal for a softmax
/// output (N38).
std::optional<int32_t> getSoftmaxOutputBits(double scale);

/// The table for rows of `rowLength` numbers at `inputScale` (N20). The sum of
/// a row never exceeds 2^30. An error for an illegal scale and for rows that
/// are empty or longer than 2^18.
llvm::Expected<SoftmaxTable> computeSoftmaxTable(double inputScale,
                                                 int64_t rowLength);

/// The tables for rows of 16-bit numbers (N38), with the errors of N20.
llvm::Expected<WideSoftmaxTable> computeWideSoftmaxTable(double inputScale,
                                                         int64_t rowLength);

/// (entry * 2^bits + sum / 2) / sum in 64 bits (N38): the distance of the
/// output from its zero point, not yet saturated.
uint64_t softmaxShare(uint32_t entry, uint32_t sum, int32_t bits);

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

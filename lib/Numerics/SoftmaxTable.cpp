// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fraction of the table is as fine as the row length lets the sum be.
#include "quantc/Numerics/SoftmaxTable.h"
#include "quantc/Numerics/Quantize.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace quantc::numerics;

/// e of N20.
static llvm::Expected<int32_t> computeFractionBits(int64_t rowLength) {
  if (rowLength < 1)
    return llvm::createStringError("a softmax row of %lld numbers is empty",
                                   static_cast<long long>(rowLength));
  int32_t fraction =
      std::min<int32_t>(SoftmaxTable::kMaxFractionBits,
                        30 - int32_t(llvm::Log2_64_Ceil(uint64_t(rowLength))));
  if (fraction < SoftmaxTable::kMinFractionBits)
    return llvm::createStringError("a softmax row of %lld numbers is too long: "
                                   "at most 2^18 can be summed in 32 bits",
                                   static_cast<long long>(rowLength));
  return fraction;
}

/// exp(-distance * scale) in units of 2^-fraction.
static uint32_t getExponential(int32_t distance, float scale,
                               int32_t fraction) {
  double exponential = std::exp(-distance * double(scale));
  return uint32_t(roundHalfEven(std::ldexp(exponential, fraction)));
}

llvm::Expected<SoftmaxTable>
quantc::numerics::computeSoftmaxTable(double inputScale, int64_t rowLength) {
  llvm::Expected<float> scale = makeScale(inputScale);
  if (!scale)
    return scale.takeError();
  llvm::Expected<int32_t> fraction = computeFractionBits(rowLength);
  if (!fraction)
    return fraction.takeError();
  SoftmaxTable table;
  table.fractionBits = *fraction;
  for (int32_t distance = 0; distance < 256; ++distance)
    table.values[distance] = getExponential(distance, *scale, *fraction);
  return table;
}

llvm::Expected<WideSoftmaxTable>
quantc::numerics::computeWideSoftmaxTable(double inputScale,
                                          int64_t rowLength) {
  llvm::Expected<float> scale = makeScale(inputScale);
  if (!scale)
    return scale.takeError();
  llvm::Expected<int32_t> fraction = computeFractionBits(rowLength);
  if (!fraction)
    return fraction.takeError();
  WideSoftmaxTable table;
  table.fractionBits = *fraction;
  for (int32_t i = 0; i < 256; ++i) {
    table.coarse[i] =
        getExponential(256 * i, *scale, WideSoftmaxTable::kFactorBits);
    table.fine[i] = getExponential(i, *scale, WideSoftmaxTable::kFactorBits);
  }
  return table;
}

uint32_t WideSoftmaxTable::at(uint32_t d) const {
  assert(d < 65536 && "not a distance of 16-bit numbers");
  int32_t shift = 2 * kFactorBits - fractionBits;
  uint64_t product = uint64_t(coarse[d >> 8]) * fine[d & 255];
  return uint32_t((product + (uint64_t(1) << (shift - 1))) >> shift);
}

std::optional<int32_t> quantc::numerics::getSoftmaxOutputBits(double scale) {
  for (int32_t bits = 1; bits <= kMaxSoftmaxOutputBits; ++bits)
    if (static_cast<float>(scale) == std::ldexp(1.0f, -bits))
      return bits;
  return std::nullopt;
}

uint64_t quantc::numerics::softmaxShare(uint32_t entry, uint32_t sum,
                                        int32_t bits) {
  assert(entry <= sum && sum > 0 && bits >= 1 &&
         bits <= kMaxSoftmaxOutputBits && "not an entry of this row");
  return ((uint64_t(entry) << bits) + sum / 2) / sum;
}

uint32_t quantc::numerics::softmaxProbability(uint32_t entry, uint32_t sum) {
  assert(entry <= sum && sum > 0 && sum <= (uint32_t(1) << 30) &&
         "not an entry of this row");
  return std::min<uint32_t>(255, (entry * 256 + sum / 2) / sum);
}

SoftmaxDivisor quantc::numerics::makeSoftmaxDivisor(uint32_t sum) {
  assert(sum >> SoftmaxTable::kMinFractionBits > 0 &&
         sum <= (uint32_t(1) << 30) && "not the sum of a row");
  int32_t zeros = llvm::countl_zero(sum);
  uint64_t normalized = uint64_t(sum) << zeros;
  return {sum, uint32_t((uint64_t(1) << 47) / normalized), 25 - zeros};
}

uint32_t quantc::numerics::softmaxQuotient(SoftmaxDivisor divisor,
                                           uint32_t entry) {
  uint32_t dividend = entry * 256 + divisor.sum / 2;
  uint32_t estimate = ((dividend >> divisor.shift) * divisor.reciprocal) >> 22;
  uint32_t rest = dividend - estimate * divisor.sum;
  return estimate + (rest >= divisor.sum ? 1 : 0);
}

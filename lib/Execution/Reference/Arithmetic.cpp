// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fixed-point numbers are read off the bits of an IEEE double; a rounded
// division is written as the floor of an exact quotient.
#include "Arithmetic.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

using namespace mlir;

namespace quantc::exec::reference {

Wide divideFloor(Wide dividend, Wide divisor) {
  Wide quotient = dividend / divisor;
  return dividend % divisor < 0 ? quotient - 1 : quotient;
}

float getScaleF32(quant::QuantizedType type, int64_t channel) {
  return static_cast<float>(qnn::getScale(type, channel));
}

int64_t getZeroPointOf(quant::QuantizedType type, int64_t channel) {
  return qnn::getZeroPoint(type, channel);
}

Clip::Clip(quant::QuantizedType type,
           std::optional<llvm::ArrayRef<int32_t>> clamp)
    : low(type.getStorageTypeMin()), high(type.getStorageTypeMax()) {
  if (!clamp)
    return;
  low = std::max<int64_t>(low, clamp->front());
  high = std::min<int64_t>(high, clamp->back());
}

int32_t Clip::operator()(Wide value) const {
  if (value < low)
    return static_cast<int32_t>(low);
  if (value > high)
    return static_cast<int32_t>(high);
  return static_cast<int32_t>(value);
}

int32_t Clip::operator()(double value) const {
  if (value < static_cast<double>(low))
    return static_cast<int32_t>(low);
  if (value > static_cast<double>(high))
    return static_cast<int32_t>(high);
  return static_cast<int32_t>(value);
}

llvm::Expected<Requantizer>
Requantizer::create(RealRatio ratio, qnn::RoundingMode rounding,
                    quant::QuantizedType result,
                    std::optional<llvm::ArrayRef<int32_t>> clamp) {
  Requantizer requantizer(Clip(result, clamp), getZeroPointOf(result));
  requantizer.rounding = rounding;
  requantizer.ratio = ratio.single;
  if (rounding == qnn::RoundingMode::FloatEven) {
    if (!std::isfinite(ratio.single) || !(ratio.single > 0))
      return llvm::createStringError(
          "the ratio %g of the scales is no positive "
          "f32 number",
          ratio.exact);
    return requantizer;
  }
  if (llvm::Error error = requantizer.setFixedPoint(ratio.exact))
    return error;
  return requantizer;
}

/// A normal double is `significand * 2^(exponent - 1075)` with 53 significant
/// bits, of which the multiplier keeps 31, rounded half up.
llvm::Error Requantizer::setFixedPoint(double ratio) {
  uint64_t bits;
  static_assert(sizeof(bits) == sizeof(ratio) &&
                std::numeric_limits<double>::is_iec559);
  std::memcpy(&bits, &ratio, sizeof(bits));
  bool negative = bits >> 63;
  int exponent = static_cast<int>(bits >> 52 & 0x7ff);
  uint64_t significand = (bits & ((uint64_t(1) << 52) - 1)) | uint64_t(1) << 52;
  multiplier = static_cast<int64_t>((significand + (uint64_t(1) << 21)) >> 22);
  shift = 1075 - 22 - exponent;
  if (multiplier == int64_t(1) << 31) {
    multiplier = int64_t(1) << 30;
    --shift;
  }
  if (negative || exponent == 0 || exponent == 0x7ff || shift < 2 || shift > 62)
    return llvm::createStringError(
        "the ratio %g of the scales has no fixed-point multiplier", ratio);
  return llvm::Error::success();
}

int32_t Requantizer::operator()(int64_t accumulator) const {
  if (rounding == qnn::RoundingMode::FloatEven) {
    float steps = static_cast<float>(accumulator) * ratio;
    return clip(static_cast<double>(zeroPoint) +
                std::nearbyint(static_cast<double>(steps)));
  }
  Wide product = static_cast<Wide>(accumulator) * multiplier;
  Wide unit = static_cast<Wide>(1) << shift;
  if (rounding == qnn::RoundingMode::Double && shift > 31) {
    Wide away = static_cast<Wide>(1) << 30;
    product += accumulator < 0 ? -away : away;
  }
  // The nearest integer, ties up: floor(p / unit + 1/2).
  return clip(zeroPoint + divideFloor(2 * product + unit, 2 * unit));
}

llvm::Expected<SumMultipliers>
findSumMultipliers(double lhsRatio, double rhsRatio, bool isWide) {
  double largest = isWide ? 0x1p30 : 0x1p21;
  std::optional<SumMultipliers> best;
  double unit = 1;
  for (int shift = 0; shift <= (isWide ? 45 : 30); ++shift, unit *= 2) {
    double lhs = std::nearbyint(lhsRatio * unit);
    double rhs = std::nearbyint(rhsRatio * unit);
    if (lhs <= largest && rhs <= largest)
      best = {static_cast<int64_t>(lhs), static_cast<int64_t>(rhs), shift};
  }
  if (best)
    return *best;
  return llvm::createStringError(
      "the ratios %g and %g of the scales have no multipliers up to 2^%d",
      lhsRatio, rhsRatio, std::ilogb(largest));
}

} // namespace quantc::exec::reference

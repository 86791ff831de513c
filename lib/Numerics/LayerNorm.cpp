// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every width follows from the longest row: the bounds stand beside the steps.
#include "quantc/Numerics/LayerNorm.h"
#include "quantc/Numerics/Quantize.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>

using namespace quantc::numerics;

/// Largest magnitude of a multiplier: a rounded normalized element has one of
/// at most 2^15, so that their product stays below 2^30.
static constexpr double kMaxMultiplier = 32767.0;
/// Largest magnitude of beta: with it and the rounding term every sum fits i32.
static constexpr double kMaxOffset = 536870912.0;

/// ceil(log2(length) / 2): no normalized element reaches 2^this.
static int32_t getMagnitudeBits(int64_t length) {
  return (static_cast<int32_t>(llvm::Log2_64_Ceil(uint64_t(length))) + 1) / 2;
}

static double getLargest(llvm::ArrayRef<float> values) {
  double largest = 0;
  for (float value : values)
    largest = std::max(largest, std::fabs(double(value)));
  return largest;
}

static llvm::Error checkNumbers(double epsilon, llvm::ArrayRef<float> gamma,
                                llvm::ArrayRef<float> beta) {
  auto length = static_cast<int64_t>(gamma.size());
  if (length < 1 || length > kLongestLayerNormRow)
    return llvm::createStringError("a row of %lld numbers; expected 1 to 2^16",
                                   static_cast<long long>(length));
  if (beta.size() != gamma.size())
    return llvm::createStringError("%zu numbers of beta for %zu of gamma",
                                   beta.size(), gamma.size());
  if (!(epsilon >= 0) || !std::isfinite(epsilon))
    return llvm::createStringError(
        "epsilon %g is not a finite number of at least 0", epsilon);
  for (llvm::ArrayRef<float> values : {gamma, beta})
    for (float value : values)
      if (!std::isfinite(value))
        return llvm::createStringError("%g is no finite gamma or beta",
                                       double(value));
  return llvm::Error::success();
}

/// Fills in the numbers of the last step.
static llvm::Error setOutput(LayerNormPlan &plan, double outputScale,
                             llvm::ArrayRef<float> gamma,
                             llvm::ArrayRef<float> beta) {
  int32_t kept = plan.fractionBits - kLayerNormDroppedBits;
  double gain = getLargest(gamma) / outputScale;
  double shift = getLargest(beta) / outputScale;
  plan.shift = 30;
  while (
      plan.shift >= kept &&
      (std::nearbyint(std::ldexp(gain, plan.shift - kept)) > kMaxMultiplier ||
       std::ldexp(shift, plan.shift) > kMaxOffset))
    --plan.shift;
  if (plan.shift < kept)
    return llvm::createStringError(
        "gamma or beta is too large for the output scale: %g and %g steps",
        gain, shift);
  for (size_t i = 0; i < gamma.size(); ++i) {
    double multiplier = std::ldexp(gamma[i] / outputScale, plan.shift - kept);
    double offset = std::ldexp(beta[i] / outputScale, plan.shift);
    plan.multipliers.push_back(int32_t(roundHalfEven(multiplier)));
    plan.offsets.push_back(int32_t(roundHalfEven(offset)) +
                           (int32_t(1) << (plan.shift - 1)));
  }
  return llvm::Error::success();
}

llvm::Expected<LayerNormPlan>
quantc::numerics::planLayerNorm(double inputScale, double outputScale,
                                double epsilon, llvm::ArrayRef<float> gamma,
                                llvm::ArrayRef<float> beta) {
  llvm::Expected<float> input = makeScale(inputScale);
  if (!input)
    return input.takeError();
  llvm::Expected<float> output = makeScale(outputScale);
  if (!output)
    return output.takeError();
  if (llvm::Error error = checkNumbers(epsilon, gamma, beta))
    return error;
  LayerNormPlan plan;
  plan.rowLength = static_cast<int64_t>(gamma.size());
  double perStep = double(plan.rowLength) / double(*input);
  double scaled = roundHalfEven(epsilon * perStep * perStep);
  if (!(scaled <= std::ldexp(1.0, 61)))
    return llvm::createStringError(
        "epsilon %g is too large for the input scale %g", epsilon,
        double(*input));
  plan.epsilon = static_cast<int64_t>(scaled);
  plan.fractionBits = 30 - getMagnitudeBits(plan.rowLength);
  if (llvm::Error error = setOutput(plan, double(*output), gamma, beta))
    return error;
  return plan;
}

uint64_t quantc::numerics::layerNormReciprocalRoot(uint64_t value) {
  assert(value >> 30 >= 1 && value >> 32 == 0 && "value is not normalized");
  uint64_t root = ((uint64_t(7) << 30) - value) / 3;
  for (int step = 0; step < 4; ++step) {
    uint64_t square = (root * root) >> 32;
    uint64_t rest = (uint64_t(3) << 30) - ((value * square) >> 30);
    root = (root * rest) >> 31;
  }
  return root;
}

LayerNormRow quantc::numerics::layerNormRow(const LayerNormPlan &plan,
                                            int32_t sum, int32_t squares) {
  int64_t n = plan.rowLength, s1 = sum;
  // At most 2^46 - 0 + 2^61.
  int64_t spread = std::max<int64_t>(1, n * squares - s1 * s1 + plan.epsilon);
  int32_t half = llvm::countl_zero(uint64_t(spread)) / 2;
  uint64_t root =
      layerNormReciprocalRoot((uint64_t(spread) << (2 * half)) >> 32);
  int32_t drop = 62 - half - plan.fractionBits;
  int64_t multiplier = (n * int64_t(root) + (int64_t(1) << (drop - 1))) >> drop;
  int64_t mean = llvm::divideFloorSigned(2 * s1 + n, 2 * n);
  int64_t rest = s1 - n * mean;
  int64_t offset =
      mean * multiplier + llvm::divideFloorSigned(rest * multiplier + n / 2, n);
  return {static_cast<int32_t>(static_cast<uint32_t>(multiplier)),
          static_cast<int32_t>(static_cast<uint32_t>(offset))};
}

int32_t quantc::numerics::layerNormElement(const LayerNormPlan &plan,
                                           LayerNormRow row, int64_t index,
                                           int32_t element) {
  auto normalized = static_cast<int32_t>(
      uint32_t(element) * uint32_t(row.multiplier) - uint32_t(row.offset));
  int32_t rounded = (normalized + (1 << (kLayerNormDroppedBits - 1))) >>
                    kLayerNormDroppedBits;
  return (rounded * plan.multipliers[index] + plan.offsets[index]) >>
         plan.shift;
}

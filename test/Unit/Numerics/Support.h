// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tests of the numeric contract share: unwrapping results, checking
// error texts, sampling numbers.
#ifndef QUANTC_TEST_UNIT_NUMERICS_SUPPORT_H
#define QUANTC_TEST_UNIT_NUMERICS_SUPPORT_H

#include "llvm/Support/Error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace quantc::numerics {

inline constexpr double kInf = std::numeric_limits<double>::infinity();
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr int32_t kMinInt32 = std::numeric_limits<int32_t>::min();
inline constexpr int32_t kMaxInt32 = std::numeric_limits<int32_t>::max();
inline constexpr int64_t kMinInt64 = std::numeric_limits<int64_t>::min();
inline constexpr int64_t kMaxInt64 = std::numeric_limits<int64_t>::max();

/// The value of a result that must not be an error.
template <typename T>
T unwrap(llvm::Expected<T> result) {
  return llvm::cantFail(std::move(result));
}

/// The text of a result that must be an error, empty if it is none.
template <typename T>
std::string errorOf(llvm::Expected<T> result) {
  return result ? std::string() : llvm::toString(result.takeError());
}

/// The same numbers in every run and on every machine.
inline std::mt19937_64 makeGenerator() { return std::mt19937_64(22); }

/// The generator's output as an accumulator of any magnitude.
inline int64_t anyMagnitude(std::mt19937_64 &generator, int bits) {
  uint64_t raw = generator();
  int drop = 64 - bits + int(generator() % uint64_t(bits));
  return int64_t(raw) >> drop;
}

/// Accumulators around every power of two, zero and both ends of i32.
inline std::vector<int32_t> edgeAccumulators() {
  std::vector<int32_t> result = {kMinInt32, kMinInt32 + 1, kMaxInt32};
  for (int bit = 0; bit < 31; ++bit)
    for (int64_t offset = -1; offset <= 1; ++offset) {
      int64_t value = (int64_t(1) << bit) + offset;
      result.push_back(int32_t(value));
      result.push_back(int32_t(-value));
    }
  return result;
}

/// floor(a / b) for a positive b, without a shift.
inline __int128 floorDivide(__int128 a, __int128 b) {
  __int128 quotient = a / b;
  return a % b < 0 ? quotient - 1 : quotient;
}

inline float floatOfBits(uint32_t bits) {
  float result;
  std::memcpy(&result, &bits, sizeof(result));
  return result;
}

} // namespace quantc::numerics

#endif // QUANTC_TEST_UNIT_NUMERICS_SUPPORT_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The integers that a storage type may hold, and saturation into them. Which
// type a tensor gets is decided by whoever quantizes it.
#ifndef QUANTC_NUMERICS_STORAGERANGE_H
#define QUANTC_NUMERICS_STORAGERANGE_H

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>

namespace quantc::numerics {

/// A closed interval of integers, `min <= max` (N24).
struct StorageRange {
  int64_t min;
  int64_t max;

  /// The range of an integer type of 2 to 32 bits. A narrow range gives up the
  /// lowest value, so that a signed one is symmetric around zero.
  static constexpr StorageRange get(unsigned bits, bool isSigned,
                                    bool narrow = false) {
    assert(bits >= 2 && bits <= 32 && "storage has 2 to 32 bits");
    int64_t count = int64_t(1) << bits;
    int64_t lowest = isSigned ? -(count / 2) : 0;
    return {lowest + (narrow ? 1 : 0), lowest + count - 1};
  }

  /// [-128, 127], the range of signed activations.
  static constexpr StorageRange int8() { return get(8, true); }
  /// [0, 255], the range of unsigned activations.
  static constexpr StorageRange uint8() { return get(8, false); }
  /// [-127, 127], the range of weights.
  static constexpr StorageRange narrowInt8() { return get(8, true, true); }

  constexpr bool contains(int64_t value) const {
    return min <= value && value <= max;
  }
  /// The number of steps from one end to the other.
  constexpr int64_t steps() const { return max - min; }
  /// The value of the range that is nearest to `value`.
  constexpr int64_t saturate(int64_t value) const {
    return std::clamp(value, min, max);
  }

  friend constexpr bool operator==(StorageRange a, StorageRange b) {
    return a.min == b.min && a.max == b.max;
  }
  friend constexpr bool operator!=(StorageRange a, StorageRange b) {
    return !(a == b);
  }
};

/// The value of type `T` that is nearest to `value`.
template <typename T>
constexpr T saturateTo(int64_t value) {
  static_assert(sizeof(T) <= 4, "64-bit types have nothing to saturate");
  return T(std::clamp<int64_t>(value, std::numeric_limits<T>::min(),
                               std::numeric_limits<T>::max()));
}

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_STORAGERANGE_H

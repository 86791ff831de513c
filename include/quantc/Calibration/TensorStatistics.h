// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What calibration remembers of one tensor: exact ends, exact counts and a
// histogram, in memory that does not grow with the data. The state is a
// function of the multiset of values alone: no order, no division into batches
// or shards shows in it. What range follows from it is in Method.h.
#ifndef QUANTC_CALIBRATION_TENSORSTATISTICS_H
#define QUANTC_CALIBRATION_TENSORSTATISTICS_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <limits>
#include <vector>

namespace quantc {

/// The range of one tensor: finite, min <= max.
struct TensorRange {
  double min;
  double max;

  friend bool operator==(TensorRange a, TensorRange b) {
    return a.min == b.min && a.max == b.max;
  }
};

/// The bins lie on an absolute grid: bin `i >= 0` holds the values of
/// [i * w, (i + 1) * w), bin `i < 0` those of (i * w, (i + 1) * w], zeros
/// apart. The width w = 2^e is the least with which the greatest magnitude
/// falls into the `kBinsPerSide` bins of its side, so that it depends on that
/// magnitude only. A greater magnitude doubles w: two neighbours become one,
/// which is exactly what counting on the coarser grid would have given.
class TensorStatistics {
public:
  static constexpr int kBinsPerSideLog2 = 12;
  static constexpr int64_t kBinsPerSide = int64_t(1) << kBinsPerSideLog2;
  /// 2^e and 2^-e are normal floats. Magnitudes below 2^(kLeastExponent + 12)
  /// all use the least width.
  static constexpr int kLeastExponent = -120;
  static constexpr int kGreatestExponent = 128 - kBinsPerSideLog2;

  /// Without a histogram only ends and counts are kept.
  explicit TensorStatistics(bool hasHistogram = true)
      : histogram(hasHistogram) {}

  /// A state that was read from a file. The caller has checked that each bin
  /// lies in -kBinsPerSide .. kBinsPerSide - 1 and the exponent in its limits.
  struct State {
    uint64_t zeros = 0;
    float least = 0.0f, greatest = 0.0f;
    int exponent = kLeastExponent;
    /// Bin and count; counts are above zero.
    std::vector<std::pair<int64_t, uint64_t>> bins;
  };
  static TensorStatistics restore(const State &state);

  /// Counts `values` and returns their own ends, +inf and -inf where there are
  /// none. NaN and infinities are counted apart and are in no bin.
  TensorRange add(llvm::ArrayRef<float> values);

  /// As if the values of `other` had been added. Both have a histogram or none.
  void merge(const TensorStatistics &other);

  bool hasHistogram() const { return histogram; }
  /// All finite values, zeros among them.
  uint64_t getCount() const { return count; }
  uint64_t getZeros() const { return zeros; }
  uint64_t getNonFinite() const { return nonFinite; }
  /// The exact ends; meaningless where nothing was counted.
  float getLeast() const { return least; }
  float getGreatest() const { return greatest; }

  /// e of the bin width 2^e.
  int getExponent() const { return exponent; }
  double getBinWidth() const;
  /// The count of a bin, -kBinsPerSide <= bin < kBinsPerSide. No zeros.
  uint64_t getBin(int64_t bin) const {
    return bins.empty() ? 0 : bins[kBinsPerSide + bin];
  }
  /// The outermost bins that hold values, first > last where there are none.
  std::pair<int64_t, int64_t> getOccupiedBins() const;

  friend bool operator==(const TensorStatistics &a, const TensorStatistics &b);

private:
  struct Summary;
  static Summary summarize(llvm::ArrayRef<float> values);
  void addBlock(llvm::ArrayRef<float> values, TensorRange &ends);
  void countBins(llvm::ArrayRef<float> values);
  /// Widens the bins until they are 2^`target` wide.
  void widen(int target);

  bool histogram;
  uint64_t count = 0, zeros = 0, nonFinite = 0;
  float least = std::numeric_limits<float>::infinity();
  float greatest = -std::numeric_limits<float>::infinity();
  int exponent = kLeastExponent;
  /// Empty until a value other than zero comes. Behind the bins stand the
  /// places where zeros are thrown.
  std::vector<uint64_t> bins;
};

} // namespace quantc

#endif // QUANTC_CALIBRATION_TENSORSTATISTICS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Optimally clipped tensors (Sakr et al., ICML 2022): where the derivative of
//
//   inside * scale^2 / 12 + sum over the clipped of their squared distance
//
// by an end of the range is zero, that end is a ratio of sums over the values,
// which a fixed point iteration finds. Here for a range [-low, high] of its own
// two ends: with L steps, scale = (low + high) / L and
//
//   high = (sum of x over x > high - low * q) / (number of x > high + q),
//   q = inside / (12 L^2),
//
// and the same for low on the other side. Zeros are exact: they are not inside.
#include "Methods.h"

#include <algorithm>
#include <cmath>

namespace quantc {
namespace {

/// Numbers and sums of the values of one side beyond a magnitude.
class Tail {
public:
  Tail(const TensorStatistics &statistics, bool positive, bool negative)
      : width(statistics.getBinWidth()), counts(kSide + 1), sums(kSide + 1) {
    for (int64_t i = kSide - 1; i >= 0; --i) {
      double count = (positive ? double(statistics.getBin(i)) : 0.0) +
                     (negative ? double(statistics.getBin(-1 - i)) : 0.0);
      counts[i] = counts[i + 1] + count;
      sums[i] = sums[i + 1] + count * (double(i) + 0.5) * width;
    }
  }

  /// Bins count as a whole, by their middle.
  int64_t getIndex(double magnitude) const {
    double index = std::floor(magnitude / width + 0.5);
    return int64_t(std::clamp(index, 0.0, double(kSide)));
  }
  double getCount(double magnitude) const {
    return counts[getIndex(magnitude)];
  }
  double getSum(double magnitude) const { return sums[getIndex(magnitude)]; }
  double getTotal() const { return counts[0]; }
  double getMean() const { return counts[0] ? sums[0] / counts[0] : 0.0; }

private:
  static constexpr int64_t kSide = TensorStatistics::kBinsPerSide;
  double width;
  std::vector<double> counts, sums;
};

/// The iteration converges within ten or twenty steps, or goes in a small
/// circle between two bins.
constexpr int kIterations = 50;

TensorRange iterate(const Tail &low, const Tail &high, double steps) {
  TensorRange range{-low.getMean(), high.getMean()};
  for (int i = 0; i < kIterations; ++i) {
    double a = -range.min, b = range.max;
    double inside =
        low.getTotal() - low.getCount(a) + high.getTotal() - high.getCount(b);
    double pull = inside / (12.0 * steps * steps);
    auto move = [&](const Tail &tail, double end, double other) {
      double weight = tail.getCount(end) + pull;
      double moved = tail.getSum(end) - other * pull;
      return weight > 0.0 ? std::max(moved / weight, 0.0) : end;
    };
    TensorRange next{-move(low, a, b), move(high, b, a)};
    if (next == range)
      break;
    range = next;
  }
  return range;
}

} // namespace

TensorRange chooseOctav(const TensorStatistics &statistics,
                        const RangeFormat &format) {
  TensorRange full = getFullRange(statistics, format);
  auto steps = double(format.storage.steps());
  TensorRange range;
  if (format.symmetric) {
    // One end for both signs: half of the steps, none on the other side.
    Tail none(statistics, false, false), both(statistics, true, true);
    double end = iterate(none, both, steps / 2.0).max;
    range = {-end, end};
  } else {
    range = iterate(Tail(statistics, false, true),
                    Tail(statistics, true, false), steps);
  }
  return {std::max(range.min, full.min), std::min(range.max, full.max)};
}

} // namespace quantc

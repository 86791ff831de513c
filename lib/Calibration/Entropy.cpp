// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The range whose quantized histogram loses least information, as TensorRT and
// ONNX Runtime choose it, with two ends of its own: P is the histogram with
// what is clipped added to the outermost bins; Q gives to each level of the
// quantizer the values of its bins, spread evenly over those that hold any.
// Zeros are left out: the quantizer tells them apart.
#include "Methods.h"
#include "quantc/Numerics/Quantize.h"

#include <algorithm>
#include <cmath>

namespace quantc {
namespace {

/// The natural logarithm of x > 0, the same on every machine: the series of
/// atanh on a mantissa near one.
double logarithm(double x) {
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);
  if (mantissa < 0.70710678118654752) {
    mantissa *= 2.0;
    --exponent;
  }
  double s = (mantissa - 1.0) / (mantissa + 1.0), square = s * s, sum = 0.0;
  for (int k = 19; k >= 1; k -= 2)
    sum = sum * square + 1.0 / k;
  return 2.0 * s * sum + exponent * 0.69314718055994531;
}

/// The counts of the occupied bins, once for all ranges.
struct Bins {
  int64_t first;
  double width;
  std::vector<double> counts;

  explicit Bins(const TensorStatistics &statistics)
      : width(statistics.getBinWidth()) {
    auto [begin, end] = statistics.getOccupiedBins();
    first = begin;
    for (int64_t bin = begin; bin <= end; ++bin)
      counts.push_back(double(statistics.getBin(bin)));
  }

  double getMiddle(size_t index) const {
    return (double(first + int64_t(index)) + 0.5) * width;
  }
};

/// sum of p * log(p / q) over the bins of one level. `clipped` is added to p of
/// its first or last bin.
class Divergence {
public:
  explicit Divergence(const Bins &bins) : bins(bins) {}

  double get(TensorRange range, const RangeFormat &format) {
    // The bins inside: those whose middle is.
    auto index = [&](double end) {
      double place = std::floor(end / bins.width + 0.5) - double(bins.first);
      return size_t(std::clamp(place, 0.0, double(bins.counts.size())));
    };
    begin = index(range.min);
    end = index(range.max);
    if (begin >= end)
      return std::numeric_limits<double>::infinity();
    double inside = getSum(begin, end);
    below = getSum(0, begin);
    above = getSum(end, bins.counts.size());
    if (inside == 0.0)
      return std::numeric_limits<double>::infinity();

    std::optional<numerics::QuantParams> grid = getGrid(range, format);
    if (!grid)
      return std::numeric_limits<double>::infinity();
    double sum = 0.0;
    for (size_t i = begin; i < end;) {
      double level = numerics::roundHalfEven(bins.getMiddle(i) / grid->scale);
      size_t next = i + 1;
      double edge = (level + 0.5) * grid->scale;
      while (next < end && bins.getMiddle(next) < edge)
        ++next;
      sum += getLevel(i, next);
      i = next;
    }
    double total = inside + below + above;
    // Both are normalized to one: P by the total, Q by what is inside.
    return sum / total + logarithm(inside / total);
  }

private:
  double getSum(size_t from, size_t to) const {
    double sum = 0.0;
    for (size_t i = from; i < to; ++i)
      sum += bins.counts[i];
    return sum;
  }

  /// sum of P * log(P / Q) over one level, both as counts.
  double getLevel(size_t from, size_t to) const {
    double count = 0.0, used = 0.0;
    for (size_t i = from; i < to; ++i) {
      count += bins.counts[i];
      used += getClipped(i) > 0.0 || bins.counts[i] > 0.0;
    }
    if (used == 0.0)
      return 0.0;
    // Where only clipped values are, half a value stands for what is not there.
    double logQ = logarithm(std::max(count, 0.5) / used), sum = 0.0;
    for (size_t i = from; i < to; ++i)
      if (double p = bins.counts[i] + getClipped(i); p > 0.0)
        sum += p * (logarithm(p) - logQ);
    return sum;
  }

  double getClipped(size_t i) const {
    return (i == begin ? below : 0.0) + (i + 1 == end ? above : 0.0);
  }

  const Bins &bins;
  size_t begin = 0, end = 0;
  double below = 0.0, above = 0.0;
};

} // namespace

TensorRange chooseEntropy(const TensorStatistics &statistics,
                          const RangeFormat &format) {
  TensorRange full = getFullRange(statistics, format);
  Bins bins(statistics);
  if (bins.counts.empty())
    return full;
  Divergence divergence(bins);
  return searchRange(full, format.symmetric, [&](TensorRange range) {
    return divergence.get(range, format);
  });
}

} // namespace quantc

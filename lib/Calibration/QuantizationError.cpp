// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The mean squared error of a range, and the method that makes it least.
//
// With x at scale s, n(x) = clamp(round(x / s)) and r(x) = x - s * n(x), the
// squared error r^2 has the integral
//
//   G(x) = n(x) * s^3 / 12 + r(x)^3 / 3
//
// also where x saturates, so one value of G for each edge of a bin gives the
// mean error of values that lie anywhere in it, however wide bins and steps
// are. Zeros have no error in any format.
#include "Methods.h"

#include <algorithm>
#include <cmath>

namespace quantc {
namespace {

/// The grid that a range gives, around zero.
class Grid {
public:
  Grid(const numerics::QuantParams &params, const RangeFormat &format) {
    scale = params.scale;
    lowest = double(format.storage.min - params.zeroPoint);
    highest = double(format.storage.max - params.zeroPoint);
    stepIntegral = scale * scale * scale / 12.0;
  }

  double getErrorAt(double x) const {
    double rest = x - scale * round(x);
    return rest * rest;
  }

  double getIntegral(double x) const {
    double n = round(x), rest = x - scale * n;
    return n * stepIntegral + rest * rest * rest / 3.0;
  }

private:
  double round(double x) const {
    // Adding this leaves no bits behind the point.
    constexpr double kNoFraction = 6755399441055744.0; // 1.5 * 2^52
    double n = (std::clamp(x / scale, lowest, highest) + kNoFraction);
    return n - kNoFraction;
  }

  double scale, lowest, highest, stepIntegral;
};

} // namespace

double getQuantizationError(const TensorStatistics &statistics,
                            TensorRange range, const RangeFormat &format) {
  std::optional<numerics::QuantParams> params = getGrid(range, format);
  if (!params)
    return std::numeric_limits<double>::infinity();
  Grid grid(*params, format);
  double width = statistics.getBinWidth();
  double least = statistics.getLeast(), greatest = statistics.getGreatest();
  auto [first, last] = statistics.getOccupiedBins();
  double sum = 0.0;
  double lower = std::max(first * width, least);
  double before = grid.getIntegral(lower);
  for (int64_t bin = first; bin <= last; ++bin) {
    double upper = std::min(double(bin + 1) * width, greatest);
    double after = grid.getIntegral(upper);
    if (uint64_t count = statistics.getBin(bin))
      sum += double(count) * (upper > lower ? (after - before) / (upper - lower)
                                            : grid.getErrorAt(lower));
    lower = upper;
    before = after;
  }
  return sum / double(statistics.getCount());
}

TensorRange chooseMeanSquare(const TensorStatistics &statistics,
                             const RangeFormat &format) {
  return searchRange(getFullRange(statistics, format), format.symmetric,
                     [&](TensorRange range) {
                       return getQuantizationError(statistics, range, format);
                     });
}

} // namespace quantc

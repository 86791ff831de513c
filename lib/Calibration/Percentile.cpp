// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// On each side of zero the least range of whole bins that holds the share of
// that side's values. Zeros count for neither: they are exact in every format,
// and with them the same percentile would clip the more of a tensor the more
// of it is zero.
#include "Methods.h"

#include <algorithm>

namespace quantc {

/// The end of the bins, counted away from zero, that hold `share` of `counts`.
static int64_t findEnd(llvm::ArrayRef<uint64_t> counts, double share) {
  uint64_t total = 0, seen = 0;
  for (uint64_t count : counts)
    total += count;
  int64_t end = 0;
  for (; end < int64_t(counts.size()); ++end) {
    if (double(seen) >= double(total) * share)
      return end;
    seen += counts[end];
  }
  return end;
}

TensorRange choosePercentile(const TensorStatistics &statistics,
                             double percentile, const RangeFormat &format) {
  constexpr int64_t side = TensorStatistics::kBinsPerSide;
  std::vector<uint64_t> positive(side), negative(side);
  for (int64_t i = 0; i < side; ++i) {
    positive[i] = statistics.getBin(i);
    negative[i] = statistics.getBin(-1 - i);
    if (format.symmetric)
      positive[i] += negative[i];
  }
  TensorRange full = getFullRange(statistics, format);
  double width = statistics.getBinWidth(), share = percentile / 100.0;
  double high = std::min(double(findEnd(positive, share)) * width, full.max);
  if (format.symmetric)
    return {-high, high};
  double low = -double(findEnd(negative, share)) * width;
  return {std::max(low, full.min), high};
}

} // namespace quantc

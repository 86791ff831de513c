// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counting, in blocks that stay in the first cache: one pass finds the ends of
// a block, and with them the bin width, the other counts. Every step on values
// is exact (comparisons, products with powers of two, truncation), so that the
// counts are the same on every machine.
#include "quantc/Calibration/TensorStatistics.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstring>

namespace quantc {

static constexpr size_t kBlock = 1024;
/// Accumulators side by side: a chain of one would wait for each element.
static constexpr size_t kLanes = 8;
/// Where zeros are thrown, in turns: a run of zeros (behind a ReLU, half of all
/// values) would otherwise wait for one counter again and again.
static constexpr size_t kZeroSlots = 8;
static constexpr size_t kAllBins = 2 * TensorStatistics::kBinsPerSide;

/// The exponent of the bin width for values of up to `magnitude` > 0.
static int getExponentFor(float magnitude) {
  int exponent = std::ilogb(magnitude) + 1 - TensorStatistics::kBinsPerSideLog2;
  return std::max(exponent, TensorStatistics::kLeastExponent);
}

struct TensorStatistics::Summary {
  float least = std::numeric_limits<float>::infinity();
  float greatest = -std::numeric_limits<float>::infinity();
  uint64_t zeros = 0;
  bool allFinite = true;
};

TensorStatistics::Summary
TensorStatistics::summarize(llvm::ArrayRef<float> values) {
  Summary summary;
  std::array<float, kLanes> least, greatest, poison{};
  std::array<uint32_t, kLanes> zeros{};
  least.fill(summary.least);
  greatest.fill(summary.greatest);
  auto look = [&](size_t lane, float value) {
    least[lane] = value < least[lane] ? value : least[lane];
    greatest[lane] = value > greatest[lane] ? value : greatest[lane];
    zeros[lane] += value == 0.0f;
    // Zero for every number, NaN for NaN and infinities.
    poison[lane] += value - value;
  };
  size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes)
    for (size_t lane = 0; lane < kLanes; ++lane)
      look(lane, values[i + lane]);
  for (; i < values.size(); ++i)
    look(0, values[i]);
  for (size_t lane = 0; lane < kLanes; ++lane) {
    summary.least = std::min(summary.least, least[lane]);
    summary.greatest = std::max(summary.greatest, greatest[lane]);
    summary.zeros += zeros[lane];
    summary.allFinite &= poison[lane] == 0.0f;
  }
  // -0 and +0 are equal: which of them comes first must not show.
  summary.least += 0.0f;
  summary.greatest += 0.0f;
  return summary;
}

TensorRange TensorStatistics::add(llvm::ArrayRef<float> values) {
  TensorRange ends{std::numeric_limits<double>::infinity(),
                   -std::numeric_limits<double>::infinity()};
  for (; values.size() > kBlock; values = values.drop_front(kBlock))
    addBlock(values.take_front(kBlock), ends);
  addBlock(values, ends);
  return ends;
}

void TensorStatistics::addBlock(llvm::ArrayRef<float> values,
                                TensorRange &ends) {
  Summary summary = summarize(values);
  std::vector<float> finite;
  if (!summary.allFinite) {
    llvm::copy_if(values, std::back_inserter(finite),
                  [](float value) { return std::isfinite(value); });
    nonFinite += values.size() - finite.size();
    values = finite;
    summary = summarize(values);
  }
  if (values.empty())
    return;
  count += values.size();
  zeros += summary.zeros;
  least = std::min(least, summary.least);
  greatest = std::max(greatest, summary.greatest);
  ends.min = std::min<double>(ends.min, summary.least);
  ends.max = std::max<double>(ends.max, summary.greatest);
  if (!histogram || summary.zeros == values.size())
    return;
  widen(getExponentFor(std::max(-summary.least, summary.greatest)));
  countBins(values);
}

/// The place of each value in `bins`, for bins of 1 / `scale`.
static void findBins(llvm::ArrayRef<float> values, float scale,
                     int32_t *places) {
  for (size_t i = 0; i < values.size(); ++i) {
    float value = values[i];
    // Magnitudes are truncated, for both signs alike: halving the bin of a
    // magnitude is then exact also where the product underflows.
    auto magnitude = static_cast<int32_t>(std::fabs(value) * scale);
    int32_t bin = value < 0.0f ? ~magnitude : magnitude;
    int32_t place = int32_t(TensorStatistics::kBinsPerSide) + bin;
    places[i] = value == 0.0f ? int32_t(kAllBins + i % kZeroSlots) : place;
  }
}

void TensorStatistics::countBins(llvm::ArrayRef<float> values) {
  std::array<int32_t, kBlock> places;
  findBins(values, std::ldexp(1.0f, -exponent), places.data());
  uint64_t *counters = bins.data();
  for (size_t i = 0; i < values.size(); ++i)
    ++counters[places[i]];
}

void TensorStatistics::widen(int target) {
  if (bins.empty()) {
    bins.resize(kAllBins + kZeroSlots);
    exponent = target;
  }
  for (; exponent < target; ++exponent) {
    // The bins next to zero first: a pair moves to where others have left.
    uint64_t *up = bins.data() + kBinsPerSide, *down = up - 1;
    for (int64_t i = 0; i < kBinsPerSide / 2; ++i) {
      up[i] = up[2 * i] + up[2 * i + 1];
      down[-i] = down[-2 * i] + down[-2 * i - 1];
    }
    std::fill(up + kBinsPerSide / 2, up + kBinsPerSide, 0);
    std::fill(bins.data(), bins.data() + kBinsPerSide / 2, 0);
  }
}

void TensorStatistics::merge(const TensorStatistics &other) {
  assert(histogram == other.histogram && "states of the same kind");
  count += other.count;
  zeros += other.zeros;
  nonFinite += other.nonFinite;
  least = std::min(least, other.least);
  greatest = std::max(greatest, other.greatest);
  if (other.bins.empty())
    return;
  TensorStatistics shifted = other;
  shifted.widen(std::max(exponent, other.exponent));
  widen(shifted.exponent);
  for (size_t i = 0; i < kAllBins; ++i)
    bins[i] += shifted.bins[i];
}

TensorStatistics TensorStatistics::restore(const State &state) {
  TensorStatistics result;
  result.zeros = result.count = state.zeros;
  result.least = state.least;
  result.greatest = state.greatest;
  if (state.bins.empty())
    return result;
  result.widen(state.exponent);
  for (auto [bin, number] : state.bins) {
    assert(-kBinsPerSide <= bin && bin < kBinsPerSide && "checked by caller");
    result.bins[kBinsPerSide + bin] = number;
    result.count += number;
  }
  return result;
}

double TensorStatistics::getBinWidth() const {
  return std::ldexp(1.0, exponent);
}

std::pair<int64_t, int64_t> TensorStatistics::getOccupiedBins() const {
  int64_t first = -kBinsPerSide, last = kBinsPerSide - 1;
  while (first <= last && !getBin(first))
    ++first;
  while (first <= last && !getBin(last))
    --last;
  return {first, last};
}

bool operator==(const TensorStatistics &a, const TensorStatistics &b) {
  auto equalBins = [&] {
    if (a.bins.empty() || b.bins.empty())
      return a.bins.empty() == b.bins.empty();
    return std::equal(a.bins.begin(), a.bins.begin() + kAllBins,
                      b.bins.begin());
  };
  return a.histogram == b.histogram && a.count == b.count &&
         a.zeros == b.zeros && a.nonFinite == b.nonFinite &&
         a.least == b.least && a.greatest == b.greatest &&
         a.exponent == b.exponent && equalBins();
}

} // namespace quantc

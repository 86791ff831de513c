// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ranks and sums.
#include "quantc/Execution/Metrics.h"

#include <cassert>
#include <cmath>
#include <limits>

namespace quantc::exec {

/// Whether the score at `a` ranks before the one at `b`.
static bool ranksBefore(llvm::ArrayRef<double> scores, size_t a, size_t b) {
  double left = scores[a], right = scores[b];
  if (std::isnan(left) != std::isnan(right))
    return std::isnan(right);
  if (left != right && !std::isnan(left))
    return left > right;
  return a < b;
}

void AccuracyMeter::add(llvm::ArrayRef<double> scores, int64_t label) {
  assert(label >= 0 && label < static_cast<int64_t>(scores.size()) &&
         "the label is no class");
  int64_t rank = 0;
  for (size_t i = 0; i < scores.size(); ++i)
    rank += ranksBefore(scores, i, label);
  ++samples;
  top1 += rank == 0;
  top5 += rank < 5;
}

static size_t findLargest(llvm::ArrayRef<double> values) {
  size_t best = 0;
  for (size_t i = 1; i < values.size(); ++i)
    if (ranksBefore(values, i, best))
      best = i;
  return best;
}

void AgreementMeter::add(llvm::ArrayRef<double> values,
                         llvm::ArrayRef<double> reference) {
  assert(values.size() == reference.size() && !values.empty() &&
         "one reference for each value");
  for (size_t i = 0; i < values.size(); ++i) {
    double difference = values[i] - reference[i];
    noise += difference * difference;
    dot += values[i] * reference[i];
    valueEnergy += values[i] * values[i];
    referenceEnergy += reference[i] * reference[i];
    // A NaN must not be forgotten by the next comparison.
    if (!(std::fabs(difference) <= maxAbsDiff) && !std::isnan(maxAbsDiff))
      maxAbsDiff = std::fabs(difference);
  }
  ++samples;
  sameTop1 += findLargest(values) == findLargest(reference);
}

double AgreementMeter::getSqnr() const {
  return noise == 0 ? std::numeric_limits<double>::infinity()
                    : 10 * std::log10(referenceEnergy / noise);
}

double AgreementMeter::getCosine() const {
  // Two outputs of nothing but zeros point in the same direction.
  if (valueEnergy == 0 && referenceEnergy == 0)
    return 1;
  return dot / std::sqrt(valueEnergy * referenceEnergy);
}

double AgreementMeter::getSameTop1() const {
  return samples ? static_cast<double>(sameTop1) / static_cast<double>(samples)
                 : 0;
}

} // namespace quantc::exec

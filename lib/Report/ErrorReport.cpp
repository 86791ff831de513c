// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From energies to decibels, shares and an order.
#include "quantc/Report/ErrorReport.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace quantc {

llvm::StringRef getErrorSourceName(ErrorSource source) {
  switch (source) {
  case ErrorSource::Weights:
    return "weights";
  case ErrorSource::Input:
    return "input";
  case ErrorSource::Rounding:
    return "rounding";
  case ErrorSource::Clipping:
    return "clipping";
  }
  llvm_unreachable("unknown source");
}

double getDecibels(double signal, double noise) {
  if (noise == 0)
    return std::numeric_limits<double>::infinity();
  return 10.0 * std::log10(signal / noise);
}

double LayerReport::getSqnrAlone() const {
  return getDecibels(energies.signal, energies.alone);
}

double LayerReport::getSqnrAccumulated() const {
  return getDecibels(energies.signal, energies.accumulated);
}

std::array<double, kErrorSources> LayerReport::getShares() const {
  std::array<double, kErrorSources> shares = energies.sources;
  double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (sum > 0)
    for (double &share : shares)
      share /= sum;
  return shares;
}

double OutputReport::getSqnr() const { return getDecibels(signal, noise); }

std::vector<const LayerReport *> ErrorReport::getWorstFirst() const {
  std::vector<const LayerReport *> sorted;
  sorted.reserve(layers.size());
  for (const LayerReport &layer : layers)
    sorted.push_back(&layer);
  // Equal ones stay in program order.
  llvm::sort(sorted, [](const LayerReport *a, const LayerReport *b) {
    return std::pair(a->getSqnrAlone(), a) < std::pair(b->getSqnrAlone(), b);
  });
  return sorted;
}

/// "21.3 dB", or that there is no noise.
static std::string formatSqnr(double decibels) {
  if (!std::isfinite(decibels))
    return "infinite";
  return llvm::formatv("{0:F1} dB", decibels);
}

std::string summarize(const OutputReport &output) {
  return "SQNR " + formatSqnr(output.getSqnr());
}

std::string summarize(const LayerReport &layer) {
  std::string text = "SQNR " + formatSqnr(layer.getSqnrAlone()) + " alone, " +
                     formatSqnr(layer.getSqnrAccumulated()) + " accumulated";
  std::array<double, kErrorSources> shares = layer.getShares();
  const char *separator = "; ";
  for (size_t source = 0; source < kErrorSources; ++source) {
    if (shares[source] < 0.005)
      continue;
    text += llvm::formatv("{0}{1} {2:F0} %", separator,
                          getErrorSourceName(ErrorSource(source)),
                          shares[source] * 100);
    separator = ", ";
  }
  return text;
}

} // namespace quantc

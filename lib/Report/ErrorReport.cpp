// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From energies to decibels, shares and advice.
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
  for (const LayerReport &layer : layers)
    sorted.push_back(&layer);
  // Equal ones stay in program order.
  llvm::sort(sorted, [](const LayerReport *a, const LayerReport *b) {
    return std::pair(a->getSqnrAlone(), a) < std::pair(b->getSqnrAlone(), b);
  });
  return sorted;
}

std::string summarize(const LayerReport &layer) {
  std::string text =
      llvm::formatv("SQNR {0:F1} dB alone, {1:F1} dB accumulated",
                    layer.getSqnrAlone(), layer.getSqnrAccumulated());
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

//===----------------------------------------------------------------------===//
// Advice
//===----------------------------------------------------------------------===//

namespace {

/// Above this a layer is as good as 8 bits let it be.
constexpr double kGoodSqnr = 35.0;
/// A source with a smaller share is not what makes a layer bad.
constexpr double kMinShare = 0.25;
/// Channels that fill less than this part of the range waste two bits.
constexpr double kWideSpread = 4.0;

void adviseWeights(LayerReport &layer) {
  if (!layer.hasWeightBlocksOrChannels)
    layer.advice.push_back(
        "give each channel of the weight a scale of its own (recipe: role: "
        "weight, granularity: channel)");
  else if (layer.weightBits < 8)
    layer.advice.push_back("store the weight in 8 bits or in smaller blocks "
                           "(recipe: role: weight, bits, block-size)");
  else
    layer.advice.push_back("choose the rounding of the weight by its effect "
                           "(--accuracy=best), or keep this layer in float "
                           "(recipe: float: true)");
}

std::string adviseWider(llvm::StringRef what) {
  return ("give " + what + " 16 bits (recipe: role: activation, bits: 16)")
      .str();
}

void adviseInput(LayerReport &layer) {
  if (layer.inputChannelSpread >= kWideSpread)
    layer.advice.push_back(
        llvm::formatv("equalize the channels of its input (half of them use "
                      "less than 1/{0:F0} of the range)",
                      layer.inputChannelSpread));
  layer.advice.push_back(adviseWider("its input"));
}

void adviseRounding(LayerReport &layer) {
  if (layer.channelSpread >= kWideSpread)
    layer.advice.push_back(
        llvm::formatv("equalize the channels of its result (half of them use "
                      "less than 1/{0:F0} of the range)",
                      layer.channelSpread));
  if (layer.method == "min-max" && layer.clipped == 0)
    layer.advice.push_back("choose a narrower range by another calibration "
                           "method (mse, entropy, auto)");
  if (layer.activationBits <= 8)
    layer.advice.push_back(adviseWider("its result"));
}

void adviseClipping(LayerReport &layer) {
  if (layer.method == "min-max")
    layer.advice.push_back("calibrate on more samples: values outside of the "
                           "measured range came");
  else
    layer.advice.push_back("choose a wider range by another calibration "
                           "method (min-max)");
  if (layer.activationBits <= 8)
    layer.advice.push_back(adviseWider("its result"));
}

} // namespace

void addAdvice(ErrorReport &report) {
  for (LayerReport &layer : report.layers) {
    if (layer.getSqnrAlone() >= kGoodSqnr)
      continue;
    std::array<double, kErrorSources> shares = layer.getShares();
    auto isLarge = [&](ErrorSource source) {
      return shares[static_cast<size_t>(source)] >= kMinShare;
    };
    if (isLarge(ErrorSource::Weights) && !layer.weight.empty())
      adviseWeights(layer);
    if (isLarge(ErrorSource::Clipping))
      adviseClipping(layer);
    if (isLarge(ErrorSource::Rounding))
      adviseRounding(layer);
    if (isLarge(ErrorSource::Input))
      adviseInput(layer);
  }
}

} // namespace quantc

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a quantized model loses accuracy: one entry a layer, its JSON form and
// its page. How the numbers are measured is the driver's; here they are put in
// order, judged and written. docs/Report.md describes the JSON.
#ifndef QUANTC_REPORT_ERRORREPORT_H
#define QUANTC_REPORT_ERRORREPORT_H

#include "llvm/ADT/StringRef.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quantc {

/// Where the error of one layer can come from.
enum class ErrorSource { Weights, Input, Rounding, Clipping };
inline constexpr size_t kErrorSources = 4;
llvm::StringRef getErrorSourceName(ErrorSource source);

/// Sums of squares over all elements of all samples.
struct LayerEnergies {
  double signal = 0;
  /// Only this layer quantized, and all layers up to this one.
  double alone = 0, accumulated = 0;
  /// Only one of the sources at work.
  std::array<double, kErrorSources> sources = {};
};

/// Counts of equally wide bins.
struct ReportHistogram {
  double low = 0, width = 0;
  std::vector<uint64_t> counts;
};

struct LayerReport {
  /// As the source names it, and where it stands there.
  std::string name, location;
  /// The operations that are one layer, the first one first.
  std::string operation;
  /// The name of the result in a calibration table.
  std::string tensor;
  /// Formats, as a policy is written; no weight where empty.
  std::string activation, weight;
  /// The layer whose result is its input, by name; empty where that is none.
  std::string inputName;
  bool hasWeightBlocksOrChannels = false;
  unsigned activationBits = 8, weightBits = 8;
  std::string method;
  int64_t macs = 0, weightBytes = 0, outputBytes = 0;
  double scale = 0;
  int64_t zeroPoint = 0;
  /// What can be stored, and what was seen.
  double rangeMin = 0, rangeMax = 0, observedMin = 0, observedMax = 0;
  /// The share of elements outside of what can be stored.
  double clipped = 0;
  /// How many times smaller than the tensor's range that of a channel is, for
  /// the channel in the middle of their order; 1 where channels are alike.
  double channelSpread = 1, inputChannelSpread = 1;
  ReportHistogram histogram;
  LayerEnergies energies;
  /// What to do about the error; empty where there is nothing to do.
  std::vector<std::string> advice;

  double getSqnrAlone() const;
  double getSqnrAccumulated() const;
  /// The shares of the sources in the sum of their energies; all 0 where the
  /// layer is exact.
  std::array<double, kErrorSources> getShares() const;
};

struct OutputReport {
  std::string name;
  double signal = 0, noise = 0;
  double getSqnr() const;
};

struct ErrorReport {
  std::string model, data, version;
  int64_t samples = 0;
  /// What was done for the accuracy of the model already.
  bool hasEqualizedChannels = false, hasRoundedWeights = false;
  std::vector<OutputReport> outputs;
  /// In program order.
  std::vector<LayerReport> layers;

  /// The layers with the least SQNR alone first.
  std::vector<const LayerReport *> getWorstFirst() const;
};

/// 10 log10(signal / noise); infinite without noise.
double getDecibels(double signal, double noise);

/// Writes into each layer that is worth it what to do about its greatest
/// sources of error. What stands between backticks is an option, or a rule of a
/// recipe.
void addAdvice(ErrorReport &report);

/// "SQNR 21.3 dB alone, 18.0 dB accumulated; weights 71 %, ...".
std::string summarize(const LayerReport &layer);
/// "SQNR 21.3 dB".
std::string summarize(const OutputReport &output);

std::string toJSON(const ErrorReport &report);

/// One page without scripts that asks for nothing outside of itself. It holds
/// the JSON form too.
std::string toHTML(const ErrorReport &report);

} // namespace quantc

#endif // QUANTC_REPORT_ERRORREPORT_H

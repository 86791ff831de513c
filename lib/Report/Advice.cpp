// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What to do about the error of a layer, from where it comes from. Nothing that
// was done already is advised, and each advice can be copied into a command or
// a recipe.
#include "quantc/Report/ErrorReport.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

namespace quantc {
namespace {

/// Above this a layer is as good as 8 bits let it be.
constexpr double kGoodSqnr = 35.0;
/// Below this an output is bad though no layer may be: then the worst layers
/// are where to begin.
constexpr double kGoodOutput = 30.0;
constexpr size_t kWorstLayers = 3;
/// A source with a smaller share is not what makes a layer bad.
constexpr double kMinShare = 0.25;
/// Channels that fill less than this part of the range waste two bits.
constexpr double kWideSpread = 4.0;

/// A rule of a recipe for the layer of this name alone.
std::string makeRule(llvm::StringRef name, llvm::StringRef settings) {
  std::string pattern;
  for (char c : name) {
    if (llvm::StringRef("*?[]{}\\").contains(c))
      pattern += '\\';
    pattern += c == '\'' ? "''" : std::string(1, c);
  }
  return ("`{name: '" + llvm::Twine(pattern) + "', " + settings + "}`").str();
}

class Advisor {
public:
  Advisor(const ErrorReport &report, LayerReport &layer)
      : report(report), layer(layer) {}

  void run() {
    if (isLarge(ErrorSource::Weights) && !layer.weight.empty())
      adviseWeights();
    if (isLarge(ErrorSource::Clipping))
      adviseClipping();
    if (isLarge(ErrorSource::Rounding))
      adviseRounding();
    if (isLarge(ErrorSource::Input))
      adviseInput();
  }

private:
  bool isLarge(ErrorSource source) const {
    return layer.getShares()[static_cast<size_t>(source)] >= kMinShare;
  }

  void advise(const llvm::Twine &text) {
    std::string advice = text.str();
    if (!llvm::is_contained(layer.advice, advice))
      layer.advice.push_back(advice);
  }

  void adviseWeights() {
    if (!layer.hasWeightBlocksOrChannels)
      return advise("give each channel of the weight a scale of its own: " +
                    makeRule(layer.name, "role: weight, granularity: channel"));
    if (layer.weightBits < 8)
      return advise("store the weight in 8 bits, or in smaller blocks: " +
                    makeRule(layer.name, "role: weight, bits: 8"));
    if (!report.hasRoundedWeights)
      advise("choose the rounding of the weights by its effect: "
             "`--accuracy=best`");
    advise("keep the layer in float: " + makeRule(layer.name, "float: true"));
  }

  void adviseWiderResult() {
    if (layer.activationBits <= 8)
      advise("give its result 16 bits: " +
             makeRule(layer.name, "role: activation, bits: 16"));
  }

  void adviseEqualizing(llvm::StringRef what, double spread) {
    if (spread >= kWideSpread && !report.hasEqualizedChannels)
      advise(llvm::formatv("equalize the channels of its {0}, half of which "
                           "use less than 1/{1:F0} of the range: "
                           "`--accuracy=fast`",
                           what, spread)
                 .str());
  }

  void adviseInput() {
    adviseEqualizing("input", layer.inputChannelSpread);
    if (layer.inputName.empty())
      return advise("give its input 16 bits");
    advise("give its input 16 bits: " +
           makeRule(layer.inputName, "role: activation, bits: 16"));
  }

  void adviseRounding() {
    adviseEqualizing("result", layer.channelSpread);
    if (layer.method == "min-max" && layer.clipped == 0)
      advise("choose a narrower range: " +
             makeRule(layer.name, "role: activation, method: mse"));
    adviseWiderResult();
  }

  void adviseClipping() {
    if (layer.method == "min-max")
      advise("calibrate on more samples: values outside of the measured range "
             "came");
    else
      advise("choose a wider range: " +
             makeRule(layer.name, "role: activation, method: min-max"));
    adviseWiderResult();
  }

  const ErrorReport &report;
  LayerReport &layer;
};

} // namespace

void addAdvice(ErrorReport &report) {
  bool isBad = llvm::any_of(report.outputs, [](const OutputReport &output) {
    return output.getSqnr() < kGoodOutput;
  });
  for (auto [rank, worst] : llvm::enumerate(report.getWorstFirst())) {
    LayerReport &layer = report.layers[worst - report.layers.data()];
    if (layer.getSqnrAlone() < kGoodSqnr || (isBad && rank < kWorstLayers))
      Advisor(report, layer).run();
  }
}

} // namespace quantc

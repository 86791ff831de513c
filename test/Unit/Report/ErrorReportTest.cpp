// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reports that are written by hand: the order, the shares, the advice that
// follows from them, and what a page does with names that are no plain text.
#include "quantc/Report/ErrorReport.h"

#include "llvm/Support/JSON.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace quantc;

/// A layer of 20 dB alone whose error has one source.
static LayerReport makeLayer(llvm::StringRef name, ErrorSource source) {
  LayerReport layer;
  layer.name = layer.tensor = name.str();
  layer.operation = "tosa.conv2d";
  layer.activation = "i8";
  layer.weight = "i8, channel, symmetric, narrow";
  layer.hasWeightBlocksOrChannels = true;
  layer.method = "min-max";
  layer.energies.signal = 100;
  layer.energies.alone = 1;
  layer.energies.accumulated = 10;
  layer.energies.sources[static_cast<size_t>(source)] = 1;
  return layer;
}

static std::string adviseOn(LayerReport layer) {
  ErrorReport report;
  report.layers.push_back(std::move(layer));
  addAdvice(report);
  std::string text;
  for (const std::string &advice : report.layers.front().advice)
    text += advice + "\n";
  return text;
}

TEST(ErrorReport, DecibelsAndShares) {
  LayerReport layer = makeLayer("a", ErrorSource::Weights);
  EXPECT_DOUBLE_EQ(layer.getSqnrAlone(), 20.0);
  EXPECT_DOUBLE_EQ(layer.getSqnrAccumulated(), 10.0);
  layer.energies.sources = {3.0, 0.0, 1.0, 0.0};
  EXPECT_DOUBLE_EQ(layer.getShares()[0], 0.75);
  EXPECT_DOUBLE_EQ(layer.getShares()[2], 0.25);
  EXPECT_EQ(summarize(layer), "SQNR 20.0 dB alone, 10.0 dB accumulated; "
                              "weights 75 %, rounding 25 %");
}

// A layer that loses nothing has no shares, is last, and is null in JSON.
TEST(ErrorReport, ExactLayer) {
  LayerReport exact = makeLayer("exact", ErrorSource::Weights);
  exact.energies.alone = 0;
  exact.energies.sources = {};
  EXPECT_TRUE(std::isinf(exact.getSqnrAlone()));
  EXPECT_EQ(exact.getShares()[0], 0.0);
  EXPECT_EQ(summarize(exact), "SQNR infinite alone, 10.0 dB accumulated");
  ErrorReport report;
  report.layers = {exact, makeLayer("a", ErrorSource::Input),
                   makeLayer("b", ErrorSource::Input)};
  std::vector<const LayerReport *> sorted = report.getWorstFirst();
  EXPECT_EQ(sorted[0]->name, "a");
  EXPECT_EQ(sorted[1]->name, "b");
  EXPECT_EQ(sorted[2]->name, "exact");
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(toJSON(report));
  ASSERT_TRUE(bool(json));
  const llvm::json::Array *layers = json->getAsObject()->getArray("layers");
  ASSERT_EQ(layers->size(), 3u);
  const llvm::json::Object *last = (*layers)[2].getAsObject();
  EXPECT_TRUE(last->get("sqnr_alone_db")->getAsNull().has_value());
  EXPECT_EQ(last->getNumber("sqnr_accumulated_db"), 10.0);
}

TEST(ErrorReport, AdviceFollowsFromTheShares) {
  LayerReport weights = makeLayer("w", ErrorSource::Weights);
  EXPECT_EQ(adviseOn(weights),
            "choose the rounding of the weights by its effect: "
            "`--accuracy=best`\n"
            "keep the layer in float: `{name: 'w', float: true}`\n");
  weights.hasWeightBlocksOrChannels = false;
  EXPECT_EQ(adviseOn(weights),
            "give each channel of the weight a scale of its own: "
            "`{name: 'w', role: weight, granularity: channel}`\n");
  weights.hasWeightBlocksOrChannels = true;
  weights.weightBits = 4;
  EXPECT_NE(adviseOn(weights).find("8 bits, or in smaller blocks"),
            std::string::npos);

  LayerReport input = makeLayer("i", ErrorSource::Input);
  EXPECT_EQ(adviseOn(input).find("equalize"), std::string::npos);
  EXPECT_EQ(adviseOn(input), "give its input 16 bits\n");
  input.inputName = "before";
  EXPECT_EQ(adviseOn(input),
            "give its input 16 bits: "
            "`{name: 'before', role: activation, bits: 16}`\n");
  input.inputChannelSpread = 9;
  EXPECT_NE(adviseOn(input).find("equalize the channels of its input"),
            std::string::npos);

  LayerReport rounding = makeLayer("r", ErrorSource::Rounding);
  EXPECT_NE(adviseOn(rounding).find("narrower range"), std::string::npos);
  EXPECT_NE(adviseOn(rounding).find("its result 16 bits"), std::string::npos);
  rounding.method = "mse";
  EXPECT_EQ(adviseOn(rounding).find("narrower range"), std::string::npos);
  rounding.activationBits = 16;
  EXPECT_EQ(adviseOn(rounding), "");

  LayerReport clipping = makeLayer("c", ErrorSource::Clipping);
  EXPECT_NE(adviseOn(clipping).find("more samples"), std::string::npos);
  clipping.method = "mse";
  EXPECT_NE(adviseOn(clipping).find("wider range"), std::string::npos);

  // Nothing is said of what is good enough.
  clipping.energies.alone = 1e-4;
  EXPECT_EQ(adviseOn(clipping), "");
}

// What was done for the whole model is not advised once more.
TEST(ErrorReport, AdviceLeavesOutWhatWasDone) {
  ErrorReport report;
  report.layers = {makeLayer("w", ErrorSource::Weights),
                   makeLayer("r", ErrorSource::Rounding)};
  report.layers[1].channelSpread = 9;
  report.hasEqualizedChannels = report.hasRoundedWeights = true;
  addAdvice(report);
  for (const LayerReport &layer : report.layers)
    for (const std::string &advice : layer.advice)
      EXPECT_EQ(advice.find("--accuracy"), std::string::npos) << advice;
}

// Where an output is bad and no layer is, the three worst are where to begin.
TEST(ErrorReport, AdviceForTheWorstOfABadModel) {
  ErrorReport report;
  for (int layer = 0; layer < 5; ++layer) {
    report.layers.push_back(
        makeLayer("l" + std::to_string(layer), ErrorSource::Rounding));
    report.layers.back().energies.alone = 1e-3 / (layer + 1);
  }
  ErrorReport good = report;
  good.outputs = {{"y", 10000.0, 1.0}};
  addAdvice(good);
  report.outputs = {{"y", 100.0, 1.0}};
  addAdvice(report);
  for (int layer = 0; layer < 5; ++layer) {
    EXPECT_TRUE(good.layers[layer].advice.empty());
    EXPECT_EQ(report.layers[layer].advice.empty(), layer >= 3);
  }
}

// A rule names one layer also where its name has signs of patterns or YAML.
TEST(ErrorReport, RulesQuoteNames) {
  LayerReport layer = makeLayer("a[0]*'{b}\\", ErrorSource::Weights);
  EXPECT_NE(
      adviseOn(layer).find(R"(`{name: 'a\[0\]\*''\{b\}\\', float: true}`)"),
      std::string::npos)
      << adviseOn(layer);
}

// Names come from files: none of them may become markup, or end the data.
TEST(ErrorReport, PageEscapesNames) {
  ErrorReport report;
  report.model = "<b>&\"model\"";
  report.samples = 1;
  report.layers.push_back(makeLayer("</script><i>", ErrorSource::Weights));
  report.layers[0].histogram = {-1.0, 0.5, {1, 0, 4}};
  report.layers[0].rangeMin = -1.0;
  report.layers[0].rangeMax = 0.5;
  addAdvice(report);
  std::string page = toHTML(report);
  EXPECT_EQ(page.find("<b>&\"model"), std::string::npos);
  EXPECT_EQ(page.find("</script><i>"), std::string::npos);
  EXPECT_NE(page.find("&lt;/script&gt;&lt;i&gt;"), std::string::npos);
  EXPECT_EQ(page.find("{{"), std::string::npos);
  EXPECT_NE(page.find("1 sample of"), std::string::npos);
  // Advice has code between backticks.
  EXPECT_NE(page.find("<code>--accuracy=best</code>"), std::string::npos);
  EXPECT_EQ(page.find('`'), page.find('`', page.find("<script")));

  // The data is the JSON form, and parses as it stands.
  size_t first = page.find("id=\"report\">") + 12;
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(
      llvm::StringRef(page).slice(first, page.find("</script>", first)));
  ASSERT_TRUE(bool(json));
  EXPECT_EQ(json->getAsObject()->getString("model"), "<b>&\"model\"");
}

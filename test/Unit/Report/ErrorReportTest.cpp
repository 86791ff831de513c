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
  EXPECT_NE(adviseOn(weights).find("--accuracy=best"), std::string::npos);
  weights.hasWeightBlocksOrChannels = false;
  EXPECT_NE(adviseOn(weights).find("granularity: channel"), std::string::npos);
  weights.hasWeightBlocksOrChannels = true;
  weights.weightBits = 4;
  EXPECT_NE(adviseOn(weights).find("8 bits or in smaller blocks"),
            std::string::npos);

  LayerReport input = makeLayer("i", ErrorSource::Input);
  EXPECT_EQ(adviseOn(input).find("equalize"), std::string::npos);
  EXPECT_NE(adviseOn(input).find("its input 16 bits"), std::string::npos);
  input.inputChannelSpread = 9;
  EXPECT_NE(adviseOn(input).find("equalize the channels of its input"),
            std::string::npos);

  LayerReport rounding = makeLayer("r", ErrorSource::Rounding);
  EXPECT_NE(adviseOn(rounding).find("narrower range"), std::string::npos);
  rounding.method = "mse";
  EXPECT_EQ(adviseOn(rounding).find("narrower range"), std::string::npos);

  LayerReport clipping = makeLayer("c", ErrorSource::Clipping);
  EXPECT_NE(adviseOn(clipping).find("more samples"), std::string::npos);
  clipping.method = "mse";
  EXPECT_NE(adviseOn(clipping).find("wider range"), std::string::npos);

  // Nothing is said of what is good enough.
  clipping.energies.alone = 1e-4;
  EXPECT_EQ(adviseOn(clipping), "");
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
  std::string page = toHTML(report);
  EXPECT_EQ(page.find("<b>&\"model"), std::string::npos);
  EXPECT_EQ(page.find("</script><i>"), std::string::npos);
  EXPECT_NE(page.find("&lt;/script&gt;&lt;i&gt;"), std::string::npos);
  EXPECT_EQ(page.find("{{"), std::string::npos);
  EXPECT_NE(page.find("1 sample of"), std::string::npos);

  // The data is the JSON form, and parses as it stands.
  size_t first = page.find("id=\"report\">") + 12;
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(
      llvm::StringRef(page).slice(first, page.find("</script>", first)));
  ASSERT_TRUE(bool(json));
  EXPECT_EQ(json->getAsObject()->getString("model"), "<b>&\"model\"");
}

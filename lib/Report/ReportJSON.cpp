// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The JSON form of a report. Numbers that are not finite have no JSON form: an
// infinite SQNR is null.
#include "quantc/Report/ErrorReport.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

namespace quantc {
namespace {

using llvm::json::OStream;

/// A fixed number of decimals: a measurement on a few samples has no more.
void writeRounded(OStream &json, llvm::StringRef key, double value,
                  int decimals) {
  json.attributeBegin(key);
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.*f", decimals, value);
  json.rawValue(text);
  json.attributeEnd();
}

void writeDecibels(OStream &json, llvm::StringRef key, double decibels) {
  if (std::isfinite(decibels))
    writeRounded(json, key, decibels, 2);
  else
    json.attribute(key, nullptr);
}

void writePair(OStream &json, llvm::StringRef key, double first,
               double second) {
  json.attributeArray(key, [&] {
    json.value(first);
    json.value(second);
  });
}

void writeActivation(OStream &json, const LayerReport &layer) {
  json.attributeObject("activation", [&] {
    json.attribute("format", layer.activation);
    json.attribute("method", layer.method);
    json.attribute("scale", layer.scale);
    json.attribute("zero_point", layer.zeroPoint);
    writePair(json, "range", layer.rangeMin, layer.rangeMax);
    writePair(json, "observed", layer.observedMin, layer.observedMax);
    json.attribute("clipped", layer.clipped);
    json.attribute("channel_spread", layer.channelSpread);
    json.attribute("bytes", layer.outputBytes);
    json.attributeObject("histogram", [&] {
      json.attribute("low", layer.histogram.low);
      json.attribute("width", layer.histogram.width);
      json.attributeArray("counts", [&] {
        for (uint64_t count : layer.histogram.counts)
          json.value(static_cast<int64_t>(count));
      });
    });
  });
}

void writeLayer(OStream &json, const LayerReport &layer) {
  json.object([&] {
    json.attribute("name", layer.name);
    json.attribute("location", layer.location);
    json.attribute("operation", layer.operation);
    json.attribute("tensor", layer.tensor);
    writeDecibels(json, "sqnr_alone_db", layer.getSqnrAlone());
    writeDecibels(json, "sqnr_accumulated_db", layer.getSqnrAccumulated());
    json.attributeObject("error_shares", [&] {
      std::array<double, kErrorSources> shares = layer.getShares();
      for (size_t source = 0; source < kErrorSources; ++source)
        writeRounded(json, getErrorSourceName(ErrorSource(source)),
                     shares[source], 4);
    });
    json.attribute("macs", layer.macs);
    writeActivation(json, layer);
    if (!layer.weight.empty())
      json.attributeObject("weight", [&] {
        json.attribute("format", layer.weight);
        json.attribute("bytes", layer.weightBytes);
      });
    json.attributeArray("advice", [&] {
      for (const std::string &advice : layer.advice)
        json.value(advice);
    });
  });
}

} // namespace

std::string toJSON(const ErrorReport &report) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  OStream json(stream, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("schema", "quantc-report-1");
    json.attribute("model", report.model);
    json.attribute("data", report.data);
    json.attribute("samples", report.samples);
    json.attribute("version", report.version);
    json.attributeArray("outputs", [&] {
      for (const OutputReport &output : report.outputs)
        json.object([&] {
          json.attribute("name", output.name);
          writeDecibels(json, "sqnr_db", output.getSqnr());
        });
    });
    json.attributeArray("layers", [&] {
      for (const LayerReport *layer : report.getWorstFirst())
        writeLayer(json, *layer);
    });
  });
  stream << "\n";
  return text;
}

} // namespace quantc

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The page of a report: its template with rows and drawings put in. All of it
// is text that is made here; the page runs nothing.
#include "quantc/Report/ErrorReport.h"

#include "ReportDrawings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

namespace quantc {
namespace {

constexpr llvm::StringLiteral kPage =
#include "ReportPage.inc"
    ;

/// A layer below this loses more than 8 bits have to.
constexpr double kBadSqnr = 25.0;

/// 1234567 as "1.23&nbsp;M" and a unit.
std::string formatCount(int64_t count, llvm::StringRef unit = "") {
  double value = static_cast<double>(count);
  if (count >= 1000000)
    return llvm::formatv("{0:F2}&nbsp;M{1}", value / 1e6, unit);
  if (count >= 10000)
    return llvm::formatv("{0:F1}&nbsp;k{1}", value / 1e3, unit);
  return std::to_string(count) + (unit.empty() ? "" : "&nbsp;" + unit.str());
}

/// What stands between backticks is code.
std::string formatAdvice(llvm::StringRef advice) {
  std::string text;
  llvm::SmallVector<llvm::StringRef> parts;
  advice.split(parts, '`');
  for (auto [index, part] : llvm::enumerate(parts))
    text +=
        index % 2 ? "<code>" + escapeHTML(part) + "</code>" : escapeHTML(part);
  return text;
}

std::string formatAdvices(const LayerReport &layer) {
  if (layer.advice.empty())
    return "";
  std::string text = "<ul>";
  for (const std::string &advice : layer.advice)
    text += "<li>" + formatAdvice(advice) + "</li>";
  return text + "</ul>";
}

std::string formatRange(const LayerReport &layer) {
  std::string text = "<div class=\"small\">range " +
                     formatReal(layer.rangeMin) + " … " +
                     formatReal(layer.rangeMax);
  if (!layer.method.empty())
    text += ", " + escapeHTML(layer.method);
  if (layer.clipped > 0)
    text += "; " + formatReal(layer.clipped * 100, 2) + "&nbsp;% clipped";
  return text + "</div>";
}

std::string formatStorage(const LayerReport &layer) {
  std::string text = "<div>" + escapeHTML(layer.activation) + ", " +
                     formatCount(layer.outputBytes, "B") +
                     "</div><div class=\"small\">scale " +
                     formatReal(layer.scale) + ", zero at " +
                     std::to_string(layer.zeroPoint) + "</div>";
  if (!layer.weight.empty())
    text += "<div>weight " + formatCount(layer.weightBytes, "B") +
            "</div><div class=\"small\">" + escapeHTML(layer.weight) + "</div>";
  return text;
}

std::string drawLayer(const ErrorReport &report, const LayerReport &layer,
                      size_t rank) {
  std::string text;
  llvm::raw_string_ostream out(text);
  double alone = layer.getSqnrAlone();
  out << "<tr id=\"" << getRowName(report, layer) << "\"><td class=\"number\">"
      << rank << "</td><td><div class=\"name\">" << escapeHTML(layer.name)
      << "</div><div class=\"small\">layer "
      << &layer - report.layers.data() + 1 << " of " << report.layers.size()
      << ": " << escapeHTML(layer.operation);
  if (layer.tensor != layer.name)
    out << ", result " << escapeHTML(layer.tensor);
  if (!layer.location.empty())
    out << ", " << escapeHTML(layer.location);
  out << "</div>" << formatAdvices(layer) << "</td><td class=\"number"
      << (alone < kBadSqnr ? " bad" : "") << "\">" << formatDecibels(alone)
      << "</td><td class=\"number\">"
      << formatDecibels(layer.getSqnrAccumulated()) << "</td><td>"
      << drawShares(layer) << "</td><td>" << drawHistogram(layer)
      << formatRange(layer) << "</td><td>" << formatStorage(layer)
      << "</td><td class=\"number\">" << formatCount(layer.macs)
      << "</td></tr>\n";
  return text;
}

std::string formatOutputs(const ErrorReport &report) {
  std::string text;
  for (const OutputReport &output : report.outputs)
    text += "<p>Output <b>" + escapeHTML(output.name) +
            "</b>: " + formatDecibels(output.getSqnr()) +
            (std::isfinite(output.getSqnr()) ? " dB</p>\n" : "</p>\n");
  return text;
}

std::string formatTotals(const ErrorReport &report) {
  int64_t macs = 0, bytes = 0;
  for (const LayerReport &layer : report.layers) {
    macs += layer.macs;
    bytes += layer.weightBytes;
  }
  return std::to_string(report.layers.size()) + " quantized layers, " +
         formatCount(macs) + " MACs, " + formatCount(bytes, "B") +
         " of weights";
}

/// JSON inside of a script element: no text in it may end the element.
std::string protect(std::string json) {
  size_t place = 0;
  while ((place = json.find('<', place)) != std::string::npos)
    json.replace(place, 1, "\\u003c");
  return json;
}

} // namespace

std::string toHTML(const ErrorReport &report) {
  std::string rows;
  for (auto [index, layer] : llvm::enumerate(report.getWorstFirst()))
    rows += drawLayer(report, *layer, index + 1);
  std::string samples = std::to_string(report.samples) +
                        (report.samples == 1 ? " sample" : " samples");
  std::pair<llvm::StringRef, std::string> parts[] = {
      {"model", escapeHTML(report.model)},
      {"samples", samples},
      {"data", escapeHTML(report.data)},
      {"version", escapeHTML(report.version)},
      {"outputs", formatOutputs(report)},
      {"totals", formatTotals(report)},
      {"chart", drawChart(report)},
      {"rows", rows},
      {"json", protect(toJSON(report))}};
  std::string page;
  llvm::StringRef rest = kPage;
  while (!rest.empty()) {
    auto [text, behind] = rest.split("{{");
    page += text;
    auto [key, next] = behind.split("}}");
    for (const auto &[name, value] : parts)
      if (name == key)
        page += value;
    rest = next;
  }
  return page;
}

} // namespace quantc

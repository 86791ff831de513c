// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The page of a report: its template with rows and drawings put in. All of it
// is text that is made here; the page runs nothing.
#include "quantc/Report/ErrorReport.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>

namespace quantc {
namespace {

constexpr llvm::StringLiteral kPage =
#include "ReportPage.inc"
    ;

constexpr std::array<const char *, kErrorSources> kColors = {
    "var(--weights)", "var(--input)", "var(--rounding)", "var(--clipping)"};

/// A layer below this loses more than 8 bits have to.
constexpr double kBadSqnr = 25.0;

std::string escape(llvm::StringRef text) {
  std::string escaped;
  llvm::raw_string_ostream stream(escaped);
  llvm::printHTMLEscaped(text, stream);
  return escaped;
}

std::string formatDecibels(double decibels) {
  if (!std::isfinite(decibels))
    return "exact";
  return llvm::formatv("{0:F1}", decibels);
}

/// 1234567 as "1.23 M".
std::string formatCount(int64_t count) {
  double value = static_cast<double>(count);
  if (count >= 1000000)
    return llvm::formatv("{0:F2} M", value / 1e6);
  if (count >= 10000)
    return llvm::formatv("{0:F1} k", value / 1e3);
  return std::to_string(count);
}

/// The shortest form with four digits.
std::string formatReal(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.4g", value);
  return text;
}

std::string drawShares(const LayerReport &layer) {
  constexpr double width = 150;
  std::string text;
  llvm::raw_string_ostream out(text);
  out << "<svg width=\"150\" height=\"14\" role=\"img\">";
  std::array<double, kErrorSources> shares = layer.getShares();
  double left = 0;
  for (size_t source = 0; source < kErrorSources; ++source) {
    double size = shares[source] * width;
    out << llvm::formatv("<rect x=\"{0:F1}\" y=\"0\" width=\"{1:F1}\" "
                         "height=\"14\" style=\"fill:{2}\"/>",
                         left, size, kColors[source]);
    left += size;
  }
  out << "</svg><div class=\"small\">";
  const char *separator = "";
  for (size_t source = 0; source < kErrorSources; ++source) {
    if (shares[source] < 0.005)
      continue;
    out << separator << getErrorSourceName(ErrorSource(source)) << " "
        << llvm::formatv("{0:F0}&nbsp;%", shares[source] * 100);
    separator = ", ";
  }
  out << "</div>";
  return text;
}

/// Bars as high as the square root of their counts, so that the tails that a
/// range cuts off are seen.
std::string drawHistogram(const LayerReport &layer) {
  constexpr double width = 220, height = 56;
  const ReportHistogram &histogram = layer.histogram;
  if (histogram.counts.empty() || histogram.width <= 0)
    return "";
  double bins = static_cast<double>(histogram.counts.size());
  auto toX = [&](double value) {
    double position = (value - histogram.low) / histogram.width / bins;
    return std::clamp(position, 0.0, 1.0) * width;
  };
  double most = static_cast<double>(
      *std::max_element(histogram.counts.begin(), histogram.counts.end()));
  std::string text;
  llvm::raw_string_ostream out(text);
  double first = toX(layer.rangeMin), last = toX(layer.rangeMax);
  out << "<svg width=\"220\" height=\"72\" role=\"img\">"
         "<rect width=\"220\" height=\"56\" style=\"fill:#eceff3\"/>"
      << llvm::formatv("<rect x=\"{0:F1}\" width=\"{1:F1}\" height=\"56\" "
                       "style=\"fill:#fff;stroke:#8a95a5\"/>",
                       first, std::max(last - first, 1.0))
      << "<path style=\"fill:#5b6b82\" d=\"";
  for (auto [index, count] : llvm::enumerate(histogram.counts)) {
    if (!count)
      continue;
    double size =
        std::max(std::sqrt(static_cast<double>(count) / most) * height, 1.0);
    double left = static_cast<double>(index) * width / bins;
    out << llvm::formatv("M{0:F1} {1:F1}h{2:F1}v{3:F1}h-{2:F1}z", left,
                         height - size, width / bins, size);
  }
  out << "\"/><text x=\"0\" y=\"69\">" << formatReal(histogram.low)
      << "</text><text x=\"220\" y=\"69\" text-anchor=\"end\">"
      << formatReal(histogram.low + histogram.width * bins)
      << "</text></svg><div class=\"small\">range "
      << formatReal(layer.rangeMin) << " … " << formatReal(layer.rangeMax);
  if (layer.clipped > 0)
    out << llvm::formatv(", {0} % clipped", formatReal(layer.clipped * 100));
  out << "</div>";
  return text;
}

std::string drawFormat(const LayerReport &layer) {
  std::string text = "<div>" + escape(layer.activation) + "</div>";
  if (!layer.weight.empty())
    text += "<div class=\"small\">weight " + escape(layer.weight) + "</div>";
  return text + "<div class=\"small\">" + escape(layer.method) + "</div>";
}

std::string drawLayer(const LayerReport &layer, size_t rank) {
  std::string text;
  llvm::raw_string_ostream out(text);
  double alone = layer.getSqnrAlone();
  out << "<tr><td class=\"number\">" << rank << "</td><td><div class=\"name\">"
      << escape(layer.name) << "</div><div class=\"small\">"
      << escape(layer.operation);
  if (layer.tensor != layer.name)
    out << ", result " << escape(layer.tensor);
  if (!layer.location.empty())
    out << ", " << escape(layer.location);
  out << "</div>";
  if (!layer.advice.empty()) {
    out << "<ul>";
    for (const std::string &advice : layer.advice)
      out << "<li>" << escape(advice) << "</li>";
    out << "</ul>";
  }
  out << "</td><td class=\"number" << (alone < kBadSqnr ? " bad" : "") << "\">"
      << formatDecibels(alone) << "</td><td class=\"number\">"
      << formatDecibels(layer.getSqnrAccumulated()) << "</td><td>"
      << drawShares(layer) << "</td><td>" << drawHistogram(layer) << "</td><td>"
      << drawFormat(layer) << "</td><td class=\"number\">"
      << formatCount(layer.macs) << "</td><td class=\"number\">"
      << formatCount(layer.outputBytes);
  if (layer.weightBytes)
    out << "<div class=\"small\">+ " << formatCount(layer.weightBytes)
        << "<br>weight</div>";
  out << "</td></tr>\n";
  return text;
}

/// Both SQNRs over the layers in program order.
std::string drawChart(const ErrorReport &report) {
  constexpr double width = 1100, height = 180, left = 40;
  std::vector<double> alone, accumulated;
  for (const LayerReport &layer : report.layers) {
    alone.push_back(layer.getSqnrAlone());
    accumulated.push_back(layer.getSqnrAccumulated());
  }
  double top = 10;
  for (double value : llvm::concat<double>(alone, accumulated))
    if (std::isfinite(value))
      top = std::max(top, std::ceil(value / 10) * 10);
  std::string text;
  llvm::raw_string_ostream out(text);
  out << "<svg viewBox=\"0 0 1150 206\" width=\"100%\" role=\"img\">";
  auto toY = [&](double value) {
    return height - std::clamp(value / top, 0.0, 1.0) * (height - 8);
  };
  for (double line = 0; line <= top; line += 10)
    out << llvm::formatv("<path d=\"M{0} {1:F1}h{2}\" "
                         "style=\"stroke:#dfe4ea\"/><text x=\"34\" "
                         "y=\"{3:F1}\" text-anchor=\"end\">{4:F0}</text>",
                         left, toY(line), width, toY(line) + 4, line);
  auto drawLine = [&](const std::vector<double> &values, const char *color) {
    double step =
        width / std::max<double>(static_cast<double>(values.size()) - 1, 1);
    out << "<polyline style=\"fill:none;stroke:" << color
        << ";stroke-width:2\" points=\"";
    for (auto [index, value] : llvm::enumerate(values))
      out << llvm::formatv("{0:F1},{1:F1} ",
                           left + static_cast<double>(index) * step,
                           toY(value));
    out << "\"/>";
  };
  drawLine(alone, "var(--rounding)");
  drawLine(accumulated, "var(--clipping)");
  out << "<text x=\"40\" y=\"200\">first layer</text><text x=\"1140\" "
         "y=\"200\" text-anchor=\"end\">last layer</text></svg>"
         "<p class=\"key\"><span><i style=\"background:var(--rounding)\"></i>"
         "alone, dB</span><span><i style=\"background:var(--clipping)\"></i>"
         "accumulated, dB</span></p>";
  return text;
}

std::string drawOutputs(const ErrorReport &report) {
  std::string text;
  for (const OutputReport &output : report.outputs)
    text += "<p>Output <b>" + escape(output.name) +
            "</b>: " + formatDecibels(output.getSqnr()) +
            (std::isfinite(output.getSqnr()) ? " dB</p>\n" : "</p>\n");
  return text;
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
    rows += drawLayer(*layer, index + 1);
  std::string samples = std::to_string(report.samples) +
                        (report.samples == 1 ? " sample" : " samples");
  std::pair<llvm::StringRef, std::string> parts[] = {
      {"model", escape(report.model)},
      {"samples", samples},
      {"data", escape(report.data)},
      {"version", escape(report.version)},
      {"outputs", drawOutputs(report)},
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

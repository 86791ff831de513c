// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where lines and bars stand. Coordinates are pixels of the page at its full
// width; only the chart is stretched.
#include "ReportDrawings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>

namespace quantc {
namespace {

constexpr std::array<const char *, kErrorSources> kColors = {
    "var(--weights)", "var(--input)", "var(--rounding)", "var(--clipping)"};

//===----------------------------------------------------------------------===//
// Chart
//===----------------------------------------------------------------------===//

constexpr double kChartLeft = 40, kChartWidth = 1090, kChartHeight = 190;
/// Layers whose names stand in the chart.
constexpr size_t kNamedLayers = 3;
constexpr double kNameWidth = 90;

class Chart {
public:
  explicit Chart(const ErrorReport &report) : report(report), out(text) {
    for (const LayerReport &layer : report.layers)
      for (double value : {layer.getSqnrAlone(), layer.getSqnrAccumulated()})
        if (std::isfinite(value))
          top = std::max(top, std::ceil(value / 10) * 10);
  }

  std::string draw() {
    out << "<svg viewBox=\"0 0 1150 220\" width=\"100%\" role=\"img\" "
           "aria-label=\"Signal to noise of the layers\">\n";
    drawGrid();
    drawLine(&LayerReport::getSqnrAccumulated, "var(--accumulated)");
    drawLine(&LayerReport::getSqnrAlone, "var(--alone)");
    drawNames();
    out << "</svg>";
    return text;
  }

private:
  double toX(size_t index) const {
    if (report.layers.size() < 2)
      return kChartLeft + kChartWidth / 2;
    return kChartLeft + 8 +
           static_cast<double>(index) * (kChartWidth - 16) /
               static_cast<double>(report.layers.size() - 1);
  }
  double toY(double value) const {
    return kChartHeight -
           std::clamp(value / top, 0.0, 1.0) * (kChartHeight - 16);
  }

  void drawGrid() {
    for (int value = 0; value <= top; value += 10)
      out << llvm::formatv("<path d=\"M{0} {1:F1}h{2}\" class=\"grid\"/><text "
                           "x=\"34\" y=\"{3:F1}\" text-anchor=\"end\">{4}"
                           "</text>\n",
                           kChartLeft, toY(value), kChartWidth, toY(value) + 4,
                           value);
    out << llvm::formatv("<text x=\"{0}\" y=\"212\">first layer</text><text "
                         "x=\"{1}\" y=\"212\" text-anchor=\"end\">last layer"
                         "</text>\n",
                         kChartLeft, kChartLeft + kChartWidth);
  }

  void drawLine(double (LayerReport::*getSqnr)() const, const char *color) {
    out << "<polyline style=\"fill:none;stroke:" << color
        << ";stroke-width:2\" points=\"";
    for (auto [index, layer] : llvm::enumerate(report.layers))
      out << llvm::formatv("{0:F1},{1:F1} ", toX(index),
                           toY((layer.*getSqnr)()));
    out << "\"/>\n";
    for (auto [index, layer] : llvm::enumerate(report.layers))
      out << llvm::formatv(
          "<a href=\"#{0}\"><circle cx=\"{1:F1}\" cy=\"{2:F1}\" r=\"4\" "
          "style=\"fill:{3}\"><title>{4}: {5} dB alone, {6} dB accumulated"
          "</title></circle></a>\n",
          getRowName(report, layer), toX(index), toY((layer.*getSqnr)()), color,
          escapeHTML(layer.name), formatDecibels(layer.getSqnrAlone()),
          formatDecibels(layer.getSqnrAccumulated()));
  }

  /// The names of the worst layers; of two that would overlap, the worse.
  void drawNames() {
    std::vector<const LayerReport *> worst = report.getWorstFirst();
    worst.resize(std::min(worst.size(), kNamedLayers));
    std::vector<double> taken;
    for (const LayerReport *layer : worst) {
      double x = toX(layer - report.layers.data());
      if (llvm::any_of(taken, [&](double other) {
            return std::fabs(other - x) < kNameWidth;
          }))
        continue;
      taken.push_back(x);
      const char *anchor = x > kChartLeft + kChartWidth - 60 ? "end" : "middle";
      out << llvm::formatv("<text class=\"label\" x=\"{0:F1}\" y=\"{1:F1}\" "
                           "text-anchor=\"{2}\">{3}</text>\n",
                           x, toY(layer->getSqnrAlone()) + 16, anchor,
                           escapeHTML(layer->name));
    }
  }

  const ErrorReport &report;
  double top = 10;
  std::string text;
  llvm::raw_string_ostream out;
};

//===----------------------------------------------------------------------===//
// Histogram
//===----------------------------------------------------------------------===//

constexpr double kBarsWidth = 220, kBarsHeight = 56;
/// How many times all others the count of zero may be and be drawn in full.
constexpr double kCutOff = 2;

/// Bars as high as the square root of their counts, so that the tails that a
/// range cuts off are seen. The bin of zero may be higher than all others
/// (behind a ReLU it is): then it is cut off.
class Histogram {
public:
  explicit Histogram(const LayerReport &layer)
      : layer(layer), histogram(layer.histogram), out(text) {
    bins = static_cast<double>(histogram.counts.size());
    if (histogram.low <= 0 && histogram.low + histogram.width * bins > 0)
      zeroBin = static_cast<size_t>(-histogram.low / histogram.width);
    for (auto [index, count] : llvm::enumerate(histogram.counts)) {
      total += static_cast<double>(count);
      if (index != zeroBin)
        most = std::max(most, static_cast<double>(count));
    }
    if (most == 0)
      most = total;
    if (zeroBin && !isZeroCutOff())
      most = std::max(most, static_cast<double>(histogram.counts[*zeroBin]));
  }

  std::string draw() {
    double first = toX(layer.rangeMin), last = toX(layer.rangeMax);
    out << "<svg width=\"220\" height=\"72\" role=\"img\"><title>" << describe()
        << "</title><rect width=\"220\" height=\"56\" "
        << "class=\"outside\"/>"
        << llvm::formatv("<rect x=\"{0:F1}\" width=\"{1:F1}\" height=\"56\" "
                         "class=\"inside\"/>",
                         first, std::max(last - first, 1.0));
    drawBars();
    out << llvm::formatv("<path d=\"M{0:F1} 0v56M{1:F1} 0v56\" "
                         "class=\"ends\"/>",
                         std::max(first, 0.5), std::min(last, kBarsWidth - 0.5))
        << "<text y=\"69\">" << formatReal(histogram.low)
        << "</text><text x=\"220\" y=\"69\" text-anchor=\"end\">"
        << formatReal(histogram.low + histogram.width * bins)
        << "</text></svg>";
    return text;
  }

private:
  double toX(double value) const {
    double position = (value - histogram.low) / histogram.width / bins;
    return std::clamp(position, 0.0, 1.0) * kBarsWidth;
  }

  bool isZeroCutOff() const {
    return zeroBin &&
           static_cast<double>(histogram.counts[*zeroBin]) > kCutOff * most;
  }

  std::string describe() const {
    std::string what = "Values from " + formatReal(layer.observedMin) + " to " +
                       formatReal(layer.observedMax) + "; stored from " +
                       formatReal(layer.rangeMin) + " to " +
                       formatReal(layer.rangeMax);
    if (isZeroCutOff())
      what += llvm::formatv(
          "; the bar of zero is cut off: {0:F0} % are in it",
          100 * static_cast<double>(histogram.counts[*zeroBin]) / total);
    return what;
  }

  void drawBars() {
    std::string zero;
    out << "<path class=\"bars\" d=\"";
    for (auto [index, count] : llvm::enumerate(histogram.counts)) {
      if (!count)
        continue;
      double share = std::min(static_cast<double>(count) / most, 1.0);
      double size = std::max(std::sqrt(share) * kBarsHeight, 1.0);
      double left = static_cast<double>(index) * kBarsWidth / bins;
      std::string bar =
          llvm::formatv("M{0:F1} {1:F1}h{2:F1}v{3:F1}h-{2:F1}z", left,
                        kBarsHeight - size, kBarsWidth / bins, size);
      if (index == zeroBin && isZeroCutOff())
        zero = bar;
      else
        out << bar;
    }
    out << "\"/>";
    if (!zero.empty())
      out << "<path class=\"zero\" d=\"" << zero << "\"/>";
  }

  const LayerReport &layer;
  const ReportHistogram &histogram;
  double bins = 0, most = 0, total = 0;
  std::optional<size_t> zeroBin;
  std::string text;
  llvm::raw_string_ostream out;
};

} // namespace

std::string escapeHTML(llvm::StringRef text) {
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

std::string formatReal(double value, int digits) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.*g", digits, value);
  return text;
}

std::string getRowName(const ErrorReport &report, const LayerReport &layer) {
  return "layer-" + std::to_string(&layer - report.layers.data() + 1);
}

std::string drawChart(const ErrorReport &report) {
  return Chart(report).draw();
}

std::string drawShares(const LayerReport &layer) {
  constexpr double width = 150;
  std::string text, summary;
  llvm::raw_string_ostream out(text), words(summary);
  out << "<svg width=\"150\" height=\"14\" role=\"img\">";
  std::array<double, kErrorSources> shares = layer.getShares();
  double left = 0;
  for (size_t source = 0; source < kErrorSources; ++source) {
    if (shares[source] < 0.005)
      continue;
    double size = shares[source] * width;
    std::string share = llvm::formatv("{0}&nbsp;{1:F0}&nbsp;%",
                                      getErrorSourceName(ErrorSource(source)),
                                      shares[source] * 100);
    out << llvm::formatv("<rect x=\"{0:F1}\" width=\"{1:F1}\" height=\"14\" "
                         "style=\"fill:{2}\"><title>{3}</title></rect>",
                         left, size, kColors[source], share);
    left += size;
    words << (summary.empty() ? "" : ", ") << share;
  }
  out << "</svg><div class=\"small\">" << summary << "</div>";
  return text;
}

std::string drawHistogram(const LayerReport &layer) {
  if (layer.histogram.counts.empty() || layer.histogram.width <= 0)
    return "";
  return Histogram(layer).draw();
}

} // namespace quantc

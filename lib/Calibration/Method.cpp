// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The names of the methods, the methods that need no histogram, and the choice
// between methods.
#include "quantc/Calibration/Method.h"
#include "Methods.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace quantc {

static constexpr std::array<std::pair<CalibrationMethod, llvm::StringLiteral>,
                            7>
    kNames = {{{CalibrationMethod::MinMax, "min-max"},
               {CalibrationMethod::MovingAverage, "moving-average"},
               {CalibrationMethod::Percentile, "percentile"},
               {CalibrationMethod::Entropy, "entropy"},
               {CalibrationMethod::MeanSquare, "mse"},
               {CalibrationMethod::Octav, "octav"},
               {CalibrationMethod::Auto, "auto"}}};

llvm::StringRef getMethodName(CalibrationMethod method) {
  for (const auto &[candidate, name] : kNames)
    if (candidate == method)
      return name;
  assert(false && "every method has a name");
  return {};
}

std::optional<CalibrationMethod> parseMethod(llvm::StringRef name) {
  for (const auto &[method, candidate] : kNames)
    if (candidate == name)
      return method;
  return std::nullopt;
}

llvm::Expected<MethodOptions>
MethodOptions::parse(llvm::StringRef name, std::optional<double> percentile) {
  MethodOptions options;
  if (!name.empty()) {
    std::optional<CalibrationMethod> method = parseMethod(name);
    if (!method)
      return llvm::createStringError(
          "'" + name + "' is unknown; expected " +
          llvm::join(
              llvm::map_range(kNames,
                              [](const auto &entry) { return entry.second; }),
              ", "));
    options.method = *method;
  }
  if (!percentile)
    return options;
  if (options.method != CalibrationMethod::Percentile &&
      options.method != CalibrationMethod::Auto)
    return llvm::createStringError("a percentile needs the method percentile "
                                   "or auto");
  if (!(*percentile > 50.0 && *percentile <= 100.0))
    return llvm::createStringError(
        "a percentile is above 50 and at most 100, not %g", *percentile);
  options.percentile = *percentile;
  return options;
}

TensorRange getFullRange(const TensorStatistics &statistics,
                         const RangeFormat &format) {
  TensorRange range{std::min(double(statistics.getLeast()), 0.0),
                    std::max(double(statistics.getGreatest()), 0.0)};
  if (!format.symmetric)
    return range;
  double end = std::max(-range.min, range.max);
  return {-end, end};
}

std::optional<numerics::QuantParams> getGrid(TensorRange range,
                                             const RangeFormat &format) {
  auto params =
      format.symmetric
          ? numerics::chooseSymmetric(std::max(-range.min, range.max),
                                      format.storage, format.powerOfTwo)
          : numerics::chooseAsymmetric(range.min, range.max, format.storage,
                                       format.powerOfTwo);
  if (params)
    return *params;
  llvm::consumeError(params.takeError());
  return std::nullopt;
}

static TensorRange chooseBy(CalibrationMethod method,
                            const TensorObserver &observer,
                            const MethodOptions &options,
                            const RangeFormat &format) {
  const TensorStatistics &statistics = observer.statistics;
  switch (method) {
  case CalibrationMethod::Percentile:
    return choosePercentile(statistics, options.percentile, format);
  case CalibrationMethod::Entropy:
    return chooseEntropy(statistics, format);
  case CalibrationMethod::MeanSquare:
    return chooseMeanSquare(statistics, format);
  case CalibrationMethod::Octav:
    return chooseOctav(statistics, format);
  case CalibrationMethod::MovingAverage:
    if (std::optional<TensorRange> average = observer.average.get())
      return *average;
    break;
  case CalibrationMethod::MinMax:
  case CalibrationMethod::Auto:
    break;
  }
  return {statistics.getLeast(), statistics.getGreatest()};
}

/// The moving average is no candidate: it would bring the order of the samples
/// into a choice that is otherwise free of it.
static ChosenRange chooseBest(const TensorObserver &observer,
                              const MethodOptions &options,
                              const RangeFormat &format) {
  ChosenRange best{getFullRange(observer.statistics, format),
                   CalibrationMethod::MinMax};
  double bestError = std::numeric_limits<double>::infinity();
  for (CalibrationMethod method :
       {CalibrationMethod::MinMax, CalibrationMethod::Percentile,
        CalibrationMethod::Entropy, CalibrationMethod::Octav,
        CalibrationMethod::MeanSquare}) {
    TensorRange range = method == CalibrationMethod::MinMax
                            ? getFullRange(observer.statistics, format)
                            : chooseBy(method, observer, options, format);
    double error = getQuantizationError(observer.statistics, range, format);
    if (error < bestError) {
      best = {range, method};
      bestError = error;
    }
  }
  return best;
}

ChosenRange chooseRange(const TensorObserver &observer,
                        const MethodOptions &options,
                        const RangeFormat &format) {
  ChosenRange chosen{{}, options.method};
  if (options.method == CalibrationMethod::Auto)
    chosen = chooseBest(observer, options, format);
  else
    chosen.range = chooseBy(options.method, observer, options, format);
  // No -0 where a side is empty.
  chosen.range.min += 0.0;
  chosen.range.max += 0.0;
  return chosen;
}

} // namespace quantc

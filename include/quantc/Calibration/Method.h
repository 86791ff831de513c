// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the statistics of a tensor to the range that it is quantized with. All
// methods answer for a given format, and all in arithmetic that is the same on
// every machine: + - * / and comparisons of doubles, and integers.
#ifndef QUANTC_CALIBRATION_METHOD_H
#define QUANTC_CALIBRATION_METHOD_H

#include "quantc/Calibration/Observer.h"
#include "quantc/Numerics/QuantParams.h"

namespace quantc {

/// How a range follows from what was seen. See docs/Calibration.md.
enum class CalibrationMethod {
  /// From the least to the greatest value.
  MinMax,
  /// The moving average of the ends of the samples, in their order.
  MovingAverage,
  /// All but a share of the values of each sign.
  Percentile,
  /// The least Kullback-Leibler divergence of the quantized histogram.
  Entropy,
  /// The least mean squared error.
  MeanSquare,
  /// The fixed point where clipping and rounding balance (OCTAV).
  Octav,
  /// The best of the others, tensor by tensor.
  Auto
};

/// "min-max", "moving-average", ...: the value of --method.
llvm::StringRef getMethodName(CalibrationMethod method);
std::optional<CalibrationMethod> parseMethod(llvm::StringRef name);

/// The format that a range is chosen for.
struct RangeFormat {
  numerics::StorageRange storage = numerics::StorageRange::int8();
  bool symmetric = false;
  bool powerOfTwo = false;
};

struct MethodOptions {
  CalibrationMethod method = CalibrationMethod::MinMax;
  /// Of CalibrationMethod::Percentile, above 50 and at most 100.
  double percentile = 99.99;

  /// The method `name`, or the default where it is empty. An error says what
  /// was expected.
  static llvm::Expected<MethodOptions> parse(llvm::StringRef name,
                                             std::optional<double> percentile);
};

/// A range and what it follows from: never Auto.
struct ChosenRange {
  TensorRange range;
  CalibrationMethod method;
};

/// The range of a tensor for `format`. The observer has passed its check. The
/// methods that weigh values against each other hold zero in their range, since
/// every format does. Without a histogram only the first two methods work.
ChosenRange chooseRange(const TensorObserver &observer,
                        const MethodOptions &options,
                        const RangeFormat &format = {});

/// The mean squared difference that quantizing with `range` makes, over all
/// values of the histogram, each taken as anywhere in its bin.
double getQuantizationError(const TensorStatistics &statistics,
                            TensorRange range, const RangeFormat &format);

} // namespace quantc

#endif // QUANTC_CALIBRATION_METHOD_H

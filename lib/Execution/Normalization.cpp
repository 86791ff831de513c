// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads and applies `--normalize`.
#include "quantc/Execution/Normalization.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cassert>
#include <cmath>

namespace quantc::exec {

static llvm::Error makeError(llvm::StringRef text, const llvm::Twine &message) {
  return llvm::createStringError("--normalize=" + text + ": " + message);
}

static bool parseNumbers(llvm::ArrayRef<llvm::StringRef> fields,
                         std::vector<float> &result) {
  for (llvm::StringRef field : fields) {
    double value;
    if (field.trim().getAsDouble(value) ||
        !std::isfinite(static_cast<float>(value)))
      return false;
    result.push_back(static_cast<float>(value));
  }
  return true;
}

llvm::Expected<Normalization> parseNormalization(llvm::StringRef text) {
  llvm::SmallVector<llvm::StringRef> means, deviations;
  if (text.contains(':')) {
    auto [left, right] = text.split(',');
    left.split(means, ':');
    right.split(deviations, ':');
  } else {
    llvm::SmallVector<llvm::StringRef> fields;
    text.split(fields, ',');
    means.assign(fields.begin(), fields.begin() + fields.size() / 2);
    deviations.assign(fields.begin() + fields.size() / 2, fields.end());
  }
  if (means.empty() || means.size() != deviations.size())
    return makeError(text, "expected as many means as standard deviations, "
                           "MEAN,STD or M1:M2:M3,S1:S2:S3");
  Normalization result;
  if (!parseNumbers(means, result.mean) ||
      !parseNumbers(deviations, result.standardDeviation))
    return makeError(text, "expected finite numbers");
  if (llvm::any_of(result.standardDeviation,
                   [](float value) { return !(value > 0); }))
    return makeError(text, "a standard deviation must be above zero");
  return result;
}

std::optional<unsigned> findChannelAxis(llvm::ArrayRef<int64_t> shape,
                                        size_t channels) {
  if (shape.size() > 1 && shape[1] == static_cast<int64_t>(channels))
    return 1;
  if (!shape.empty() && shape.back() == static_cast<int64_t>(channels))
    return shape.size() - 1;
  return std::nullopt;
}

/// How many elements stand from one step along the channel axis to the next.
static int64_t getChannelStride(llvm::ArrayRef<int64_t> shape,
                                size_t channels) {
  std::optional<unsigned> axis = findChannelAxis(shape, channels);
  assert(axis && "no axis for the channels");
  int64_t stride = 1;
  for (int64_t extent : shape.drop_front(*axis + 1))
    stride *= extent;
  return stride;
}

void normalize(const Normalization &normalization,
               llvm::ArrayRef<int64_t> shape, float *values) {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  size_t channels = normalization.mean.size();
  int64_t stride = channels == 1 ? count : getChannelStride(shape, channels);
  for (int64_t start = 0, channel = 0; start < count;
       start += stride, channel = (channel + 1) % channels) {
    float mean = normalization.mean[channel];
    float deviation = normalization.standardDeviation[channel];
    for (int64_t i = start; i < start + stride; ++i)
      values[i] = (values[i] - mean) / deviation;
  }
}

} // namespace quantc::exec

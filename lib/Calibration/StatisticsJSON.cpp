// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counts as text: one line for each tensor, where JSON arrays would take a line
// for each bin.
#include "StatisticsJSON.h"

#include "llvm/Support/raw_ostream.h"

#include <cmath>

namespace quantc {

/// More empty bins in a row than this end a run: naming the next bin is then
/// shorter than their zeros.
static constexpr int64_t kLongestGap = 3;

static std::string formatBins(const TensorStatistics &statistics) {
  std::string text;
  llvm::raw_string_ostream out(text);
  auto [first, last] = statistics.getOccupiedBins();
  int64_t next = 0;
  bool isOpen = false;
  for (int64_t bin = first; bin <= last; ++bin) {
    uint64_t count = statistics.getBin(bin);
    if (!count)
      continue;
    if (isOpen && bin - next <= kLongestGap) {
      for (; next < bin; ++next)
        out << " 0";
      out << ' ';
    } else {
      out << (isOpen ? ", " : "") << bin << ':';
    }
    out << count;
    isOpen = true;
    next = bin + 1;
  }
  return text;
}

void writeStatistics(llvm::json::OStream &json,
                     const TensorStatistics &statistics) {
  json.attribute("least", statistics.getLeast());
  json.attribute("greatest", statistics.getGreatest());
  json.attribute("zeros", statistics.getZeros());
  json.attribute("width_log2", statistics.getExponent());
  json.attribute("bins", formatBins(statistics));
}

/// Bins and counts, or false.
static bool parseBins(llvm::StringRef text, TensorStatistics::State &state) {
  constexpr int64_t side = TensorStatistics::kBinsPerSide;
  int64_t bin = 0, previous = -side - 1;
  while (!text.empty()) {
    if (text.consumeInteger(10, bin) || !text.consume_front(":"))
      return false;
    for (;; ++bin) {
      uint64_t count = 0;
      if (text.consumeInteger(10, count) || bin <= previous || bin >= side)
        return false;
      if (count)
        state.bins.push_back({bin, count});
      previous = bin;
      if (text.empty() || text.consume_front(", "))
        break;
      if (!text.consume_front(" "))
        return false;
    }
  }
  return true;
}

static std::optional<float> readFloat(const llvm::json::Object &object,
                                      llvm::StringRef key) {
  std::optional<double> number = object.getNumber(key);
  if (!number || !(std::fabs(*number) <= std::numeric_limits<float>::max()) ||
      double(float(*number)) != *number)
    return std::nullopt;
  return float(*number);
}

llvm::Expected<std::optional<TensorStatistics>>
readStatistics(const llvm::json::Object &object) {
  std::optional<llvm::StringRef> bins = object.getString("bins");
  if (!bins)
    return std::nullopt;
  std::optional<float> least = readFloat(object, "least");
  std::optional<float> greatest = readFloat(object, "greatest");
  if (!least || !greatest || *least > *greatest)
    return llvm::createStringError(
        "expected f32 numbers 'least' <= 'greatest'");
  std::optional<int64_t> zeros = object.getInteger("zeros");
  std::optional<int64_t> exponent = object.getInteger("width_log2");
  if (!zeros || *zeros < 0)
    return llvm::createStringError("expected a number 'zeros' >= 0");
  if (!exponent || *exponent < TensorStatistics::kLeastExponent ||
      *exponent > TensorStatistics::kGreatestExponent)
    return llvm::createStringError(
        "expected a 'width_log2' from " +
        llvm::Twine(TensorStatistics::kLeastExponent) + " to " +
        llvm::Twine(TensorStatistics::kGreatestExponent));
  TensorStatistics::State state;
  state.zeros = *zeros;
  state.least = *least;
  state.greatest = *greatest;
  state.exponent = int(*exponent);
  if (!parseBins(*bins, state) || (state.bins.empty() && !state.zeros))
    return llvm::createStringError(
        "expected 'bins' as 'BIN:COUNT COUNT ..., BIN:COUNT ...' in rising "
        "order");
  return TensorStatistics::restore(state);
}

} // namespace quantc

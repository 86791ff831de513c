// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables of shards become one. What cannot be added up is refused: tables of
// different models, of one shard twice, of methods that need the order of the
// samples.
#include "quantc/Calibration/CalibrationTable.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <set>

namespace quantc {

llvm::Error chooseRanges(CalibrationTable &table,
                         const MethodOptions &options) {
  if (options.method == CalibrationMethod::MovingAverage)
    return llvm::createStringError(
        "a moving average depends on the order of the samples, which a table "
        "does not hold; expected another --method");
  table.provenance.method = getMethodName(options.method).str();
  table.provenance.percentile.reset();
  if (options.method == CalibrationMethod::Percentile ||
      options.method == CalibrationMethod::Auto)
    table.provenance.percentile = options.percentile;
  for (auto &[name, tensor] : table.getTensors()) {
    if (!tensor.statistics)
      return llvm::createStringError("tensor '" + name +
                                     "' has no statistics to choose a range "
                                     "from");
    TensorObserver observer;
    observer.statistics = *tensor.statistics;
    ChosenRange chosen = chooseRange(observer, options);
    tensor.range = chosen.range;
    tensor.method.clear();
    if (chosen.method != options.method)
      tensor.method = getMethodName(chosen.method).str();
  }
  return llvm::Error::success();
}

/// Shards of one data set: which there are, and of how many.
namespace {
class ShardSet {
public:
  /// Adds the shards of a table, or says what is wrong with them.
  llvm::Error add(const CalibrationProvenance &table) {
    llvm::SmallVector<llvm::StringRef> parts;
    llvm::StringRef(table.shards).split(parts, ", ", -1, /*KeepEmpty=*/false);
    if (parts.empty())
      parts.push_back("1/1");
    for (llvm::StringRef part : parts) {
      auto [index, count] = part.split('/');
      unsigned i = 0, n = 0;
      if (index.getAsInteger(10, i) || count.getAsInteger(10, n) || i < 1 ||
          i > n)
        return llvm::createStringError("'" + part + "' is no shard");
      if (total && n != total)
        return llvm::createStringError("shards of " + llvm::Twine(total) +
                                       " and of " + llvm::Twine(n) +
                                       " of the same data hold samples twice");
      total = n;
      if (!present.insert(i).second)
        return llvm::createStringError("shard " + llvm::Twine(i) + "/" +
                                       llvm::Twine(n) +
                                       " of the same data is given twice");
    }
    return llvm::Error::success();
  }

  /// Empty where none is missing.
  std::string format() const {
    if (present.size() == total)
      return {};
    return llvm::join(llvm::map_range(present,
                                      [&](unsigned i) {
                                        return std::to_string(i) + "/" +
                                               std::to_string(total);
                                      }),
                      ", ");
  }

private:
  std::set<unsigned> present;
  unsigned total = 0;
};
} // namespace

/// `text` with `part` behind it, unless it is there.
static void appendDistinct(std::string &text, llvm::StringRef part) {
  llvm::SmallVector<llvm::StringRef> parts;
  llvm::StringRef(text).split(parts, ", ", -1, /*KeepEmpty=*/false);
  if (part.empty() || llvm::is_contained(parts, part))
    return;
  text += (text.empty() ? "" : ", ") + part.str();
}

static llvm::Expected<CalibrationProvenance>
mergeProvenance(llvm::ArrayRef<CalibrationTable> tables) {
  CalibrationProvenance merged = tables.front().provenance;
  // By the data's hash, or its name where there is none.
  llvm::MapVector<llvm::StringRef, ShardSet> shards;
  merged.samples = 0;
  for (const CalibrationTable &table : tables) {
    const CalibrationProvenance &origin = table.provenance;
    if (origin.unfinished)
      return llvm::createStringError(
          "a table is the checkpoint of a calibration that did not end");
    if (origin.modelHash != merged.modelHash)
      return llvm::createStringError(
          "the tables are of different models: '" + merged.model +
          "' with hash '" + merged.modelHash + "' and '" + origin.model +
          "' with hash '" + origin.modelHash + "'");
    if (origin.normalize != merged.normalize)
      return llvm::createStringError("the tables are of different "
                                     "normalization: '" +
                                     merged.normalize + "' and '" +
                                     origin.normalize + "'");
    merged.samples += origin.samples;
    appendDistinct(merged.data, origin.data);
    appendDistinct(merged.dataHash, origin.dataHash);
    llvm::StringRef key =
        origin.dataHash.empty() ? origin.data : origin.dataHash;
    if (llvm::Error error = shards[key].add(origin))
      return std::move(error);
  }
  merged.shards.clear();
  for (const auto &[key, set] : shards)
    appendDistinct(merged.shards, set.format());
  return merged;
}

static llvm::Error mergeTensors(CalibrationTable &merged,
                                CalibrationTable &other) {
  if (merged.getTensors().size() != other.getTensors().size())
    return llvm::createStringError("the tables are of different models: one "
                                   "has %zu tensors, another %zu",
                                   size_t(merged.getTensors().size()),
                                   size_t(other.getTensors().size()));
  for (auto &[name, tensor] : merged.getTensors()) {
    auto found = other.getTensors().find(name);
    if (found == other.getTensors().end())
      return llvm::createStringError("the tables are of different models: "
                                     "only one has a tensor '" +
                                     name + "'");
    if (!tensor.statistics || !found->second.statistics)
      return llvm::createStringError("tensor '" + name +
                                     "' has no statistics to merge");
    tensor.statistics->merge(*found->second.statistics);
  }
  return llvm::Error::success();
}

llvm::Expected<CalibrationTable>
mergeTables(llvm::MutableArrayRef<CalibrationTable> tables,
            const std::optional<MethodOptions> &options) {
  assert(!tables.empty() && "at least one table");
  llvm::Expected<CalibrationProvenance> provenance = mergeProvenance(tables);
  if (!provenance)
    return provenance.takeError();
  llvm::Expected<MethodOptions> method =
      options ? llvm::Expected<MethodOptions>(*options)
              : tables.front().getMethodOptions();
  if (!method)
    return method.takeError();
  CalibrationTable merged = std::move(tables.front());
  for (CalibrationTable &table : tables.drop_front()) {
    if (!options && (table.provenance.method != provenance->method ||
                     table.provenance.percentile != provenance->percentile))
      return llvm::createStringError(
          "the tables are of different methods: '" + provenance->method +
          "' and '" + table.provenance.method + "'; expected --method");
    if (llvm::Error error = mergeTensors(merged, table))
      return std::move(error);
  }
  merged.provenance = std::move(*provenance);
  if (llvm::Error error = chooseRanges(merged, *method))
    return std::move(error);
  return merged;
}

} // namespace quantc

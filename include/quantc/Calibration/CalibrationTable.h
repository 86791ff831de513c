// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The measured ranges of a model's tensors and their JSON file. How ranges are
// measured is in Observer.h and Method.h; how they reach the IR is a pass of
// the qnn dialect.
#ifndef QUANTC_CALIBRATION_CALIBRATIONTABLE_H
#define QUANTC_CALIBRATION_CALIBRATIONTABLE_H

#include "quantc/Calibration/Method.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <memory>
#include <string>

namespace quantc {

/// Where a table came from. Two measurements of the same model on the same
/// data may differ here and nowhere else.
struct CalibrationProvenance {
  std::string method = "min-max";
  /// Of the methods that know one.
  std::optional<double> percentile;
  int64_t samples = 0;
  /// The shards that it holds, as "1/4, 2/4"; empty for the whole of the data.
  std::string shards;
  std::string model;
  /// Of the prepared graph, see qnn::hashModel; empty in a table that was
  /// written by hand, which fits every model with its tensors.
  std::string modelHash;
  std::string data;
  /// Of the file.
  std::string dataHash;
  std::string normalize;
  std::string version;
  /// The checkpoint of a measurement that goes on: nothing to quantize by.
  bool unfinished = false;
};

struct TensorCalibration {
  TensorRange range;
  /// What the range follows from where that is not the table's method.
  std::string method;
  /// What was seen. A table that was written by hand has none.
  std::optional<TensorStatistics> statistics;
};

class CalibrationTable {
public:
  using Tensors = llvm::MapVector<llvm::StringRef, TensorCalibration>;

  CalibrationProvenance provenance;
  /// By tensor name, in the model's order.
  Tensors &getTensors() { return tensors; }
  const Tensors &getTensors() const { return tensors; }

  CalibrationTable() = default;
  CalibrationTable(CalibrationTable &&) = default;
  CalibrationTable &operator=(CalibrationTable &&) = default;

  /// Adds a tensor; the table keeps its own copy of the name.
  void add(llvm::StringRef tensor, TensorCalibration calibration);
  void add(llvm::StringRef tensor, TensorRange range) {
    add(tensor, TensorCalibration{range, {}, std::nullopt});
  }

  /// What the range of a tensor of this table follows from.
  llvm::StringRef getMethod(const TensorCalibration &tensor) const {
    return tensor.method.empty() ? provenance.method : tensor.method;
  }

  /// The method and its parameters, or an error where the name is unknown.
  llvm::Expected<MethodOptions> getMethodOptions() const;

  /// Reads a table. The error names the file, the key and what was expected.
  static llvm::Expected<CalibrationTable> read(llvm::StringRef path);
  static llvm::Expected<CalibrationTable> parse(llvm::StringRef json);

  /// Writes the file as a whole or not at all.
  llvm::Error write(llvm::StringRef path) const;
  std::string toJSON() const;

private:
  Tensors tensors;
  /// Names live as long as the table, also where it moves.
  std::vector<std::unique_ptr<std::string>> names;
};

/// Chooses the ranges of all tensors anew, from their statistics. An error
/// where a tensor has none, or where the method depends on the order of the
/// samples, which a table does not hold.
llvm::Error chooseRanges(CalibrationTable &table, const MethodOptions &options);

/// One table as if all samples had run in one process. The tables are of one
/// model and hold different shards, or different data. Without `options` they
/// have one method.
llvm::Expected<CalibrationTable>
mergeTables(llvm::MutableArrayRef<CalibrationTable> tables,
            const std::optional<MethodOptions> &options = std::nullopt);

} // namespace quantc

#endif // QUANTC_CALIBRATION_CALIBRATIONTABLE_H

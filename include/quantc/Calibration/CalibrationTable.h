// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The measured ranges of a model's tensors and their JSON file. How ranges are
// measured is in Observer.h; how they reach the IR is a pass of the qnn
// dialect.
#ifndef QUANTC_CALIBRATION_CALIBRATIONTABLE_H
#define QUANTC_CALIBRATION_CALIBRATIONTABLE_H

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <cstdint>
#include <string>

namespace quantc {

/// The range of one tensor: finite, min <= max.
struct TensorRange {
  double min;
  double max;

  friend bool operator==(TensorRange a, TensorRange b) {
    return a.min == b.min && a.max == b.max;
  }
};

/// Where a table came from. Two measurements of the same model on the same
/// data may differ here and nowhere else.
struct CalibrationProvenance {
  std::string method = "min-max";
  int64_t samples = 0;
  std::string model;
  std::string data;
  std::string version;
};

class CalibrationTable {
public:
  CalibrationProvenance provenance;
  /// By tensor name, in the model's order.
  llvm::MapVector<llvm::StringRef, TensorRange> &getRanges() { return ranges; }
  const llvm::MapVector<llvm::StringRef, TensorRange> &getRanges() const {
    return ranges;
  }

  CalibrationTable() = default;
  CalibrationTable(CalibrationTable &&) = default;
  CalibrationTable &operator=(CalibrationTable &&) = default;

  /// Adds a range; the table keeps its own copy of the name.
  void add(llvm::StringRef tensor, TensorRange range);

  /// Reads a table. The error names the file, the key and what was expected.
  static llvm::Expected<CalibrationTable> read(llvm::StringRef path);
  static llvm::Expected<CalibrationTable> parse(llvm::StringRef json);

  /// Writes the file as a whole or not at all.
  llvm::Error write(llvm::StringRef path) const;
  std::string toJSON() const;

private:
  llvm::MapVector<llvm::StringRef, TensorRange> ranges;
  /// Names live as long as the table, also where it moves.
  std::vector<std::unique_ptr<std::string>> names;
};

} // namespace quantc

#endif // QUANTC_CALIBRATION_CALIBRATIONTABLE_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading and attaching the measured range of a value.
#ifndef QUANTC_DIALECT_QNN_TRANSFORMS_CALIBRATION_H
#define QUANTC_DIALECT_QNN_TRANSFORMS_CALIBRATION_H

#include "quantc/Dialect/QNN/IR/QNNDialect.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

namespace quantc {
class CalibrationTable;
} // namespace quantc

namespace quantc::qnn {

/// The range attached to `value`, or null.
CalibrationAttr getCalibration(mlir::Value value);

/// Attaches a range to `value`: to its operation or its function argument.
void setCalibration(mlir::Value value, CalibrationAttr calibration);

/// What identifies the float graph of `function` in a calibration table: a hash
/// of all that decides its values, constants included, as 32 hex digits.
std::string hashModel(mlir::FunctionOpInterface function);

/// Removes the observers of `function` and attaches the ranges of `table` to
/// its values; `label` names the table in the attributes. Where the policy of a
/// value asks for another format than i8, or for a method, and the table has
/// the statistics, the range is chosen for that. Emits an error for a table of
/// another model, for each value without a range, and in a table without the
/// hash of its model for each range without a value.
mlir::LogicalResult applyCalibration(mlir::FunctionOpInterface function,
                                     const CalibrationTable &table,
                                     llvm::StringRef label);

} // namespace quantc::qnn

#endif // QUANTC_DIALECT_QNN_TRANSFORMS_CALIBRATION_H

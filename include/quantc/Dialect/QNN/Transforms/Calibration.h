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

/// Removes the observers of `function` and attaches the ranges of `table` to
/// its values; `label` names the table in the attributes. Emits an error for
/// each value without a range and each range without a value.
mlir::LogicalResult applyCalibration(mlir::FunctionOpInterface function,
                                     const CalibrationTable &table,
                                     llvm::StringRef label);

} // namespace quantc::qnn

#endif // QUANTC_DIALECT_QNN_TRANSFORMS_CALIBRATION_H

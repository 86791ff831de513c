// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The qnn dialect, its enums and attributes.
#ifndef QUANTC_DIALECT_QNN_IR_QNNDIALECT_H
#define QUANTC_DIALECT_QNN_IR_QNNDIALECT_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"

#include "quantc/Dialect/QNN/IR/QNNDialect.h.inc"
#include "quantc/Dialect/QNN/IR/QNNEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "quantc/Dialect/QNN/IR/QNNAttributes.h.inc"

namespace quantc::qnn {

/// Discardable attributes of the dialect.
inline constexpr llvm::StringLiteral kNameAttr = "qnn.name";
inline constexpr llvm::StringLiteral kModelNameAttr = "qnn.model_name";
inline constexpr llvm::StringLiteral kCalibrationAttr = "qnn.calibration";
inline constexpr llvm::StringLiteral kRoundingAttr = "qnn.rounding";
inline constexpr llvm::StringLiteral kPolicyAttr = "qnn.policy";
inline constexpr llvm::StringLiteral kWeightPolicyAttr = "qnn.weight_policy";
inline constexpr llvm::StringLiteral kWeightScalesAttr = "qnn.weight_scales";
inline constexpr llvm::StringLiteral kStaysFloatAttr = "qnn.stays_float";

} // namespace quantc::qnn

#endif // QUANTC_DIALECT_QNN_IR_QNNDIALECT_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The value of a float operation on constants, one family a function. Which
// operations are worth evaluating is left to the pass.
#ifndef QUANTC_LIB_DIALECT_QNN_TRANSFORMS_CONSTANTEVALUATION_H
#define QUANTC_LIB_DIALECT_QNN_TRANSFORMS_CONSTANTEVALUATION_H

#include "mlir/IR/Operation.h"

#include <optional>
#include <vector>

namespace quantc::qnn {

/// The numbers of the one result of `op`, in row-major order; nullopt where
/// `op` is of another family or an operand is no constant that can be read.
using EvaluationResult = std::optional<std::vector<float>>;

/// Elementwise operations of one and two operands, with broadcast.
EvaluationResult evaluateElementwise(mlir::Operation *op);

/// Operations that only move numbers: reshape, transpose, pad, slice, concat,
/// tile, identity.
EvaluationResult evaluateMovement(mlir::Operation *op);

/// cast of a constant of integers or floats of any width to f32.
EvaluationResult evaluateCast(mlir::Operation *op);

} // namespace quantc::qnn

#endif // QUANTC_LIB_DIALECT_QNN_TRANSFORMS_CONSTANTEVALUATION_H

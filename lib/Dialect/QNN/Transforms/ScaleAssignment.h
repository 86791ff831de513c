// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From measured ranges to one quantized element type a value, under the
// constraints that operations put on their operands and results.
#ifndef QUANTC_LIB_DIALECT_QNN_TRANSFORMS_SCALEASSIGNMENT_H
#define QUANTC_LIB_DIALECT_QNN_TRANSFORMS_SCALEASSIGNMENT_H

#include "quantc/Dialect/QNN/IR/QNNTypes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"

#include "llvm/ADT/EquivalenceClasses.h"

namespace quantc::qnn {

class ScaleAssignment {
public:
  /// Emits an error for each value that has no range.
  static mlir::FailureOr<ScaleAssignment> build(const QuantizationPlan &plan);

  /// The element type in which `value` of the plan is quantized. Values that
  /// are tied to each other have that of the widest policy among them.
  mlir::quant::UniformQuantizedType getType(mlir::Value value) const {
    return types.lookup(value);
  }

  /// The element type in which `op` wants its activation operand `value`: that
  /// of the value, but for an operation with one scale for all its operands.
  mlir::quant::UniformQuantizedType getOperandType(QuantizableOpInterface op,
                                                   mlir::Value value) const;

  /// A per-tensor activation type for the range [min, max]; null after an error
  /// at `loc`.
  static mlir::quant::UniformQuantizedType
  getActivationType(mlir::Location loc, double min, double max,
                    const TensorPolicy &policy);

private:
  llvm::DenseMap<mlir::Value, mlir::quant::UniformQuantizedType> types;
};

} // namespace quantc::qnn

#endif // QUANTC_LIB_DIALECT_QNN_TRANSFORMS_SCALEASSIGNMENT_H

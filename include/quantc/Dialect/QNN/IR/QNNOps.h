// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operations of the qnn dialect.
#ifndef QUANTC_DIALECT_QNN_IR_QNNOPS_H
#define QUANTC_DIALECT_QNN_IR_QNNOPS_H

#include "quantc/Dialect/QNN/IR/QNNDialect.h"
#include "quantc/Dialect/QNN/IR/QNNTypes.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace quantc::qnn {

/// Verifies every quantized type among the operand and result types of `op`:
/// the constraints T1 to T4 of the dialect's description.
mlir::LogicalResult verifyQuantizedTypes(mlir::Operation *op);

/// The same for one type of `op`.
mlir::LogicalResult verifyQuantizedType(mlir::Operation *op, mlir::Type type);

template <typename ConcreteType>
class ValidQuantizedTypes
    : public mlir::OpTrait::TraitBase<ConcreteType, ValidQuantizedTypes> {
public:
  static mlir::LogicalResult verifyTrait(mlir::Operation *op) {
    return verifyQuantizedTypes(op);
  }
};

/// One spatial dimension of a window: the number of results, rounded down, or
/// a value below 1 where the dilated kernel does not fit the padded input.
int64_t getWindowOutputSize(int64_t input, int64_t padLow, int64_t padHigh,
                            int64_t kernel, int64_t stride, int64_t dilation);

} // namespace quantc::qnn

#define GET_OP_CLASSES
#include "quantc/Dialect/QNN/IR/QNNOps.h.inc"

#endif // QUANTC_DIALECT_QNN_IR_QNNOPS_H

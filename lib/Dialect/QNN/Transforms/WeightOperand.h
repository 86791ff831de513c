// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One weight of one float operation as a quantized constant: what the modes
// without calibration share. Which operations are asked is left to their
// passes.
#ifndef QUANTC_LIB_DIALECT_QNN_TRANSFORMS_WEIGHTOPERAND_H
#define QUANTC_LIB_DIALECT_QNN_TRANSFORMS_WEIGHTOPERAND_H

#include "quantc/Dialect/QNN/IR/QuantizableOpInterface.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"

#include "mlir/IR/Builders.h"

namespace quantc::qnn {

/// The weight operand of `op`, or null where it has none.
mlir::OpOperand *getWeightOperand(QuantizableOpInterface op);

/// The float value of `use` as a dequantized constant; null, with a remark,
/// where it is no constant. The policy of the operation, where it has one, goes
/// before `policy`. Fails after an error where the constant cannot be
/// quantized.
mlir::FailureOr<mlir::Value> quantizeWeight(mlir::OpBuilder &builder,
                                            mlir::OpOperand &use,
                                            TensorPolicy policy);

} // namespace quantc::qnn

#endif // QUANTC_LIB_DIALECT_QNN_TRANSFORMS_WEIGHTOPERAND_H

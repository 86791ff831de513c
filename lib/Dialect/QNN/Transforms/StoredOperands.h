// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weight and bias of a quantized operation in QDQ form, whoever placed the
// casts.
#ifndef QUANTC_LIB_DIALECT_QNN_TRANSFORMS_STOREDOPERANDS_H
#define QUANTC_LIB_DIALECT_QNN_TRANSFORMS_STOREDOPERANDS_H

#include "quantc/Dialect/QNN/IR/QuantizableOpInterface.h"

#include "mlir/IR/PatternMatch.h"

namespace quantc::qnn {

/// The weight that the operand `use` of `op` stands for, in the shape that the
/// operation quantizes it in: a constant that other tools stored in the shape
/// of the float operand is repeated, and added to `made`. Null where its scales
/// do not lie along the channels of the operation.
mlir::Value getStoredWeight(QuantizableOpInterface op, mlir::OpOperand &use,
                            mlir::RewriterBase &rewriter,
                            llvm::SmallVectorImpl<mlir::Operation *> &made);

/// The bias that the operand `use` of `op` stands for, as stored integers at
/// the scale of the accumulator. A constant of floats, which some exporters
/// leave beside quantized weights, is quantized (N7); such a constant is added
/// to `made`. Null, with a remark, where the operand has no such form.
mlir::Value getStoredBias(QuantizableOpInterface op, mlir::OpOperand &use,
                          mlir::RewriterBase &rewriter,
                          llvm::SmallVectorImpl<mlir::Operation *> &made);

} // namespace quantc::qnn

#endif // QUANTC_LIB_DIALECT_QNN_TRANSFORMS_STOREDOPERANDS_H

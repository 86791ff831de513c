// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Quantized constants for weights and biases.
#ifndef QUANTC_LIB_DIALECT_QNN_TRANSFORMS_QUANTIZECONSTANTS_H
#define QUANTC_LIB_DIALECT_QNN_TRANSFORMS_QUANTIZECONSTANTS_H

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

namespace quantc::qnn {

/// One scale for all of `weights` (`axis` is none) or one along `axis` of
/// `shape`: symmetric, narrow range.
mlir::FailureOr<std::vector<float>>
chooseWeightScales(mlir::Location loc, FloatConstant &weights,
                   llvm::ArrayRef<int64_t> shape, std::optional<int64_t> axis);

/// Widens the scales that are too small for their bias, or for which no
/// multiplier exists, with a remark at `loc` for each. Moves the others by a
/// few units in the last place where that lets one f32 multiplication
/// requantize (N31).
mlir::LogicalResult widenWeightScales(mlir::Location loc,
                                      llvm::MutableArrayRef<float> scales,
                                      double inputScale, double outputScale,
                                      FloatConstant &bias);

/// The i8 constant of `weights`, as a tensor of `shape`.
ConstantOp createWeightConstant(mlir::OpBuilder &builder, mlir::Location loc,
                                FloatConstant &weights,
                                llvm::ArrayRef<int64_t> shape,
                                std::optional<int64_t> axis,
                                llvm::ArrayRef<float> scales);

/// The i32 constant of `bias`, with scale `inputScale * weightScales[c]`; null
/// after an error where a number does not fit.
ConstantOp createBiasConstant(mlir::OpBuilder &builder, mlir::Location loc,
                              FloatConstant &bias, double inputScale,
                              llvm::ArrayRef<float> weightScales, bool perAxis);

/// The 8-bit constant of `values` in the per-tensor type `element`.
ConstantOp createActivationConstant(mlir::OpBuilder &builder,
                                    mlir::Location loc, FloatConstant &values,
                                    mlir::quant::UniformQuantizedType element);

} // namespace quantc::qnn

#endif // QUANTC_LIB_DIALECT_QNN_TRANSFORMS_QUANTIZECONSTANTS_H

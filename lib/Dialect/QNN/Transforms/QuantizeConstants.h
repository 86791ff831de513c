// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Quantized constants for weights and biases.
#ifndef QUANTC_LIB_DIALECT_QNN_TRANSFORMS_QUANTIZECONSTANTS_H
#define QUANTC_LIB_DIALECT_QNN_TRANSFORMS_QUANTIZECONSTANTS_H

#include "WeightParams.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"

namespace quantc::qnn {

/// Widens the scales that are too small for their bias, or for which no
/// multiplier exists, with a remark at `loc` for each. With `align`, moves all
/// to where one f32 multiplication requantizes (N31).
mlir::LogicalResult widenWeightScales(mlir::Location loc, WeightParams &params,
                                      double inputScale, double outputScale,
                                      FloatConstant &bias, bool align);

/// The constant of `weights`, as a tensor of the shape of its groups. Storage
/// of less than a byte takes a byte an element.
ConstantOp createWeightConstant(mlir::OpBuilder &builder, mlir::Location loc,
                                FloatConstant &weights,
                                const WeightParams &params);

/// The same for integers that are chosen already.
ConstantOp createWeightConstant(mlir::OpBuilder &builder, mlir::Location loc,
                                llvm::ArrayRef<int32_t> stored,
                                const WeightParams &params);

/// The i32 constant of `bias`, with the scale of each channel's accumulator:
/// `inputScale` times its weight scale, the largest where it has several. Null
/// after an error where a number does not fit.
ConstantOp createBiasConstant(mlir::OpBuilder &builder, mlir::Location loc,
                              FloatConstant &bias, double inputScale,
                              const WeightParams &params);

/// The constant of `values` in the per-tensor type `element`.
ConstantOp createActivationConstant(mlir::OpBuilder &builder,
                                    mlir::Location loc, FloatConstant &values,
                                    mlir::quant::UniformQuantizedType element);

} // namespace quantc::qnn

#endif // QUANTC_LIB_DIALECT_QNN_TRANSFORMS_QUANTIZECONSTANTS_H

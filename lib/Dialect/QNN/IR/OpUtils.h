// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks that the verifiers of several operation families share. Private to
// the dialect library. The labels are those of the operation descriptions.
#ifndef QUANTC_LIB_DIALECT_QNN_IR_OPUTILS_H
#define QUANTC_LIB_DIALECT_QNN_IR_OPUTILS_H

#include "quantc/Dialect/QNN/IR/QNNOps.h"

namespace quantc::qnn {

/// C5: a clamp lies in the storage range of the result and is no empty range.
mlir::LogicalResult verifyClamp(mlir::Operation *op,
                                std::optional<llvm::ArrayRef<int32_t>> clamp,
                                mlir::Type resultType);

/// The stored integers `lower` to `upper` of `type` as a clamp covers them all.
bool isFullClamp(std::optional<llvm::ArrayRef<int32_t>> clamp,
                 mlir::Type resultType);

/// A clamp to the whole storage range is what saturation does anyway.
template <typename OpT>
mlir::LogicalResult dropFullClamp(OpT op, mlir::PatternRewriter &rewriter) {
  if (!op.getClamp() || !isFullClamp(op.getClamp(), op.getType()))
    return rewriter.notifyMatchFailure(op, "no clamp to the full range");
  rewriter.modifyOpInPlace(op, [&] { op.removeClampAttr(); });
  return mlir::success();
}

/// One dimension of a window operation: kernel, stride, dilation and padding.
struct WindowDim {
  int64_t kernel, stride, dilation, padLow, padHigh;
};

/// The spatial sizes (dimensions 1 and 2 of NHWC) that a window gives.
mlir::LogicalResult verifyWindow(mlir::Operation *op,
                                 mlir::RankedTensorType input,
                                 mlir::RankedTensorType result,
                                 WindowDim height, WindowDim width);

/// That operand and result have the same element type.
mlir::LogicalResult verifySameElement(mlir::Operation *op, mlir::Type input,
                                      mlir::Type result);

/// That all quantized operand and result types have 8 bits of storage.
mlir::LogicalResult verifyByteStorage(mlir::Operation *op);

} // namespace quantc::qnn

#endif // QUANTC_LIB_DIALECT_QNN_IR_OPUTILS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the project makes the TOSA operations that move numbers without changing
// them. Each gives its input back where nothing would move; whether a move is
// worth its time is left to the callers.
#ifndef QUANTC_DIALECT_QNN_TRANSFORMS_SHAPEUTILS_H
#define QUANTC_DIALECT_QNN_TRANSFORMS_SHAPEUTILS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace quantc::qnn {

/// The elements of the statically shaped `input`, in row-major order, as
/// `shape`.
mlir::Value createReshape(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::Value input, llvm::ArrayRef<int64_t> shape);

/// A tosa.transpose: dimension i of the result is dimension `perm[i]` of the
/// statically shaped `input`.
mlir::Value createTransposeOp(mlir::OpBuilder &builder, mlir::Location loc,
                              mlir::Value input, llvm::ArrayRef<int64_t> perm);

/// `size[i]` elements from `start[i]` on in each dimension i.
mlir::Value createSlice(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value input, llvm::ArrayRef<int64_t> start,
                        llvm::ArrayRef<int64_t> size);

} // namespace quantc::qnn

#endif // QUANTC_DIALECT_QNN_TRANSFORMS_SHAPEUTILS_H

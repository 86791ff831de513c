// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensors whose last two dimensions are made one: so a vector runs over several
// pixels of a row, whatever the number of their channels.
#ifndef QUANTC_LIB_CODEGEN_FLATROWS_H
#define QUANTC_LIB_CODEGEN_FLATROWS_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace quantc::codegen {

/// `tensor` with its last two dimensions made one.
mlir::Value flattenRows(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value tensor);

/// `map` to a tensor of `type` as a map to what flattenRows makes of it.
mlir::AffineMap flattenRows(mlir::AffineMap map, mlir::RankedTensorType type);

/// An empty tensor of the type that flattenRows makes of `type`.
mlir::Value createFlatEmpty(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::RankedTensorType type);

/// The inverse of flattenRows: `flat` as a tensor of `type`.
mlir::Value expandRows(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value flat, mlir::RankedTensorType type);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_FLATROWS_H

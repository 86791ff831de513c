// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The few shapes of linalg operations that the lowering builds: elementwise
// maps, reductions, fills and pads. They know integers and nothing of scales.
#ifndef QUANTC_LIB_CONVERSION_QNNTOLINALG_STRUCTUREDBUILDERS_H
#define QUANTC_LIB_CONVERSION_QNNTOLINALG_STRUCTUREDBUILDERS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"

namespace quantc::conversion {

/// Computes one element from those of the operands.
using BodyBuilder = llvm::function_ref<mlir::Value(
    mlir::OpBuilder &, mlir::Location, mlir::ValueRange)>;

/// A linalg.generic over all elements of `type`. `maps` has one map for each
/// input; the result is written in order.
mlir::linalg::GenericOp
createElementwise(mlir::OpBuilder &builder, mlir::Location loc,
                  mlir::RankedTensorType type, mlir::ValueRange inputs,
                  llvm::ArrayRef<mlir::AffineMap> maps, BodyBuilder body);

/// A linalg.generic that reduces the last `reductions` loops into `init`. The
/// last of `maps` is that of `init`.
mlir::Value createReduction(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value init, mlir::ValueRange inputs,
                            llvm::ArrayRef<mlir::AffineMap> maps,
                            unsigned reductions, BodyBuilder body);

/// A tensor that holds the integer `value` everywhere.
mlir::Value createFill(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::RankedTensorType type, int64_t value);

/// `source` with `low` and `high` elements of `value` around it; `source`
/// itself where there are none.
mlir::Value createPad(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value source, llvm::ArrayRef<int64_t> low,
                      llvm::ArrayRef<int64_t> high, int64_t value);

/// Padding [top, bottom, left, right] of an NHWC image.
mlir::Value createImagePad(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Value image, llvm::ArrayRef<int64_t> pad,
                           int64_t value);

/// `source` with another shape and the same elements in the same order.
mlir::Value createReshape(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::Value source, llvm::ArrayRef<int64_t> shape);

/// A scalar integer constant.
mlir::Value createInteger(mlir::OpBuilder &builder, mlir::Location loc,
                          unsigned width, int64_t value);

/// The stored integer `value` in `width` bits.
mlir::Value extendStored(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Value value, bool isSigned, unsigned width = 32);

/// `value` in the width of `type`: the low bits.
mlir::Value truncateTo(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value value, mlir::Type type);

/// min(max(value, low), high) of signed integers.
mlir::Value clampSigned(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value value, int64_t low, int64_t high);

/// The integer nearest to the f32 `real`, ties to even, for magnitudes below
/// 2^22.
mlir::Value roundToInteger(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Value real);

} // namespace quantc::conversion

#endif // QUANTC_LIB_CONVERSION_QNNTOLINALG_STRUCTUREDBUILDERS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the boundary of an integer model is: the quantize of its arguments, the
// dequantize of its results, and the data movement outside of these. Whether an
// operation may stand elsewhere is left to whoever asks.
#ifndef QUANTC_CONVERSION_INTEGERBOUNDARY_H
#define QUANTC_CONVERSION_INTEGERBOUNDARY_H

#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"

namespace quantc::conversion {

/// Unit attribute of a linalg.generic that quantizes an argument or
/// dequantizes a result.
inline constexpr llvm::StringLiteral kBoundaryAttr = "qnn.boundary";
/// Attributes of a function argument or result of quantized meaning.
inline constexpr llvm::StringLiteral kScaleAttr = "qnn.scale";
inline constexpr llvm::StringLiteral kZeroPointAttr = "qnn.zero_point";
inline constexpr llvm::StringLiteral kUnsignedAttr = "qnn.unsigned";

/// Whether a value of `type` is or holds floating-point numbers.
bool isFloatLike(mlir::Type type);

/// Whether `op` only moves elements: transposes, reshapes, copies.
bool isDataMovement(mlir::Operation *op);

/// Whether every float operand of `op` is an argument of the function, through
/// data movement, or a constant, and at least one is an argument.
bool readsFloatsOfArguments(mlir::Operation *op);

/// Whether every float result of `op` is used by the return alone, through data
/// movement, and at least one is.
bool writesFloatsOfResults(mlir::Operation *op);

} // namespace quantc::conversion

#endif // QUANTC_CONVERSION_INTEGERBOUNDARY_H

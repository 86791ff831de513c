// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the patterns that move transposes share: how they read and make
// transposes, when a transpose costs nothing, and how an operation is repeated
// in another layout.
#ifndef QUANTC_LIB_DIALECT_QNN_TRANSFORMS_TRANSPOSEUTILS_H
#define QUANTC_LIB_DIALECT_QNN_TRANSFORMS_TRANSPOSEUTILS_H

#include "Permutation.h"

#include "quantc/Dialect/QNN/Transforms/ShapeUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/PatternMatch.h"

namespace quantc::qnn {

mlir::ArrayRef<int64_t> shapeOf(mlir::Value value);
bool isStatic(mlir::Value value);
mlir::RankedTensorType withShape(mlir::Value value,
                                 mlir::ArrayRef<int64_t> shape);

/// A tosa.transpose of a statically shaped value.
struct Transpose {
  mlir::Value input;
  Permutation perm;
};

std::optional<Transpose> matchTranspose(mlir::Value value);

/// The transpose of `value`, as a tosa.transpose only where numbers have to
/// move at run time.
mlir::Value createTranspose(mlir::PatternRewriter &rewriter, mlir::Location loc,
                            mlir::Value value, mlir::ArrayRef<int64_t> perm);

/// Whether a transpose of `value` by `perm` costs nothing at run time: of a
/// constant, one that undoes another, or one that moves no number.
bool isFree(mlir::Value value, mlir::ArrayRef<int64_t> perm);

bool isElementwise(mlir::Operation *op);

/// The operands that take part in broadcasting: all but the shift of a mul.
mlir::MutableArrayRef<mlir::OpOperand> broadcastOperands(mlir::Operation *op);

/// A copy of `op` in front of it, on other operands and with another shape.
mlir::Value cloneOn(mlir::PatternRewriter &rewriter, mlir::Operation *op,
                    mlir::ValueRange operands, mlir::ArrayRef<int64_t> shape);

/// Numbers that belong to dimensions, one each (start, size) or two (padding),
/// in the order of the permuted dimensions.
mlir::SmallVector<int64_t> permuteGroups(mlir::ArrayRef<int64_t> numbers,
                                         mlir::ArrayRef<int64_t> perm);

/// Patterns that move transposes behind the operations that read them.
void populateSinkTransposePatterns(mlir::RewritePatternSet &patterns);

/// Patterns that fold the transpose in front of a flattened image into the
/// weights of the fully connected layer behind it.
void populateFoldFlattenedTransposePatterns(mlir::RewritePatternSet &patterns);

} // namespace quantc::qnn

#endif // QUANTC_LIB_DIALECT_QNN_TRANSFORMS_TRANSPOSEUTILS_H

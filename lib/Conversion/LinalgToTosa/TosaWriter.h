// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builds the TOSA operations that the patterns of this folder need, with the
// shapes that follow from the operands. What linalg means is the patterns'
// concern.
#ifndef QUANTC_LIB_CONVERSION_LINALGTOTOSA_TOSAWRITER_H
#define QUANTC_LIB_CONVERSION_LINALGTOTOSA_TOSAWRITER_H

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "quantc/Dialect/QNN/Transforms/ShapeUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/PatternMatch.h"

namespace quantc::conversion {

inline mlir::ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType()).getShape();
}

/// Whether `value` is an f32 tensor of static shape.
bool isFloatTensor(mlir::Value value);

/// The number at every place of `value`: a constant's or a fill's.
std::optional<float> getFilledFloat(mlir::Value value);

class TosaWriter {
public:
  TosaWriter(mlir::PatternRewriter &rewriter, mlir::Location loc)
      : rewriter(rewriter), loc(loc) {}

  mlir::RankedTensorType type(mlir::ArrayRef<int64_t> shape) {
    return mlir::RankedTensorType::get(shape, rewriter.getF32Type());
  }
  /// One number at every place of `shape`.
  mlir::Value splat(mlir::ArrayRef<int64_t> shape, float value);
  mlir::Value zeroPoint() { return splat({1}, 0.0f); }

  mlir::Value reshape(mlir::Value input, mlir::ArrayRef<int64_t> shape) {
    return qnn::createReshape(rewriter, loc, input, shape);
  }
  /// Dimension i of the result is dimension `perm[i]` of `input`.
  mlir::Value transpose(mlir::Value input, mlir::ArrayRef<int64_t> perm) {
    return qnn::createTransposeOp(rewriter, loc, input, perm);
  }
  mlir::Value slice(mlir::Value input, mlir::ArrayRef<int64_t> start,
                    mlir::ArrayRef<int64_t> size) {
    return qnn::createSlice(rewriter, loc, input, start, size);
  }
  /// Repeats what dimensions of size 1 hold.
  mlir::Value broadcast(mlir::Value input, mlir::ArrayRef<int64_t> shape);

  mlir::Value mul(mlir::Value lhs, mlir::Value rhs);
  template <typename OpT>
  mlir::Value binary(mlir::Value lhs, mlir::Value rhs) {
    lhs = withoutBroadcast(lhs), rhs = withoutBroadcast(rhs);
    return OpT::create(rewriter, loc, broadcastType(lhs, rhs), lhs, rhs);
  }
  template <typename OpT>
  mlir::Value unary(mlir::Value input) {
    return OpT::create(rewriter, loc, input.getType(), input);
  }

  mlir::PatternRewriter &rewriter;
  mlir::Location loc;

private:
  /// TOSA broadcasts by itself: what stands before a broadcast will do.
  static mlir::Value withoutBroadcast(mlir::Value value);
  mlir::RankedTensorType broadcastType(mlir::Value lhs, mlir::Value rhs);
};

/// Matrix products, convolutions and pooling.
void populateLinalgContractionToTosaPatterns(mlir::RewritePatternSet &patterns);
/// Operations that compute each element for itself, by whatever name.
void populateLinalgElementwiseToTosaPatterns(mlir::RewritePatternSet &patterns);
/// Operations of the tensor dialect that stand between them.
void populateTensorToTosaPatterns(mlir::RewritePatternSet &patterns);

} // namespace quantc::conversion

#endif // QUANTC_LIB_CONVERSION_LINALGTOTOSA_TOSAWRITER_H

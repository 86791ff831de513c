// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TOSA operations as functions of values: each call computes the result type
// and makes the constant operands that TOSA wants as tensors. Calls that would
// change nothing return their operand. Shapes are checked by the callers.
#ifndef QUANTC_LIB_IMPORT_ONNX_EMITTER_H
#define QUANTC_LIB_IMPORT_ONNX_EMITTER_H

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Builders.h"

namespace quantc::import {

/// A window that moves over an NHWC image: what convolutions and pools share.
/// Pairs are (vertical, horizontal), `pad` is (top, bottom, left, right).
struct Window {
  mlir::SmallVector<int64_t, 2> kernel, stride, dilation, output;
  mlir::SmallVector<int64_t, 4> pad;
  /// Rows and columns at the bottom and right that no window covers. TOSA
  /// demands that windows end exactly at the edge, so they are sliced off.
  mlir::SmallVector<int64_t, 2> crop;
  /// The part of the bottom and right pad that only rounding the output size up
  /// asks for: no average counts it.
  mlir::SmallVector<int64_t, 2> extra;
};

mlir::ArrayRef<int64_t> shapeOf(mlir::Value value);

/// The shape that two shapes broadcast to by ONNX's (numpy's) rule; nullopt if
/// they do not.
std::optional<mlir::SmallVector<int64_t>>
broadcastShapes(mlir::ArrayRef<int64_t> lhs, mlir::ArrayRef<int64_t> rhs);

class Emitter {
public:
  Emitter(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::Value constant(mlir::ArrayRef<int64_t> shape, std::vector<float> values,
                       mlir::StringRef name = "weights");
  mlir::Value splat(int64_t rank, float value);

  mlir::Value reshape(mlir::Value input, mlir::ArrayRef<int64_t> shape);
  mlir::Value transpose(mlir::Value input, mlir::ArrayRef<int64_t> perm);
  /// `low` and `high` have one entry a dimension, none of them negative.
  mlir::Value pad(mlir::Value input, mlir::ArrayRef<int64_t> low,
                  mlir::ArrayRef<int64_t> high, float value);
  mlir::Value slice(mlir::Value input, mlir::ArrayRef<int64_t> start,
                    mlir::ArrayRef<int64_t> size);
  mlir::Value concat(mlir::ValueRange inputs, int64_t axis);

  mlir::Value clamp(mlir::Value input, float min, float max);
  mlir::Value mul(mlir::Value lhs, mlir::Value rhs);
  /// Elementwise with both sides of equal rank and broadcastable shapes.
  template <typename Op>
  mlir::Value binary(mlir::Value lhs, mlir::Value rhs) {
    return Op::create(builder, loc, broadcastType(lhs, rhs), lhs, rhs);
  }
  template <typename Op>
  mlir::Value unary(mlir::Value input) {
    return Op::create(builder, loc, input.getType(), input);
  }
  /// Reductions keep the reduced dimension as 1.
  template <typename Op>
  mlir::Value reduce(mlir::Value input, int64_t axis) {
    mlir::SmallVector<int64_t> shape(shapeOf(input));
    shape[axis] = 1;
    return Op::create(builder, loc, type(shape), input,
                      static_cast<uint32_t>(axis));
  }

  mlir::Value toNHWC(mlir::Value nchw) { return transpose(nchw, {0, 2, 3, 1}); }
  mlir::Value toNCHW(mlir::Value nhwc) { return transpose(nhwc, {0, 3, 1, 2}); }

  /// Slices off what no window covers.
  mlir::Value cropToWindow(mlir::Value nhwc, const Window &window);
  /// `weight` is [O, KH, KW, I].
  mlir::Value conv2d(mlir::Value nhwc, mlir::Value weight, mlir::Value bias,
                     const Window &window);
  /// `weight` is [KH, KW, C, M].
  mlir::Value depthwiseConv2d(mlir::Value nhwc, mlir::Value weight,
                              mlir::Value bias, const Window &window);
  mlir::Value maxPool2d(mlir::Value nhwc, const Window &window);
  mlir::Value avgPool2d(mlir::Value nhwc, const Window &window);
  mlir::Value matmul(mlir::Value lhs, mlir::Value rhs);

  /// Multiplies each row of [rows, K] with `weights` ([N, K] in row-major
  /// order): a 1x1 convolution, since TOSA has no fully connected operator.
  mlir::Value fullyConnected(mlir::Value rows, std::vector<float> weights,
                             std::vector<float> bias, mlir::StringRef name);

  mlir::RankedTensorType type(mlir::ArrayRef<int64_t> shape);

private:
  mlir::RankedTensorType broadcastType(mlir::Value lhs, mlir::Value rhs);
  mlir::Value zeroPoint();
  mlir::RankedTensorType windowType(mlir::Value nhwc, const Window &window,
                                    int64_t channels);

  mlir::OpBuilder &builder;
  mlir::Location loc;
};

} // namespace quantc::import

#endif // QUANTC_LIB_IMPORT_ONNX_EMITTER_H

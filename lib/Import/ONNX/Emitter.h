// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TOSA operations as functions of values: each call computes the result type
// and makes the constant operands that TOSA wants as tensors. Calls that would
// change nothing return their operand. Shapes are checked by the callers.
#ifndef QUANTC_LIB_IMPORT_ONNX_EMITTER_H
#define QUANTC_LIB_IMPORT_ONNX_EMITTER_H

#include "HostTensor.h"

#include "quantc/Dialect/QNN/IR/QNNTypes.h"
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

/// The type of real numbers that are stored as `storage`, an integer type of
/// ONNX with 8, 16 or 32 bits. Null for any other type.
mlir::quant::QuantizedType
makeQuantizedType(mlir::MLIRContext *context, int32_t storage,
                  const TensorQuantization &quantization);

/// The same where the integers stand for themselves.
mlir::quant::QuantizedType makeIntegerType(mlir::MLIRContext *context,
                                           int32_t storage);

class Emitter {
public:
  Emitter(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::Value constant(mlir::ArrayRef<int64_t> shape, std::vector<float> values,
                       mlir::StringRef name = "weights");
  mlir::Value splat(int64_t rank, float value);
  /// A float tensor, or a dequantized one. `shape` has the same elements in the
  /// same order as the tensor; it may split the axis of a quantization.
  mlir::Value tensorConstant(mlir::ArrayRef<int64_t> shape,
                             const HostTensor &tensor,
                             mlir::StringRef name = "weights");

  /// The integers of a tensor with a quantization as a quantized constant.
  mlir::Value storedConstant(const HostTensor &tensor, mlir::StringRef name);

  /// Bytes without a scale.
  mlir::Value rawConstant(mlir::ArrayRef<int64_t> shape,
                          mlir::ArrayRef<int8_t> values);

  mlir::Value quantize(mlir::Value real, mlir::quant::QuantizedType type);
  mlir::Value dequantize(mlir::Value quantized);
  /// The stored integers of a quantized value without their meaning, and back.
  mlir::Value toStorage(mlir::Value quantized);
  mlir::Value fromStorage(mlir::Value raw, mlir::quant::QuantizedType type);

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

  /// Multiplies each row of [rows, K] with `weights` ([N, K]): a 1x1
  /// convolution, since TOSA has no fully connected operator.
  mlir::Value fullyConnected(mlir::Value rows, const HostTensor &weights,
                             const HostTensor &bias, mlir::StringRef name);

  mlir::RankedTensorType type(mlir::ArrayRef<int64_t> shape);
  mlir::OpBuilder &getBuilder() { return builder; }
  mlir::Location getLoc() const { return loc; }

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

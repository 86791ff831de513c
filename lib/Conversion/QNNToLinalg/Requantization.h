// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The requantize of an accumulator as arith operations, in the three roundings.
// It decides which form is exact for the accumulators that can occur; which
// multiplier belongs to which element is decided by the callers.
#ifndef QUANTC_LIB_CONVERSION_QNNTOLINALG_REQUANTIZATION_H
#define QUANTC_LIB_CONVERSION_QNNTOLINALG_REQUANTIZATION_H

#include "quantc/Dialect/QNN/IR/QNNDialect.h"
#include "quantc/Dialect/QNN/IR/QNNTypes.h"
#include "quantc/Numerics/HighWord.h"
#include "quantc/Numerics/Requantize.h"

#include "mlir/IR/Builders.h"
#include "llvm/Support/Error.h"

namespace quantc::conversion {

/// The scales around an accumulator: M = input * weight / (output * count).
struct AccumulatorScale {
  float input;
  float weight;
  float output;
  /// The number of elements that an average is taken of.
  int64_t count = 1;
};

/// Everything that the requantize of one operation needs. The multipliers are
/// one for all elements or one for each channel.
struct RequantizeSpec {
  qnn::RoundingMode rounding;
  /// For the roundings single and double.
  llvm::SmallVector<numerics::FixedPointMultiplier> multipliers;
  /// For the rounding float_even.
  llvm::SmallVector<float> floatMultipliers;
  /// Every accumulator that can occur; what it is saturated to if `saturates`.
  numerics::Interval accumulator;
  /// Whether the accumulator has 64 bits, because 32 do not hold it.
  bool isWide = false;
  /// Whether it is saturated to 32 bits first, which changes no result (N37).
  bool saturates = false;
  int64_t zeroPoint = 0;
  /// Saturation and the fused activation in one.
  numerics::StorageRange range{0, 0};
};

/// The spec for `scales`, one or one a channel. An error where a scale triple
/// has no multiplier, or multipliers are so different that an accumulator of 64
/// bits has no common form for them.
llvm::Expected<RequantizeSpec> planRequantize(
    qnn::RoundingMode rounding, llvm::ArrayRef<AccumulatorScale> scales,
    numerics::Interval accumulator, mlir::quant::QuantizedType result,
    std::optional<llvm::ArrayRef<int32_t>> clamp);

/// An error that says that `accumulator` leaves 32 bits, or success. `what`
/// names the sum.
llvm::Error checkAccumulator(numerics::Interval accumulator,
                             const llvm::Twine &what);

/// The real scale that the compiled code uses.
inline float getFloatScale(mlir::quant::QuantizedType type, int64_t channel) {
  return static_cast<float>(qnn::getScale(type, channel));
}

/// Emits the arithmetic of a RequantizeSpec. Parameters that differ between
/// channels are constant tensors which the operation reads beside the
/// accumulator; the others are scalars in its body.
class RequantizeEmitter {
public:
  explicit RequantizeEmitter(const RequantizeSpec &spec);

  /// The parameter tensors, of shape `channels`.
  llvm::SmallVector<mlir::Value>
  createParameters(mlir::OpBuilder &builder, mlir::Location loc,
                   llvm::ArrayRef<int64_t> channels) const;

  /// The result element from the `accumulator`, i32 or i64 where the spec says
  /// so, and the elements of the parameter tensors.
  mlir::Value emit(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Value accumulator, mlir::ValueRange parameters,
                   mlir::Type resultType) const;

  /// An elementwise operation from the tensor `accumulator` to `resultType`.
  /// `channelMap` tells the channel of an element.
  mlir::Value createOp(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value accumulator,
                       mlir::RankedTensorType resultType,
                       mlir::AffineMap channelMap,
                       llvm::ArrayRef<int64_t> channels) const;

private:
  bool isFloat() const { return spec.rounding == qnn::RoundingMode::FloatEven; }
  mlir::Value emitFixedPoint(mlir::OpBuilder &builder, mlir::Location loc,
                             mlir::Value accumulator,
                             mlir::ValueRange parameters) const;
  /// N15, for an accumulator that stays in 64 bits.
  mlir::Value emitWide(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value accumulator,
                       mlir::ValueRange parameters) const;
  /// `value` times the multiplier of its channel, in 64 bits.
  mlir::Value multiply(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value value, mlir::ValueRange parameters) const;
  /// What the shifts of parameter tensors lack.
  int32_t getShiftBase() const {
    return isNarrow || (spec.isWide && !spec.saturates) ? 31 : 0;
  }
  mlir::Value emitHighWord(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Value accumulator,
                           mlir::ValueRange parameters) const;
  mlir::Value emitRoundingTerm(mlir::OpBuilder &builder, mlir::Location loc,
                               mlir::Value accumulator,
                               mlir::Value shift) const;
  mlir::Value emitFloatEven(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value accumulator,
                            mlir::ValueRange parameters) const;

  const RequantizeSpec &spec;
  /// The 32-bit form, where it is exact.
  std::optional<numerics::HighWordScaling> highWord;
  bool uniformMultiplier = true;
  bool uniformShift = true;
  int32_t minShift = 0;
  int32_t maxShift = 0;
  /// Whether the sum shifted by 31 fits 32 bits for every accumulator, so that
  /// the rest of the shift is done there.
  bool isNarrow = false;
};

} // namespace quantc::conversion

#endif // QUANTC_LIB_CONVERSION_QNNTOLINALG_REQUANTIZATION_H

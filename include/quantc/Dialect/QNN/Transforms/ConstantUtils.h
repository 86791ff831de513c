// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the project reads and makes float constants. A constant may be spelled
// tosa.const or arith.constant and hold its numbers as a dense attribute, a
// splat or a dense resource; nobody but this file needs to know. What is done
// with the numbers is left to the callers.
#ifndef QUANTC_DIALECT_QNN_TRANSFORMS_CONSTANTUTILS_H
#define QUANTC_DIALECT_QNN_TRANSFORMS_CONSTANTUTILS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"

#include <optional>
#include <vector>

namespace quantc::qnn {

/// A constant with more bytes than this becomes a dense resource: it is neither
/// uniqued nor printed in full. Smaller ones stay readable dense attributes.
inline constexpr size_t kDenseAttributeMaxBytes = 1024;

/// The f32 numbers of a constant tensor in row-major order. The numbers of a
/// dense or dense_resource attribute are looked at in place; only a splat is
/// expanded, at the first request for all of its values.
class FloatConstant {
public:
  /// Reads `attr`; nullopt unless it is a statically shaped f32 constant whose
  /// data is present, complete and aligned (a resource of a damaged file need
  /// not be).
  static std::optional<FloatConstant> read(mlir::Attribute attr);

  /// Reads the constant that defines `value`; nullopt where none does.
  static std::optional<FloatConstant> read(mlir::Value value);

  mlir::RankedTensorType getType() const { return type; }
  llvm::ArrayRef<int64_t> getShape() const { return type.getShape(); }
  int64_t size() const { return type.getNumElements(); }

  /// The one number that stands at every place, if the attribute says so.
  bool isSplat() const { return viewed.size() == 1; }
  float getSplatValue() const { return viewed.front(); }

  float operator[](int64_t index) const {
    return isSplat() ? viewed.front() : viewed[index];
  }

  /// All numbers. The result lives as long as this object and the context.
  llvm::ArrayRef<float> values();

private:
  FloatConstant(mlir::RankedTensorType type, llvm::ArrayRef<float> viewed)
      : type(type), viewed(viewed) {}

  mlir::RankedTensorType type;
  /// The attribute's own storage: every number, or just the one of a splat.
  llvm::ArrayRef<float> viewed;
  /// A splat written out.
  std::vector<float> expanded;
};

/// The number at every place of the constant that defines `value` (of any
/// shape), nullopt if `value` is no f32 constant or its numbers differ.
std::optional<float> getUniformFloat(mlir::Value value);

/// Reads a constant that broadcasts along the last axis of a tensor with
/// `channels` channels: shape [1, ..., 1, channels] or one number in all. The
/// result has one number a channel.
std::optional<std::vector<float>> getPerChannelFloats(mlir::Value value,
                                                      int64_t channels);

/// An f32 elements attribute: a splat where all bits agree, dense up to
/// kDenseAttributeMaxBytes, else a resource that takes over `values` as it is.
/// `name` is a hint for the resource's key.
mlir::ElementsAttr makeFloatElements(mlir::RankedTensorType type,
                                     std::vector<float> values,
                                     llvm::StringRef name = "weights");

/// The same for integers of 8, 16, 32 or 64 bits; the element type is as wide
/// as `T`. Elements of less than 8 bits are given as bytes, and a resource of
/// them holds a byte each.
template <typename T>
mlir::ElementsAttr makeIntegerElements(mlir::RankedTensorType type,
                                       std::vector<T> values,
                                       llvm::StringRef name = "weights");

/// A tosa.const of f32 numbers.
mlir::Value createFloatConstant(mlir::OpBuilder &builder, mlir::Location loc,
                                llvm::ArrayRef<int64_t> shape,
                                std::vector<float> values,
                                llvm::StringRef name = "weights");

/// A tosa.const_shape, the operand through which reshape, pad and slice take
/// their numbers.
mlir::Value createConstShape(mlir::OpBuilder &builder, mlir::Location loc,
                             llvm::ArrayRef<int64_t> values);

/// The numbers of the tosa.const_shape that defines `value`.
std::optional<llvm::SmallVector<int64_t>> getConstShape(mlir::Value value);

/// The shift operand that tosa.mul wants even where nothing is shifted.
mlir::Value createMulShift(mlir::OpBuilder &builder, mlir::Location loc);

} // namespace quantc::qnn

#endif // QUANTC_DIALECT_QNN_TRANSFORMS_CONSTANTUTILS_H

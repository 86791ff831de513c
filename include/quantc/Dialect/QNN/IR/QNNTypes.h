// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Questions about upstream's quantized types that the whole project asks.
#ifndef QUANTC_DIALECT_QNN_IR_QNNTYPES_H
#define QUANTC_DIALECT_QNN_IR_QNNTYPES_H

#include "quantc/Numerics/StorageRange.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace quantc::qnn {

/// Whether `type` is a per-tensor, per-axis or sub-channel uniform type over
/// f32.
bool isQuantizedElementType(mlir::Type type);
/// Per-tensor, 4 to 16 bits of storage.
bool isActivationElementType(mlir::Type type);
/// Per-tensor, per-axis or sub-channel, 2 to 16 bits of storage.
bool isWeightElementType(mlir::Type type);
/// Per-tensor or per-axis, 32 bits of signed storage.
bool isBiasElementType(mlir::Type type);

/// The element type of a tensor as a quantized type, or null.
mlir::quant::QuantizedType getQuantizedElement(mlir::Type tensorType);

/// Least and greatest stored integer.
numerics::StorageRange getStorageRange(mlir::quant::QuantizedType type);

/// The signless integer type that holds the stored values, whatever their
/// signedness: `i8` for `i8` and `u8` storage.
mlir::IntegerType getStorageIntegerType(mlir::quant::QuantizedType type);

/// The tensor type with the stored integers as elements.
mlir::RankedTensorType getStorageTensorType(mlir::RankedTensorType type);

/// One scale (per-tensor), one a channel (per-axis) or one a block, in
/// row-major order of the blocks (sub-channel).
llvm::SmallVector<double> getScales(mlir::quant::QuantizedType type);
/// As many zero points.
llvm::SmallVector<int64_t> getZeroPoints(mlir::quant::QuantizedType type);
/// The scale of channel or block `index`; per-tensor types have one for all.
double getScale(mlir::quant::QuantizedType type, int64_t index);
int64_t getZeroPoint(mlir::quant::QuantizedType type, int64_t index);
/// The quantized dimension of a per-axis type.
std::optional<int64_t> getQuantizedAxis(mlir::quant::QuantizedType type);

/// Whether the parameters belong to blocks (sub-channel).
bool hasBlocks(mlir::quant::QuantizedType type);
/// The size of a block along each dimension of a tensor of `shape`; empty if
/// `type` has no blocks. A dimension that the type does not name is one block.
llvm::SmallVector<int64_t> getBlockShape(mlir::quant::QuantizedType type,
                                         llvm::ArrayRef<int64_t> shape);

/// Which parameter of its type belongs to an element of a tensor: number 0 of a
/// per-tensor type, that of the channel or of the block otherwise.
class ParameterIndex {
public:
  explicit ParameterIndex(mlir::RankedTensorType type);

  int64_t operator()(int64_t element) const {
    int64_t index = 0;
    for (const Dimension &dim : dims)
      index += element / dim.stride % dim.size / dim.block * dim.parameters;
    return index;
  }
  /// The number of parameters.
  int64_t size() const { return count; }

private:
  /// Elements between neighbours, the size, the size of a block, and parameters
  /// between neighbouring blocks.
  struct Dimension {
    int64_t stride, size, block, parameters;
  };
  llvm::SmallVector<Dimension, 2> dims;
  int64_t count = 1;
};

} // namespace quantc::qnn

#endif // QUANTC_DIALECT_QNN_IR_QNNTYPES_H

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

/// Whether `type` is a per-tensor or per-axis uniform type over f32.
bool isQuantizedElementType(mlir::Type type);
/// Per-tensor, 4 to 16 bits of storage.
bool isActivationElementType(mlir::Type type);
/// Per-tensor or per-axis, 2 to 16 bits of storage.
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

/// One scale (per-tensor) or one scale a channel (per-axis).
llvm::SmallVector<double> getScales(mlir::quant::QuantizedType type);
/// One zero point (per-tensor) or one a channel (per-axis).
llvm::SmallVector<int64_t> getZeroPoints(mlir::quant::QuantizedType type);
/// The scale of channel `channel`; per-tensor types have one for all.
double getScale(mlir::quant::QuantizedType type, int64_t channel);
int64_t getZeroPoint(mlir::quant::QuantizedType type, int64_t channel);
/// The quantized dimension of a per-axis type.
std::optional<int64_t> getQuantizedAxis(mlir::quant::QuantizedType type);

} // namespace quantc::qnn

#endif // QUANTC_DIALECT_QNN_IR_QNNTYPES_H

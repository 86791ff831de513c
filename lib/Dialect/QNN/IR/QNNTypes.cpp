// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which of upstream's quantized types the qnn operations accept, and how their
// parameters are read without asking each time whether they are per-axis.
#include "quantc/Dialect/QNN/IR/QNNTypes.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using mlir::quant::QuantizedType;
using mlir::quant::UniformQuantizedPerAxisType;
using mlir::quant::UniformQuantizedType;

namespace quantc::qnn {

/// Sub-channel types derive from the same base class and are no part of the
/// dialect, so both accepted classes are named.
bool isQuantizedElementType(Type type) {
  if (!isa<UniformQuantizedType, UniformQuantizedPerAxisType>(type))
    return false;
  return cast<QuantizedType>(type).getExpressedType().isF32();
}

static bool hasStorageWidth(Type type, unsigned least, unsigned greatest) {
  unsigned width = cast<QuantizedType>(type).getStorageTypeIntegralWidth();
  return least <= width && width <= greatest;
}

bool isActivationElementType(Type type) {
  return isQuantizedElementType(type) && isa<UniformQuantizedType>(type) &&
         hasStorageWidth(type, 4, 16);
}

bool isWeightElementType(Type type) {
  return isQuantizedElementType(type) && hasStorageWidth(type, 2, 16);
}

bool isBiasElementType(Type type) {
  return isQuantizedElementType(type) && hasStorageWidth(type, 32, 32) &&
         cast<QuantizedType>(type).isSigned();
}

QuantizedType getQuantizedElement(Type tensorType) {
  return dyn_cast<QuantizedType>(getElementTypeOrSelf(tensorType));
}

numerics::StorageRange getStorageRange(QuantizedType type) {
  return {type.getStorageTypeMin(), type.getStorageTypeMax()};
}

IntegerType getStorageIntegerType(QuantizedType type) {
  return IntegerType::get(type.getContext(),
                          type.getStorageTypeIntegralWidth());
}

RankedTensorType getStorageTensorType(RankedTensorType type) {
  auto element = cast<QuantizedType>(type.getElementType());
  return RankedTensorType::get(type.getShape(), getStorageIntegerType(element));
}

SmallVector<double> getScales(QuantizedType type) {
  if (auto perAxis = dyn_cast<UniformQuantizedPerAxisType>(type))
    return llvm::to_vector(perAxis.getScales());
  return {cast<UniformQuantizedType>(type).getScale()};
}

SmallVector<int64_t> getZeroPoints(QuantizedType type) {
  if (auto perAxis = dyn_cast<UniformQuantizedPerAxisType>(type))
    return llvm::to_vector(perAxis.getZeroPoints());
  return {cast<UniformQuantizedType>(type).getZeroPoint()};
}

double getScale(QuantizedType type, int64_t channel) {
  if (auto perAxis = dyn_cast<UniformQuantizedPerAxisType>(type))
    return perAxis.getScales()[channel];
  return cast<UniformQuantizedType>(type).getScale();
}

int64_t getZeroPoint(QuantizedType type, int64_t channel) {
  if (auto perAxis = dyn_cast<UniformQuantizedPerAxisType>(type))
    return perAxis.getZeroPoints()[channel];
  return cast<UniformQuantizedType>(type).getZeroPoint();
}

std::optional<int64_t> getQuantizedAxis(QuantizedType type) {
  if (auto perAxis = dyn_cast<UniformQuantizedPerAxisType>(type))
    return perAxis.getQuantizedDimension();
  return std::nullopt;
}

} // namespace quantc::qnn

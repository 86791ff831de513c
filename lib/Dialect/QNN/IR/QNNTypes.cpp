// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which of upstream's quantized types the qnn operations accept, and how their
// parameters are read without asking each time whether they are per-axis.
#include "quantc/Dialect/QNN/IR/QNNTypes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using mlir::quant::QuantizedType;
using mlir::quant::UniformQuantizedPerAxisType;
using mlir::quant::UniformQuantizedSubChannelType;
using mlir::quant::UniformQuantizedType;

namespace quantc::qnn {

/// Other types derive from the same base class and are no part of the dialect,
/// so the accepted classes are named.
bool isQuantizedElementType(Type type) {
  if (!isa<UniformQuantizedType, UniformQuantizedPerAxisType,
           UniformQuantizedSubChannelType>(type))
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
  return isQuantizedElementType(type) &&
         !isa<UniformQuantizedSubChannelType>(type) &&
         hasStorageWidth(type, 32, 32) && cast<QuantizedType>(type).isSigned();
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

/// The number that the storage of `type` holds as `bits`. Upstream prints the
/// zero points of unsigned blocks as signed numbers and reads them back as
/// such.
static int64_t readStored(const APInt &bits, QuantizedType type) {
  int64_t value = bits.getSExtValue();
  if (type.isSigned())
    return value;
  return static_cast<int64_t>(
      static_cast<uint64_t>(value) &
      llvm::maskTrailingOnes<uint64_t>(type.getStorageTypeIntegralWidth()));
}

SmallVector<double> getScales(QuantizedType type) {
  if (auto perAxis = dyn_cast<UniformQuantizedPerAxisType>(type))
    return llvm::to_vector(perAxis.getScales());
  if (auto blocks = dyn_cast<UniformQuantizedSubChannelType>(type))
    return llvm::map_to_vector(
        blocks.getScales().getValues<APFloat>(),
        [](const APFloat &scale) { return scale.convertToDouble(); });
  return {cast<UniformQuantizedType>(type).getScale()};
}

SmallVector<int64_t> getZeroPoints(QuantizedType type) {
  if (auto perAxis = dyn_cast<UniformQuantizedPerAxisType>(type))
    return llvm::to_vector(perAxis.getZeroPoints());
  if (auto blocks = dyn_cast<UniformQuantizedSubChannelType>(type))
    return llvm::map_to_vector(
        blocks.getZeroPoints().getValues<APInt>(),
        [&](const APInt &bits) { return readStored(bits, type); });
  return {cast<UniformQuantizedType>(type).getZeroPoint()};
}

double getScale(QuantizedType type, int64_t index) {
  if (auto perAxis = dyn_cast<UniformQuantizedPerAxisType>(type))
    return perAxis.getScales()[index];
  if (auto blocks = dyn_cast<UniformQuantizedSubChannelType>(type))
    return blocks.getScales().getValues<APFloat>()[index].convertToDouble();
  return cast<UniformQuantizedType>(type).getScale();
}

int64_t getZeroPoint(QuantizedType type, int64_t index) {
  if (auto perAxis = dyn_cast<UniformQuantizedPerAxisType>(type))
    return perAxis.getZeroPoints()[index];
  if (auto blocks = dyn_cast<UniformQuantizedSubChannelType>(type))
    return readStored(blocks.getZeroPoints().getValues<APInt>()[index], type);
  return cast<UniformQuantizedType>(type).getZeroPoint();
}

std::optional<int64_t> getQuantizedAxis(QuantizedType type) {
  if (auto perAxis = dyn_cast<UniformQuantizedPerAxisType>(type))
    return perAxis.getQuantizedDimension();
  return std::nullopt;
}

bool hasBlocks(QuantizedType type) {
  return isa<UniformQuantizedSubChannelType>(type);
}

SmallVector<int64_t> getBlockShape(QuantizedType type,
                                   ArrayRef<int64_t> shape) {
  auto blocks = dyn_cast<UniformQuantizedSubChannelType>(type);
  if (!blocks)
    return {};
  SmallVector<int64_t> sizes(shape);
  for (auto [dim, size] :
       llvm::zip_equal(blocks.getQuantizedDimensions(), blocks.getBlockSizes()))
    sizes[dim] = size;
  return sizes;
}

ParameterIndex::ParameterIndex(RankedTensorType type) {
  QuantizedType element = getQuantizedElement(type);
  ArrayRef<int64_t> shape = type.getShape();
  SmallVector<int64_t> blocks = getBlockShape(element, shape);
  std::optional<int64_t> axis = getQuantizedAxis(element);
  int64_t stride = 1;
  for (int64_t dim = type.getRank() - 1; dim >= 0; --dim) {
    int64_t block =
        blocks.empty() ? (axis == dim ? 1 : shape[dim]) : blocks[dim];
    if (block != shape[dim]) {
      dims.push_back({stride, shape[dim], block, count});
      count *= shape[dim] / block;
    }
    stride *= shape[dim];
  }
}

} // namespace quantc::qnn

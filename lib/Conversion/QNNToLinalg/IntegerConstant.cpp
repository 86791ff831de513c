// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integers of constants, without a copy on the way in and with none but the
// caller's own on the way out.
#include "IntegerConstant.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace mlir;

namespace quantc::conversion {

std::optional<IntegerConstant> IntegerConstant::read(Attribute attr,
                                                     bool isSigned) {
  auto elements = dyn_cast_or_null<ElementsAttr>(attr);
  if (!elements)
    return std::nullopt;
  ShapedType type = elements.getShapedType();
  if (!type.hasStaticShape() || !type.getElementType().isSignlessInteger())
    return std::nullopt;
  IntegerConstant constant;
  constant.width = type.getElementTypeBitWidth();
  constant.count = type.getNumElements();
  constant.isSigned = isSigned;
  if (constant.width < 2 || constant.width > 32)
    return std::nullopt;
  if (auto dense = dyn_cast<DenseElementsAttr>(attr)) {
    constant.bytes = dense.getRawData();
    constant.isSplat = dense.isSplat();
  } else if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return std::nullopt;
    constant.bytes = blob->getData();
  }
  int64_t stored = constant.isSplat ? 1 : constant.count;
  int64_t elementBytes =
      llvm::PowerOf2Ceil(llvm::divideCeil(constant.width, 8));
  if (static_cast<int64_t>(constant.bytes.size()) != stored * elementBytes)
    return std::nullopt;
  return constant;
}

std::optional<IntegerConstant> IntegerConstant::read(Value value) {
  quant::QuantizedType element = qnn::getQuantizedElement(value.getType());
  assert(element && "expected a value of quantized type");
  // While a conversion runs, a lowered constant is seen through a cast.
  while (auto cast = value.getDefiningOp<UnrealizedConversionCastOp>()) {
    if (cast.getInputs().size() != 1)
      return std::nullopt;
    value = cast.getInputs().front();
  }
  if (auto constant = value.getDefiningOp<qnn::ConstantOp>())
    return read(constant.getValue(), element.isSigned());
  if (auto constant = value.getDefiningOp<arith::ConstantOp>())
    return read(constant.getValue(), element.isSigned());
  return std::nullopt;
}

int64_t IntegerConstant::operator[](int64_t index) const {
  assert(index < count && "index beyond the constant");
  size_t elementBytes = llvm::PowerOf2Ceil(llvm::divideCeil(width, 8));
  uint32_t bits = 0;
  // Little endian, as every host that LLVM's resources are written for.
  std::memcpy(&bits, bytes.data() + (isSplat ? 0 : index) * elementBytes,
              elementBytes);
  if (isSigned)
    return llvm::SignExtend64(bits, width);
  return bits & llvm::maskTrailingOnes<uint32_t>(width);
}

template <typename T>
ElementsAttr makeIntegerElements(RankedTensorType type, std::vector<T> values) {
  assert(static_cast<int64_t>(values.size()) == type.getNumElements() &&
         "one value an element");
  if (!values.empty() && llvm::all_equal(values))
    return DenseElementsAttr::get(type, ArrayRef<T>(values.front()));
  if (values.size() * sizeof(T) <= kDenseMaxBytes)
    return DenseElementsAttr::get(type, ArrayRef<T>(values));
  auto owned = std::make_unique<std::vector<T>>(std::move(values));
  ArrayRef<char> bytes(reinterpret_cast<const char *>(owned->data()),
                       owned->size() * sizeof(T));
  AsmResourceBlob blob(
      bytes, alignof(T),
      [owned = std::move(owned)](void *, size_t, size_t) mutable {
        owned.reset();
      },
      /*dataIsMutable=*/false);
  return DenseResourceElementsAttr::get(type, "weights", std::move(blob));
}

template <typename T>
Value createIntegerConstant(OpBuilder &builder, Location loc,
                            ArrayRef<int64_t> shape, std::vector<T> values) {
  auto type =
      RankedTensorType::get(shape, builder.getIntegerType(sizeof(T) * 8));
  return arith::ConstantOp::create(
      builder, loc, type, makeIntegerElements(type, std::move(values)));
}

#define QUANTC_INSTANTIATE(T)                                                  \
  template ElementsAttr makeIntegerElements<T>(RankedTensorType,               \
                                               std::vector<T>);                \
  template Value createIntegerConstant<T>(OpBuilder &, Location,               \
                                          ArrayRef<int64_t>, std::vector<T>);
QUANTC_INSTANTIATE(int8_t)
QUANTC_INSTANTIATE(int16_t)
QUANTC_INSTANTIATE(int32_t)
#undef QUANTC_INSTANTIATE

} // namespace quantc::conversion

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integers of constants, without a copy on the way in and with none but the
// caller's own on the way out.
#include "IntegerConstant.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

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
static ElementsAttr convertTo(const IntegerConstant &constant,
                              RankedTensorType type) {
  std::vector<T> values(constant.size());
  for (int64_t i = 0, e = constant.size(); i < e; ++i)
    values[i] = static_cast<T>(constant[i]);
  return qnn::makeIntegerElements(type, std::move(values));
}

ElementsAttr convertElements(const IntegerConstant &constant,
                             RankedTensorType type) {
  switch (type.getElementTypeBitWidth()) {
  case 8:
    return convertTo<int8_t>(constant, type);
  case 16:
    return convertTo<int16_t>(constant, type);
  default:
    return convertTo<int32_t>(constant, type);
  }
}

template <typename T>
Value createIntegerConstant(OpBuilder &builder, Location loc,
                            ArrayRef<int64_t> shape, std::vector<T> values) {
  auto type =
      RankedTensorType::get(shape, builder.getIntegerType(sizeof(T) * 8));
  return arith::ConstantOp::create(
      builder, loc, type, qnn::makeIntegerElements(type, std::move(values)));
}

template Value createIntegerConstant(OpBuilder &, Location, ArrayRef<int64_t>,
                                     std::vector<int8_t>);
template Value createIntegerConstant(OpBuilder &, Location, ArrayRef<int64_t>,
                                     std::vector<int16_t>);
template Value createIntegerConstant(OpBuilder &, Location, ArrayRef<int64_t>,
                                     std::vector<int32_t>);
template Value createIntegerConstant(OpBuilder &, Location, ArrayRef<int64_t>,
                                     std::vector<int64_t>);

} // namespace quantc::conversion

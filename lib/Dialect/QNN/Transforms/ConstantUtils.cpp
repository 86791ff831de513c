// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads and makes float constants in every spelling that the float graph knows.
// It decides which spelling a new constant gets; it computes nothing.

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Alignment.h"

#include <cstring>
#include <memory>

using namespace mlir;

namespace quantc::qnn {

namespace {

/// The bytes of `attr` as floats, or nothing where they cannot be read so.
ArrayRef<float> viewBytes(ArrayRef<char> bytes) {
  bool aligned = llvm::isAddrAligned(llvm::Align(alignof(float)), bytes.data());
  if (!aligned || bytes.size() % sizeof(float) != 0)
    return {};
  return ArrayRef<float>(reinterpret_cast<const float *>(bytes.data()),
                         bytes.size() / sizeof(float));
}

bool allBitsEqual(ArrayRef<float> values) {
  // A sequence is constant if it equals itself shifted by one.
  return !values.empty() &&
         std::memcmp(values.data(), values.data() + 1,
                     (values.size() - 1) * sizeof(float)) == 0;
}

} // namespace

std::optional<FloatConstant> FloatConstant::read(Attribute attr) {
  auto elements = dyn_cast_or_null<ElementsAttr>(attr);
  if (!elements)
    return std::nullopt;
  auto type = dyn_cast<RankedTensorType>(elements.getShapedType());
  if (!type || !type.hasStaticShape() || !type.getElementType().isF32() ||
      type.getNumElements() == 0)
    return std::nullopt;

  ArrayRef<float> viewed;
  if (auto dense = dyn_cast<DenseElementsAttr>(attr)) {
    viewed = viewBytes(dense.getRawData());
  } else if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return std::nullopt;
    viewed = viewBytes(blob->getData());
    // Unlike a dense attribute, a resource is never a splat by its size.
    if (static_cast<int64_t>(viewed.size()) != type.getNumElements())
      return std::nullopt;
  }
  bool complete = viewed.size() == 1 ||
                  static_cast<int64_t>(viewed.size()) == type.getNumElements();
  if (!complete)
    return std::nullopt;
  return FloatConstant(type, viewed);
}

std::optional<FloatConstant> FloatConstant::read(Value value) {
  Attribute attr;
  if (!matchPattern(value, m_Constant(&attr)))
    return std::nullopt;
  return read(attr);
}

ArrayRef<float> FloatConstant::values() {
  if (static_cast<int64_t>(viewed.size()) == size())
    return viewed;
  if (expanded.empty())
    expanded.assign(size(), viewed.front());
  return expanded;
}

std::optional<float> getUniformFloat(Value value) {
  std::optional<FloatConstant> constant = FloatConstant::read(value);
  if (!constant)
    return std::nullopt;
  if (constant->isSplat() || allBitsEqual(constant->values()))
    return (*constant)[0];
  return std::nullopt;
}

std::optional<std::vector<float>> getPerChannelFloats(Value value,
                                                      int64_t channels) {
  std::optional<FloatConstant> constant = FloatConstant::read(value);
  if (!constant)
    return std::nullopt;
  bool oneNumber = constant->size() == 1;
  bool alongLastAxis = constant->size() == channels &&
                       !constant->getShape().empty() &&
                       constant->getShape().back() == channels;
  if (!oneNumber && !alongLastAxis)
    return std::nullopt;
  if (constant->isSplat())
    return std::vector<float>(channels, constant->getSplatValue());
  return constant->values().vec();
}

/// Dense where small or all equal, else a resource that owns `values`.
template <typename T>
static ElementsAttr makeElements(RankedTensorType type, std::vector<T> values,
                                 bool isSplat, StringRef name) {
  assert(static_cast<int64_t>(values.size()) == type.getNumElements() &&
         "one value an element");
  if (isSplat)
    return DenseElementsAttr::get(type, ArrayRef<T>(values.front()));
  if (values.size() * sizeof(T) <= kDenseAttributeMaxBytes)
    return DenseElementsAttr::get(type, ArrayRef<T>(values));

  auto owned = std::make_unique<std::vector<T>>(std::move(values));
  ArrayRef<char> bytes(reinterpret_cast<const char *>(owned->data()),
                       owned->size() * sizeof(T));
  // The deleter owns the vector: the numbers are never copied.
  AsmResourceBlob blob(
      bytes, alignof(T),
      [owned = std::move(owned)](void *, size_t, size_t) mutable {
        owned.reset();
      },
      /*dataIsMutable=*/false);
  return DenseResourceElementsAttr::get(type, name, std::move(blob));
}

ElementsAttr makeFloatElements(RankedTensorType type, std::vector<float> values,
                               StringRef name) {
  assert(type.getElementType().isF32() && "only f32 constants are made here");
  bool isSplat = allBitsEqual(values);
  return makeElements(type, std::move(values), isSplat, name);
}

/// Elements of 2 to 7 bits. A dense attribute wants them without the sign
/// bits above; a resource holds them as the bytes that they are.
static ElementsAttr makeNarrowElements(RankedTensorType type,
                                       std::vector<int8_t> values,
                                       StringRef name) {
  if (values.size() > kDenseAttributeMaxBytes)
    return makeElements(type, std::move(values), /*isSplat=*/false, name);
  unsigned width = type.getElementTypeBitWidth();
  SmallVector<APInt> numbers;
  for (int8_t value : values)
    numbers.push_back(APInt(8, static_cast<uint8_t>(value)).trunc(width));
  return DenseElementsAttr::get(type, numbers);
}

template <typename T>
ElementsAttr makeIntegerElements(RankedTensorType type, std::vector<T> values,
                                 StringRef name) {
  if constexpr (sizeof(T) == 1)
    if (type.getElementTypeBitWidth() < 8)
      return makeNarrowElements(type, std::move(values), name);
  assert(type.getElementType().isSignlessInteger(sizeof(T) * 8) &&
         "the element type is as wide as the numbers");
  bool isSplat = !values.empty() && llvm::all_equal(values);
  return makeElements(type, std::move(values), isSplat, name);
}

template ElementsAttr makeIntegerElements(RankedTensorType, std::vector<int8_t>,
                                          StringRef);
template ElementsAttr makeIntegerElements(RankedTensorType,
                                          std::vector<int16_t>, StringRef);
template ElementsAttr makeIntegerElements(RankedTensorType,
                                          std::vector<int32_t>, StringRef);
template ElementsAttr makeIntegerElements(RankedTensorType,
                                          std::vector<int64_t>, StringRef);

Value createFloatConstant(OpBuilder &builder, Location loc,
                          ArrayRef<int64_t> shape, std::vector<float> values,
                          StringRef name) {
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  return tosa::ConstOp::create(
      builder, loc, type, makeFloatElements(type, std::move(values), name));
}

Value createConstShape(OpBuilder &builder, Location loc,
                       ArrayRef<int64_t> values) {
  return tosa::ConstShapeOp::create(
      builder, loc, tosa::shapeType::get(builder.getContext(), values.size()),
      builder.getIndexTensorAttr(values));
}

std::optional<SmallVector<int64_t>> getConstShape(Value value) {
  auto shape = value.getDefiningOp<tosa::ConstShapeOp>();
  if (!shape)
    return std::nullopt;
  return llvm::map_to_vector(
      cast<DenseIntElementsAttr>(shape.getValues()).getValues<APInt>(),
      [](const APInt &number) { return number.getSExtValue(); });
}

Value createMulShift(OpBuilder &builder, Location loc) {
  auto type = RankedTensorType::get({1}, builder.getI8Type());
  return tosa::ConstOp::create(
      builder, loc, type, DenseElementsAttr::get(type, static_cast<int8_t>(0)));
}

} // namespace quantc::qnn

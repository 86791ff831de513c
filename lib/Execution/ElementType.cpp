// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names, sizes and conversions of element types, each written once for all
// types through ElementDispatch.h.
#include "quantc/Execution/ElementType.h"

#include "ElementDispatch.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <limits>
#include <type_traits>

namespace quantc::exec {

static constexpr llvm::StringLiteral kNames[] = {"bool", "i8",  "u8",  "i16",
                                                 "u16",  "i32", "u32", "i64",
                                                 "u64",  "f16", "f32", "f64"};

llvm::StringRef getElementTypeName(ElementType type) {
  return kNames[static_cast<size_t>(type)];
}

std::optional<ElementType> parseElementTypeName(llvm::StringRef name) {
  for (size_t i = 0; i < std::size(kNames); ++i)
    if (name == kNames[i])
      return static_cast<ElementType>(i);
  return std::nullopt;
}

size_t getByteSize(ElementType type) {
  return dispatchElementType(
      type, [](auto tag) { return sizeof(typename decltype(tag)::Type); });
}

bool isFloat(ElementType type) {
  return type == ElementType::F16 || type == ElementType::F32 ||
         type == ElementType::F64;
}

IntegerRange getIntegerRange(ElementType type) {
  assert(!isFloat(type) && "a range of integers needs an integer type");
  return dispatchElementType(type, [](auto tag) -> IntegerRange {
    using T = typename decltype(tag)::Type;
    if constexpr (!std::is_integral_v<T> || std::is_same_v<T, Boolean>)
      return {0, 1};
    else if constexpr (std::is_same_v<T, uint64_t>)
      return {0, std::numeric_limits<int64_t>::max()};
    else
      return {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
  });
}

template <typename Result>
static void convertAll(ElementType type, const void *source, Result *result,
                       size_t count) {
  dispatchElementType(type, [=](auto tag) {
    using T = typename decltype(tag)::Type;
    for (size_t i = 0; i < count; ++i)
      storeElement(result, i, static_cast<Result>(loadElement<T>(source, i)));
  });
}

void convertToFloat(ElementType type, const void *source, float *result,
                    size_t count) {
  convertAll(type, source, result, count);
}

void convertToDouble(ElementType type, const void *source, double *result,
                     size_t count) {
  convertAll(type, source, result, count);
}

/// Reads element `index` as an int64_t. Returns false where it does not fit.
template <typename T>
static bool loadInteger(const void *source, size_t index, int64_t &value) {
  T element = loadElement<T>(source, index);
  value = static_cast<int64_t>(+element);
  if constexpr (std::is_same_v<T, uint64_t>)
    return value >= 0;
  return true;
}

size_t convertInteger(ElementType from, const void *source, ElementType to,
                      void *result, size_t count) {
  assert(!isFloat(from) && !isFloat(to) && to != ElementType::Bool &&
         "only integers are converted");
  IntegerRange range = getIntegerRange(to);
  size_t size = getByteSize(to);
  return dispatchElementType(from, [&](auto tag) -> size_t {
    using T = typename decltype(tag)::Type;
    for (size_t i = 0; i < count; ++i) {
      int64_t value;
      if (!loadInteger<T>(source, i, value) || value < range.min ||
          value > range.max)
        return i;
      // The low bytes of two's complement are the value in every width.
      uint64_t bits = static_cast<uint64_t>(value);
      for (size_t byte = 0; byte < size; ++byte)
        static_cast<uint8_t *>(result)[i * size + byte] =
            llvm::endianness::native == llvm::endianness::little
                ? bits >> (8 * byte)
                : bits >> (8 * (size - 1 - byte));
    }
    return count;
  });
}

std::string formatShape(llvm::ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  return llvm::join(
      llvm::map_range(shape,
                      [](int64_t extent) { return std::to_string(extent); }),
      "x");
}

std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape,
                                     ElementType type) {
  // An extent of zero must not hide an overflow behind it.
  int64_t nonZero = getByteSize(type);
  bool isEmpty = false;
  for (int64_t extent : shape) {
    if (extent < 0)
      return std::nullopt;
    isEmpty |= extent == 0;
    if (extent != 0 && llvm::MulOverflow(nonZero, extent, nonZero))
      return std::nullopt;
  }
  return isEmpty ? 0 : nonZero / static_cast<int64_t>(getByteSize(type));
}

} // namespace quantc::exec

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From an element type at run time to a C++ type at compile time.
#ifndef QUANTC_LIB_EXECUTION_ELEMENTDISPATCH_H
#define QUANTC_LIB_EXECUTION_ELEMENTDISPATCH_H

#include "quantc/Execution/ElementType.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/Support/ErrorHandling.h"

#include <cstring>

namespace quantc::exec {

/// The storage of an IEEE half, which C++17 has no type for.
struct Half {
  uint16_t bits;
  operator float() const {
    return llvm::APFloat(llvm::APFloat::IEEEhalf(), llvm::APInt(16, bits))
        .convertToFloat();
  }
};

/// The storage of a numpy bool: any byte but zero is true.
struct Boolean {
  uint8_t byte;
  operator uint8_t() const { return byte != 0; }
};

template <typename T>
struct ElementTag {
  using Type = T;
};

/// Calls `function` with the ElementTag of `type`.
template <typename Function>
auto dispatchElementType(ElementType type, Function &&function) {
  switch (type) {
  case ElementType::Bool:
    return function(ElementTag<Boolean>());
  case ElementType::I8:
    return function(ElementTag<int8_t>());
  case ElementType::U8:
    return function(ElementTag<uint8_t>());
  case ElementType::I16:
    return function(ElementTag<int16_t>());
  case ElementType::U16:
    return function(ElementTag<uint16_t>());
  case ElementType::I32:
    return function(ElementTag<int32_t>());
  case ElementType::U32:
    return function(ElementTag<uint32_t>());
  case ElementType::I64:
    return function(ElementTag<int64_t>());
  case ElementType::U64:
    return function(ElementTag<uint64_t>());
  case ElementType::F16:
    return function(ElementTag<Half>());
  case ElementType::F32:
    return function(ElementTag<float>());
  case ElementType::F64:
    return function(ElementTag<double>());
  }
  llvm_unreachable("all element types are handled");
}

/// Reads element `index` of a buffer of any alignment.
template <typename T>
T loadElement(const void *source, size_t index) {
  T value;
  std::memcpy(&value, static_cast<const char *>(source) + index * sizeof(T),
              sizeof(T));
  return value;
}

template <typename T>
void storeElement(void *result, size_t index, T value) {
  std::memcpy(static_cast<char *>(result) + index * sizeof(T), &value,
              sizeof(T));
}

} // namespace quantc::exec

#endif // QUANTC_LIB_EXECUTION_ELEMENTDISPATCH_H

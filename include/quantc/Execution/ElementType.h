// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The element types that cross the border of a compiled model or stand in an
// npz file: their names, sizes and conversions to the types that the host side
// computes with. What a value means (scale, zero point) is the signature's.
#ifndef QUANTC_EXECUTION_ELEMENTTYPE_H
#define QUANTC_EXECUTION_ELEMENTTYPE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>

namespace quantc::exec {

enum class ElementType : uint8_t {
  Bool,
  I8,
  U8,
  I16,
  U16,
  I32,
  U32,
  I64,
  U64,
  F16,
  F32,
  F64
};

/// The name in descriptors and messages: "bool", "i8", ..., "f64".
llvm::StringRef getElementTypeName(ElementType type);
std::optional<ElementType> parseElementTypeName(llvm::StringRef name);

size_t getByteSize(ElementType type);
bool isFloat(ElementType type);

/// The closed range of an integer type (Bool: 0 to 1). The upper end of U64 is
/// that of I64: no larger value is representable on the host side.
struct IntegerRange {
  int64_t min, max;
};
IntegerRange getIntegerRange(ElementType type);

/// Conversions of `count` elements from any type, rounding to nearest even
/// where the destination is narrower. Neither buffer needs to be aligned.
void convertToFloat(ElementType type, const void *source, float *result,
                    size_t count);
void convertToDouble(ElementType type, const void *source, double *result,
                     size_t count);

/// Converts integers (or Bool) to the integer type `to`. Returns the position
/// of the first element out of the range of `to`, or `count`.
size_t convertInteger(ElementType from, const void *source, ElementType to,
                      void *result, size_t count);

/// The shape as a user reads it: "1x3x32x32", or "scalar".
std::string formatShape(llvm::ArrayRef<int64_t> shape);

/// The product of the extents, or nothing where it is negative or does not fit
/// an int64_t together with the byte size of the elements.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape,
                                     ElementType type);

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_ELEMENTTYPE_H

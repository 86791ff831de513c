// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the bytes of a constant in place and writes new ones: small constants
// as dense attributes, larger ones as resources, which are neither uniqued nor
// printed in full.
#include "RawConstant.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cstring>

using namespace mlir;

namespace quantc::codegen {
namespace {

/// More bytes than this become a resource.
constexpr size_t kDenseMaxBytes = 1024;

/// Bytes of an element, or 0 where an element has no whole bytes.
int64_t getElementBytes(Type type) {
  if (!type.isIntOrFloat() || type.getIntOrFloatBitWidth() % 8 != 0)
    return 0;
  return type.getIntOrFloatBitWidth() / 8;
}

/// The stored bytes: all elements, or a single one of a splat.
ArrayRef<char> getBytes(ElementsAttr constant) {
  if (auto dense = dyn_cast<DenseElementsAttr>(constant))
    return dense.getRawData();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(constant))
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      return blob->getData();
  return {};
}

ElementsAttr makeConstant(ShapedType type, AsmResourceBlob blob) {
  if (blob.getData().size() <= kDenseMaxBytes)
    return DenseElementsAttr::getFromRawBuffer(type, blob.getData());
  return DenseResourceElementsAttr::get(type, "packed", std::move(blob));
}

} // namespace

ElementsAttr getRawConstant(Value value) {
  auto op = value.getDefiningOp<arith::ConstantOp>();
  auto constant = op ? dyn_cast<ElementsAttr>(op.getValue()) : ElementsAttr();
  if (!constant || !constant.getShapedType().hasStaticShape())
    return {};
  int64_t elementBytes = getElementBytes(constant.getElementType());
  size_t stored = getBytes(constant).size();
  if (elementBytes == 0 || stored == 0)
    return {};
  size_t all = constant.getNumElements() * elementBytes;
  bool complete = stored == all || constant.isSplat();
  return complete ? constant : ElementsAttr();
}

ElementsAttr reshapeConstant(ElementsAttr constant, ArrayRef<int64_t> shape) {
  ShapedType type = constant.getShapedType().clone(shape);
  if (auto dense = dyn_cast<DenseElementsAttr>(constant))
    return dense.reshape(type);
  auto resource = cast<DenseResourceElementsAttr>(constant);
  return DenseResourceElementsAttr::get(type, resource.getRawHandle());
}

ElementsAttr transposeConstant(ElementsAttr constant,
                               ArrayRef<int64_t> permutation) {
  ShapedType type = constant.getShapedType();
  SmallVector<int64_t> shape = applyPermutation(type.getShape(), permutation);
  if (constant.isSplat())
    return reshapeConstant(constant, shape);

  int64_t bytes = getElementBytes(type.getElementType());
  SmallVector<int64_t> sourceStrides =
      applyPermutation(computeStrides(type.getShape()), permutation);
  ArrayRef<char> source = getBytes(constant);
  AsmResourceBlob blob =
      HeapAsmResourceBlob::allocate(source.size(), /*align=*/64);
  char *out = blob.getMutableData().data();

  // An odometer over the new shape; `offset` follows in the source.
  SmallVector<int64_t> position(shape.size(), 0);
  int64_t offset = 0;
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i) {
    std::memcpy(out + i * bytes, source.data() + offset * bytes, bytes);
    for (int64_t dim = shape.size() - 1; dim >= 0; --dim) {
      offset += sourceStrides[dim];
      if (++position[dim] < shape[dim])
        break;
      offset -= sourceStrides[dim] * shape[dim];
      position[dim] = 0;
    }
  }
  return makeConstant(type.clone(shape), std::move(blob));
}

ElementsAttr packPanels(ElementsAttr constant, int64_t ways, int64_t panel) {
  ShapedType type = constant.getShapedType();
  SmallVector<int64_t> shape(type.getShape());
  int64_t columns = shape.pop_back_val();
  int64_t rows = shape.pop_back_val();
  int64_t matrices = ShapedType::getNumElements(shape);
  int64_t groups = llvm::divideCeil(rows, ways);
  int64_t panels = llvm::divideCeil(columns, panel);
  shape.insert(shape.begin(), panels);
  shape.append({groups, panel * ways});

  int64_t bytes = getElementBytes(type.getElementType());
  ArrayRef<char> source = getBytes(constant);
  size_t size = panels * matrices * groups * panel * ways * bytes;
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(size, /*align=*/64);
  char *out = blob.getMutableData().data();
  std::memset(out, 0, size);
  for (int64_t matrix = 0; matrix < matrices; ++matrix)
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t column = 0; column < columns; ++column) {
        int64_t from = (matrix * rows + row) * columns + column;
        int64_t group =
            (column / panel * matrices + matrix) * groups + row / ways;
        int64_t to = (group * panel + column % panel) * ways + row % ways;
        std::memcpy(out + to * bytes,
                    source.data() + (constant.isSplat() ? 0 : from * bytes),
                    bytes);
      }
  return makeConstant(type.clone(shape), std::move(blob));
}

ArrayRef<char> getRawBytes(ElementsAttr constant) { return getBytes(constant); }

std::optional<SmallVector<int64_t>> readIntegers(Value value, bool isSigned) {
  ElementsAttr stored = getRawConstant(value);
  if (!stored)
    return std::nullopt;
  ArrayRef<char> bytes = getRawBytes(stored);
  SmallVector<int64_t> integers(stored.getNumElements());
  for (auto [index, integer] : llvm::enumerate(integers)) {
    size_t position = stored.isSplat() ? 0 : index;
    if (stored.getElementType().isInteger(8)) {
      char byte = bytes[position];
      integer = isSigned ? static_cast<int8_t>(byte)
                         : static_cast<int64_t>(static_cast<uint8_t>(byte));
    } else if (stored.getElementType().isInteger(32)) {
      uint32_t word;
      std::memcpy(&word, &bytes[position * sizeof(word)], sizeof(word));
      integer = isSigned ? int64_t(static_cast<int32_t>(word)) : int64_t(word);
    } else {
      return std::nullopt;
    }
  }
  return integers;
}

bool isNarrow(ElementsAttr constant) {
  return llvm::none_of(getRawBytes(constant), [](char byte) {
    return static_cast<int8_t>(byte) == -128;
  });
}

ElementsAttr makeRawConstant(ShapedType type, ArrayRef<char> bytes) {
  return makeConstant(
      type, HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, /*align=*/64));
}

} // namespace quantc::codegen

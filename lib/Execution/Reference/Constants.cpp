// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constants as the numbers that they hold, from dense attributes and resources.
#include "Kernels.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cstring>

using namespace mlir;

namespace quantc::exec::reference {

template <typename T>
static std::vector<int32_t> widen(llvm::ArrayRef<char> bytes) {
  std::vector<int32_t> result(bytes.size() / sizeof(T));
  for (size_t i = 0; i < result.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    result[i] = static_cast<int32_t>(value);
  }
  return result;
}

static llvm::Expected<std::vector<int32_t>>
readResource(DenseResourceElementsAttr attr, bool isSigned) {
  unsigned width = attr.getType().getElementTypeBitWidth();
  AsmResourceBlob *blob = attr.getRawHandle().getBlob();
  // Numbers of less than a byte take one each.
  size_t bytesEach = width <= 8 ? 1 : width <= 16 ? 2 : 4;
  if (!blob || blob->getData().size() !=
                   static_cast<size_t>(attr.getNumElements()) * bytesEach)
    return llvm::createStringError("the data of a resource is missing");
  llvm::ArrayRef<char> bytes = blob->getData();
  if (width <= 8)
    return isSigned ? widen<int8_t>(bytes) : widen<uint8_t>(bytes);
  if (width <= 16)
    return isSigned ? widen<int16_t>(bytes) : widen<uint16_t>(bytes);
  if (width == 32)
    return widen<int32_t>(bytes);
  return llvm::createStringError("a resource of %u-bit integers", width);
}

llvm::Expected<std::vector<int32_t>> readStoredIntegers(ElementsAttr attr,
                                                        bool isSigned) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr))
    return readResource(resource, isSigned);
  auto dense = dyn_cast<DenseElementsAttr>(attr);
  if (!dense)
    return llvm::createStringError("a constant that is neither dense nor a "
                                   "resource");
  std::vector<int32_t> result;
  result.reserve(dense.getNumElements());
  for (const APInt &bits : dense.getValues<APInt>())
    result.push_back(static_cast<int32_t>(
        isSigned ? bits.getSExtValue()
                 : static_cast<int64_t>(bits.getZExtValue())));
  return result;
}

llvm::Expected<Tensor> readConstant(qnn::ConstantOp op) {
  llvm::Expected<std::vector<int32_t>> integers = readStoredIntegers(
      op.getValue(), qnn::getQuantizedElement(op.getType()).isSigned());
  if (!integers)
    return integers.takeError();
  return Tensor{std::move(*integers), {}};
}

llvm::Expected<Tensor> readFloatConstant(Operation *op) {
  std::optional<qnn::FloatConstant> constant =
      qnn::FloatConstant::read(op->getResult(0));
  if (!constant)
    return llvm::createStringError("a constant that is not of f32");
  return Tensor{{}, constant->values().vec()};
}

} // namespace quantc::exec::reference

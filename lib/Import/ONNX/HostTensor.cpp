// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes and rearrangement of the importer's constants. Where the numbers come
// from is TensorReader.cpp; which nodes fold is FoldConstants.cpp.

#include "HostTensor.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace quantc::import {

std::optional<int64_t> countElements(ArrayRef<int64_t> shape) {
  if (shape.size() > kMaxRank ||
      llvm::any_of(shape, [](int64_t dim) { return dim < 0; }))
    return std::nullopt;
  if (llvm::is_contained(shape, 0))
    return 0;
  int64_t count = 1;
  for (int64_t dim : shape)
    if (llvm::MulOverflow(count, dim, count) || count > kMaxTensorElements)
      return std::nullopt;
  return count;
}

std::string printShape(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  constexpr size_t kShown = 8;
  std::string text =
      llvm::join(llvm::map_range(shape.take_front(kShown),
                                 [](int64_t dim) {
                                   return ShapedType::isDynamic(dim)
                                              ? "?"
                                              : std::to_string(dim);
                                 }),
                 "x");
  return shape.size() > kShown ? text + "x..." : text;
}

std::string printElementType(int32_t onnxType) {
  if (!onnx::TensorProto::DataType_IsValid(onnxType))
    return "element type number " + std::to_string(onnxType);
  return StringRef(onnx::TensorProto::DataType_Name(
                       static_cast<onnx::TensorProto::DataType>(onnxType)))
      .lower();
}

HostTensor HostTensor::fromInts(ArrayRef<int64_t> shape,
                                std::vector<int64_t> values) {
  HostTensor tensor;
  tensor.elementType = onnx::TensorProto::INT64;
  tensor.shape.assign(shape.begin(), shape.end());
  tensor.data = std::move(values);
  return tensor;
}

HostTensor HostTensor::fromFloats(ArrayRef<int64_t> shape,
                                  std::vector<float> values) {
  HostTensor tensor;
  tensor.elementType = onnx::TensorProto::FLOAT;
  tensor.shape.assign(shape.begin(), shape.end());
  tensor.data = std::move(values);
  return tensor;
}

int64_t HostTensor::size() const {
  return std::visit(
      [](const auto &values) { return static_cast<int64_t>(values.size()); },
      data);
}

HostTensor HostTensor::reshaped(ArrayRef<int64_t> newShape) const {
  HostTensor result = *this;
  result.shape.assign(newShape.begin(), newShape.end());
  return result;
}

SmallVector<int64_t> rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = static_cast<int64_t>(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

HostTensor HostTensor::gathered(
    ArrayRef<int64_t> newShape,
    llvm::function_ref<int64_t(ArrayRef<int64_t>)> source) const {
  HostTensor result;
  result.elementType = elementType;
  result.shape.assign(newShape.begin(), newShape.end());
  std::optional<int64_t> elements = countElements(newShape);
  assert(elements && "callers have counted the elements of a new shape");
  int64_t count = elements.value_or(0);
  std::visit(
      [&](const auto &values) {
        std::decay_t<decltype(values)> gathered(count);
        SmallVector<int64_t> index(newShape.size(), 0);
        for (auto &element : gathered) {
          element = values[source(index)];
          // Advance the multi-index, last dimension first.
          for (int64_t d = static_cast<int64_t>(index.size()) - 1; d >= 0;
               --d) {
            if (++index[d] < newShape[d])
              break;
            index[d] = 0;
          }
        }
        result.data = std::move(gathered);
      },
      data);
  return result;
}

HostTensor HostTensor::transposed(ArrayRef<int64_t> perm) const {
  SmallVector<int64_t> strides = rowMajorStrides(shape);
  SmallVector<int64_t> newShape, sourceStrides;
  for (int64_t dim : perm) {
    newShape.push_back(shape[dim]);
    sourceStrides.push_back(strides[dim]);
  }
  return gathered(newShape, [&](ArrayRef<int64_t> index) {
    int64_t position = 0;
    for (auto [i, stride] : llvm::zip_equal(index, sourceStrides))
      position += i * stride;
    return position;
  });
}

} // namespace quantc::import

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

std::optional<StoredType> getStoredType(int32_t onnxType) {
  auto make = [](unsigned width, bool isSigned) {
    int64_t values = int64_t(1) << width;
    return isSigned ? StoredType{width, true, -values / 2, values / 2 - 1}
                    : StoredType{width, false, 0, values - 1};
  };
  switch (onnxType) {
  case onnx::TensorProto::INT8:
    return make(8, true);
  case onnx::TensorProto::UINT8:
    return make(8, false);
  case onnx::TensorProto::INT16:
    return make(16, true);
  case onnx::TensorProto::UINT16:
    return make(16, false);
  case onnx::TensorProto::INT32:
    return make(32, true);
  case onnx::TensorProto::UINT32:
    return make(32, false);
  default:
    return std::nullopt;
  }
}

int32_t getOnnxType(unsigned width, bool isSigned) {
  using Proto = onnx::TensorProto;
  for (int32_t type : {Proto::INT8, Proto::UINT8, Proto::INT16, Proto::UINT16,
                       Proto::INT32, Proto::UINT32}) {
    std::optional<StoredType> stored = getStoredType(type);
    if (stored && stored->width == width && stored->isSigned == isSigned)
      return type;
  }
  return Proto::UNDEFINED;
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

/// The product of the sizes behind `axis`.
static int64_t innerSize(ArrayRef<int64_t> shape, int64_t axis) {
  int64_t size = 1;
  for (int64_t dim : shape.drop_front(axis + 1))
    size *= dim;
  return size;
}

HostTensor HostTensor::dequantized() const {
  if (!quantization)
    return *this;
  auto [scales, zeroPoints, axis] = *quantization;
  int64_t inner = axis ? innerSize(shape, *axis) : 1;
  std::vector<float> values;
  values.reserve(size());
  for (auto [index, stored] : llvm::enumerate(ints())) {
    auto channel = static_cast<int64_t>(index) / inner %
                   static_cast<int64_t>(scales.size());
    values.push_back(scales[channel] *
                     static_cast<float>(stored - zeroPoints[channel]));
  }
  return fromFloats(shape, std::move(values));
}

/// The dimension of `to` with the elements that dimension `axis` of `from` has.
static std::optional<int64_t> findAxis(ArrayRef<int64_t> from, int64_t axis,
                                       ArrayRef<int64_t> to) {
  int64_t inner = innerSize(from, axis);
  for (auto [dim, size] : llvm::enumerate(to))
    if (size == from[axis] && innerSize(to, dim) == inner)
      return dim;
  return std::nullopt;
}

HostTensor HostTensor::reshaped(ArrayRef<int64_t> newShape) const {
  HostTensor result = *this;
  if (quantization && quantization->axis) {
    result.quantization->axis = findAxis(shape, *quantization->axis, newShape);
    if (!result.quantization->axis)
      result = dequantized();
  }
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
  if (quantization && quantization->axis)
    return dequantized().gathered(newShape, source);
  HostTensor result;
  result.elementType = elementType;
  result.quantization = quantization;
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

HostTensor HostTensor::sliced(int64_t first, int64_t count) const {
  HostTensor result = *this;
  int64_t inner = innerSize(shape, 0);
  result.shape.front() = count;
  std::visit(
      [&](auto &values) {
        values.erase(values.begin() + (first + count) * inner, values.end());
        values.erase(values.begin(), values.begin() + first * inner);
      },
      result.data);
  if (quantization && quantization->axis == 0) {
    ArrayRef<float> scales = quantization->scales;
    ArrayRef<int64_t> zeroPoints = quantization->zeroPoints;
    result.quantization->scales.assign(scales.slice(first, count).begin(),
                                       scales.slice(first, count).end());
    result.quantization->zeroPoints.assign(
        zeroPoints.slice(first, count).begin(),
        zeroPoints.slice(first, count).end());
  }
  return result;
}

HostTensor HostTensor::transposed(ArrayRef<int64_t> perm) const {
  SmallVector<int64_t> strides = rowMajorStrides(shape);
  SmallVector<int64_t> newShape, sourceStrides;
  for (int64_t dim : perm) {
    newShape.push_back(shape[dim]);
    sourceStrides.push_back(strides[dim]);
  }
  auto source = [&](ArrayRef<int64_t> index) {
    int64_t position = 0;
    for (auto [i, stride] : llvm::zip_equal(index, sourceStrides))
      position += i * stride;
    return position;
  };
  // A permutation keeps every channel whole.
  HostTensor stored = *this;
  stored.quantization.reset();
  HostTensor result = stored.gathered(newShape, source);
  result.quantization = quantization;
  if (quantization && quantization->axis)
    result.quantization->axis =
        std::distance(perm.begin(), llvm::find(perm, *quantization->axis));
  return result;
}

} // namespace quantc::import

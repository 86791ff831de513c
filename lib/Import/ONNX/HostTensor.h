// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A constant of the model, held by the importer itself: initializers, Constant
// nodes and whatever folds from them. Shapes and axes never become IR; float
// constants become tosa.const when a node uses them.
#ifndef QUANTC_LIB_IMPORT_ONNX_HOSTTENSOR_H
#define QUANTC_LIB_IMPORT_ONNX_HOSTTENSOR_H

#include "OnnxProto.h"

#include "mlir/Support/LLVM.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace quantc::import {

/// No tensor of a model may have more elements: everything behind the importer
/// may multiply sizes and byte counts without a thought for overflow.
inline constexpr int64_t kMaxTensorElements = int64_t(1) << 31;

/// Nor more dimensions.
inline constexpr size_t kMaxRank = 32;

/// The product of `shape`, or nullopt if a dimension is negative, the product
/// is over kMaxTensorElements or the rank over kMaxRank.
std::optional<int64_t> countElements(mlir::ArrayRef<int64_t> shape);

/// "2x3x4", for diagnostics.
std::string printShape(mlir::ArrayRef<int64_t> shape);

/// "float", "int64", ... as ONNX spells them in lower case.
std::string printElementType(int32_t onnxType);

/// An integer type of ONNX that quantized tensors are stored in.
struct StoredType {
  unsigned width;
  bool isSigned;
  int64_t min, max;
};

/// Nullopt unless `onnxType` is an integer type of 8, 16 or 32 bits.
std::optional<StoredType> getStoredType(int32_t onnxType);

/// The type of `width` bits; its inverse.
int32_t getOnnxType(unsigned width, bool isSigned);

/// What the integers of a dequantized constant stand for: real = scale *
/// (stored - zero point), one of each or one for each element along `axis`.
struct TensorQuantization {
  mlir::SmallVector<float> scales;
  mlir::SmallVector<int64_t> zeroPoints;
  std::optional<int64_t> axis;
};

/// A dense constant. f16 and bf16 are held as f32 (which is exact), f64 as
/// double, and every integer type and bool as int64. A constant that the model
/// dequantizes is held as the integers that it stores.
struct HostTensor {
  using Data = std::variant<std::vector<float>, std::vector<double>,
                            std::vector<int64_t>>;

  /// An onnx::TensorProto::DataType: the type that the model says.
  int32_t elementType = onnx::TensorProto::UNDEFINED;
  mlir::SmallVector<int64_t> shape;
  Data data;
  /// Set if the tensor is float to the graph, and `data` its stored integers.
  std::optional<TensorQuantization> quantization = std::nullopt;

  static HostTensor fromInts(mlir::ArrayRef<int64_t> shape,
                             std::vector<int64_t> values);
  static HostTensor fromFloats(mlir::ArrayRef<int64_t> shape,
                               std::vector<float> values);

  bool isFloat() const {
    return std::holds_alternative<std::vector<float>>(data);
  }
  bool isInteger() const {
    return !quantization && std::holds_alternative<std::vector<int64_t>>(data);
  }
  int64_t size() const;
  /// The values; only of a tensor that isFloat().
  mlir::ArrayRef<float> floats() const {
    return std::get<std::vector<float>>(data);
  }
  /// The values of a tensor that isInteger(), or the stored ones of one with a
  /// quantization.
  mlir::ArrayRef<int64_t> ints() const {
    return std::get<std::vector<int64_t>>(data);
  }

  /// The real numbers of a tensor with a quantization, rounded to f32 as
  /// DequantizeLinear does; any other tensor as it is.
  HostTensor dequantized() const;

  /// The same values under another shape of the same size. A quantization whose
  /// axis the new shape does not have is carried out.
  HostTensor reshaped(mlir::ArrayRef<int64_t> newShape) const;

  /// The tensor of `newShape` whose element at each multi-index is this
  /// tensor's element at the linear position that `source` answers.
  HostTensor
  gathered(mlir::ArrayRef<int64_t> newShape,
           llvm::function_ref<int64_t(mlir::ArrayRef<int64_t>)> source) const;

  /// `count` elements of the first dimension, from `first` on.
  HostTensor sliced(int64_t first, int64_t count) const;

  /// Dimension i of the result is dimension perm[i] of this tensor.
  HostTensor transposed(mlir::ArrayRef<int64_t> perm) const;
};

/// Row-major strides of `shape`.
mlir::SmallVector<int64_t> rowMajorStrides(mlir::ArrayRef<int64_t> shape);

/// Decodes a tensor. External data is read from files inside `modelDirectory`
/// and nowhere else; an empty directory means that there is none.
llvm::Expected<HostTensor> readTensor(const onnx::TensorProto &proto,
                                      llvm::StringRef modelDirectory);

} // namespace quantc::import

#endif // QUANTC_LIB_IMPORT_ONNX_HOSTTENSOR_H

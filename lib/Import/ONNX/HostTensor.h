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

/// A dense constant. f16 and bf16 are held as f32 (which is exact), f64 as
/// double, and every integer type and bool as int64.
struct HostTensor {
  using Data = std::variant<std::vector<float>, std::vector<double>,
                            std::vector<int64_t>>;

  /// An onnx::TensorProto::DataType: the type that the model says.
  int32_t elementType = onnx::TensorProto::UNDEFINED;
  mlir::SmallVector<int64_t> shape;
  Data data;

  static HostTensor fromInts(mlir::ArrayRef<int64_t> shape,
                             std::vector<int64_t> values);
  static HostTensor fromFloats(mlir::ArrayRef<int64_t> shape,
                               std::vector<float> values);

  bool isFloat() const {
    return std::holds_alternative<std::vector<float>>(data);
  }
  bool isInteger() const {
    return std::holds_alternative<std::vector<int64_t>>(data);
  }
  int64_t size() const;
  /// The values; only of a tensor that isFloat().
  mlir::ArrayRef<float> floats() const {
    return std::get<std::vector<float>>(data);
  }
  /// The values; only of a tensor that isInteger().
  mlir::ArrayRef<int64_t> ints() const {
    return std::get<std::vector<int64_t>>(data);
  }

  /// The same values under another shape of the same size.
  HostTensor reshaped(mlir::ArrayRef<int64_t> newShape) const;

  /// The tensor of `newShape` whose element at each multi-index is this
  /// tensor's element at the linear position that `source` answers.
  HostTensor
  gathered(mlir::ArrayRef<int64_t> newShape,
           llvm::function_ref<int64_t(mlir::ArrayRef<int64_t>)> source) const;

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

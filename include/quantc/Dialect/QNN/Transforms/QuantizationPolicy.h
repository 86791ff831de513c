// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How each tensor is to be quantized, as attributes of the float graph. A
// recipe, a budget or a person writes them; the quantize stage obeys them. What
// is not said is the default. How values share a policy is decided by the scale
// assignment.
#ifndef QUANTC_DIALECT_QNN_TRANSFORMS_QUANTIZATIONPOLICY_H
#define QUANTC_DIALECT_QNN_TRANSFORMS_QUANTIZATIONPOLICY_H

#include "quantc/Dialect/QNN/IR/QNNDialect.h"
#include "quantc/Numerics/StorageRange.h"

#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"

#include <string>

namespace quantc::qnn {

/// The defaults are those of an activation: i8, asymmetric, full range.
struct TensorPolicy {
  unsigned bits = 8;
  bool isSigned = true;
  Granularity granularity = Granularity::Tensor;
  /// Elements of a block; 0 unless `granularity` is Block.
  int64_t blockSize = 0;
  bool symmetric = false;
  /// Without the least stored integer.
  bool narrow = false;
  ScaleKind scale = ScaleKind::Free;
  /// Of the calibration; empty for the range that is attached to the value.
  std::string method;

  /// i8, symmetric, narrow, a scale for each channel.
  static TensorPolicy weight();

  static TensorPolicy get(PolicyAttr attr);
  PolicyAttr getAttr(mlir::MLIRContext *context) const;

  /// As the attribute prints it: "i4, block = 32, symmetric, narrow".
  std::string describe(mlir::MLIRContext *context) const;

  numerics::StorageRange getStorage() const {
    return numerics::StorageRange::get(bits, isSigned, narrow);
  }
  bool hasPowerOfTwoScale() const { return scale == ScaleKind::PowerOfTwo; }

  friend bool operator==(const TensorPolicy &a, const TensorPolicy &b) {
    return a.bits == b.bits && a.isSigned == b.isSigned &&
           a.granularity == b.granularity && a.blockSize == b.blockSize &&
           a.symmetric == b.symmetric && a.narrow == b.narrow &&
           a.scale == b.scale && a.method == b.method;
  }
  friend bool operator!=(const TensorPolicy &a, const TensorPolicy &b) {
    return !(a == b);
  }
};

/// Whether somebody chose how `value` is quantized.
bool hasActivationPolicy(mlir::Value value);

/// How `value`, the result of an operation or a function argument, is to be
/// quantized. One policy holds for all results of an operation.
TensorPolicy getActivationPolicy(mlir::Value value);
void setActivationPolicy(mlir::Value value, const TensorPolicy &policy);

/// How the weight of `op` is to be quantized.
TensorPolicy getWeightPolicy(mlir::Operation *op);
void setWeightPolicy(mlir::Operation *op, const TensorPolicy &policy);

/// Whether `op` is to compute on floats. An operation and the clamp that is
/// fused into it, and the links of an elementwise chain, are one: see
/// QuantizationPlan::staysFloat.
bool staysFloat(mlir::Operation *op);
void setStaysFloat(mlir::Operation *op, bool stays = true);

} // namespace quantc::qnn

#endif // QUANTC_DIALECT_QNN_TRANSFORMS_QUANTIZATIONPOLICY_H

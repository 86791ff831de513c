// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A zero point that is a value of the program, for the lowerings that subtract
// it and pad with it.
#ifndef QUANTC_LIB_CONVERSION_QNNTOLINALG_DYNAMICZEROPOINT_H
#define QUANTC_LIB_CONVERSION_QNNTOLINALG_DYNAMICZEROPOINT_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"

#include <optional>

namespace quantc::conversion {

class DynamicZeroPoint {
public:
  /// `tensor` is a lowered tensor<1xi8>, maybe a constant.
  DynamicZeroPoint(mlir::Value tensor, bool isSigned);

  mlir::Value getTensor() const { return tensor; }
  /// The number, where it is a constant.
  std::optional<int64_t> getKnown() const { return known; }

  /// How an operation of `loops` loops reads the tensor.
  static mlir::AffineMap getMap(mlir::MLIRContext *context, unsigned loops);

  /// The zero point in 32 bits, from the `element` of the tensor.
  mlir::Value extend(mlir::OpBuilder &builder, mlir::Location loc,
                     mlir::Value element) const;

  /// The NHWC `image` with padding [top, bottom, left, right] of zero points.
  mlir::Value createImagePad(mlir::OpBuilder &builder, mlir::Location loc,
                             mlir::Value image,
                             llvm::ArrayRef<int64_t> pad) const;

private:
  mlir::Value tensor;
  bool isSigned;
  std::optional<int64_t> known;
};

} // namespace quantc::conversion

#endif // QUANTC_LIB_CONVERSION_QNNTOLINALG_DYNAMICZEROPOINT_H

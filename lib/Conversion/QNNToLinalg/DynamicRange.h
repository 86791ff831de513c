// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scale and zero point of a float tensor, computed while the model runs: N33 of
// docs/Numerics.md as linalg operations.
#ifndef QUANTC_LIB_CONVERSION_QNNTOLINALG_DYNAMICRANGE_H
#define QUANTC_LIB_CONVERSION_QNNTOLINALG_DYNAMICRANGE_H

#include "mlir/IR/Builders.h"

namespace quantc::conversion {

/// tensor<1xf32> and, unless it is known to be zero, tensor<1xi8>.
struct DynamicParameters {
  mlir::Value scale;
  mlir::Value zeroPoint;
};

DynamicParameters createDynamicParameters(mlir::OpBuilder &builder,
                                          mlir::Location loc, mlir::Value real,
                                          bool nonNegative);

} // namespace quantc::conversion

#endif // QUANTC_LIB_CONVERSION_QNNTOLINALG_DYNAMICRANGE_H

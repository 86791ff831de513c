// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How values of QDQ form are read. Who places the casts is InsertQDQ or an
// importer, who replaces them is Legalize.
#ifndef QUANTC_LIB_DIALECT_QNN_TRANSFORMS_QDQFORM_H
#define QUANTC_LIB_DIALECT_QNN_TRANSFORMS_QDQFORM_H

#include "quantc/Dialect/QNN/IR/QNNOps.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

namespace quantc::qnn {

/// The quantized value of which `real` is the dequantized one, or null.
inline mlir::Value getQuantizedValue(mlir::Value real) {
  if (auto dequantize = real.getDefiningOp<DequantizeOp>())
    return dequantize.getInput();
  return {};
}

/// The same for a weight. It may be reshaped behind its dequantize, because it
/// is quantized in the shape that its channels need.
inline mlir::Value getQuantizedWeight(mlir::Value real) {
  if (auto reshape = real.getDefiningOp<mlir::tosa::ReshapeOp>())
    real = reshape.getInput1();
  return getQuantizedValue(real);
}

} // namespace quantc::qnn

#endif // QUANTC_LIB_DIALECT_QNN_TRANSFORMS_QDQFORM_H

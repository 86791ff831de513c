// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The families of external models, one file each. Private to the library.
#ifndef QUANTC_LIB_CONVERSION_TOSATOQNN_MODELS_H
#define QUANTC_LIB_CONVERSION_TOSATOQNN_MODELS_H

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/IR/QuantizableOpInterface.h"

namespace quantc::qnn {

void attachContractionModels(mlir::MLIRContext *context);
void attachElementwiseModels(mlir::MLIRContext *context);
void attachLayerNormModel(mlir::MLIRContext *context);
void attachPoolingModels(mlir::MLIRContext *context);
void attachShapeModels(mlir::MLIRContext *context);
void attachSoftmaxModel(mlir::MLIRContext *context);

/// Whether integer forms take the first `count` of `operands`; why not.
inline bool areActivations(mlir::ValueRange operands, size_t count) {
  return llvm::all_of(operands.take_front(count), [](mlir::Value operand) {
    return isActivationElementType(
        mlir::getElementTypeOrSelf(operand.getType()));
  });
}
inline constexpr llvm::StringLiteral kNeedsActivations =
    "the integer form needs operands of 4 to 16 bits per tensor";

/// Says with a remark on `op` why it has no integer form. Returns null.
mlir::Value refuse(mlir::Operation *op, const llvm::Twine &reason);

} // namespace quantc::qnn

#endif // QUANTC_LIB_CONVERSION_TOSATOQNN_MODELS_H

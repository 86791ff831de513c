// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attaches the models when the dialects that they belong to are loaded.
#include "quantc/Conversion/TosaToQNN/TosaToQNN.h"

#include "Models.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;

namespace quantc::qnn {

Value refuse(Operation *op, const Twine &reason) {
  remark::missed(
      op->getLoc(),
      remark::RemarkOpts::name("StaysFloat").category("qnn-legalize"))
      << (op->getName().getStringRef() + ": " + reason).str();
  return {};
}

void registerQuantizableOpModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, tosa::TosaDialect *) {
    attachContractionModels(context);
    attachElementwiseModels(context);
    attachPoolingModels(context);
    attachShapeModels(context);
    // The operations that the models build.
    context->getOrLoadDialect<QNNDialect>();
  });
  registry.addExtension(+[](MLIRContext *context, QNNDialect *) {
    attachLayerNormModel(context);
  });
  registry.addExtension(+[](MLIRContext *context, linalg::LinalgDialect *) {
    attachSoftmaxModel(context);
    context->getOrLoadDialect<QNNDialect>();
  });
}

} // namespace quantc::qnn

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The four registration calls. What a component registers is its own decision;
// this file only lists the components.
#include "quantc/Registration.h"

#include "quantc/Codegen/Passes.h"
#include "quantc/Codegen/Pipelines.h"
#include "quantc/Conversion/Passes.h"
#include "quantc/Conversion/TosaToQNN/TosaToQNN.h"
#include "quantc/Dialect/QNN/IR/QNNDialect.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QVec/IR/QVecOps.h"
#include "quantc/Pipelines/Stages.h"

#include "mlir/IR/DialectRegistry.h"

void quantc::registerAllDialects(mlir::DialectRegistry &registry) {
  registry.insert<qnn::QNNDialect, qvec::QVecDialect>();
}

void quantc::registerAllExtensions(mlir::DialectRegistry &registry) {
  qnn::registerQuantizableOpModels(registry);
  codegen::registerCodegenDialects(registry);
}

void quantc::registerAllPasses() {
  qnn::registerQNNPasses();
  conversion::registerQuantcConversionPasses();
  codegen::registerQuantcCodegenPasses();
}

void quantc::registerAllPipelines() {
  registerStagePipelines();
  codegen::registerCodegenPipelines();
}

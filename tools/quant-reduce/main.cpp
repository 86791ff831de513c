// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mlir-reduce with the dialects and passes of quantc.
#include "quantc/Registration.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllPasses();
  quantc::registerAllDialects(registry);
  quantc::registerAllExtensions(registry);
  quantc::registerAllPasses();
  quantc::registerAllPipelines();
  mlir::MLIRContext context(registry);
  return mlir::failed(mlir::mlirReduceMain(argc, argv, context));
}

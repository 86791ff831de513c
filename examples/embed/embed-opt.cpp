// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The driver of a compiler that embeds quantc: its own dialect, the upstream
// dialects that it uses, and quantc.
#include "Acme/Acme.h"

#include "quantc/Registration.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<acme::AcmeDialect, mlir::arith::ArithDialect,
                  mlir::func::FuncDialect, mlir::linalg::LinalgDialect,
                  mlir::quant::QuantDialect, mlir::tensor::TensorDialect,
                  mlir::tosa::TosaDialect>();
  mlir::registerTransformsPasses();

  quantc::registerAllDialects(registry);
  quantc::registerAllExtensions(registry);
  quantc::registerAllPasses();
  quantc::registerAllPipelines();
  acme::registerQuantizableOpModels(registry);

  return mlir::asMainReturnCode(mlir::MlirOptMain(
      argc, argv, "optimizer of a compiler that embeds quantc\n", registry));
}

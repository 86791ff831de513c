// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One context for all tests: models do not outlive their parse.
#include "Support.h"

#include "quantc/Dialect/QNN/IR/QNNDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;

namespace quantc::exec::test {

std::unique_ptr<CompiledModel> makeModel(llvm::StringRef text,
                                         std::string *error) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context
      .loadDialect<arith::ArithDialect, func::FuncDialect, quant::QuantDialect,
                   tosa::TosaDialect, qnn::QNNDialect>();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module) {
    ADD_FAILURE() << "cannot parse:\n" << text.str();
    return nullptr;
  }
  llvm::Expected<std::unique_ptr<CompiledModel>> model =
      ReferenceEvaluator::create(*module);
  if (model) {
    EXPECT_FALSE(error) << "expected an error";
    return std::move(*model);
  }
  std::string message = llvm::toString(model.takeError());
  if (error)
    *error = message;
  else
    ADD_FAILURE() << message;
  return nullptr;
}

} // namespace quantc::exec::test

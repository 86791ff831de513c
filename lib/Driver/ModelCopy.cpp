// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The copy goes through bytecode: contexts share nothing.
#include "ModelCopy.h"

#include "HostArithmetic.h"

#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Driver/Compiler.h"
#include "quantc/Execution/JitModel.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace quantc {
namespace {

/// Keeps the last error of a context instead of printing it.
class ErrorKeeper : public ScopedDiagnosticHandler {
public:
  explicit ErrorKeeper(MLIRContext *context)
      : ScopedDiagnosticHandler(context) {
    setHandler([this](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
        text = diagnostic.str();
      return success();
    });
  }

  llvm::Error fail(llvm::Error error) {
    std::string reason = toString(std::move(error));
    return llvm::createStringError("simulation: " +
                                   (text.empty() ? reason : text));
  }

private:
  std::string text;
};

} // namespace

llvm::Expected<OwningOpRef<ModuleOp>> copyInto(MLIRContext *context,
                                               ModuleOp module) {
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  OwningOpRef<ModuleOp> copy;
  if (succeeded(writeBytecodeToFile(module, stream)))
    copy = parseSourceString<ModuleOp>(bytes, context);
  if (!copy)
    return llvm::createStringError("simulation: the model cannot be copied");
  return copy;
}

llvm::Expected<ModelCopy> ModelCopy::create(ModuleOp module) {
  ModelCopy copy;
  copy.context =
      std::make_unique<MLIRContext>(module.getContext()->getDialectRegistry(),
                                    MLIRContext::Threading::DISABLED);
  auto copied = copyInto(copy.context.get(), module);
  if (!copied)
    return copied.takeError();
  copy.module = std::move(*copied);
  return copy;
}

func::FuncOp ModelCopy::getFunction() const {
  return *module.get()->getRegion(0).getOps<func::FuncOp>().begin();
}

IRMapping mapFunction(func::FuncOp original, func::FuncOp copy) {
  IRMapping mapping;
  Block &from = original.getFunctionBody().front();
  Block &to = copy.getFunctionBody().front();
  mapping.map(from.getArguments(), to.getArguments());
  for (auto [op, copied] : llvm::zip_equal(from, to))
    mapping.map(op.getResults(), copied.getResults());
  return mapping;
}

llvm::Error ModelCopy::quantize() {
  ErrorKeeper errors(getContext());
  PassManager pm(getContext());
  pm.addNestedPass<func::FuncOp>(qnn::createInsertQDQPass());
  if (failed(pm.run(*module)))
    return errors.fail(
        llvm::createStringError("the model cannot be quantized"));
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<exec::CompiledModel>>
compileForHost(ModuleOp module) {
  ErrorKeeper errors(module.getContext());
  CompileOptions options;
  options.modelName = "simulation";
  options.target.cpu = "native";
  if (llvm::Error error = compileToLLVM(module, options))
    return errors.fail(std::move(error));
  fuseMultiplyAdds(module);
  exec::JitOptions jitOptions;
  jitOptions.optLevel = 1;
  return exec::JitModel::create(module, options.modelName, jitOptions);
}

} // namespace quantc

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Model files into modules, and modules into something that runs on this
// machine.
#include "quantc/Driver/Compiler.h"
#include "quantc/Execution/JitModel.h"
#include "quantc/Execution/ReferenceEvaluator.h"
#include "quantc/Import/ONNX/Import.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;

namespace quantc {

OwningOpRef<ModuleOp> loadModule(llvm::StringRef path, MLIRContext *context) {
  llvm::StringRef extension = llvm::sys::path::extension(path);
  if (extension == ".onnx")
    return import::importONNX(path, context);
  if (extension == ".mlir" || extension == ".mlirbc")
    return parseSourceFile<ModuleOp>(path, context);
  emitError(UnknownLoc::get(context))
      << "'" << path << "': expected a model file that ends in .onnx, .mlir or "
      << ".mlirbc";
  return {};
}

namespace {

/// Collects error diagnostics, so that a library call can return them.
class ErrorCollector : public ScopedDiagnosticHandler {
public:
  explicit ErrorCollector(MLIRContext *context)
      : ScopedDiagnosticHandler(context) {
    setHandler([this](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
        return success();
      llvm::raw_string_ostream out(text);
      if (!text.empty())
        out << "; ";
      diagnostic.print(out);
      return success();
    });
  }

  llvm::Error take(llvm::StringRef path, llvm::Error error) {
    std::string reason = llvm::toString(std::move(error));
    return llvm::createStringError("'" + path +
                                   "': " + (text.empty() ? reason : text));
  }

private:
  std::string text;
};

} // namespace

llvm::Expected<std::unique_ptr<exec::CompiledModel>>
loadExecutable(llvm::StringRef path, const exec::LoadOptions &options) {
  DialectRegistry registry;
  registerCompilerDialects(registry);
  auto context = std::make_unique<MLIRContext>(registry);
  ErrorCollector errors(context.get());
  OwningOpRef<ModuleOp> module = loadModule(path, context.get());
  if (!module)
    return errors.take(path, llvm::createStringError("cannot be read"));
  if (options.engine == exec::Engine::Reference) {
    auto evaluator = exec::ReferenceEvaluator::create(*module);
    if (!evaluator)
      return errors.take(path, evaluator.takeError());
    return std::move(*evaluator);
  }
  CompileOptions compileOptions;
  compileOptions.mode = Mode::Float;
  compileOptions.target.cpu = "native";
  compileOptions.profile = options.profile;
  if (llvm::Error error = compile(*module, compileOptions))
    return errors.take(path, std::move(error));
  return exec::JitModel::create(*module, compileOptions.modelName);
}

} // namespace quantc

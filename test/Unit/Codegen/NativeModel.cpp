// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The arena is filled with garbage before each run: a kernel that reads what it
// has not written shows.
#include "NativeModel.h"

#include "quantc/Codegen/ModelInterface.h"
#include "quantc/Codegen/Pipelines.h"
#include "quantc/Dialect/QNN/IR/QNNDialect.h"

#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/TargetSelect.h"

#include <gtest/gtest.h>

#include <functional>

using namespace mlir;

/// What observers call: the context is a function.
extern "C" void quantc_observe(void *context, int64_t index, const float *data,
                               int64_t count) {
  auto *callback =
      static_cast<std::function<void(int64_t, const float *, int64_t)> *>(
          context);
  (*callback)(index, data, count);
}

namespace quantc::test {

std::unique_ptr<NativeModel>
NativeModel::compile(const std::string &text, const NativeOptions &options) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  DialectRegistry registry;
  codegen::registerCodegenDialects(registry);
  registry.insert<qnn::QNNDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  auto model = std::make_unique<NativeModel>();
  model->context.appendDialectRegistry(registry);
  auto module = parseSourceString<ModuleOp>(text, &model->context);
  if (!module) {
    ADD_FAILURE() << "no valid module:\n" << text;
    return nullptr;
  }
  PassManager pm(&model->context);
  codegen::buildTosaToLinalgPipeline(pm);
  codegen::CodegenOptions codegenOptions;
  codegenOptions.vectorBits = options.vectorBits;
  codegenOptions.vectorize = options.vectorize;
  codegen::buildCodegenPipeline(pm, codegenOptions);
  codegen::buildLLVMPipeline(pm, codegen::LLVMOptions());
  if (failed(pm.run(*module))) {
    ADD_FAILURE() << "the pipelines failed:\n" << text;
    return nullptr;
  }
  auto interface = codegen::readInterface(*module);
  model->arena.resize(interface->arenaSize + codegen::kArenaAlignment);
  ExecutionEngineOptions engineOptions;
  auto transformer = makeOptimizingTransformer(options.optLevel, 0, nullptr);
  engineOptions.transformer = transformer;
  auto engine = ExecutionEngine::create(*module, engineOptions);
  if (!engine) {
    ADD_FAILURE() << llvm::toString(engine.takeError());
    return nullptr;
  }
  model->engine = std::move(*engine);
  model->engine->registerSymbols([](llvm::orc::MangleAndInterner interner) {
    llvm::orc::SymbolMap symbols;
    symbols[interner("quantc_observe")] = {
        llvm::orc::ExecutorAddr::fromPtr(&quantc_observe),
        llvm::JITSymbolFlags::Exported};
    return symbols;
  });
  auto entry = model->engine->lookup("model_run");
  if (!entry) {
    ADD_FAILURE() << llvm::toString(entry.takeError());
    return nullptr;
  }
  model->entry = *entry;
  return model;
}

void NativeModel::run(const std::vector<const void *> &inputs,
                      const std::vector<void *> &outputs, void *context) {
  std::fill(arena.begin(), arena.end(), char(0x7b));
  void *aligned = reinterpret_cast<void *>(llvm::alignTo(
      reinterpret_cast<uintptr_t>(arena.data()), codegen::kArenaAlignment));
  using Run = void (*)(const void *const *, void *const *, void *, void *);
  reinterpret_cast<Run>(entry)(inputs.data(), outputs.data(), aligned, context);
}

} // namespace quantc::test

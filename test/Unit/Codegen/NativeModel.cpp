// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The arena is filled with garbage before each run: a kernel that reads what it
// has not written shows.
#include "NativeModel.h"

#include "quantc/Codegen/ISA.h"
#include "quantc/Codegen/ModelInterface.h"
#include "quantc/Codegen/Pipelines.h"
#include "quantc/Dialect/QNN/IR/QNNDialect.h"
#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/OpenMP/OpenMPToLLVMIRTranslation.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

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

bool canExecute(const std::string &isa, const std::string &without) {
  const codegen::ISA *row = codegen::findISA(isa);
  llvm::Triple host(llvm::sys::getProcessTriple());
  if (!row ||
      (!row->architecture.empty() &&
       row->architecture != llvm::Triple::getArchTypeName(host.getArch())))
    return false;
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  llvm::SmallVector<llvm::StringRef> needed;
  llvm::StringRef(row->features).split(needed, ',', -1, /*KeepEmpty=*/false);
  return llvm::all_of(needed, [&](llvm::StringRef feature) {
    feature = feature.drop_front();
    return features.lookup(feature) ||
           (!without.empty() && feature.starts_with(without));
  });
}

/// Restricts the code of `module` to the features of `row`.
static void setFunctionTarget(llvm::Module &module, const codegen::ISA &row) {
  if (row.architecture.empty())
    return;
  for (llvm::Function &function : module) {
    function.addFnAttr("target-cpu", "x86-64");
    function.addFnAttr("target-features", row.features);
    if (row.vectorBits == 512)
      function.addFnAttr("prefer-vector-width", "512");
  }
}

std::unique_ptr<NativeModel>
NativeModel::compile(const std::string &text, const NativeOptions &options) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  DialectRegistry registry;
  codegen::registerCodegenDialects(registry);
  registry.insert<qnn::QNNDialect, qvec::QVecDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerOpenMPDialectTranslation(registry);
  auto model = std::make_unique<NativeModel>();
  model->context.appendDialectRegistry(registry);
  auto module = parseSourceString<ModuleOp>(text, &model->context);
  if (!module) {
    ADD_FAILURE() << "no valid module:\n" << text;
    return nullptr;
  }
  std::string reason;
  if (options.threads > 1 && llvm::sys::DynamicLibrary::LoadLibraryPermanently(
                                 "libomp.so.5", &reason)) {
    ADD_FAILURE() << reason;
    return nullptr;
  }
  PassManager pm(&model->context);
  codegen::buildTosaToLinalgPipeline(pm);
  codegen::CodegenOptions codegenOptions;
  codegenOptions.vectorBits = options.vectorBits;
  codegenOptions.vectorize = options.vectorize;
  codegenOptions.isa = options.isa;
  codegenOptions.threads = options.threads;
  codegenOptions.minSharedWork = 0;
  codegen::buildCodegenPipeline(pm, codegenOptions);
  codegen::LLVMOptions llvmOptions;
  llvmOptions.isa =
      options.instructions.empty() ? options.isa : options.instructions;
  codegen::buildLLVMPipeline(pm, llvmOptions);
  if (failed(pm.run(*module))) {
    ADD_FAILURE() << "the pipelines failed:\n" << text;
    return nullptr;
  }
  auto interface = codegen::readInterface(*module);
  model->arena.resize(interface->arenaSize + codegen::kArenaAlignment);
  ExecutionEngineOptions engineOptions;
  auto optimize = makeOptimizingTransformer(options.optLevel, 0, nullptr);
  const codegen::ISA &row = *codegen::findISA(llvmOptions.isa);
  auto transformer = [&](llvm::Module *code) {
    setFunctionTarget(*code, row);
    return optimize(code);
  };
  engineOptions.transformer = transformer;
  if (options.optLevel == 0)
    engineOptions.jitCodeGenOptLevel = llvm::CodeGenOptLevel::None;
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

std::vector<std::string> getRows() {
  std::vector<std::string> names;
  for (const codegen::ISA &row : codegen::getISATable())
    names.push_back(row.name.str());
  return names;
}

} // namespace quantc::test

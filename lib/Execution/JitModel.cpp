// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the LLVM dialect to code in this process, through the upstream execution
// engine with a target machine of our choice.
#include "quantc/Execution/JitModel.h"

#include "TilePermission.h"

#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/IR/Operation.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/OpenMP/OpenMPToLLVMIRTranslation.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

namespace quantc::exec {

using EngineOrError = llvm::Expected<std::unique_ptr<mlir::ExecutionEngine>>;

static llvm::CodeGenOptLevel getCodeGenLevel(unsigned optLevel) {
  return llvm::CodeGenOpt::getLevel(optLevel).value_or(
      llvm::CodeGenOptLevel::Aggressive);
}

static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const JitOptions &options) {
  if (llvm::InitializeNativeTarget() ||
      llvm::InitializeNativeTargetAsmPrinter())
    return llvm::createStringError(
        "LLVM has no code generator for this machine");
  auto builder = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!builder)
    return builder.takeError();
  if (options.cpu != "native") {
    builder->setCPU(options.cpu);
    builder->getFeatures() = llvm::SubtargetFeatures();
  }
  llvm::SubtargetFeatures features(options.features);
  for (const std::string &feature : features.getFeatures())
    builder->getFeatures().AddFeature(feature);
  builder->setCodeGenOptLevel(getCodeGenLevel(options.optLevel));
  return builder->createTargetMachine();
}

/// Brings the OpenMP runtime into this process where `module` starts threads.
static llvm::Error loadThreadRuntime(mlir::Operation *module) {
  bool startsThreads = module
                           ->walk([](mlir::omp::ParallelOp) {
                             return mlir::WalkResult::interrupt();
                           })
                           .wasInterrupted();
  std::string reason;
  if (startsThreads &&
      llvm::sys::DynamicLibrary::LoadLibraryPermanently("libomp.so.5", &reason))
    return llvm::createStringError(
        "the model is compiled for several threads and needs LLVM's OpenMP "
        "runtime: " +
        reason);
  return llvm::Error::success();
}

static EngineOrError createEngine(mlir::Operation *module,
                                  const JitOptions &options) {
  mlir::registerBuiltinDialectTranslation(*module->getContext());
  mlir::registerLLVMDialectTranslation(*module->getContext());
  mlir::registerOpenMPDialectTranslation(*module->getContext());
  if (llvm::Error error = loadThreadRuntime(module))
    return error;
  auto machine = createTargetMachine(options);
  if (!machine)
    return machine.takeError();

  mlir::ExecutionEngineOptions engineOptions;
  auto transformer = mlir::makeOptimizingTransformer(
      options.optLevel, /*sizeLevel=*/0, machine->get());
  engineOptions.transformer = transformer;
  engineOptions.jitCodeGenOptLevel = getCodeGenLevel(options.optLevel);
  engineOptions.enableGDBNotificationListener = false;
  engineOptions.enablePerfNotificationListener = false;
  EngineOrError engine =
      mlir::ExecutionEngine::create(module, engineOptions, std::move(*machine));
  if (!engine)
    return engine;
  (*engine)->registerSymbols([&](llvm::orc::MangleAndInterner mangle) {
    llvm::orc::SymbolMap map;
    for (const auto &[name, address] : options.symbols)
      map[mangle(name)] = {llvm::orc::ExecutorAddr::fromPtr(address),
                           llvm::JITSymbolFlags::Exported};
    return map;
  });
  (*engine)->initialize();
  return engine;
}

JitModel::JitModel(ModelSignature signature,
                   std::unique_ptr<mlir::ExecutionEngine> engine,
                   RunFunction entry, void *context)
    : CompiledModel(std::move(signature)), engine(std::move(engine)),
      entry(entry) {
  if (context)
    setContext(context);
}

JitModel::~JitModel() = default;

static llvm::Expected<void *> findEntry(mlir::ExecutionEngine &engine,
                                        const ModelSignature &signature) {
  if (llvm::Error error = verifySignature(signature))
    return error;
  if (signature.usesTiles)
    if (llvm::Error error = requestTilePermission())
      return error;
  llvm::Expected<void *> entry = engine.lookup(signature.runSymbol);
  if (!entry)
    return llvm::createStringError(
        "the entry function '" + signature.runSymbol +
        "' has no code: " + llvm::toString(entry.takeError()));
  return entry;
}

llvm::Expected<std::unique_ptr<CompiledModel>>
JitModel::create(mlir::Operation *module, ModelSignature signature,
                 const JitOptions &options) {
  EngineOrError engine = createEngine(module, options);
  if (!engine)
    return engine.takeError();
  llvm::Expected<void *> entry = findEntry(**engine, signature);
  if (!entry)
    return entry.takeError();
  return std::unique_ptr<CompiledModel>(
      new JitModel(std::move(signature), std::move(*engine),
                   reinterpret_cast<RunFunction>(*entry), options.context));
}

llvm::Expected<std::unique_ptr<CompiledModel>>
JitModel::create(mlir::Operation *module, llvm::StringRef name,
                 const JitOptions &options) {
  EngineOrError engine = createEngine(module, options);
  if (!engine)
    return engine.takeError();
  llvm::Expected<void *> descriptor =
      (*engine)->lookup((name + "_descriptor").str());
  if (!descriptor)
    return descriptor.takeError();
  llvm::Expected<ModelSignature> signature =
      parseDescriptor(static_cast<const char *>(*descriptor));
  if (!signature)
    return signature.takeError();
  llvm::Expected<void *> entry = findEntry(**engine, *signature);
  if (!entry)
    return entry.takeError();
  return std::unique_ptr<CompiledModel>(
      new JitModel(std::move(*signature), std::move(*engine),
                   reinterpret_cast<RunFunction>(*entry), options.context));
}

llvm::Error JitModel::run(llvm::ArrayRef<const void *> inputs,
                          llvm::ArrayRef<void *> outputs, void *arena) const {
  assert(inputs.size() == getSignature().inputs.size() &&
         outputs.size() == getSignature().outputs.size() &&
         "one pointer for each tensor");
  // A function of three parameters ignores the fourth in every C ABI that the
  // engine supports.
  entry(inputs.data(), outputs.data(), arena, getContext());
  return llvm::Error::success();
}

} // namespace quantc::exec

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM dialect → LLVM IR → optimized → file. The pass pipeline is LLVM's own
// for the level; nothing is added to it.
#include "ExpandDivisions.h"
#include "Link.h"
#include "quantc/Target/OutputFile.h"
#include "quantc/Target/Target.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/OpenMP/OpenMPToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;

namespace quantc::target {
namespace {

llvm::OptimizationLevel getLevel(unsigned level) {
  const llvm::OptimizationLevel levels[] = {
      llvm::OptimizationLevel::O0, llvm::OptimizationLevel::O1,
      llvm::OptimizationLevel::O2, llvm::OptimizationLevel::O3};
  return levels[level];
}

/// With `unrolls`, LLVM may unroll loops.
void optimize(llvm::Module &module, llvm::TargetMachine &machine,
              unsigned level, bool unrolls) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager graphs;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.LoopUnrolling = unrolls;
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(graphs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, graphs, modules);
  llvm::ModulePassManager passes =
      level == 0 ? builder.buildO0DefaultPipeline(llvm::OptimizationLevel::O0)
                 : builder.buildPerModuleDefaultPipeline(getLevel(level));
  passes.run(module, modules);
}

/// Every function gets the CPU and features, so that LLVM IR written to a file
/// means the same machine.
void setFunctionTarget(llvm::Module &module, llvm::StringRef cpu,
                       llvm::StringRef features, const codegen::ISA &isa) {
  // The user's features are last: they win.
  SmallVector<llvm::StringRef, 2> all;
  for (llvm::StringRef part : {llvm::StringRef(isa.tuning), features})
    if (!part.empty())
      all.push_back(part);
  for (llvm::Function &function : module) {
    function.addFnAttr("target-cpu", cpu);
    if (!all.empty())
      function.addFnAttr("target-features", llvm::join(all, ","));
    // Without it LLVM splits 512-bit vectors on CPUs that once slowed down.
    if (isa.vectorBits == 512)
      function.addFnAttr("prefer-vector-width", "512");
    // On a machine without an operating system there may be no C library:
    // loops that fill and copy must stay loops.
    if (module.getTargetTriple().isOSUnknown())
      function.addFnAttr("no-builtins");
    function.setUWTableKind(llvm::UWTableKind::None);
  }
}

llvm::Error writeCode(llvm::Module &module, llvm::TargetMachine &machine,
                      llvm::CodeGenFileType type, llvm::raw_pwrite_stream &os) {
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, os, nullptr, type))
    return llvm::createStringError("the target '" +
                                   machine.getTargetTriple().str() +
                                   "' writes no such file");
  passes.run(module);
  return llvm::Error::success();
}

/// LLVM 22 stores three bytes that are cut from 64-bit lanes wrongly on
/// AArch64: it takes the lanes for 32-bit ones. A step that it cannot look
/// through keeps it from seeing where they come from.
void separateNarrowStores(llvm::Module &module) {
  if (!module.getTargetTriple().isAArch64())
    return;
  for (llvm::Function &function : module)
    for (llvm::Instruction &instruction : llvm::instructions(function)) {
      auto *cut = llvm::dyn_cast<llvm::TruncInst>(&instruction);
      auto *type =
          cut ? llvm::dyn_cast<llvm::FixedVectorType>(cut->getType()) : nullptr;
      if (!type || type->getNumElements() != 3 ||
          !type->getElementType()->isIntegerTy(8) ||
          !cut->getSrcTy()->getScalarType()->isIntegerTy(64))
        continue;
      llvm::IRBuilder<> builder(cut);
      llvm::Value *words = builder.CreateTrunc(
          cut->getOperand(0),
          llvm::FixedVectorType::get(builder.getInt32Ty(), 3));
      cut->setOperand(0, builder.CreateFreeze(words));
    }
}

/// Whether the code starts threads.
bool usesOpenMP(const llvm::Module &module) {
  return module.getFunction("__kmpc_fork_call") != nullptr;
}

} // namespace

void registerTranslations(DialectRegistry &registry) {
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerOpenMPDialectTranslation(registry);
}

llvm::Error Target::emit(ModuleOp module, OutputKind kind,
                         llvm::StringRef path) const {
  DialectRegistry registry;
  registerTranslations(registry);
  module.getContext()->appendDialectRegistry(registry);

  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code = translateModuleToLLVMIR(module, context);
  if (!code)
    return llvm::createStringError("the module has no translation to LLVM IR");
  code->setTargetTriple(machine->getTargetTriple());
  code->setDataLayout(machine->createDataLayout());
  const codegen::ISA &isa = getISA();
  setFunctionTarget(*code, cpu, features, isa);
  // Kernels are unrolled as far as registers go. Where instructions have no
  // operands in memory, LLVM would load too much at once.
  optimize(*code, *machine, optLevel,
           isa.dot == codegen::DotInstruction::None || isa.hasMemoryOperands());

  expandWideDivisions(*code);
  separateNarrowStores(*code);

  auto writeTo = [&](llvm::raw_pwrite_stream &os) -> llvm::Error {
    if (kind == OutputKind::LLVMIR) {
      code->print(os, nullptr);
      return llvm::Error::success();
    }
    return writeCode(*code, *machine,
                     kind == OutputKind::Assembly
                         ? llvm::CodeGenFileType::AssemblyFile
                         : llvm::CodeGenFileType::ObjectFile,
                     os);
  };
  if (kind != OutputKind::SharedLibrary)
    return writeFile(path, writeTo);
  return replaceFile(path, [&](llvm::StringRef temporary) -> llvm::Error {
    std::string object = (temporary + ".o").str();
    llvm::Error error = writeFile(object, writeTo);
    if (!error)
      error = linkSharedLibrary(object, temporary, path,
                                machine->getTargetTriple(), usesOpenMP(*code));
    (void)llvm::sys::fs::remove(object);
    if (!error)
      (void)llvm::sys::fs::setPermissions(
          temporary, llvm::sys::fs::perms::all_read |
                         llvm::sys::fs::perms::owner_write |
                         llvm::sys::fs::perms::all_exe);
    return error;
  });
}

} // namespace quantc::target

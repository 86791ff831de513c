// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resolves what the user said to a machine of LLVM. The build host is asked for
// an empty triple and for the CPU "native" only.
#include "quantc/Target/Target.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "llvm/TargetParser/Triple.h"

#include <algorithm>
#include <mutex>

using namespace mlir;

namespace quantc::target {
namespace {

void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    llvm::InitializeAllAsmParsers();
  });
}

std::string getDefaultCPU(const llvm::Triple &triple) {
  switch (triple.getArch()) {
  case llvm::Triple::x86_64:
    return "x86-64";
  case llvm::Triple::riscv32:
    return "generic-rv32";
  case llvm::Triple::riscv64:
    return "generic-rv64";
  default:
    return "generic";
  }
}

/// Linux asks of RISC-V that every CPU has these, and passes floats in their
/// registers (the psABI's RV64GC and LP64D).
bool isRISCVLinux(const llvm::Triple &triple) {
  return triple.isRISCV64() && triple.isOSLinux();
}
constexpr llvm::StringLiteral kRISCVLinuxFeatures = "+m,+a,+f,+d,+c";

llvm::TargetOptions getCodeOptions(const llvm::Triple &triple) {
  llvm::TargetOptions options;
  if (isRISCVLinux(triple))
    options.MCOptions.ABIName = "lp64d";
  return options;
}

/// "native" as the name and all features of the machine that compiles.
void resolveNative(std::string &cpu, std::string &features) {
  llvm::SubtargetFeatures all;
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  llvm::SmallVector<llvm::StringRef> names(host.keys());
  llvm::sort(names);
  for (llvm::StringRef name : names)
    all.AddFeature(name, host.lookup(name));
  cpu = llvm::sys::getHostCPUName().str();
  std::string native = all.getString();
  features = features.empty() ? native : native + "," + features;
}

/// Each feature must have a sign and be known: LLVM itself only prints a
/// warning.
llvm::Error checkFeatures(const llvm::MCSubtargetInfo &info,
                          llvm::StringRef features, llvm::StringRef triple) {
  llvm::SmallVector<llvm::StringRef> list;
  features.split(list, ',', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef feature : list) {
    if (feature.front() != '+' && feature.front() != '-')
      return llvm::createStringError("the feature '" + feature +
                                     "' must begin with '+' or '-'");
    llvm::StringRef name = feature.drop_front();
    if (llvm::none_of(info.getAllProcessorFeatures(),
                      [&](const llvm::SubtargetFeatureKV &known) {
                        return name == known.Key;
                      }))
      return llvm::createStringError("unknown feature '" + name +
                                     "' for target '" + triple + "'");
  }
  return llvm::Error::success();
}

llvm::CodeGenOptLevel getCodeGenLevel(unsigned level) {
  constexpr llvm::CodeGenOptLevel levels[] = {
      llvm::CodeGenOptLevel::None, llvm::CodeGenOptLevel::Less,
      llvm::CodeGenOptLevel::Default, llvm::CodeGenOptLevel::Aggressive};
  return levels[std::min(level, 3u)];
}

} // namespace

Target::Target() = default;
Target::Target(Target &&) noexcept = default;
Target &Target::operator=(Target &&) noexcept = default;
Target::~Target() = default;

llvm::Expected<Target> Target::create(const TargetOptions &options) {
  initializeTargets();
  llvm::Triple triple(options.triple.empty()
                          ? llvm::sys::getDefaultTargetTriple()
                          : llvm::Triple::normalize(options.triple));
  std::string reason;
  const llvm::Target *backend =
      llvm::TargetRegistry::lookupTarget(triple, reason);
  if (!backend)
    return llvm::createStringError("unknown target '" + options.triple + "'");

  Target target;
  target.triple = triple.str();
  target.cpu = options.cpu.empty() ? getDefaultCPU(triple) : options.cpu;
  target.features = options.features;
  target.optLevel = std::min(options.optLevel, 3u);
  // The features of the user are looked at before "native" adds its own, some
  // of which this LLVM may not know.
  std::unique_ptr<llvm::MCSubtargetInfo> info(
      backend->createMCSubtargetInfo(triple, "", ""));
  if (target.cpu == "native") {
    if (triple.getArch() !=
        llvm::Triple(llvm::sys::getProcessTriple()).getArch())
      return llvm::createStringError(
          "the CPU 'native' needs the target of this machine, not '" +
          target.triple + "'");
    if (llvm::Error error =
            checkFeatures(*info, options.features, target.triple))
      return error;
    resolveNative(target.cpu, target.features);
  } else if (!info->isCPUStringValid(target.cpu)) {
    return llvm::createStringError("unknown CPU '" + target.cpu +
                                   "' for target '" + target.triple + "'");
  } else if (llvm::Error error =
                 checkFeatures(*info, options.features, target.triple)) {
    return error;
  }
  if (isRISCVLinux(triple))
    target.features = (kRISCVLinuxFeatures +
                       (target.features.empty() ? "" : ",") + target.features)
                          .str();
  target.machine.reset(backend->createTargetMachine(
      triple, target.cpu, target.features, getCodeOptions(triple),
      llvm::Reloc::PIC_, std::nullopt, getCodeGenLevel(target.optLevel)));
  if (!target.machine)
    return llvm::createStringError("no code generator for target '" +
                                   target.triple + "'");
  if (triple.isArch64Bit() && (triple.isX86() || triple.isRISCV()) &&
      !target.machine->getMCSubtargetInfo()->checkFeatures("+64bit"))
    // LLVM ends the process for these, in the middle of its work.
    return llvm::createStringError("the CPU '" + target.cpu +
                                   "' has no 64-bit mode, which target '" +
                                   target.triple + "' needs");
  return target;
}

const codegen::ISA &Target::getISA() const {
  const llvm::MCSubtargetInfo &info = *machine->getMCSubtargetInfo();
  StringRef architecture =
      llvm::Triple::getArchTypeName(machine->getTargetTriple().getArch());
  for (const codegen::ISA &row : codegen::getISATable())
    // Without optimization LLVM loses tiles that a loop carries.
    if (!(row.hasTiles() && optLevel == 0) &&
        (row.architecture.empty() || row.architecture == architecture) &&
        info.checkFeatures(row.features))
      return row;
  llvm_unreachable("the last row fits everywhere");
}

void Target::record(ModuleOp module) const {
  auto set = [&](StringRef name, StringRef value) {
    module->setAttr(name, StringAttr::get(module.getContext(), value));
  };
  set(LLVM::LLVMDialect::getTargetTripleAttrName(), triple);
  set(LLVM::LLVMDialect::getDataLayoutAttrName(),
      machine->createDataLayout().getStringRepresentation());
  set("qnn.cpu", cpu);
  set("qnn.features", features);
}

} // namespace quantc::target

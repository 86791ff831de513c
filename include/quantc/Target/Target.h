// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The machine that a model is compiled for, and the files that come out: LLVM
// IR, assembly, an object or a shared library, each written completely or not
// at all. Code generation above asks this component for the width of vectors
// and for nothing else.
#ifndef QUANTC_TARGET_TARGET_H
#define QUANTC_TARGET_TARGET_H

#include "quantc/Codegen/ISA.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>

namespace llvm {
class TargetMachine;
} // namespace llvm

namespace quantc::target {

/// What the user says of the machine.
struct TargetOptions {
  /// LLVM triple; empty for the machine that compiles.
  std::string triple;
  /// A CPU name of LLVM, or "native" for the machine that compiles. Empty is
  /// "x86-64" on x86-64 and "generic" elsewhere.
  std::string cpu;
  /// "+a,-b": on top of what the CPU has.
  std::string features;
  /// 0 to 3, as in -O0 to -O3.
  unsigned optLevel = 3;
};

enum class OutputKind { LLVMIR, Assembly, Object, SharedLibrary };

/// A machine that exists in this LLVM.
class Target {
public:
  /// An error names what is unknown: the triple, the CPU or a feature.
  static llvm::Expected<Target> create(const TargetOptions &options);

  Target(Target &&) noexcept;
  Target &operator=(Target &&) noexcept;
  ~Target();

  llvm::StringRef getTriple() const { return triple; }
  llvm::StringRef getCPU() const { return cpu; }
  llvm::StringRef getFeatures() const { return features; }

  /// The row of the ISA table that kernels are generated for.
  const codegen::ISA &getISA() const;

  /// Writes triple, data layout, CPU and features into the module's attributes.
  void record(mlir::ModuleOp module) const;

  /// Translates `module`, which is in the LLVM dialect, optimizes it and writes
  /// `path`. Through a temporary file: after an error `path` is what it was.
  llvm::Error emit(mlir::ModuleOp module, OutputKind kind,
                   llvm::StringRef path) const;

private:
  Target();

  std::string triple, cpu, features;
  unsigned optLevel = 3;
  std::unique_ptr<llvm::TargetMachine> machine;
};

/// Registers what Target::emit translates from.
void registerTranslations(mlir::DialectRegistry &registry);

} // namespace quantc::target

#endif // QUANTC_TARGET_TARGET_H

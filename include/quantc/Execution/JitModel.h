// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A model compiled in memory from a module in the LLVM dialect that has the
// entry function of the compiled model's ABI. Producing that module, and
// choosing the vector width in it, is the code generator's.
#ifndef QUANTC_EXECUTION_JITMODEL_H
#define QUANTC_EXECUTION_JITMODEL_H

#include "quantc/Execution/CompiledModel.h"

namespace mlir {
class ExecutionEngine;
class Operation;
} // namespace mlir

namespace quantc::exec {

struct JitOptions {
  /// LLVM's optimization level, 0 to 3.
  unsigned optLevel = 2;
  /// The CPU and its features as LLVM spells them; "native" asks the host.
  std::string cpu = "native";
  std::string features;
  /// Host functions that the module declares and calls, by name.
  std::vector<std::pair<std::string, void *>> symbols;
  /// Handed to the entry function behind the arena. An instrumented module
  /// passes it on to its callbacks; the others do not know of it.
  void *context = nullptr;
};

class JitModel : public CompiledModel {
public:
  /// Compiles `module` (translation to LLVM IR is registered on its context).
  /// The module may be destroyed afterwards.
  static llvm::Expected<std::unique_ptr<CompiledModel>>
  create(mlir::Operation *module, ModelSignature signature,
         const JitOptions &options = {});

  /// As above; the signature is read from the module's own `NAME_descriptor`.
  static llvm::Expected<std::unique_ptr<CompiledModel>>
  create(mlir::Operation *module, llvm::StringRef name,
         const JitOptions &options = {});

  ~JitModel() override;

  llvm::Error run(llvm::ArrayRef<const void *> inputs,
                  llvm::ArrayRef<void *> outputs, void *arena) const override;

private:
  using RunFunction = void (*)(const void *const *inputs, void *const *outputs,
                               void *arena, void *context);

  JitModel(ModelSignature signature,
           std::unique_ptr<mlir::ExecutionEngine> engine, RunFunction entry,
           void *context);

  std::unique_ptr<mlir::ExecutionEngine> engine;
  RunFunction entry;
};

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_JITMODEL_H

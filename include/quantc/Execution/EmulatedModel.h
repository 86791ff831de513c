// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A shared object of another machine, run by a user-mode emulator: one process
// for the life of the model, fed through a socket by a small program that the
// cross compiler of that machine builds.
#ifndef QUANTC_EXECUTION_EMULATEDMODEL_H
#define QUANTC_EXECUTION_EMULATEDMODEL_H

#include "quantc/Execution/CompiledModel.h"

namespace quantc::exec {

class EmulatedModel : public CompiledModel {
public:
  /// Starts `command` (its words separated by spaces, for example
  /// "qemu-aarch64 -cpu max -L /usr/aarch64-linux-gnu") on the model of `path`.
  /// An error names the compiler or emulator that is missing, or what either of
  /// them said.
  static llvm::Expected<std::unique_ptr<CompiledModel>>
  load(llvm::StringRef path, llvm::StringRef command);

  ~EmulatedModel() override;

  llvm::Error run(llvm::ArrayRef<const void *> inputs,
                  llvm::ArrayRef<void *> outputs, void *arena) const override;

  /// One socket: a run ends before the next begins.
  bool isThreadSafe() const override { return false; }

private:
  struct Process;

  EmulatedModel(ModelSignature signature, std::unique_ptr<Process> process);

  std::unique_ptr<Process> process;
};

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_EMULATEDMODEL_H

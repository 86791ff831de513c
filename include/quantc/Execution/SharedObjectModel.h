// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A model from a shared object that quantc wrote. The file is checked before
// the loader maps it: a truncated library, another architecture or a CPU
// feature that this machine lacks is an error here, not a signal later.
#ifndef QUANTC_EXECUTION_SHAREDOBJECTMODEL_H
#define QUANTC_EXECUTION_SHAREDOBJECTMODEL_H

#include "quantc/Execution/CompiledModel.h"

namespace quantc::exec {

class SharedObjectModel : public CompiledModel {
public:
  static llvm::Expected<std::unique_ptr<CompiledModel>>
  load(llvm::StringRef path);

  ~SharedObjectModel() override;

  llvm::Error run(llvm::ArrayRef<const void *> inputs,
                  llvm::ArrayRef<void *> outputs, void *arena) const override;

private:
  using RunFunction = void (*)(const void *const *inputs, void *const *outputs,
                               void *arena, void *context);

  SharedObjectModel(ModelSignature signature, void *library, RunFunction entry)
      : CompiledModel(std::move(signature)), library(library), entry(entry) {}

  void *library;
  RunFunction entry;
};

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_SHAREDOBJECTMODEL_H

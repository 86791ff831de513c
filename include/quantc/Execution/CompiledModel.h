// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A model that runs on this machine, whatever it is made of, and the buffers
// that one caller needs to run it. How the code came into memory is decided by
// the implementations (SharedObjectModel, JitModel).
#ifndef QUANTC_EXECUTION_COMPILEDMODEL_H
#define QUANTC_EXECUTION_COMPILEDMODEL_H

#include "quantc/Execution/Signature.h"

#include <cstdlib>
#include <memory>

namespace quantc::exec {

/// Zeroed memory of a fixed alignment.
class AlignedBuffer {
public:
  AlignedBuffer() = default;
  /// An alignment is a power of two. A size of zero still gives an address.
  static llvm::Expected<AlignedBuffer> create(size_t size,
                                              size_t alignment = 64);

  void *data() const { return memory.get(); }
  size_t size() const { return byteSize; }

private:
  struct Release {
    void operator()(void *pointer) const { std::free(pointer); }
  };
  std::unique_ptr<void, Release> memory;
  size_t byteSize = 0;
};

class CompiledModel {
public:
  virtual ~CompiledModel();

  const ModelSignature &getSignature() const { return signature; }

  /// Runs one sample. The pointers follow the order of the signature, each to
  /// a buffer of its tensor's size aligned to 64 bytes; `arena` is as large and
  /// as aligned as the signature says. Calls with different outputs and arenas
  /// may overlap where `isThreadSafe`.
  virtual llvm::Error run(llvm::ArrayRef<const void *> inputs,
                          llvm::ArrayRef<void *> outputs,
                          void *arena) const = 0;

  /// An instrumented model writes to its context.
  virtual bool isThreadSafe() const { return context == nullptr; }

  /// What an instrumented model hands to its callbacks in later runs; the
  /// others do not know of it. Never null for a model that has a profile.
  void setContext(void *value) { context = value; }

protected:
  explicit CompiledModel(ModelSignature signature);

  void *getContext() const { return context; }

private:
  ModelSignature signature;
  void *context = nullptr;
};

/// One caller's inputs, outputs and arena. The model must outlive it.
class Invocation {
public:
  static llvm::Expected<Invocation> create(const CompiledModel &model);

  llvm::ArrayRef<void *> getInputs() const { return inputs; }
  llvm::ArrayRef<void *> getOutputs() const { return outputs; }
  const CompiledModel &getModel() const { return *model; }

  llvm::Error run();

private:
  explicit Invocation(const CompiledModel &model) : model(&model) {}

  const CompiledModel *model;
  std::vector<AlignedBuffer> storage;
  AlignedBuffer arena;
  std::vector<void *> inputs, outputs;
};

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_COMPILEDMODEL_H

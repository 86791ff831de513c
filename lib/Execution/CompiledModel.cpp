// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Buffers of a caller. Memory that cannot be had is an error, not an abort: the
// sizes come from files.
#include "quantc/Execution/CompiledModel.h"

#include "quantc/Execution/Profile.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cstring>

namespace quantc::exec {

/// The alignment that the code generator may count on for inputs and outputs.
static constexpr size_t kTensorAlignment = 64;

llvm::Expected<AlignedBuffer> AlignedBuffer::create(size_t size,
                                                    size_t alignment) {
  assert(llvm::isPowerOf2_64(alignment) && "not an alignment");
  alignment = std::max(alignment, alignof(std::max_align_t));
  size_t allocated = llvm::alignTo(std::max<size_t>(size, 1), alignment);
  AlignedBuffer buffer;
  buffer.memory.reset(std::aligned_alloc(alignment, allocated));
  if (!buffer.memory)
    return llvm::createStringError(
        llvm::formatv("no memory for a buffer of {0} bytes", size));
  std::memset(buffer.memory.get(), 0, allocated);
  buffer.byteSize = size;
  return buffer;
}

CompiledModel::CompiledModel(ModelSignature signature)
    : signature(std::move(signature)) {
  if (this->signature.profile)
    setContext(getIdleProfileContext());
}

CompiledModel::~CompiledModel() = default;

llvm::Expected<Invocation> Invocation::create(const CompiledModel &model) {
  const ModelSignature &signature = model.getSignature();
  Invocation result(model);
  auto allocate = [&](const std::vector<TensorSpec> &specs,
                      std::vector<void *> &pointers) -> llvm::Error {
    for (const TensorSpec &spec : specs) {
      llvm::Expected<AlignedBuffer> buffer =
          AlignedBuffer::create(spec.getByteSize(), kTensorAlignment);
      if (!buffer)
        return buffer.takeError();
      pointers.push_back(buffer->data());
      result.storage.push_back(std::move(*buffer));
    }
    return llvm::Error::success();
  };
  if (llvm::Error error = allocate(signature.inputs, result.inputs))
    return error;
  if (llvm::Error error = allocate(signature.outputs, result.outputs))
    return error;
  llvm::Expected<AlignedBuffer> arena =
      AlignedBuffer::create(signature.arenaSize, signature.arenaAlignment);
  if (!arena)
    return arena.takeError();
  result.arena = std::move(*arena);
  return result;
}

llvm::Error Invocation::run() {
  llvm::SmallVector<const void *> constInputs(inputs.begin(), inputs.end());
  return model->run(constInputs, outputs, arena.data());
}

} // namespace quantc::exec

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads, runs and hands on in rounds of one sample for each thread: the file is
// read and the outputs are consumed in order, whatever finishes first.
#include "quantc/Execution/SampleLoop.h"

#include "quantc/Execution/ProgressBar.h"

#include "llvm/Support/ThreadPool.h"

#include <algorithm>

namespace quantc::exec {

static llvm::Expected<std::vector<Invocation>>
createInvocations(const CompiledModel &model, int64_t count) {
  std::vector<Invocation> result;
  result.reserve(count);
  for (int64_t i = 0; i < count; ++i) {
    llvm::Expected<Invocation> invocation = Invocation::create(model);
    if (!invocation)
      return invocation.takeError();
    result.push_back(std::move(*invocation));
  }
  return result;
}

/// Runs all invocations, the first on this thread.
static llvm::Error runRound(llvm::MutableArrayRef<Invocation> round,
                            llvm::DefaultThreadPool *pool) {
  std::vector<llvm::Error> errors;
  errors.reserve(round.size());
  for (size_t i = 0; i < round.size(); ++i)
    errors.push_back(llvm::Error::success());
  for (size_t i = 1; i < round.size(); ++i)
    pool->async([&, i] {
      llvm::consumeError(std::move(errors[i]));
      errors[i] = round[i].run();
    });
  llvm::Error result = round[0].run();
  if (pool)
    pool->wait();
  for (llvm::Error &error : errors)
    result = llvm::joinErrors(std::move(result), std::move(error));
  return result;
}

llvm::Error forEachSample(const CompiledModel &model, Dataset &dataset,
                          const SampleLoopOptions &options,
                          SampleConsumer consumer) {
  int64_t samples = dataset.getSampleCount();
  int64_t threads = model.isThreadSafe() ? std::max(options.threads, 1u) : 1;
  threads = std::min(threads, samples);
  auto invocations = createInvocations(model, threads);
  if (!invocations)
    return invocations.takeError();
  std::unique_ptr<llvm::DefaultThreadPool> pool;
  if (threads > 1)
    pool = std::make_unique<llvm::DefaultThreadPool>(
        llvm::hardware_concurrency(threads - 1));

  ProgressBar progress(options.progressLabel, samples);
  for (int64_t first = 0; first < samples; first += threads) {
    int64_t count = std::min(threads, samples - first);
    llvm::MutableArrayRef<Invocation> round(invocations->data(), count);
    for (Invocation &invocation : round)
      if (llvm::Error error = dataset.next(invocation.getInputs()))
        return error;
    if (llvm::Error error = runRound(round, pool.get()))
      return error;
    for (int64_t i = 0; i < count; ++i)
      if (llvm::Error error = consumer(first + i, round[i].getOutputs()))
        return error;
    progress.update(first + count);
  }
  return llvm::Error::success();
}

} // namespace quantc::exec

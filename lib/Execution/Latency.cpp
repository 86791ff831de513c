// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Measures runs over a few samples that are held in memory.
#include "quantc/Execution/Latency.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

namespace quantc::exec {

/// What the samples of a benchmark may take in memory.
static constexpr size_t kMaxHeldBytes = size_t(256) << 20;
static constexpr unsigned kMaxHeldSamples = 64;

Latency summarizeLatency(std::vector<double> milliseconds) {
  assert(!milliseconds.empty() && "nothing was measured");
  llvm::sort(milliseconds);
  size_t count = milliseconds.size();
  Latency result;
  result.median = (milliseconds[(count - 1) / 2] + milliseconds[count / 2]) / 2;
  result.p95 = milliseconds[llvm::divideCeil(count * 95, 100) - 1];
  return result;
}

namespace {
/// The inputs of some samples.
class HeldSamples {
public:
  static llvm::Expected<HeldSamples>
  read(Dataset &dataset, const Invocation &invocation, unsigned wanted);

  void copyTo(const Invocation &invocation, size_t sample) const {
    const std::vector<char> *bytes = &samples[sample * inputCount];
    for (void *input : invocation.getInputs()) {
      std::memcpy(input, bytes->data(), bytes->size());
      ++bytes;
    }
  }
  size_t size() const { return samples.size() / inputCount; }

private:
  size_t inputCount = 1;
  std::vector<std::vector<char>> samples;
};
} // namespace

llvm::Expected<HeldSamples> HeldSamples::read(Dataset &dataset,
                                              const Invocation &invocation,
                                              unsigned wanted) {
  const auto &specs = invocation.getModel().getSignature().inputs;
  size_t sampleBytes = 0;
  for (const TensorSpec &spec : specs)
    sampleBytes += spec.getByteSize();
  size_t count = std::min<size_t>(
      {wanted, kMaxHeldSamples, static_cast<size_t>(dataset.getSampleCount()),
       std::max<size_t>(1, kMaxHeldBytes / sampleBytes)});
  HeldSamples held;
  held.inputCount = specs.size();
  for (size_t i = 0; i < count; ++i) {
    if (llvm::Error error = dataset.next(invocation.getInputs()))
      return error;
    for (auto [spec, input] : llvm::zip_equal(specs, invocation.getInputs())) {
      auto *bytes = static_cast<const char *>(input);
      held.samples.emplace_back(bytes, bytes + spec.getByteSize());
    }
  }
  return held;
}

/// Runs `runs` times over the samples in turn. The first `warmUp` runs are not
/// among the results.
static llvm::Error timeRuns(Invocation &invocation, const HeldSamples &held,
                            unsigned warmUp, unsigned runs,
                            std::vector<double> &milliseconds,
                            llvm::function_ref<void()> onRun) {
  using Clock = std::chrono::steady_clock;
  for (unsigned i = 0; i < warmUp + runs; ++i) {
    held.copyTo(invocation, i % held.size());
    Clock::time_point start = Clock::now();
    if (llvm::Error error = invocation.run())
      return error;
    std::chrono::duration<double, std::milli> elapsed = Clock::now() - start;
    if (i < warmUp)
      continue;
    milliseconds.push_back(elapsed.count());
    if (onRun)
      onRun();
  }
  return llvm::Error::success();
}

namespace {
/// What one thread of a measurement owns.
struct Worker {
  Invocation invocation;
  unsigned runs;
  std::vector<double> milliseconds;
  std::string failure;
};
} // namespace

static llvm::Expected<std::vector<Worker>>
createWorkers(const CompiledModel &model, unsigned runs, unsigned threads) {
  std::vector<Worker> workers;
  for (unsigned i = 0; i < threads; ++i) {
    llvm::Expected<Invocation> invocation = Invocation::create(model);
    if (!invocation)
      return invocation.takeError();
    unsigned share = runs / threads + (i < runs % threads ? 1 : 0);
    workers.push_back({std::move(*invocation), share, {}, {}});
  }
  return workers;
}

llvm::Expected<Latency> measureLatency(const CompiledModel &model,
                                       Dataset &dataset, unsigned runs,
                                       unsigned threads,
                                       llvm::function_ref<void()> onRun) {
  threads = model.isThreadSafe() ? std::clamp(threads, 1u, runs) : 1;
  auto workers = createWorkers(model, runs, threads);
  if (!workers)
    return workers.takeError();
  auto held = HeldSamples::read(dataset, workers->front().invocation, runs);
  if (!held)
    return held.takeError();

  unsigned warmUp = std::clamp(runs / 10, 1u, 20u);
  auto work = [&](Worker &worker) {
    if (llvm::Error error = timeRuns(worker.invocation, *held, warmUp,
                                     worker.runs, worker.milliseconds, onRun))
      worker.failure = llvm::toString(std::move(error));
  };
  std::vector<std::thread> others;
  for (Worker &worker : llvm::drop_begin(*workers))
    others.emplace_back(work, std::ref(worker));
  work(workers->front());
  for (std::thread &thread : others)
    thread.join();

  std::vector<double> milliseconds;
  for (Worker &worker : *workers) {
    if (!worker.failure.empty())
      return llvm::createStringError(worker.failure);
    llvm::append_range(milliseconds, worker.milliseconds);
  }
  return summarizeLatency(std::move(milliseconds));
}

} // namespace quantc::exec

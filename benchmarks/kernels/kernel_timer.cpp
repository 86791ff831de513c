// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Times the run function of one compiled kernel with Google Benchmark:
//
//   kernel_timer LIBRARY SYMBOL ARENA_BYTES INPUT_BYTES OUTPUT_BYTES [OPTIONS]
//
// The kernel has one input, which is filled with random bytes once, and one
// output. OPTIONS are those of Google Benchmark.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <random>

using Run = void (*)(const void *const *inputs, void *const *outputs,
                     void *arena);

static uint8_t *allocate(const char *bytes) {
  constexpr size_t kAlignment = 64;
  size_t size = std::strtoull(bytes, nullptr, 10);
  size_t rounded = (size / kAlignment + 1) * kAlignment;
  auto *memory =
      static_cast<uint8_t *>(std::aligned_alloc(kAlignment, rounded));
  std::mt19937 random(1);
  for (size_t i = 0; i < rounded; ++i)
    memory[i] = static_cast<uint8_t>(random());
  return memory;
}

int main(int argc, char **argv) {
  if (argc < 6) {
    std::fprintf(stderr, "error: expected LIBRARY SYMBOL ARENA_BYTES "
                         "INPUT_BYTES OUTPUT_BYTES\n");
    return 1;
  }
  void *library = dlopen(argv[1], RTLD_NOW);
  auto run = library ? reinterpret_cast<Run>(dlsym(library, argv[2])) : nullptr;
  if (!run) {
    std::fprintf(stderr, "error: %s\n", dlerror());
    return 1;
  }
  void *arena = allocate(argv[3]);
  const void *inputs[] = {allocate(argv[4])};
  void *outputs[] = {allocate(argv[5])};
  benchmark::RegisterBenchmark(argv[2],
                               [&](benchmark::State &state) {
                                 for (auto _ : state) {
                                   run(inputs, outputs, arena);
                                   benchmark::ClobberMemory();
                                 }
                               })
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
  argv[5] = argv[0];
  int count = argc - 5;
  benchmark::Initialize(&count, argv + 5);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs one ONNX model with ONNX Runtime's C interface: times it, prints the
// range of each of its tensors, or writes its output. The model has one f32
// input called `input`.
//
//   onnxruntime_runner LIBRARY MODEL SAMPLES SHAPE time THREADS WARM RUNS
//   onnxruntime_runner LIBRARY MODEL SAMPLES SHAPE ranges NAME...
//   onnxruntime_runner LIBRARY MODEL SAMPLES SHAPE write FILE LEVEL
//
// SAMPLES holds f32 samples of SHAPE (1,3,32,32), one after the other, which
// runs take in turn. `time` prints `median=MILLISECONDS` of single runs.
// `write` writes the f32 numbers of `output`, sample after sample, with the
// optimizations of LEVEL: 0 for none, 99 for all.
//
// The library is loaded at run time and its header is not needed: the interface
// is a table of functions that only ever grows at its end, so that a function's
// place in it is all that has to be known.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace {

using Handle = void *;

/// Places in the table of functions.
enum class Entry {
  GetErrorMessage = 2,
  CreateEnv = 3,
  CreateSession = 7,
  Run = 9,
  CreateSessionOptions = 10,
  SetSessionGraphOptimizationLevel = 23,
  SetIntraOpNumThreads = 24,
  SetInterOpNumThreads = 25,
  CreateTensorWithDataAsOrtValue = 49,
  GetTensorMutableData = 51,
  GetTensorShapeElementCount = 64,
  GetTensorTypeAndShape = 65,
  CreateCpuMemoryInfo = 69,
  ReleaseValue = 96,
  ReleaseTensorTypeAndShapeInfo = 99,
};

[[noreturn]] void fail(const std::string &message) {
  std::fprintf(stderr, "error: %s\n", message.c_str());
  std::exit(1);
}

class Runtime {
public:
  explicit Runtime(const char *path) {
    void *library = dlopen(path, RTLD_NOW);
    if (!library)
      fail(dlerror());
    struct Base {
      const Handle *(*getTable)(uint32_t version);
    };
    auto getBase =
        reinterpret_cast<const Base *(*)()>(dlsym(library, "OrtGetApiBase"));
    if (!getBase)
      fail("the library is not ONNX Runtime");
    table = getBase()->getTable(/*version=*/16);
    if (!table)
      fail("this ONNX Runtime is too old");
  }

  /// Calls a function that returns a status, and fails if that is an error.
  template <typename... Args>
  void call(Entry entry, Args... args) const {
    auto function = reinterpret_cast<Handle (*)(Args...)>(table[size_t(entry)]);
    if (Handle status = function(args...))
      fail(reinterpret_cast<const char *(*)(Handle)>(
          table[size_t(Entry::GetErrorMessage)])(status));
  }

  void release(Entry entry, Handle handle) const {
    reinterpret_cast<void (*)(Handle)>(table[size_t(entry)])(handle);
  }

private:
  const Handle *table;
};

class Model {
public:
  static constexpr int allOptimizations = 99;

  Model(const Runtime &runtime, const char *path, int threads,
        int level = allOptimizations)
      : runtime(runtime) {
    Handle environment, options;
    runtime.call(Entry::CreateEnv, /*errors only=*/3, "benchmark",
                 &environment);
    runtime.call(Entry::CreateSessionOptions, &options);
    runtime.call(Entry::SetSessionGraphOptimizationLevel, options, level);
    runtime.call(Entry::SetIntraOpNumThreads, options, threads);
    runtime.call(Entry::SetInterOpNumThreads, options, 1);
    runtime.call(Entry::CreateSession, environment, path, options, &session);
  }

  /// The outputs called `names`; the caller releases them.
  std::vector<Handle> run(Handle input,
                          const std::vector<const char *> &names) const {
    const char *inputName = "input";
    std::vector<Handle> outputs(names.size());
    runtime.call(Entry::Run, session, Handle(), &inputName, &input, size_t(1),
                 names.data(), names.size(), outputs.data());
    return outputs;
  }

  const Runtime &runtime;

private:
  Handle session;
};

/// The samples of a file as tensors.
class Samples {
public:
  Samples(const Runtime &runtime, const char *path, const char *shapeText) {
    std::vector<int64_t> shape;
    std::stringstream text(shapeText);
    for (std::string extent; std::getline(text, extent, ',');)
      shape.push_back(std::stoll(extent));
    size_t count = 1;
    for (int64_t extent : shape)
      count *= extent;
    std::ifstream file(path, std::ios::binary);
    Handle memory;
    runtime.call(Entry::CreateCpuMemoryInfo, /*arena=*/0, /*default=*/0,
                 &memory);
    std::vector<float> sample(count);
    while (file.read(reinterpret_cast<char *>(sample.data()), count * 4)) {
      data.push_back(sample);
      Handle value;
      runtime.call(Entry::CreateTensorWithDataAsOrtValue, memory,
                   Handle(data.back().data()), count * 4, shape.data(),
                   shape.size(), /*float=*/1, &value);
      values.push_back(value);
    }
    if (values.empty())
      fail(std::string(path) + " holds no sample of this shape");
  }

  std::vector<Handle> values;

private:
  std::vector<std::vector<float>> data;
};

void printMedian(const Model &model, const Samples &samples, int warm,
                 int runs) {
  std::vector<double> times;
  for (int i = 0; i < warm + runs; ++i) {
    auto start = std::chrono::steady_clock::now();
    std::vector<Handle> outputs =
        model.run(samples.values[i % samples.values.size()], {"output"});
    std::chrono::duration<double, std::milli> elapsed =
        std::chrono::steady_clock::now() - start;
    model.runtime.release(Entry::ReleaseValue, outputs[0]);
    if (i >= warm)
      times.push_back(elapsed.count());
  }
  std::nth_element(times.begin(), times.begin() + times.size() / 2,
                   times.end());
  std::printf("median=%.5f\n", times[times.size() / 2]);
}

void printRanges(const Model &model, const Samples &samples,
                 const std::vector<const char *> &names) {
  struct Range {
    float least = std::numeric_limits<float>::max();
    float greatest = std::numeric_limits<float>::lowest();
  };
  std::vector<Range> ranges(names.size());
  for (Handle sample : samples.values) {
    std::vector<Handle> outputs = model.run(sample, names);
    for (size_t i = 0; i < names.size(); ++i) {
      Handle info;
      size_t count;
      float *values;
      model.runtime.call(Entry::GetTensorTypeAndShape, outputs[i], &info);
      model.runtime.call(Entry::GetTensorShapeElementCount, info, &count);
      model.runtime.call(Entry::GetTensorMutableData, outputs[i], &values);
      auto [least, greatest] = std::minmax_element(values, values + count);
      ranges[i].least = std::min(ranges[i].least, *least);
      ranges[i].greatest = std::max(ranges[i].greatest, *greatest);
      model.runtime.release(Entry::ReleaseTensorTypeAndShapeInfo, info);
      model.runtime.release(Entry::ReleaseValue, outputs[i]);
    }
  }
  for (size_t i = 0; i < names.size(); ++i)
    std::printf("%s %.9g %.9g\n", names[i], ranges[i].least,
                ranges[i].greatest);
}

void writeOutputs(const Model &model, const Samples &samples,
                  const char *path) {
  std::ofstream file(path, std::ios::binary);
  for (Handle sample : samples.values) {
    std::vector<Handle> outputs = model.run(sample, {"output"});
    Handle info;
    size_t count;
    const char *values;
    model.runtime.call(Entry::GetTensorTypeAndShape, outputs[0], &info);
    model.runtime.call(Entry::GetTensorShapeElementCount, info, &count);
    model.runtime.call(Entry::GetTensorMutableData, outputs[0], &values);
    file.write(values, count * sizeof(float));
    model.runtime.release(Entry::ReleaseTensorTypeAndShapeInfo, info);
    model.runtime.release(Entry::ReleaseValue, outputs[0]);
  }
  if (!file.flush())
    fail(std::string("cannot write ") + path);
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 7)
    fail("expected LIBRARY MODEL SAMPLES SHAPE time|ranges|write ...");
  Runtime runtime(argv[1]);
  Samples samples(runtime, argv[3], argv[4]);
  if (std::strcmp(argv[5], "ranges") == 0) {
    printRanges(Model(runtime, argv[2], 1), samples,
                std::vector<const char *>(argv + 6, argv + argc));
  } else if (std::strcmp(argv[5], "write") == 0 && argc == 8) {
    writeOutputs(Model(runtime, argv[2], 1, std::atoi(argv[7])), samples,
                 argv[6]);
  } else if (argc == 9) {
    printMedian(Model(runtime, argv[2], std::atoi(argv[6])), samples,
                std::atoi(argv[7]), std::atoi(argv[8]));
  } else {
    fail("expected time THREADS WARM RUNS");
  }
  // Without the runtime's own clean-up, which waits for its threads.
  std::fflush(stdout);
  std::_Exit(0);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Times oneDNN (its second interface, as Debian has it) on one kernel, or on
// all convolutions of a network in turn:
//
//   onednn_runner matmul M N K i32|u8
//   onednn_runner convolution DEPTH H W CHANNELS KH KW STRIDE PT PL PB PR
//   GROUPS onednn_runner sequence FILE RUNS
//
// FILE has the numbers of one convolution on each line. Activations are u8,
// weights s8 and reordered ahead of time into the layout that oneDNN asks for;
// everything but `i32` requantizes with a scale for each channel, adds an i32
// bias and clamps to u8 (relu). Prints `median=`: microseconds of a kernel, the
// same one again and again; milliseconds of a sequence.
#include <oneapi/dnnl/dnnl.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <random>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

using namespace dnnl;

namespace {

using Type = memory::data_type;
using Tag = memory::format_tag;
using Arguments = std::unordered_map<int, memory>;

[[noreturn]] void fail(const std::string &message) {
  std::fprintf(stderr, "error: %s\n", message.c_str());
  std::exit(1);
}

class Machine {
public:
  engine cpu{engine::kind::cpu, 0};
  stream queue{cpu};

  /// Memory of random bytes: all of a u8 tensor, -127 to 127 of an s8 one.
  memory makeRandom(const memory::desc &desc) {
    memory result(desc, cpu);
    auto *bytes = static_cast<int8_t *>(result.get_data_handle());
    bool isSigned = desc.data_type() == Type::s8;
    for (size_t i = 0, e = desc.get_size(); i < e; ++i)
      bytes[i] = isSigned ? int(random() % 255) - 127 : int(random() % 256);
    return result;
  }

  memory makeZero(const memory::desc &desc) {
    memory result(desc, cpu);
    std::memset(result.get_data_handle(), 0, desc.get_size());
    return result;
  }

  /// `plain` in the layout `wanted`.
  memory arrange(memory plain, const memory::desc &wanted) {
    if (plain.get_desc() == wanted)
      return plain;
    memory result(wanted, cpu);
    reorder(plain, result).execute(queue, plain, result);
    queue.wait();
    return result;
  }

private:
  std::mt19937 random{1};
};

struct Kernel {
  primitive work;
  Arguments arguments;

  void run(stream &queue) const { work.execute(queue, arguments); }
};

/// Scales that bring sums of `products` random products back to bytes.
std::vector<float> makeScales(int64_t channels, int64_t products) {
  std::vector<float> scales(channels);
  for (int64_t i = 0; i < channels; ++i)
    scales[i] = (0.5f + float(i % 7) / 7) /
                (128.f * std::max<int64_t>(1, products / 4));
  return scales;
}

struct Convolution {
  int64_t depth, height, width, channels, kernelHeight, kernelWidth, stride;
  int64_t top, left, bottom, right, groups;

  bool read(std::istream &text) {
    return bool(text >> depth >> height >> width >> channels >> kernelHeight >>
                kernelWidth >> stride >> top >> left >> bottom >> right >>
                groups);
  }

  memory::dims getResultDims() const {
    return {1, channels, (height + top + bottom - kernelHeight) / stride + 1,
            (width + left + right - kernelWidth) / stride + 1};
  }

  memory::dims getWeightDims() const {
    memory::dims dims{channels, depth, kernelHeight, kernelWidth};
    if (groups > 1)
      dims = {groups, channels / groups, depth / groups, kernelHeight,
              kernelWidth};
    return dims;
  }
};

Kernel makeConvolution(Machine &machine, const Convolution &shape) {
  memory::desc source({1, shape.depth, shape.height, shape.width}, Type::u8,
                      Tag::any);
  memory::desc weight(shape.getWeightDims(), Type::s8, Tag::any);
  memory::desc bias({shape.channels}, Type::s32, Tag::a);
  memory::desc result(shape.getResultDims(), Type::u8, Tag::any);
  primitive_attr attributes;
  int64_t products =
      shape.depth / shape.groups * shape.kernelHeight * shape.kernelWidth;
  attributes.set_output_scales(1 << 1, makeScales(shape.channels, products));
  post_ops after;
  after.append_eltwise(1.f, algorithm::eltwise_relu, 0.f, 0.f);
  attributes.set_post_ops(after);
  convolution_forward::desc desc(
      prop_kind::forward_inference, algorithm::convolution_direct, source,
      weight, bias, result, {shape.stride, shape.stride},
      {shape.top, shape.left}, {shape.bottom, shape.right});
  convolution_forward::primitive_desc plan(desc, attributes, machine.cpu);
  memory plain = machine.makeRandom(
      memory::desc(shape.getWeightDims(), Type::s8,
                   shape.groups > 1 ? Tag::goihw : Tag::oihw));
  return {convolution_forward(plan),
          {{DNNL_ARG_SRC, machine.makeRandom(plan.src_desc())},
           {DNNL_ARG_WEIGHTS, machine.arrange(plain, plan.weights_desc())},
           {DNNL_ARG_BIAS, machine.makeZero(bias)},
           {DNNL_ARG_DST, machine.makeZero(plan.dst_desc())}}};
}

Kernel makeMatmul(Machine &machine, int64_t rows, int64_t columns,
                  int64_t depth, bool requantizes) {
  memory::desc left({rows, depth}, Type::u8, Tag::ab);
  memory::desc right({depth, columns}, Type::s8, Tag::any);
  memory::desc result({rows, columns}, requantizes ? Type::u8 : Type::s32,
                      Tag::ab);
  memory::desc bias({1, columns}, Type::s32, Tag::ab);
  primitive_attr attributes;
  if (requantizes) {
    attributes.set_output_scales(1 << 1, makeScales(columns, depth));
    post_ops after;
    after.append_eltwise(1.f, algorithm::eltwise_relu, 0.f, 0.f);
    attributes.set_post_ops(after);
  }
  matmul::desc desc = requantizes ? matmul::desc(left, right, bias, result)
                                  : matmul::desc(left, right, result);
  matmul::primitive_desc plan(desc, attributes, machine.cpu);
  memory plain =
      machine.makeRandom(memory::desc({depth, columns}, Type::s8, Tag::ab));
  Arguments arguments{
      {DNNL_ARG_SRC, machine.makeRandom(left)},
      {DNNL_ARG_WEIGHTS, machine.arrange(plain, plan.weights_desc())},
      {DNNL_ARG_DST, machine.makeZero(result)}};
  if (requantizes)
    arguments[DNNL_ARG_BIAS] = machine.makeZero(bias);
  return {matmul(plan), std::move(arguments)};
}

double takeMedian(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2,
                   values.end());
  return values[values.size() / 2];
}

/// Microseconds of `work`, the median of batches of some milliseconds.
double timeKernel(const std::function<void()> &work) {
  using Clock = std::chrono::steady_clock;
  using Microseconds = std::chrono::duration<double, std::micro>;
  auto timeBatch = [&](int64_t count) {
    Clock::time_point start = Clock::now();
    for (int64_t i = 0; i < count; ++i)
      work();
    return Microseconds(Clock::now() - start).count() / count;
  };
  timeBatch(5);
  int64_t count = std::max<int64_t>(1, 5000 / std::max(0.01, timeBatch(5)));
  std::vector<double> times;
  for (int i = 0; i < 21; ++i)
    times.push_back(timeBatch(count));
  return takeMedian(std::move(times));
}

double timeSequence(Machine &machine, const char *path, int runs) {
  std::ifstream file(path);
  std::vector<Kernel> kernels;
  for (Convolution shape; shape.read(file);)
    kernels.push_back(makeConvolution(machine, shape));
  // The result of one is the input of the next where their sizes allow it: the
  // caches see a network, not many.
  for (size_t i = 1; i < kernels.size(); ++i) {
    memory &source = kernels[i].arguments[DNNL_ARG_SRC];
    memory result = kernels[i - 1].arguments[DNNL_ARG_DST];
    if (source.get_desc() == result.get_desc())
      source = result;
  }
  std::vector<double> times;
  for (int i = 0; i < runs + std::max(5, runs / 10); ++i) {
    auto start = std::chrono::steady_clock::now();
    for (const Kernel &kernel : kernels)
      kernel.run(machine.queue);
    machine.queue.wait();
    std::chrono::duration<double, std::milli> elapsed =
        std::chrono::steady_clock::now() - start;
    if (i >= std::max(5, runs / 10))
      times.push_back(elapsed.count());
  }
  return takeMedian(std::move(times));
}

} // namespace

int main(int argc, char **argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  std::string kind = words.empty() ? "" : words[0];
  Machine machine;
  if (kind == "sequence" && words.size() == 3) {
    std::printf("median=%.5f\n",
                timeSequence(machine, words[1].c_str(), std::stoi(words[2])));
    return 0;
  }
  Kernel kernel;
  if (kind == "matmul" && words.size() == 5) {
    kernel = makeMatmul(machine, std::stoll(words[1]), std::stoll(words[2]),
                        std::stoll(words[3]), words[4] != "i32");
  } else if (kind == "convolution") {
    std::stringstream text;
    for (size_t i = 1; i < words.size(); ++i)
      text << words[i] << ' ';
    Convolution shape;
    if (!shape.read(text))
      fail("expected 12 numbers of a convolution");
    kernel = makeConvolution(machine, shape);
  } else {
    fail("expected matmul, convolution or sequence and their numbers");
  }
  std::printf("median=%.4f\n", timeKernel([&] { kernel.run(machine.queue); }));
  return 0;
}

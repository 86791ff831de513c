// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vector kernels against plain loops of the same module: integers bit for bit,
// for every vector width and for teams of threads. The shapes are chosen around
// the tiles: less than a vector, one lane more than a vector, a single channel,
// a single pixel.
#include "NativeModel.h"

#include "llvm/Support/FormatVariadic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <set>

using namespace quantc::test;

namespace {

std::vector<int8_t> makeBytes(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<int8_t> bytes(size);
  for (int8_t &byte : bytes)
    byte = static_cast<int8_t>(random());
  return bytes;
}

std::string makeList(size_t size, unsigned seed, int low, int high) {
  std::mt19937 random(seed);
  std::string list;
  for (size_t i = 0; i < size; ++i)
    list += (i ? ", " : "") +
            std::to_string(low + static_cast<int>(random() % (high - low + 1)));
  return list;
}

/// Runs `text`, from and to bytes, with and without vectors.
void expectEqualBytes(const std::string &text, size_t inputSize,
                      size_t outputSize) {
  std::vector<int8_t> input = makeBytes(inputSize, 1);
  auto reference = NativeModel::compile(text, NativeOptions::plain());
  ASSERT_TRUE(reference);
  std::vector<int8_t> expected(outputSize);
  reference->run({input.data()}, {expected.data()});
  // A saturated result would compare nothing.
  ASSERT_GT(std::set<int8_t>(expected.begin(), expected.end()).size(), 4u);
  for (auto [bits, threads] :
       {std::make_pair(128u, 1u), std::make_pair(256u, 1u),
        std::make_pair(512u, 1u), std::make_pair(256u, 2u),
        std::make_pair(128u, 3u)}) {
    NativeOptions options;
    options.vectorBits = bits;
    options.threads = threads;
    auto model = NativeModel::compile(text, options);
    ASSERT_TRUE(model);
    std::vector<int8_t> actual(outputSize);
    model->run({input.data()}, {actual.data()});
    EXPECT_EQ(actual, expected) << bits << " bits, " << threads << " threads\n"
                                << text;
  }
}

struct ConvShape {
  int64_t height, width, inChannels, outChannels, kernel, stride;
};

/// Padded int8 convolution with bias, per-channel requantize and clamp, the way
/// the quantized operations are lowered; OHWI weights.
std::string makeConv(const ConvShape &s) {
  int64_t pad = s.kernel / 2;
  int64_t outHeight = (s.height + 2 * pad - s.kernel) / s.stride + 1;
  int64_t outWidth = (s.width + 2 * pad - s.kernel) / s.stride + 1;
  std::string in = llvm::formatv("tensor<1x{0}x{1}x{2}xi8>", s.height, s.width,
                                 s.inChannels);
  std::string padded =
      llvm::formatv("tensor<1x{0}x{1}x{2}xi8>", s.height + 2 * pad,
                    s.width + 2 * pad, s.inChannels);
  std::string dims =
      llvm::formatv("1x{0}x{1}x{2}", outHeight, outWidth, s.outChannels);
  std::string weights = llvm::formatv("tensor<{0}x{1}x{1}x{2}xi8>",
                                      s.outChannels, s.kernel, s.inChannels);
  std::string channels = std::to_string(s.outChannels);
  return llvm::formatv(
      R"mlir(
#in = affine_map<(n, y, x, o, h, w, i) -> (n, y * {7} + h, x * {7} + w, i)>
#wt = affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>
#out = affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>
#id = affine_map<(n, y, x, o) -> (n, y, x, o)>
#ch = affine_map<(n, y, x, o) -> (o)>
func.func @main(%x: {0}) -> tensor<{2}xi8> {{
  %zp = arith.constant -3 : i8
  %w = arith.constant dense<[{9}]> : tensor<{10}xi8>
  %w4 = tensor.expand_shape %w [[0, 1, 2, 3]] output_shape [{4}, {5}, {5}, {11}] : tensor<{10}xi8> into {3}
  %b = arith.constant dense<[{6}]> : tensor<{4}xi32>
  %m = arith.constant dense<[{8}]> : tensor<{4}xi32>
  %p = tensor.pad %x low[0, {12}, {12}, 0] high[0, {12}, {12}, 0] {{
  ^bb0(%0: index, %1: index, %2: index, %3: index):
    tensor.yield %zp : i8
  } : {0} to {1}
  %e = tensor.empty() : tensor<{2}xi32>
  %init = linalg.generic {{indexing_maps = [#ch, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%b : tensor<{4}xi32>) outs(%e : tensor<{2}xi32>) {{
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> tensor<{2}xi32>
  %acc = linalg.generic {{indexing_maps = [#in, #wt, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%p, %w4 : {1}, {3}) outs(%init : tensor<{2}xi32>) {{
  ^bb0(%i: i8, %k: i8, %o: i32):
    %z32 = arith.extsi %zp : i8 to i32
    %i32 = arith.extsi %i : i8 to i32
    %k32 = arith.extsi %k : i8 to i32
    %d = arith.subi %i32, %z32 : i32
    %q = arith.muli %d, %k32 : i32
    %s = arith.addi %o, %q : i32
    linalg.yield %s : i32
  } -> tensor<{2}xi32>
  %f = tensor.empty() : tensor<{2}xi8>
  %r = linalg.generic {{indexing_maps = [#id, #ch, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%acc, %m : tensor<{2}xi32>, tensor<{4}xi32>) outs(%f : tensor<{2}xi8>) {{
  ^bb0(%a: i32, %mul: i32, %o: i8):
    %half = arith.constant 1073741824 : i64
    %shift = arith.constant 31 : i64
    %low = arith.constant -100 : i64
    %high = arith.constant 127 : i64
    %a64 = arith.extsi %a : i32 to i64
    %m64 = arith.extsi %mul : i32 to i64
    %prod = arith.muli %a64, %m64 : i64
    %sum = arith.addi %prod, %half : i64
    %v = arith.shrsi %sum, %shift : i64
    %c0 = arith.maxsi %v, %low : i64
    %c1 = arith.minsi %c0, %high : i64
    %t = arith.trunci %c1 : i64 to i8
    linalg.yield %t : i8
  } -> tensor<{2}xi8>
  return %r : tensor<{2}xi8>
}
)mlir",
      in, padded, dims, weights, channels, s.kernel,
      makeList(s.outChannels, 3, -5000, 5000), s.stride,
      makeList(s.outChannels, 4, 1 << 22, 1 << 26),
      makeList(s.outChannels * s.kernel * s.kernel * s.inChannels, 5, -127,
               127),
      s.outChannels * s.kernel * s.kernel * s.inChannels, s.inChannels, pad);
}

TEST(KernelExecution, Int8ConvolutionEqualsPlainLoops) {
  const ConvShape shapes[] = {
      {7, 5, 3, 37, 3, 2},   // odd everything: tails in all loops
      {49, 10, 1, 8, 3, 1},  // the keyword spotter's image; less than a vector
      {6, 6, 16, 17, 1, 1},  // pointwise, one lane more than a vector
      {1, 1, 40, 101, 1, 1}, // a fully connected layer
      {4, 4, 2, 1, 3, 1},    // one output channel: vectors along the width
      {9, 13, 4, 64, 5, 3},  // large stride
  };
  for (const ConvShape &s : shapes) {
    int64_t pad = s.kernel / 2;
    int64_t outHeight = (s.height + 2 * pad - s.kernel) / s.stride + 1;
    int64_t outWidth = (s.width + 2 * pad - s.kernel) / s.stride + 1;
    expectEqualBytes(makeConv(s), s.height * s.width * s.inChannels,
                     outHeight * outWidth * s.outChannels);
  }
}

TEST(KernelExecution, TableLookupEqualsPlainLoops) {
  // The body reads a tensor by value: computed lane by lane.
  std::string text = llvm::formatv(R"mlir(
#id = affine_map<(a, b) -> (a, b)>
func.func @main(%x: tensor<3x21xi8>) -> tensor<3x21xi8> {{
  %table = arith.constant dense<[{0}]> : tensor<256xi8>
  %e = tensor.empty() : tensor<3x21xi8>
  %r = linalg.generic {{indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<3x21xi8>) outs(%e : tensor<3x21xi8>) {{
  ^bb0(%i: i8, %o: i8):
    %c128 = arith.constant 128 : index
    %wide = arith.index_cast %i : i8 to index
    %at = arith.addi %wide, %c128 : index
    %v = tensor.extract %table[%at] : tensor<256xi8>
    linalg.yield %v : i8
  } -> tensor<3x21xi8>
  return %r : tensor<3x21xi8>
}
)mlir",
                                   makeList(256, 6, -128, 127));
  expectEqualBytes(text, 63, 63);
}

TEST(KernelExecution, TransposeOfAllDimensionsEqualsPlainLoops) {
  expectEqualBytes(R"mlir(
func.func @main(%x: tensor<5x3x19xi8>) -> tensor<19x5x3xi8> {
  %e = tensor.empty() : tensor<19x5x3xi8>
  %r = linalg.transpose ins(%x : tensor<5x3x19xi8>) outs(%e : tensor<19x5x3xi8>) permutation = [2, 0, 1]
  return %r : tensor<19x5x3xi8>
}
)mlir",
                   5 * 3 * 19, 5 * 3 * 19);
}

TEST(KernelExecution, DepthwiseAndPoolingEqualPlainLoops) {
  // 19 channels: a vector and a tail at 128 bits, a tail alone at 512.
  std::string text = llvm::formatv(R"mlir(
func.func @main(%x: tensor<1x9x7x19xi8>) -> tensor<1x3x2x19xi8> {{
  %w = arith.constant dense<[{0}]> : tensor<171xi8>
  %w3 = tensor.expand_shape %w [[0, 1, 2]] output_shape [3, 3, 19] : tensor<171xi8> into tensor<3x3x19xi8>
  %low = arith.constant -128 : i8
  %zero = arith.constant 0 : i8
  %window = tensor.empty() : tensor<3x2xi8>
  %e = tensor.empty() : tensor<1x7x5x19xi8>
  %i = linalg.fill ins(%zero : i8) outs(%e : tensor<1x7x5x19xi8>) -> tensor<1x7x5x19xi8>
  %d = linalg.depthwise_conv_2d_nhwc_hwc {{dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%x, %w3 : tensor<1x9x7x19xi8>, tensor<3x3x19xi8>) outs(%i : tensor<1x7x5x19xi8>) -> tensor<1x7x5x19xi8>
  %f = tensor.empty() : tensor<1x3x2x19xi8>
  %j = linalg.fill ins(%low : i8) outs(%f : tensor<1x3x2x19xi8>) -> tensor<1x3x2x19xi8>
  %r = linalg.pooling_nhwc_max {{dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>}
      ins(%d, %window : tensor<1x7x5x19xi8>, tensor<3x2xi8>) outs(%j : tensor<1x3x2x19xi8>) -> tensor<1x3x2x19xi8>
  return %r : tensor<1x3x2x19xi8>
}
)mlir",
                                   makeList(171, 8, -127, 127));
  expectEqualBytes(text, 9 * 7 * 19, 3 * 2 * 19);
}

TEST(KernelExecution, ConcatenationIsWrittenInPlaces) {
  expectEqualBytes(R"mlir(
#id = affine_map<(a, b) -> (a, b)>
func.func @main(%x: tensor<4x9xi8>) -> tensor<4x27xi8> {
  %e = tensor.empty() : tensor<4x9xi8>
  %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x9xi8>) outs(%e : tensor<4x9xi8>) {
  ^bb0(%i: i8, %o: i8):
    %0 = arith.addi %i, %i : i8
    linalg.yield %0 : i8
  } -> tensor<4x9xi8>
  %b = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<4x9xi8>) outs(%e : tensor<4x9xi8>) {
  ^bb0(%i: i8, %o: i8):
    %0 = arith.muli %i, %i : i8
    linalg.yield %0 : i8
  } -> tensor<4x9xi8>
  %r = tensor.concat dim(1) %a, %x, %b : (tensor<4x9xi8>, tensor<4x9xi8>, tensor<4x9xi8>) -> tensor<4x27xi8>
  return %r : tensor<4x27xi8>
}
)mlir",
                   36, 108);
}

TEST(KernelExecution, FloatConvolutionAgreesWithinRounding) {
  // The order of the additions is the same; only fused products may differ.
  const char *text = R"mlir(
func.func @main(%x: tensor<1x7x9x5xf32>) -> tensor<1x4x5x19xf32> {
  %w = "tosa.const"() {values = dense<0.37> : tensor<19x3x3x5xf32>} : () -> tensor<19x3x3x5xf32>
  %b = "tosa.const"() {values = dense<0.1> : tensor<19xf32>} : () -> tensor<19xf32>
  %z = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %c = tosa.conv2d %x, %w, %b, %z, %z {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 2, 2>} : (tensor<1x7x9x5xf32>, tensor<19x3x3x5xf32>, tensor<19xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x5x19xf32>
  %r = tosa.sigmoid %c : (tensor<1x4x5x19xf32>) -> tensor<1x4x5x19xf32>
  return %r : tensor<1x4x5x19xf32>
}
)mlir";
  std::vector<int8_t> bytes = makeBytes(7 * 9 * 5, 2);
  std::vector<float> input(bytes.begin(), bytes.end());
  for (float &value : input)
    value /= 128.0f;
  std::vector<float> expected(4 * 5 * 19), actual(4 * 5 * 19);
  NativeOptions plain;
  plain.vectorize = false;
  auto reference = NativeModel::compile(text, plain);
  auto model = NativeModel::compile(text, NativeOptions());
  ASSERT_TRUE(reference && model);
  reference->run({input.data()}, {expected.data()});
  model->run({input.data()}, {actual.data()});
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(actual[i], expected[i], 1e-5 * std::abs(expected[i]) + 1e-7);
}

TEST(KernelExecution, ObserversSeeTheirTensors) {
  std::string source = R"mlir(
func.func @main(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %0 = qnn.observe %x "x" : tensor<2x5xf32>
  %1 = tosa.abs %0 : (tensor<2x5xf32>) -> tensor<2x5xf32>
  %2 = qnn.observe %1 "absolute" : tensor<2x5xf32>
  return %2 : tensor<2x5xf32>
}
)mlir";
  auto model = NativeModel::compile(source, NativeOptions());
  ASSERT_TRUE(model);
  std::vector<float> input = {-1, 2, -3, 4, -5, 6, -7, 8, -9, 10}, output(10);
  std::vector<std::pair<int64_t, std::vector<float>>> seen;
  std::function<void(int64_t, const float *, int64_t)> observe =
      [&](int64_t index, const float *data, int64_t count) {
        seen.push_back({index, std::vector<float>(data, data + count)});
      };
  model->run({input.data()}, {output.data()}, &observe);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].first, 0);
  EXPECT_EQ(seen[0].second, input);
  EXPECT_EQ(seen[1].first, 1);
  EXPECT_EQ(seen[1].second, output);
}

} // namespace

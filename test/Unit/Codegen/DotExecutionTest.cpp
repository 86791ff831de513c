// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dot products on every instruction set that this machine has: the operation
// itself over all pairs of bytes, and kernels of it against plain loops of the
// same module. Rows that the machine lacks are skipped by name.
#include "NativeModel.h"

#include "quantc/Codegen/ISA.h"

#include "llvm/Support/FormatVariadic.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <random>
#include <set>

using namespace quantc::test;
using namespace quantc::codegen;

namespace {

constexpr int64_t kMaxLanes = 16;

class DotExecution : public RowTest {};

INSTANTIATE_TEST_SUITE_P(Rows, DotExecution, testing::ValuesIn(getRows()),
                         [](const auto &info) { return info.param; });

/// Results of 1 to 16 lanes, each in all four signednesses.
std::string makeDots() {
  std::string body, results, types;
  unsigned count = 0;
  for (int64_t lanes = 1; lanes <= kMaxLanes; ++lanes)
    for (const char *sign : {"", "{lhs_unsigned}", "{rhs_unsigned}",
                             "{lhs_unsigned, rhs_unsigned}"}) {
      std::string id = std::to_string(count++);
      std::string type = llvm::formatv("tensor<{0}xi32>", lanes);
      results += (results.empty() ? "%r" : ", %r") + id;
      types += (types.empty() ? "" : ", ") + type;
      body += llvm::formatv(R"mlir(
  %a{0} = vector.transfer_read %acc[%c0], %z32 {{in_bounds = [true]} : tensor<16xi32>, vector<{1}xi32>
  %x{0} = vector.transfer_read %lhs[%c0], %z8 {{in_bounds = [true]} : tensor<64xi8>, vector<{2}xi8>
  %y{0} = vector.transfer_read %rhs[%c0], %z8 {{in_bounds = [true]} : tensor<64xi8>, vector<{2}xi8>
  %d{0} = qvec.dot %a{0}, %x{0}, %y{0} {3} : vector<{1}xi32>, vector<{2}xi8>
  %e{0} = tensor.empty() : {4}
  %r{0} = vector.transfer_write %d{0}, %e{0}[%c0] {{in_bounds = [true]} : vector<{1}xi32>, {4}
)mlir",
                            id, lanes, 4 * lanes, sign, type)
                  .str();
    }
  return llvm::formatv(R"mlir(
func.func @main(%acc: tensor<16xi32>, %lhs: tensor<64xi8>, %rhs: tensor<64xi8>) -> ({1}) {{
  %c0 = arith.constant 0 : index
  %z8 = arith.constant 0 : i8
  %z32 = arith.constant 0 : i32
{0}
  return {2} : {1}
}
)mlir",
                       body, types, results)
      .str();
}

/// What `qvec.dot` means for one lane.
uint32_t computeDot(uint32_t acc, const int8_t *lhs, const int8_t *rhs,
                    bool lhsUnsigned, bool rhsUnsigned) {
  auto extend = [](int8_t byte, bool isUnsigned) -> int32_t {
    return isUnsigned ? static_cast<uint8_t>(byte) : byte;
  };
  for (int way = 0; way < 4; ++way)
    acc += static_cast<uint32_t>(extend(lhs[way], lhsUnsigned) *
                                 extend(rhs[way], rhsUnsigned));
  return acc;
}

struct Dots {
  std::unique_ptr<NativeModel> model;
  std::vector<int32_t> acc = std::vector<int32_t>(kMaxLanes);
  std::vector<int8_t> lhs = std::vector<int8_t>(4 * kMaxLanes), rhs = lhs;

  void expectExact() {
    std::vector<std::vector<uint32_t>> results;
    std::vector<void *> outputs;
    for (int64_t lanes = 1; lanes <= kMaxLanes; ++lanes)
      for (int sign = 0; sign < 4; ++sign)
        results.emplace_back(lanes);
    for (std::vector<uint32_t> &result : results)
      outputs.push_back(result.data());
    model->run({acc.data(), lhs.data(), rhs.data()}, outputs);
    for (size_t i = 0; i < results.size(); ++i) {
      std::vector<uint32_t> expected;
      for (size_t lane = 0; lane < results[i].size(); ++lane)
        expected.push_back(computeDot(acc[lane], &lhs[4 * lane], &rhs[4 * lane],
                                      i & 1, i & 2));
      ASSERT_EQ(results[i], expected)
          << expected.size() << " lanes, signedness " << i % 4;
    }
  }
};

TEST_P(DotExecution, EveryPairOfBytesInEveryLaneCount) {
  NativeOptions options;
  options.isa = GetParam();
  Dots dots;
  dots.model = NativeModel::compile(makeDots(), options);
  ASSERT_TRUE(dots.model);
  std::mt19937 random(1);
  // Every lane walks through all pairs, four at a time.
  for (int first = 0; first < 256 * 256; first += 4) {
    for (int64_t i = 0; i < 4 * kMaxLanes; ++i) {
      int pair = first + static_cast<int>(i);
      dots.lhs[i] = static_cast<int8_t>(pair >> 8);
      dots.rhs[i] = static_cast<int8_t>(pair + (pair >> 8));
    }
    for (int32_t &value : dots.acc)
      value = static_cast<int32_t>(random());
    dots.expectExact();
    if (HasFatalFailure())
      return;
  }
}

TEST_P(DotExecution, FourExtremeProductsDoNotSaturate) {
  NativeOptions options;
  options.isa = GetParam();
  Dots dots;
  dots.model = NativeModel::compile(makeDots(), options);
  ASSERT_TRUE(dots.model);
  const int8_t extremes[] = {-128, -127, -1, 0, 1, 127};
  const int32_t accumulators[] = {0, std::numeric_limits<int32_t>::min(),
                                  std::numeric_limits<int32_t>::max()};
  for (int32_t accumulator : accumulators)
    for (int8_t lhs : extremes)
      for (int8_t rhs : extremes) {
        std::fill(dots.acc.begin(), dots.acc.end(), accumulator);
        std::fill(dots.lhs.begin(), dots.lhs.end(), lhs);
        std::fill(dots.rhs.begin(), dots.rhs.end(), rhs);
        dots.expectExact();
        if (HasFatalFailure())
          return;
      }
}

/// A convolution on raw bytes; a fully connected layer is one of a 1x1 image.
struct ConvCase {
  const char *reason;
  int64_t height, width, inChannels, outChannels, kernelHeight, kernelWidth;
  int64_t stride = 1, dilation = 1, pad = 0;
};

const ConvCase kConvolutions[] = {
    {"one product", 3, 2, 1, 1, 1, 1},
    {"pointwise, three products", 4, 3, 3, 8, 1, 1},
    {"pointwise, an odd lane beyond each vector", 3, 5, 8, 17, 1, 1},
    {"pointwise, two odd vectors and a tail of products", 2, 3, 33, 33, 1, 1},
    {"many products: a loop over groups", 2, 2, 103, 5, 1, 1},
    {"a row of 3 pixels of one channel", 6, 7, 1, 8, 3, 3, 1, 1, 1},
    {"a row of 9 bytes", 5, 6, 3, 16, 3, 3, 1, 1, 1},
    {"a row of 15 bytes, stride", 9, 7, 5, 17, 3, 3, 2, 1, 1},
    {"stride larger than the kernel", 9, 10, 4, 16, 2, 2, 3},
    {"dilated: rows have gaps", 8, 9, 5, 9, 3, 3, 1, 2, 2},
    {"dilated and strided", 11, 10, 3, 33, 3, 2, 2, 3, 1},
    {"a wide row", 3, 12, 17, 3, 1, 5, 1, 1, 2},
    {"a column: no row to merge", 9, 4, 6, 12, 4, 1},
    {"fully connected", 1, 1, 65, 100, 1, 1},
    {"fully connected, one result", 1, 1, 40, 1, 1, 1},
};

enum class Fill { Random, Lowest, Highest, Ends };

std::vector<int8_t> makeBytes(size_t size, Fill fill) {
  std::mt19937 random(3);
  std::vector<int8_t> bytes(size);
  for (int8_t &byte : bytes)
    byte = static_cast<int8_t>(fill == Fill::Random    ? random()
                               : fill == Fill::Lowest  ? 0x80
                               : fill == Fill::Highest ? 0x7f
                               : random() & 1          ? 0x80
                                                       : 0x7f);
  return bytes;
}

std::string makeWeights(size_t size, Fill fill) {
  std::string list;
  std::mt19937 random(4);
  for (size_t i = 0; i < size; ++i) {
    int value = static_cast<int>(random() % 255) - 127;
    if (fill != Fill::Random)
      value = value < 0 ? -127 : 127;
    if (fill == Fill::Lowest)
      value = -127;
    if (fill == Fill::Highest)
      value = 127;
    list += (i ? ", " : "") + std::to_string(value);
  }
  return list;
}

int64_t getResultSize(int64_t size, int64_t kernel, const ConvCase &c) {
  return (size + 2 * c.pad - c.dilation * (kernel - 1) - 1) / c.stride + 1;
}

/// Padded with -37, initialized with a bias, its accumulators as results.
std::string makeConv(const ConvCase &c, Fill fill, bool isUnsigned) {
  int64_t height = getResultSize(c.height, c.kernelHeight, c);
  int64_t width = getResultSize(c.width, c.kernelWidth, c);
  std::string in = llvm::formatv("tensor<1x{0}x{1}x{2}xi8>", c.height, c.width,
                                 c.inChannels);
  std::string padded =
      llvm::formatv("tensor<1x{0}x{1}x{2}xi8>", c.height + 2 * c.pad,
                    c.width + 2 * c.pad, c.inChannels);
  std::string weights =
      llvm::formatv("tensor<{0}x{1}x{2}x{3}xi8>", c.outChannels, c.kernelHeight,
                    c.kernelWidth, c.inChannels);
  std::string result =
      llvm::formatv("tensor<1x{0}x{1}x{2}xi32>", height, width, c.outChannels);
  std::string maps = llvm::formatv(
      R"mlir(
#in = affine_map<(n, y, x, o, h, w, i) -> (n, y * {0} + h * {1}, x * {0} + w * {1}, i)>
#wt = affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>
#out = affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>
#id = affine_map<(n, y, x, o) -> (n, y, x, o)>
#ch = affine_map<(n, y, x, o) -> (o)>
)mlir",
      c.stride, c.dilation);
  size_t count = c.outChannels * c.kernelHeight * c.kernelWidth * c.inChannels;
  return maps + llvm::formatv(
                    R"mlir(
func.func @main(%x: {0}, %bias: tensor<{7}xi32>) -> {3} {{
  %zp = arith.constant -37 : i8
  %flat = arith.constant dense<[{4}]> : tensor<{5}xi8>
  %w = tensor.expand_shape %flat [[0, 1, 2, 3]] output_shape [{7}, {8}, {9}, {10}] : tensor<{5}xi8> into {2}
  %p = tensor.pad %x low[0, {6}, {6}, 0] high[0, {6}, {6}, 0] {{
  ^bb0(%0: index, %1: index, %2: index, %3: index):
    tensor.yield %zp : i8
  } : {0} to {1}
  %e = tensor.empty() : {3}
  %init = linalg.generic {{indexing_maps = [#ch, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%bias : tensor<{7}xi32>) outs(%e : {3}) {{
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> {3}
  %acc = linalg.generic {{indexing_maps = [#in, #wt, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%p, %w : {1}, {2}) outs(%init : {3}) {{
  ^bb0(%i: i8, %k: i8, %o: i32):
    %i32 = {11} %i : i8 to i32
    %k32 = arith.extsi %k : i8 to i32
    %q = arith.muli %i32, %k32 : i32
    %s = arith.addi %o, %q : i32
    linalg.yield %s : i32
  } -> {3}
  return %acc : {3}
}
)mlir",
                    in, padded, weights, result, makeWeights(count, fill),
                    count, c.pad, c.outChannels, c.kernelHeight, c.kernelWidth,
                    c.inChannels, isUnsigned ? "arith.extui" : "arith.extsi")
                    .str();
}

/// The inputs of a convolution, and what plain loops make of them: the rows ask
/// for the same ones, and share what was computed.
struct ConvData {
  ConvData(const ConvCase &c, Fill fill)
      : image(makeBytes(c.height * c.width * c.inChannels, fill)),
        bias(c.outChannels),
        resultSize(getResultSize(c.height, c.kernelHeight, c) *
                   getResultSize(c.width, c.kernelWidth, c) * c.outChannels) {
    for (int64_t channel = 0; channel < c.outChannels; ++channel)
      bias[channel] = static_cast<int32_t>(channel * 1000 - 7);
  }

  std::vector<int32_t> run(NativeModel &model) const {
    std::vector<int32_t> result(resultSize, 0x55555555);
    model.run({image.data(), bias.data()}, {result.data()});
    return result;
  }

  const std::vector<int32_t> &runPlainly(const std::string &text) const {
    static std::map<std::pair<std::string, std::vector<int8_t>>,
                    std::vector<int32_t>>
        known;
    std::vector<int32_t> &result = known[{text, image}];
    if (result.empty())
      if (auto model = NativeModel::compile(text, NativeOptions::plain()))
        result = run(*model);
    return result;
  }

  std::vector<int8_t> image;
  std::vector<int32_t> bias;
  size_t resultSize;
};

void expectEqualConv(const std::string &isa, const ConvCase &c, Fill fill,
                     bool isUnsigned, const std::string &instructions = "",
                     bool hasZeroBorder = false) {
  SCOPED_TRACE(c.reason);
  std::string text = makeConv(c, fill, isUnsigned);
  if (hasZeroBorder)
    text.replace(text.find("-37"), 3, "0");
  NativeOptions dots;
  dots.isa = isa;
  dots.instructions = instructions;
  dots.vectorBits = findISA(isa)->vectorBits;
  auto model = NativeModel::compile(text, dots);
  ASSERT_TRUE(model);
  ConvData data(c, fill);
  ASSERT_EQ(data.run(*model), data.runPlainly(text)) << text;
}

TEST_P(DotExecution, ConvolutionsEqualPlainLoops) {
  for (const ConvCase &c : kConvolutions)
    for (bool isUnsigned : {true, false})
      expectEqualConv(GetParam(), c, Fill::Random, isUnsigned);
}

TEST_P(DotExecution, ExtremeBytesDoNotSaturate) {
  // Pairs of 255 * 127 and of -128 * -127 leave 16 bits.
  const ConvCase c = {"extremes", 5, 4, 7, 19, 3, 3, 1, 1, 1};
  for (Fill fill : {Fill::Lowest, Fill::Highest, Fill::Ends})
    for (bool isUnsigned : {true, false})
      expectEqualConv(GetParam(), c, fill, isUnsigned);
}

/// Kernels of AArch64, whose instructions any machine has in their generic
/// form.
class ForeignDotExecution : public testing::TestWithParam<const char *> {};

INSTANTIATE_TEST_SUITE_P(Rows, ForeignDotExecution,
                         testing::Values("i8mm", "dotprod", "neon"),
                         [](const auto &info) { return info.param; });

TEST_P(ForeignDotExecution, ConvolutionsEqualPlainLoops) {
  for (const ConvCase &c : kConvolutions)
    expectEqualConv(GetParam(), c, Fill::Random, /*isUnsigned=*/false,
                    "generic");
}

TEST_P(ForeignDotExecution, BlocksEqualPlainLoops) {
  const ConvCase cases[] = {
      {"a row without another one", 3, 7, 16, 16, 1, 1, 1, 1, 0},
      {"loops of groups, and groups behind them", 4, 4, 88, 24, 1, 1, 1, 1, 0},
      {"a last group that is not full", 5, 5, 3, 20, 3, 3, 2, 1, 1},
      {"pixels that enter the image alone", 5, 7, 16, 16, 3, 3, 1, 1, 1},
      {"one of two pixels in the border", 6, 6, 8, 12, 3, 3, 2, 1, 1},
      {"two pixels of border", 6, 5, 16, 8, 5, 5, 1, 1, 2},
  };
  for (const ConvCase &c : cases) {
    for (Fill fill : {Fill::Random, Fill::Lowest, Fill::Ends})
      expectEqualConv(GetParam(), c, fill, /*isUnsigned=*/false, "generic");
    if (c.pad > 0)
      expectEqualConv(GetParam(), c, Fill::Random, /*isUnsigned=*/false,
                      "generic", /*hasZeroBorder=*/true);
  }
}

TEST_P(DotExecution, DepthwiseBesidePointwise) {
  // The depthwise layer is no dot product and hands its result to one.
  std::string text = llvm::formatv(
      R"mlir(
#id = affine_map<(n, y, x, o) -> (n, y, x, o)>
func.func @main(%x: tensor<1x7x6x13xi8>) -> tensor<1x5x4x17xi32> {{
  %d = arith.constant dense<[{0}]> : tensor<117xi8>
  %d3 = tensor.expand_shape %d [[0, 1, 2]] output_shape [3, 3, 13] : tensor<117xi8> into tensor<3x3x13xi8>
  %p = arith.constant dense<[{1}]> : tensor<221xi8>
  %p4 = tensor.expand_shape %p [[0, 1, 2, 3]] output_shape [17, 1, 1, 13] : tensor<221xi8> into tensor<17x1x1x13xi8>
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x5x4x13xi32>
  %i = linalg.fill ins(%zero : i32) outs(%e : tensor<1x5x4x13xi32>) -> tensor<1x5x4x13xi32>
  %depthwise = linalg.depthwise_conv_2d_nhwc_hwc {{dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%x, %d3 : tensor<1x7x6x13xi8>, tensor<3x3x13xi8>) outs(%i : tensor<1x5x4x13xi32>) -> tensor<1x5x4x13xi32>
  %b = tensor.empty() : tensor<1x5x4x13xi8>
  %bytes = linalg.generic {{indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%depthwise : tensor<1x5x4x13xi32>) outs(%b : tensor<1x5x4x13xi8>) {{
  ^bb0(%a: i32, %o: i8):
    %t = arith.trunci %a : i32 to i8
    linalg.yield %t : i8
  } -> tensor<1x5x4x13xi8>
  %f = tensor.empty() : tensor<1x5x4x17xi32>
  %j = linalg.fill ins(%zero : i32) outs(%f : tensor<1x5x4x17xi32>) -> tensor<1x5x4x17xi32>
  %r = linalg.conv_2d_nhwc_fhwc {{dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%bytes, %p4 : tensor<1x5x4x13xi8>, tensor<17x1x1x13xi8>) outs(%j : tensor<1x5x4x17xi32>) -> tensor<1x5x4x17xi32>
  return %r : tensor<1x5x4x17xi32>
}
)mlir",
      makeWeights(117, Fill::Random), makeWeights(221, Fill::Random));
  NativeOptions dots;
  dots.isa = GetParam();
  dots.vectorBits = findISA(GetParam())->vectorBits;
  auto reference = NativeModel::compile(text, NativeOptions::plain());
  auto model = NativeModel::compile(text, dots);
  ASSERT_TRUE(reference && model);
  std::vector<int8_t> image = makeBytes(7 * 6 * 13, Fill::Random);
  std::vector<int32_t> expected(5 * 4 * 17, 1), actual(5 * 4 * 17, 2);
  reference->run({image.data()}, {expected.data()});
  model->run({image.data()}, {actual.data()});
  EXPECT_EQ(actual, expected);
}

} // namespace

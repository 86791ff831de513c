// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels of tiles against plain loops of the same module: once with tiles as
// vectors, on every row that this machine has, and once as the instructions of
// AMX, computed by an emulator where the machine has none.
#include "NativeModel.h"
#include "TileEmulator.h"

#include "quantc/Codegen/ISA.h"

#include "llvm/Support/FormatVariadic.h"

#include <gtest/gtest.h>

#include <random>

using namespace quantc::test;
using namespace quantc::codegen;

namespace {

/// A convolution, a clamp and a narrowing of its sums; a matrix product is one
/// of an image of one line.
struct Case {
  const char *reason;
  int64_t height, width, inChannels, outChannels, kernel;
  int64_t stride = 1, dilation = 1, pad = 0;

  int64_t getResultSize(int64_t size) const {
    return (size + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
  }
};

const Case kCases[] = {
    {"full tiles: 2 x 2, two blocks, two panels", 1, 64, 64, 64, 1},
    {"the last block is moved back: 3 tiles of 14 rows", 1, 40, 64, 64, 1},
    {"tiles of one block share rows: 17", 1, 17, 64, 64, 1},
    {"one tile of rows", 1, 13, 128, 96, 1},
    {"a second tile from the next line, and an odd one", 5, 9, 64, 32, 1},
    {"48 products in a step", 1, 32, 96, 64, 1},
    {"panels of three tiles", 1, 32, 64, 48, 1},
    {"a panel of 16 channels", 4, 16, 64, 16, 1},
    {"a last panel of 8 of 32 channels", 4, 16, 64, 40, 1},
    {"a last panel of one channel", 4, 16, 64, 33, 1},
    {"3x3 with a border, two tiles to a line", 6, 20, 64, 32, 3, 1, 1, 1},
    {"3x3, 48 neighbours in memory", 8, 8, 16, 32, 3, 1, 1, 1},
    {"3x3 with a stride", 15, 15, 32, 64, 3, 2, 1, 1},
    {"1x1 with a stride", 9, 17, 64, 64, 1, 2},
    {"3x3 with gaps: rows of the kernel are not merged", 12, 12, 64, 32, 3, 1,
     2, 2},
};

std::string makeList(size_t size, unsigned seed) {
  std::string list;
  std::mt19937 random(seed);
  for (size_t i = 0; i < size; ++i)
    list += (i ? ", " : "") +
            std::to_string(static_cast<int>(random() % 255) - 127);
  return list;
}

std::string makeConv(const Case &c, bool zeroBorder) {
  int64_t height = c.getResultSize(c.height), width = c.getResultSize(c.width);
  auto image = [](int64_t rows, int64_t columns, int64_t channels,
                  const char *type) {
    return llvm::formatv("tensor<1x{0}x{1}x{2}x{3}>", rows, columns, channels,
                         type)
        .str();
  };
  std::string in = image(c.height, c.width, c.inChannels, "i8");
  std::string padded =
      image(c.height + 2 * c.pad, c.width + 2 * c.pad, c.inChannels, "i8");
  size_t count = c.outChannels * c.kernel * c.kernel * c.inChannels;
  std::string maps = llvm::formatv(
      R"mlir(
#in = affine_map<(n, y, x, o, h, w, i) -> (n, y * {0} + h * {1}, x * {0} + w * {1}, i)>
#wt = affine_map<(n, y, x, o, h, w, i) -> (o, h, w, i)>
#out = affine_map<(n, y, x, o, h, w, i) -> (n, y, x, o)>
#id = affine_map<(n, y, x, o) -> (n, y, x, o)>
#ch = affine_map<(n, y, x, o) -> (o)>
)mlir",
      c.stride, c.dilation);
  return maps + llvm::formatv(
                    R"mlir(
func.func @main(%x: {0}, %bias: tensor<{8}xi32>, %other: {4}) -> {4} {{
  %zp = arith.constant {11} : i8
  %low = arith.constant -128 : i32
  %high = arith.constant 127 : i32
  %seven = arith.constant 10 : i32
  %flat = arith.constant dense<[{5}]> : tensor<{6}xi8>
  %w = tensor.expand_shape %flat [[0, 1, 2, 3]] output_shape [{8}, {9}, {9}, {10}] : tensor<{6}xi8> into {2}
  %p = tensor.pad %x low[0, {7}, {7}, 0] high[0, {7}, {7}, 0] {{
  ^bb0(%0: index, %1: index, %2: index, %3: index):
    tensor.yield %zp : i8
  } : {0} to {1}
  %e = tensor.empty() : {3}
  %init = linalg.generic {{indexing_maps = [#ch, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%bias : tensor<{8}xi32>) outs(%e : {3}) {{
  ^bb0(%i: i32, %o: i32):
    linalg.yield %i : i32
  } -> {3}
  %acc = linalg.generic {{indexing_maps = [#in, #wt, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%p, %w : {1}, {2}) outs(%init : {3}) {{
  ^bb0(%i: i8, %k: i8, %o: i32):
    %i32 = arith.extui %i : i8 to i32
    %k32 = arith.extsi %k : i8 to i32
    %q = arith.muli %i32, %k32 : i32
    %s = arith.addi %o, %q : i32
    linalg.yield %s : i32
  } -> {3}
  %f = tensor.empty() : {4}
  %r = linalg.generic {{indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%acc, %other : {3}, {4}) outs(%f : {4}) {{
  ^bb0(%a: i32, %b: i8, %o: i8):
    %b32 = arith.extsi %b : i8 to i32
    %shifted = arith.shrsi %a, %seven : i32
    %sum = arith.addi %shifted, %b32 : i32
    %l = arith.maxsi %sum, %low : i32
    %h = arith.minsi %l, %high : i32
    %t = arith.trunci %h : i32 to i8
    linalg.yield %t : i8
  } -> {4}
  return %r : {4}
}
)mlir",
                    in, padded,
                    llvm::formatv("tensor<{0}x{1}x{1}x{2}xi8>", c.outChannels,
                                  c.kernel, c.inChannels)
                        .str(),
                    image(height, width, c.outChannels, "i32"),
                    image(height, width, c.outChannels, "i8"),
                    makeList(count, 1), count, c.pad, c.outChannels, c.kernel,
                    c.inChannels, zeroBorder ? 0 : -37)
                    .str();
}

struct Data {
  explicit Data(const Case &c)
      : image(c.height * c.width * c.inChannels), bias(c.outChannels),
        other(c.getResultSize(c.height) * c.getResultSize(c.width) *
              c.outChannels) {
    std::mt19937 random(2);
    for (int8_t &byte : image)
      byte = static_cast<int8_t>(random());
    for (int8_t &byte : other)
      byte = static_cast<int8_t>(random());
    for (int32_t &word : bias)
      word = static_cast<int32_t>(random() % 100000) - 50000;
  }

  std::vector<int8_t> run(NativeModel &model) const {
    std::vector<int8_t> result(other.size(), 0x55);
    model.run({image.data(), bias.data(), other.data()}, {result.data()});
    return result;
  }

  std::vector<int8_t> image;
  std::vector<int32_t> bias;
  std::vector<int8_t> other;
};

std::vector<int8_t> computePlainly(const std::string &text, const Data &data) {
  auto model = NativeModel::compile(text, NativeOptions::plain());
  return model ? data.run(*model) : std::vector<int8_t>();
}

NativeOptions getTileOptions(const std::string &instructions) {
  NativeOptions options;
  options.isa = "amx";
  options.vectorBits = findISA("amx")->vectorBits;
  options.instructions = instructions;
  return options;
}

class TileExecution : public RowTest {};

INSTANTIATE_TEST_SUITE_P(Rows, TileExecution,
                         testing::Values("generic", "avx512vnni"),
                         [](const auto &info) { return info.param; });

TEST_P(TileExecution, TilesOfVectorsEqualPlainLoops) {
  // Without registers of 512 bits a tile is a thousand instructions for LLVM.
  size_t step = GetParam() == "generic" ? std::size(kCases) / 2 : 1;
  for (size_t i = step - 1; i < std::size(kCases); i += step) {
    const Case &c = kCases[i];
    SCOPED_TRACE(c.reason);
    std::string text = makeConv(c, /*zeroBorder=*/false);
    Data data(c);
    auto model = NativeModel::compile(text, getTileOptions(GetParam()));
    ASSERT_TRUE(model);
    ASSERT_EQ(data.run(*model), computePlainly(text, data));
  }
}

TEST(TileThreads, HaveSumsOfTheirOwn) {
  const Case &c = kCases[1];
  std::string text = makeConv(c, /*zeroBorder=*/false);
  Data data(c);
  NativeOptions options =
      getTileOptions(canExecute("avx512vnni") ? "avx512vnni" : "generic");
  options.threads = 2;
  auto model = NativeModel::compile(text, options);
  ASSERT_TRUE(model);
  std::vector<int8_t> expected = computePlainly(text, data);
  for (int run = 0; run < 20; ++run)
    ASSERT_EQ(data.run(*model), expected);
}

class TileInstructions : public testing::Test {
protected:
  void SetUp() override {
    if (!TileEmulator::isSupported() || !canExecute("amx", "amx-"))
      GTEST_SKIP() << "this machine has not the vectors of amx";
    if (canExecute("amx"))
      GTEST_SKIP() << "this machine has amx: its instructions do not trap";
  }
};

TEST_F(TileInstructions, EqualPlainLoops) {
  for (const Case &c : kCases)
    for (bool zeroBorder : {false, true}) {
      SCOPED_TRACE(c.reason);
      std::string text = makeConv(c, zeroBorder);
      Data data(c);
      std::vector<int8_t> expected = computePlainly(text, data);
      auto model = NativeModel::compile(text, getTileOptions("amx"));
      ASSERT_TRUE(model);
      TileEmulator emulator;
      ASSERT_EQ(data.run(*model), expected);
      const TileEmulator::Counts &counts = TileEmulator::getCounts();
      EXPECT_GT(counts.dots, 0u);
      // No tile is written but the sums, each once.
      EXPECT_EQ(counts.stores, counts.zeros);
      EXPECT_EQ(counts.releases, counts.configurations);
    }
}

TEST_F(TileInstructions, LoadsAndProductsOfFullTiles) {
  const Case c = kCases[0];
  Data data(c);
  auto model = NativeModel::compile(makeConv(c, false), getTileOptions("amx"));
  ASSERT_TRUE(model);
  TileEmulator emulator;
  data.run(*model);
  const TileEmulator::Counts &counts = TileEmulator::getCounts();
  // 64 rows x 64 channels x 64 products are 16 products of tiles; in blocks of
  // 2 x 2 as many loads.
  EXPECT_EQ(counts.dots, 16u);
  EXPECT_EQ(counts.loads, 16u);
  EXPECT_EQ(counts.stores, 16u);
  EXPECT_EQ(counts.configurations, 1u);
}

} // namespace

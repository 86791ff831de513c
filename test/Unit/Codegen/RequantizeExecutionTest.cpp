// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// High words, clamps to bytes and table lookups on every instruction set that
// this machine has, for vectors that fill, split or undercut its registers.
// Rows that the machine lacks are skipped by name.
#include "NativeModel.h"

#include "quantc/Codegen/ISA.h"

#include "llvm/Support/FormatVariadic.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

using namespace quantc::test;
using namespace quantc::codegen;

namespace {

constexpr int64_t kMaxLanes = 64;
/// Full registers of each width, two and four of them, and what is between.
constexpr int64_t kLanes[] = {1,  2,  3,  4,  5,  7,  8,  11, 12, 16, 17,
                              20, 24, 28, 31, 32, 33, 40, 48, 56, 63, 64};

/// Bounds of the clamp, both ranges of bytes and parts of them.
struct Bounds {
  int32_t low, high;
};
constexpr Bounds kBounds[] = {{-128, 127}, {0, 255}, {-5, 100},
                              {3, 200},    {0, 17},  {-128, -1}};

class RequantizeExecution : public RowTest {};

INSTANTIATE_TEST_SUITE_P(Rows, RequantizeExecution,
                         testing::ValuesIn(getRows()),
                         [](const auto &info) { return info.param; });

/// One function whose results are `bodies`: text in which {0} is a number of
/// its own, {1} the lanes, and %d{0} the vector of bytes that is computed.
std::string makeModule(llvm::ArrayRef<std::pair<int64_t, std::string>> bodies) {
  std::string body, results, types;
  unsigned count = 0;
  for (auto &[lanes, text] : bodies) {
    std::string id = std::to_string(count++);
    std::string type = llvm::formatv("tensor<{0}xi8>", lanes);
    results += (results.empty() ? "%r" : ", %r") + id;
    types += (types.empty() ? "" : ", ") + type;
    body += llvm::formatv(R"mlir(
  %a{0} = vector.transfer_read %acc[%c0], %z32 {{in_bounds = [true]} : tensor<64xi32>, vector<{1}xi32>
  %m{0} = vector.transfer_read %factor[%c0], %z32 {{in_bounds = [true]} : tensor<64xi32>, vector<{1}xi32>
  %i{0} = vector.transfer_read %index[%c0], %z8 {{in_bounds = [true]} : tensor<64xi8>, vector<{1}xi8>
)mlir",
                          id, lanes)
                .str();
    std::string own = text;
    for (size_t at; (at = own.find('#')) != std::string::npos;)
      own.replace(at, 1, id);
    for (size_t at; (at = own.find('@')) != std::string::npos;)
      own.replace(at, 1, std::to_string(lanes));
    body += own;
    body += llvm::formatv(R"mlir(
  %e{0} = tensor.empty() : {2}
  %r{0} = vector.transfer_write %d{0}, %e{0}[%c0] {{in_bounds = [true]} : vector<{1}xi8>, {2}
)mlir",
                          id, lanes, type)
                .str();
  }
  return llvm::formatv(R"mlir(
func.func @main(%acc: tensor<64xi32>, %factor: tensor<64xi32>, %index: tensor<64xi8>) -> ({1}) {{
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

struct Inputs {
  std::vector<int32_t> acc = std::vector<int32_t>(kMaxLanes), factor = acc;
  std::vector<int8_t> index = std::vector<int8_t>(kMaxLanes);

  std::vector<std::vector<int8_t>> run(NativeModel &model,
                                       llvm::ArrayRef<int64_t> sizes) {
    std::vector<std::vector<int8_t>> results;
    for (int64_t size : sizes)
      results.emplace_back(size);
    std::vector<void *> outputs;
    for (std::vector<int8_t> &result : results)
      outputs.push_back(result.data());
    model.run({acc.data(), factor.data(), index.data()}, outputs);
    return results;
  }
};

std::unique_ptr<NativeModel> compile(const std::string &module,
                                     const std::string &row) {
  NativeOptions options;
  options.isa = row;
  return NativeModel::compile(module, options);
}

} // namespace

// The high word is brought down to a byte of it: every bit is looked at.
TEST_P(RequantizeExecution, HighWordsOfSignedProducts) {
  std::vector<std::pair<int64_t, std::string>> bodies;
  std::vector<int64_t> sizes;
  for (int64_t lanes : kLanes)
    for (int shift : {0, 8, 16, 24}) {
      bodies.emplace_back(lanes, llvm::formatv(R"mlir(
  %low#, %high# = arith.mulsi_extended %a#, %m# : vector<@xi32>
  %s# = arith.constant dense<{0}> : vector<@xi32>
  %t# = arith.shrui %high#, %s# : vector<@xi32>
  %d# = arith.trunci %t# : vector<@xi32> to vector<@xi8>
)mlir",
                                               shift)
                                     .str());
      sizes.push_back(lanes);
    }
  std::unique_ptr<NativeModel> model = compile(makeModule(bodies), GetParam());
  ASSERT_TRUE(model);
  std::mt19937 random(1);
  const int32_t edges[] = {0,
                           1,
                           -1,
                           std::numeric_limits<int32_t>::min(),
                           std::numeric_limits<int32_t>::max(),
                           1 << 30};
  for (int round = 0; round < 300; ++round) {
    Inputs inputs;
    for (int64_t lane = 0; lane < kMaxLanes; ++lane) {
      bool edge = round % 3 == 0;
      inputs.acc[lane] =
          edge ? edges[random() % 6] : static_cast<int32_t>(random());
      inputs.factor[lane] =
          edge ? edges[random() % 6] : static_cast<int32_t>(random());
    }
    auto results = inputs.run(*model, sizes);
    for (size_t i = 0; i < sizes.size(); ++i)
      for (int64_t lane = 0; lane < sizes[i]; ++lane) {
        int64_t product =
            int64_t(inputs.acc[lane]) * int64_t(inputs.factor[lane]);
        auto expected =
            static_cast<int8_t>(product >> (32 + 8 * static_cast<int>(i % 4)));
        ASSERT_EQ(results[i][lane], expected)
            << sizes[i] << " lanes, lane " << lane << ", byte " << i % 4;
      }
  }
}

TEST_P(RequantizeExecution, ClampsToBytes) {
  std::vector<std::pair<int64_t, std::string>> bodies;
  std::vector<int64_t> sizes;
  for (int64_t lanes : kLanes)
    for (Bounds bounds : kBounds) {
      bodies.emplace_back(lanes, llvm::formatv(R"mlir(
  %l# = arith.constant dense<{0}> : vector<@xi32>
  %h# = arith.constant dense<{1}> : vector<@xi32>
  %x# = arith.maxsi %a#, %l# : vector<@xi32>
  %y# = arith.minsi %x#, %h# : vector<@xi32>
  %d# = arith.trunci %y# : vector<@xi32> to vector<@xi8>
)mlir",
                                               bounds.low, bounds.high)
                                     .str());
      sizes.push_back(lanes);
    }
  std::unique_ptr<NativeModel> model = compile(makeModule(bodies), GetParam());
  ASSERT_TRUE(model);
  std::mt19937 random(2);
  for (int round = 0; round < 300; ++round) {
    Inputs inputs;
    // Values near bytes, near words of 16 bits, and any.
    for (int32_t &value : inputs.acc)
      value = static_cast<int32_t>(random()) >> (round % 3 * 11);
    auto results = inputs.run(*model, sizes);
    for (size_t i = 0; i < sizes.size(); ++i)
      for (int64_t lane = 0; lane < sizes[i]; ++lane) {
        Bounds bounds = kBounds[i % std::size(kBounds)];
        auto expected = static_cast<int8_t>(
            std::clamp(inputs.acc[lane], bounds.low, bounds.high));
        ASSERT_EQ(results[i][lane], expected)
            << sizes[i] << " lanes, lane " << lane << ", clamp to "
            << bounds.low << ", " << bounds.high << " of " << inputs.acc[lane];
      }
  }
}

TEST_P(RequantizeExecution, EveryIndexOfATable) {
  std::mt19937 random(3);
  std::vector<int8_t> table;
  std::string list;
  for (int i = 0; i < 256; ++i) {
    table.push_back(static_cast<int8_t>(random()));
    list += (i ? ", " : "") + std::to_string(table.back());
  }
  std::vector<std::pair<int64_t, std::string>> bodies;
  std::vector<int64_t> sizes;
  for (int64_t lanes : kLanes) {
    bodies.emplace_back(lanes, "%d# = qvec.lookup %i# {table = array<i8: " +
                                   list + ">} : vector<@xi8>\n");
    sizes.push_back(lanes);
  }
  std::unique_ptr<NativeModel> model = compile(makeModule(bodies), GetParam());
  ASSERT_TRUE(model);
  for (int first = 0; first < 256; ++first) {
    Inputs inputs;
    for (int64_t lane = 0; lane < kMaxLanes; ++lane)
      inputs.index[lane] = static_cast<int8_t>(first + 5 * lane);
    auto results = inputs.run(*model, sizes);
    for (size_t i = 0; i < sizes.size(); ++i)
      for (int64_t lane = 0; lane < sizes[i]; ++lane)
        ASSERT_EQ(results[i][lane],
                  table[static_cast<uint8_t>(inputs.index[lane])])
            << sizes[i] << " lanes, lane " << lane << ", index "
            << int(static_cast<uint8_t>(inputs.index[lane]));
  }
}

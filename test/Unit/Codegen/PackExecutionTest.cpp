// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Narrowing and dot products of words on every instruction set that this
// machine has, against their definition. Rows that the machine lacks are
// skipped by name.
#include "NativeModel.h"

#include "quantc/Codegen/ISA.h"

#include "llvm/Support/FormatVariadic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

using namespace quantc::test;
using namespace quantc::codegen;

namespace {

/// Double words of a register of 512 bits.
constexpr int64_t kLanes = 16;

class PackExecution : public RowTest {};

INSTANTIATE_TEST_SUITE_P(Rows, PackExecution, testing::ValuesIn(getRows()),
                         [](const auto &info) { return info.param; });

/// Element `i` of a pack of `lhs` and `rhs`, `piece` elements in 128 bits.
template <typename To, typename From>
To packElement(const From *lhs, const From *rhs, int64_t piece, int64_t i) {
  int64_t within = i % (2 * piece);
  const From *side = within < piece ? lhs : rhs;
  From value = side[i / (2 * piece) * piece + within % piece];
  return static_cast<To>(std::clamp<int64_t>(
      value, std::numeric_limits<To>::min(), std::numeric_limits<To>::max()));
}

std::string makePacks(int64_t lanes) {
  return llvm::formatv(R"mlir(
func.func @main(%a: tensor<{0}xi32>, %b: tensor<{0}xi32>, %u: tensor<{1}xi16>, %v: tensor<{1}xi16>)
    -> (tensor<{1}xi16>, tensor<{2}xi8>, tensor<{2}xi8>, tensor<{0}xi32>) {{
  %c0 = arith.constant 0 : index
  %z32 = arith.constant 0 : i32
  %z16 = arith.constant 0 : i16
  %va = vector.transfer_read %a[%c0], %z32 {{in_bounds = [true]} : tensor<{0}xi32>, vector<{0}xi32>
  %vb = vector.transfer_read %b[%c0], %z32 {{in_bounds = [true]} : tensor<{0}xi32>, vector<{0}xi32>
  %vu = vector.transfer_read %u[%c0], %z16 {{in_bounds = [true]} : tensor<{1}xi16>, vector<{1}xi16>
  %vv = vector.transfer_read %v[%c0], %z16 {{in_bounds = [true]} : tensor<{1}xi16>, vector<{1}xi16>
  %p0 = qvec.pack %va, %vb : vector<{0}xi32> to vector<{1}xi16>
  %p1 = qvec.pack %vu, %vv : vector<{1}xi16> to vector<{2}xi8>
  %p2 = qvec.pack %vu, %vv {{result_unsigned} : vector<{1}xi16> to vector<{2}xi8>
  %p3 = qvec.dot_words %va, %vu, %vv : vector<{0}xi32>, vector<{1}xi16>
  %e0 = tensor.empty() : tensor<{1}xi16>
  %e1 = tensor.empty() : tensor<{2}xi8>
  %e2 = tensor.empty() : tensor<{2}xi8>
  %e3 = tensor.empty() : tensor<{0}xi32>
  %r0 = vector.transfer_write %p0, %e0[%c0] {{in_bounds = [true]} : vector<{1}xi16>, tensor<{1}xi16>
  %r1 = vector.transfer_write %p1, %e1[%c0] {{in_bounds = [true]} : vector<{2}xi8>, tensor<{2}xi8>
  %r2 = vector.transfer_write %p2, %e2[%c0] {{in_bounds = [true]} : vector<{2}xi8>, tensor<{2}xi8>
  %r3 = vector.transfer_write %p3, %e3[%c0] {{in_bounds = [true]} : vector<{0}xi32>, tensor<{0}xi32>
  return %r0, %r1, %r2, %r3 : tensor<{1}xi16>, tensor<{2}xi8>, tensor<{2}xi8>, tensor<{0}xi32>
}
)mlir",
                       lanes, 2 * lanes, 4 * lanes)
      .str();
}

struct Operands {
  std::vector<int32_t> a = std::vector<int32_t>(kLanes), b = a;
  std::vector<int16_t> u = std::vector<int16_t>(2 * kLanes), v = u;

  void expectExact(NativeModel &model, int64_t lanes) {
    std::vector<int16_t> words(2 * lanes);
    std::vector<int8_t> bytes(4 * lanes);
    std::vector<uint8_t> unsignedBytes(4 * lanes);
    std::vector<uint32_t> sums(lanes);
    model.run({a.data(), b.data(), u.data(), v.data()},
              {words.data(), bytes.data(), unsignedBytes.data(), sums.data()});
    for (int64_t i = 0; i < 2 * lanes; ++i)
      ASSERT_EQ(words[i], packElement<int16_t>(a.data(), b.data(), 4, i)) << i;
    for (int64_t i = 0; i < 4 * lanes; ++i) {
      ASSERT_EQ(bytes[i], packElement<int8_t>(u.data(), v.data(), 8, i)) << i;
      ASSERT_EQ(unsignedBytes[i],
                packElement<uint8_t>(u.data(), v.data(), 8, i))
          << i;
    }
    for (int64_t i = 0; i < lanes; ++i) {
      auto product = [&](int64_t at) {
        return static_cast<uint32_t>(int32_t(u[at]) * int32_t(v[at]));
      };
      ASSERT_EQ(sums[i], static_cast<uint32_t>(a[i]) + product(2 * i) +
                             product(2 * i + 1))
          << i;
    }
  }
};

TEST_P(PackExecution, EqualTheirDefinition) {
  for (int64_t lanes : {4, 8, 16}) {
    NativeOptions options;
    options.isa = GetParam();
    auto model = NativeModel::compile(makePacks(lanes), options);
    ASSERT_TRUE(model);
    std::mt19937 random(1);
    Operands operands;
    // All words in both operands, double words around every end.
    for (int first = 0; first < 65536; first += 2 * kLanes) {
      for (int64_t i = 0; i < 2 * kLanes; ++i) {
        operands.u[i] = static_cast<int16_t>(first + i);
        operands.v[i] = static_cast<int16_t>(random());
      }
      for (int64_t i = 0; i < kLanes; ++i) {
        operands.a[i] = static_cast<int32_t>(random());
        operands.b[i] = static_cast<int32_t>(random()) >> (random() % 20);
      }
      operands.expectExact(*model, lanes);
      if (HasFatalFailure())
        return;
    }
  }
}

TEST_P(PackExecution, ExtremesOfEveryWidth) {
  NativeOptions options;
  options.isa = GetParam();
  auto model = NativeModel::compile(makePacks(kLanes), options);
  ASSERT_TRUE(model);
  const int32_t doubleWords[] = {
      std::numeric_limits<int32_t>::min(), -32769, -32768, 0, 32767, 32768,
      std::numeric_limits<int32_t>::max()};
  const int16_t words[] = {-32768, -129, -128, -1,  0,
                           127,    128,  255,  256, 32767};
  Operands operands;
  for (int32_t value : doubleWords)
    for (int16_t lhs : words)
      for (int16_t rhs : words) {
        std::fill(operands.a.begin(), operands.a.end(), value);
        std::fill(operands.b.begin(), operands.b.end(), value);
        std::fill(operands.u.begin(), operands.u.end(), lhs);
        std::fill(operands.v.begin(), operands.v.end(), rhs);
        operands.expectExact(*model, kLanes);
        if (HasFatalFailure())
          return;
      }
}

} // namespace

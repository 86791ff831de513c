// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// N42: errors that add up to nothing, and what that may cost a single number.
#include "quantc/Numerics/BalancedRounding.h"
#include "Support.h"
#include "quantc/Numerics/Quantize.h"
#include <cmath>
#include <vector>

using namespace quantc::numerics;

static std::vector<int32_t> quantize(const std::vector<float> &values,
                                     float scale, int64_t zeroPoint,
                                     StorageRange range) {
  std::vector<int32_t> stored(values.size());
  quantizeBalanced(values, scale, zeroPoint, range, stored);
  return stored;
}

TEST(BalancedRounding, errors_add_up_to_half_a_step) {
  auto generator = makeGenerator();
  std::uniform_real_distribution<float> real(-1.0f, 1.0f);
  for (int size : {1, 2, 9, 64, 577})
    for (int64_t zeroPoint : {int64_t(0), int64_t(-3)}) {
      std::vector<float> values(size);
      for (float &value : values)
        value = real(generator);
      const float scale = 1.0f / 100;
      std::vector<int32_t> stored =
          quantize(values, scale, zeroPoint, StorageRange::narrowInt8());
      double sum = 0.0;
      for (int i = 0; i < size; ++i) {
        double error =
            double(stored[i] - zeroPoint) - double(values[i]) / scale;
        ASSERT_LT(std::fabs(error), 1.0 + 1e-6);
        sum += error;
      }
      ASSERT_LE(std::fabs(sum), 0.5 + 1e-6) << size;
    }
}

// What is exact stays, zero above all: a pruned weight remains one.
TEST(BalancedRounding, exact_numbers_do_not_move) {
  std::vector<float> values(40, 0.6f);
  values.resize(80, 0.0f);
  std::vector<int32_t> stored =
      quantize(values, 1.0f, 0, StorageRange::narrowInt8());
  // 40 times 0.4 too much: 16 of them go down, the first ones.
  for (int i = 0; i < 80; ++i)
    EXPECT_EQ(stored[i], i >= 16 && i < 40 ? 1 : 0) << i;
}

TEST(BalancedRounding, largest_errors_move_first) {
  EXPECT_EQ(
      quantize({0.75f, 0.55f, 0.7f, 0.0f}, 1.0f, 0, StorageRange::narrowInt8()),
      (std::vector<int32_t>{1, 0, 1, 0}));
  EXPECT_EQ(quantize({-0.75f, -0.55f, -0.7f, 0.0f}, 1.0f, 0,
                     StorageRange::narrowInt8()),
            (std::vector<int32_t>{-1, 0, -1, 0}));
}

// Numbers at the end of the range have no other neighbour: their error stays.
TEST(BalancedRounding, saturated_numbers_stay) {
  EXPECT_EQ(quantize({200.0f, 300.0f, 0.4f}, 1.0f, 0, StorageRange::int8()),
            (std::vector<int32_t>{127, 127, 1}));
}

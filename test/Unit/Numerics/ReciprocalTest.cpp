// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fused multiplication against the division, for numbers of all sizes and
// next to every tie.
#include "quantc/Numerics/Reciprocal.h"
#include "Support.h"
#include "quantc/Numerics/Quantize.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace quantc::numerics;

namespace {

int32_t quantizeByProduct(float x, Reciprocal reciprocal, int64_t zeroPoint) {
  return quantizeF32(multiplyReciprocal(x, reciprocal), 1.0f, zeroPoint,
                     {0, 255});
}

} // namespace

// N3: with every scale that is accepted, x and x * (1 / scale) are one integer.
TEST(Reciprocal, equalsTheDivision) {
  auto generator = makeGenerator();
  std::uniform_real_distribution<float> exponent(-20.0f, 10.0f),
      steps(-300.0f, 300.0f);
  int accepted = 0;
  for (int i = 0; i < 500; ++i) {
    float scale = std::exp2(exponent(generator));
    int64_t zeroPoint = i % 256;
    auto reciprocal = computeReciprocal(scale, -zeroPoint, 255 - zeroPoint);
    if (!reciprocal)
      continue;
    ++accepted;
    for (int j = 0; j < 2000; ++j) {
      float x = steps(generator) * scale;
      // Half of them next to a tie.
      if (j % 2)
        x = (std::floor(x / scale) + 0.5f) * scale;
      for (float near :
           {x, std::nextafter(x, INFINITY), std::nextafter(x, -INFINITY)})
        ASSERT_EQ(quantizeByProduct(near, *reciprocal, zeroPoint),
                  quantizeF32(near, scale, zeroPoint, {0, 255}))
            << near << " at scale " << scale;
    }
  }
  EXPECT_GT(accepted, 450);
}

// N3: edges are those of the division.
TEST(Reciprocal, keepsInfinitiesAndNaN) {
  for (float scale : {0.1f, 0.25f, 3.0f}) {
    auto reciprocal = computeReciprocal(scale, -7, 248);
    ASSERT_TRUE(reciprocal.has_value());
    EXPECT_EQ(quantizeByProduct(INFINITY, *reciprocal, 7), 255);
    EXPECT_EQ(quantizeByProduct(-INFINITY, *reciprocal, 7), 0);
    EXPECT_EQ(quantizeByProduct(NAN, *reciprocal, 7), 7);
    EXPECT_EQ(quantizeByProduct(3e38f, *reciprocal, 7), 255);
    EXPECT_EQ(quantizeByProduct(1e-45f, *reciprocal, 7), 7);
    EXPECT_EQ(quantizeByProduct(-0.0f, *reciprocal, 7), 7);
  }
}

// N3: a scale at which products could leave the normal numbers.
TEST(Reciprocal, refusesExtremeScales) {
  EXPECT_FALSE(computeReciprocal(0x1p-100f, 0, 255));
  EXPECT_FALSE(computeReciprocal(0x1p100f, 0, 255));
}

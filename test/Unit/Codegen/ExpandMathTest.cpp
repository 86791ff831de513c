// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The expanded roundings against the C library's, bit for bit.
#include "NativeModel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

using namespace quantc::test;

namespace {

std::vector<float> getInputs() {
  std::vector<float> inputs;
  // Every exponent and sign, and mantissas at both ends and around one half.
  for (uint32_t high = 0; high < 512; ++high)
    for (uint32_t mantissa : {0u, 1u, 0x200000u, 0x3fffffu, 0x400000u,
                              0x400001u, 0x5fffffu, 0x600000u, 0x7fffffu}) {
      uint32_t bits = high << 23 | mantissa;
      float value;
      std::memcpy(&value, &bits, sizeof(value));
      inputs.push_back(value);
    }
  // Every tie between small integers, and its neighbours.
  for (int i = -600; i < 600; ++i) {
    float tie = static_cast<float>(i) + 0.5f;
    for (float value : {tie, std::nextafter(tie, -1e9f),
                        std::nextafter(tie, 1e9f), static_cast<float>(i)})
      inputs.push_back(value);
  }
  return inputs;
}

void expectEqual(const char *operation, float (*reference)(float)) {
  std::vector<float> inputs = getInputs();
  std::string type = "tensor<" + std::to_string(inputs.size()) + "xf32>";
  std::string text = "#id = affine_map<(d0) -> (d0)>\n"
                     "func.func @main(%x: " +
                     type + ") -> " + type +
                     " {\n"
                     "  %e = tensor.empty() : " +
                     type +
                     "\n"
                     "  %0 = linalg.generic {indexing_maps = [#id, #id],"
                     " iterator_types = [\"parallel\"]} ins(%x : " +
                     type + ") outs(%e : " + type +
                     ") {\n  ^bb0(%in: f32, %out: f32):\n    %1 = math." +
                     operation +
                     " %in : f32\n    linalg.yield %1 : f32\n  } -> " + type +
                     "\n  return %0 : " + type + "\n}\n";
  for (bool vectorize : {false, true}) {
    NativeOptions options;
    options.vectorize = vectorize;
    auto model = NativeModel::compile(text, options);
    ASSERT_TRUE(model);
    std::vector<float> outputs(inputs.size());
    model->run({inputs.data()}, {outputs.data()});
    for (size_t i = 0; i < inputs.size(); ++i) {
      float expected = reference(inputs[i]);
      if (std::isnan(expected))
        EXPECT_TRUE(std::isnan(outputs[i])) << inputs[i];
      else
        EXPECT_EQ(std::memcmp(&outputs[i], &expected, sizeof(float)), 0)
            << operation << " of " << inputs[i] << " is " << outputs[i];
    }
  }
}

TEST(ExpandMath, RoundEvenIsTiesToEven) {
  expectEqual("roundeven", [](float x) { return std::nearbyint(x); });
}

TEST(ExpandMath, FloorIsExact) {
  expectEqual("floor", [](float x) { return std::floor(x); });
}

TEST(ExpandMath, CeilIsExact) {
  expectEqual("ceil", [](float x) { return std::ceil(x); });
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each line is one operation of f32: compiled code has the same ones.
#include "quantc/Numerics/DynamicParams.h"
#include "quantc/Numerics/Quantize.h"

#include <algorithm>

namespace quantc::numerics {

QuantParams chooseDynamic(llvm::ArrayRef<float> values) {
  constexpr float largest = 0x1p126f, leastScale = 0x1p-125f;
  float low = 0.0f, high = 0.0f;
  // A comparison with NaN is false.
  for (float value : values) {
    low = value < low ? value : low;
    high = value > high ? value : high;
  }
  low = std::max(low, -largest);
  high = std::min(high, largest);
  float range = high - low;
  if (range == 0.0f)
    return {1.0f, 0};
  float scale = std::max(range / 255.0f, leastScale);
  float steps = low / scale;
  float position = std::clamp(0.0f - steps, 0.0f, 255.0f);
  return {scale, static_cast<int64_t>(roundHalfEven(position))};
}

float scaleAccumulator(int32_t accumulator, float inputScale, float weightScale,
                       float bias) {
  // The products and the sum are rounded one by one, also where the compiler of
  // this library would fuse them.
  volatile float scale = inputScale * weightScale;
  volatile float product = static_cast<float>(accumulator) * scale;
  return product + bias;
}

} // namespace quantc::numerics

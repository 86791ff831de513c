// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights and biases to stored integers. All rounding is the Numerics
// library's.
#include "QuantizeConstants.h"

#include "quantc/Numerics/FloatScale.h"
#include "quantc/Numerics/QuantParams.h"
#include "quantc/Numerics/Quantize.h"

#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace mlir;

namespace quantc::qnn {

static constexpr numerics::StorageRange kWeightRange{-127, 127};

/// Elements between two neighbours along `axis`, and the size of that axis.
static std::pair<int64_t, int64_t> getStride(ArrayRef<int64_t> shape,
                                             std::optional<int64_t> axis) {
  if (!axis)
    return {1, 1};
  int64_t inner = 1;
  for (int64_t size : shape.drop_front(*axis + 1))
    inner *= size;
  return {inner, shape[*axis]};
}

FailureOr<std::vector<float>> chooseWeightScales(Location loc,
                                                 FloatConstant &weights,
                                                 ArrayRef<int64_t> shape,
                                                 std::optional<int64_t> axis) {
  auto [inner, channels] = getStride(shape, axis);
  std::vector<float> absMax(channels, 0.0f);
  for (auto [index, weight] : llvm::enumerate(weights.values())) {
    if (!std::isfinite(weight))
      return emitError(loc, "a weight is NaN or infinite");
    float &largest = absMax[static_cast<int64_t>(index) / inner % channels];
    largest = std::max(largest, std::fabs(weight));
  }
  std::vector<float> scales;
  for (float largest : absMax) {
    llvm::Expected<numerics::QuantParams> params =
        numerics::chooseSymmetric(largest, kWeightRange);
    if (!params)
      return emitError(loc) << "weights: " << toString(params.takeError());
    scales.push_back(params->scale);
  }
  return scales;
}

LogicalResult widenWeightScales(Location loc, MutableArrayRef<float> scales,
                                double inputScale, double outputScale,
                                FloatConstant &bias) {
  bool perAxis = scales.size() > 1;
  for (int64_t c = 0; c < bias.size(); ++c) {
    float &scale = scales[perAxis ? c : 0];
    llvm::Expected<float> smallest =
        numerics::smallestWeightScale(static_cast<float>(inputScale),
                                      static_cast<float>(outputScale), bias[c]);
    if (!smallest)
      return emitError(loc)
             << "channel " << c << ": " << toString(smallest.takeError());
    if (scale >= *smallest) {
      float aligned =
          numerics::alignWeightScale(static_cast<float>(inputScale), scale,
                                     static_cast<float>(outputScale));
      scale = std::max(aligned, *smallest);
      continue;
    }
    remark::passed(
        loc,
        remark::RemarkOpts::name("WeightScaleWidened").category("qnn-quantize"))
        << llvm::formatv("channel {0}: weight scale widened from {1} to {2} "
                         "for its bias or multiplier",
                         c, scale, *smallest)
               .str();
    scale = *smallest;
  }
  return success();
}

/// A per-tensor or per-axis type with zero points 0.
static quant::QuantizedType makeSymmetricType(MLIRContext *context,
                                              unsigned width,
                                              numerics::StorageRange range,
                                              ArrayRef<double> scales,
                                              std::optional<int64_t> axis) {
  auto storage = IntegerType::get(context, width);
  auto expressed = Float32Type::get(context);
  if (!axis)
    return quant::UniformQuantizedType::get(quant::QuantizationFlags::Signed,
                                            storage, expressed, scales.front(),
                                            0, range.min, range.max);
  SmallVector<int64_t> zeroPoints(scales.size(), 0);
  return quant::UniformQuantizedPerAxisType::get(
      quant::QuantizationFlags::Signed, storage, expressed, scales, zeroPoints,
      static_cast<int32_t>(*axis), range.min, range.max);
}

ConstantOp createWeightConstant(OpBuilder &builder, Location loc,
                                FloatConstant &weights, ArrayRef<int64_t> shape,
                                std::optional<int64_t> axis,
                                ArrayRef<float> scales) {
  auto [inner, channels] = getStride(shape, axis);
  std::vector<int8_t> stored;
  stored.reserve(weights.size());
  for (auto [index, weight] : llvm::enumerate(weights.values()))
    stored.push_back(static_cast<int8_t>(numerics::quantizeF32(
        weight, scales[static_cast<int64_t>(index) / inner % channels], 0,
        kWeightRange)));
  SmallVector<double> wide(scales.begin(), scales.end());
  auto type =
      RankedTensorType::get(shape, makeSymmetricType(builder.getContext(), 8,
                                                     kWeightRange, wide, axis));
  return ConstantOp::create(
      builder, loc, type,
      makeIntegerElements(getStorageTensorType(type), std::move(stored)));
}

ConstantOp createBiasConstant(OpBuilder &builder, Location loc,
                              FloatConstant &bias, double inputScale,
                              ArrayRef<float> weightScales, bool perAxis) {
  std::vector<int32_t> stored;
  SmallVector<double> scales;
  for (float weightScale : weightScales)
    scales.push_back(numerics::accumulatorScale(static_cast<float>(inputScale),
                                                weightScale));
  for (int64_t c = 0; c < bias.size(); ++c) {
    llvm::Expected<int32_t> value =
        numerics::quantizeBias(bias[c], scales[perAxis ? c : 0]);
    if (!value) {
      emitError(loc) << "bias of channel " << c << ": "
                     << toString(value.takeError());
      return {};
    }
    stored.push_back(*value);
  }
  numerics::StorageRange range{std::numeric_limits<int32_t>::min(),
                               std::numeric_limits<int32_t>::max()};
  auto type = RankedTensorType::get(
      {bias.size()},
      makeSymmetricType(builder.getContext(), 32, range, scales,
                        perAxis ? std::optional<int64_t>(0) : std::nullopt));
  return ConstantOp::create(builder, loc, type,
                            makeIntegerElements(getStorageTensorType(type),
                                                std::move(stored), "bias"));
}

ConstantOp createActivationConstant(OpBuilder &builder, Location loc,
                                    FloatConstant &values,
                                    quant::UniformQuantizedType element) {
  std::vector<int8_t> stored;
  stored.reserve(values.size());
  for (float value : values.values())
    stored.push_back(static_cast<int8_t>(numerics::quantizeF32(
        value, static_cast<float>(element.getScale()), element.getZeroPoint(),
        getStorageRange(element))));
  auto type = RankedTensorType::get(values.getShape(), element);
  return ConstantOp::create(
      builder, loc, type,
      makeIntegerElements(getStorageTensorType(type), std::move(stored)));
}

} // namespace quantc::qnn

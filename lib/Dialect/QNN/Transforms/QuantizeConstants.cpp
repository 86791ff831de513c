// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights and biases to stored integers. All rounding is the Numerics
// library's.
#include "QuantizeConstants.h"

#include "quantc/Numerics/FloatScale.h"
#include "quantc/Numerics/Quantize.h"

#include "mlir/IR/Remarks.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <limits>

using namespace mlir;

namespace quantc::qnn {

/// The smallest scale with which `channel` can be computed.
static FailureOr<float> findSmallestScale(Location loc, int64_t channel,
                                          double inputScale, double outputScale,
                                          float bias) {
  llvm::Expected<float> smallest = numerics::smallestWeightScale(
      static_cast<float>(inputScale), static_cast<float>(outputScale), bias);
  if (!smallest)
    return emitError(loc) << "channel " << channel << ": "
                          << toString(smallest.takeError());
  return *smallest;
}

LogicalResult widenWeightScales(Location loc, WeightParams &params,
                                double inputScale, double outputScale,
                                FloatConstant &bias, bool align) {
  for (int64_t c = 0; c < bias.size(); ++c) {
    int64_t channel = params.hasChannels() ? c : 0;
    float scale = params.getChannelScale(channel);
    FailureOr<float> smallest =
        findSmallestScale(loc, c, inputScale, outputScale, bias[c]);
    if (failed(smallest))
      return failure();
    if (scale < *smallest) {
      remark::passed(loc, remark::RemarkOpts::name("WeightScaleWidened")
                              .category("qnn-quantize"))
          << llvm::formatv("channel {0}: weight scale widened from {1} to {2} "
                           "for its bias or multiplier",
                           c, llvm::format("%.4g", scale),
                           llvm::format("%.4g", *smallest))
                 .str();
      scale = *smallest;
    }
    if (align)
      scale = numerics::alignWeightScale(static_cast<float>(inputScale), scale,
                                         static_cast<float>(outputScale),
                                         /*least=*/*smallest);
    params.setChannelScale(channel, scale);
  }
  return success();
}

/// The stored integers of `values`, `bits` wide.
static ElementsAttr makeStoredElements(RankedTensorType type, unsigned bits,
                                       ArrayRef<int32_t> values) {
  if (bits > 8)
    return makeIntegerElements(
        type, std::vector<int16_t>(values.begin(), values.end()));
  return makeIntegerElements(type,
                             std::vector<int8_t>(values.begin(), values.end()));
}

ConstantOp createWeightConstant(OpBuilder &builder, Location loc,
                                FloatConstant &weights,
                                const WeightParams &params) {
  std::vector<int32_t> stored;
  stored.reserve(weights.size());
  for (auto [index, weight] : llvm::enumerate(weights.values()))
    stored.push_back(params.quantize(weight, static_cast<int64_t>(index)));
  return createWeightConstant(builder, loc, stored, params);
}

ConstantOp createWeightConstant(OpBuilder &builder, Location loc,
                                ArrayRef<int32_t> stored,
                                const WeightParams &params) {
  ArrayRef<int64_t> shape = params.getGroups().getShape();
  unsigned bits = params.getPolicy().bits;
  auto type =
      RankedTensorType::get(shape, params.getElementType(builder.getContext()));
  auto storage = RankedTensorType::get(shape, builder.getIntegerType(bits));
  return ConstantOp::create(builder, loc, type,
                            makeStoredElements(storage, bits, stored));
}

/// A signed 32-bit type with one scale (no `axis`) or one for each channel.
static quant::QuantizedType
makeBiasType(MLIRContext *context, ArrayRef<double> scales, bool perChannel) {
  int64_t least = std::numeric_limits<int32_t>::min();
  int64_t greatest = std::numeric_limits<int32_t>::max();
  auto storage = IntegerType::get(context, 32);
  auto expressed = Float32Type::get(context);
  if (!perChannel)
    return quant::UniformQuantizedType::get(quant::QuantizationFlags::Signed,
                                            storage, expressed, scales.front(),
                                            0, least, greatest);
  SmallVector<int64_t> zeroPoints(scales.size(), 0);
  return quant::UniformQuantizedPerAxisType::get(
      quant::QuantizationFlags::Signed, storage, expressed, scales, zeroPoints,
      /*quantizedDimension=*/0, least, greatest);
}

ConstantOp createBiasConstant(OpBuilder &builder, Location loc,
                              FloatConstant &bias, double inputScale,
                              const WeightParams &params) {
  std::vector<int32_t> stored;
  SmallVector<double> scales;
  for (int64_t c = 0; c < params.getGroups().getChannels(); ++c)
    scales.push_back(numerics::accumulatorScale(static_cast<float>(inputScale),
                                                params.getChannelScale(c)));
  for (int64_t c = 0; c < bias.size(); ++c) {
    llvm::Expected<int32_t> value =
        numerics::quantizeBias(bias[c], scales[params.hasChannels() ? c : 0]);
    if (!value) {
      emitError(loc) << "bias of channel " << c << ": "
                     << toString(value.takeError());
      return {};
    }
    stored.push_back(*value);
  }
  auto type = RankedTensorType::get(
      {bias.size()},
      makeBiasType(builder.getContext(), scales, params.hasChannels()));
  return ConstantOp::create(builder, loc, type,
                            makeIntegerElements(getStorageTensorType(type),
                                                std::move(stored), "bias"));
}

ConstantOp createActivationConstant(OpBuilder &builder, Location loc,
                                    FloatConstant &values,
                                    quant::UniformQuantizedType element) {
  std::vector<int32_t> stored;
  stored.reserve(values.size());
  for (float value : values.values())
    stored.push_back(numerics::quantizeF32(
        value, static_cast<float>(element.getScale()), element.getZeroPoint(),
        getStorageRange(element)));
  auto type = RankedTensorType::get(values.getShape(), element);
  return ConstantOp::create(
      builder, loc, type,
      makeStoredElements(getStorageTensorType(type),
                         element.getStorageTypeIntegralWidth(), stored));
}

} // namespace quantc::qnn

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the constants of a contraction once, and proves its accumulators.
#include "ContractionPlan.h"

using namespace mlir;
using quantc::numerics::AccumulatorBounds;
using quantc::numerics::Interval;
using quantc::numerics::StorageRange;

namespace quantc::conversion {

WeightChannels getWeightChannels(RankedTensorType weight, int64_t axis) {
  int64_t inner = 1;
  for (int64_t size : weight.getShape().drop_front(axis + 1))
    inner *= size;
  return {weight.getDimSize(axis), inner};
}

namespace {

/// What the three operations have in common.
struct Contraction {
  Value input, weight, bias;
  RankedTensorType result;
  qnn::RoundingMode rounding;
  std::optional<ArrayRef<int32_t>> clamp;
  int64_t channelAxis;

  RankedTensorType getWeightType() const {
    return cast<RankedTensorType>(weight.getType());
  }
  WeightChannels getChannels() const {
    return getWeightChannels(getWeightType(), channelAxis);
  }
};

template <typename OpT>
Contraction describe(OpT op, int64_t channelAxis) {
  return {op.getInput(),    op.getWeight(), op.getBias(), op.getType(),
          op.getRounding(), op.getClamp(),  channelAxis};
}

} // namespace

/// The least and greatest product of a number of each interval.
static Interval multiply(StorageRange a, StorageRange b) {
  auto [least, greatest] =
      std::minmax({a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max});
  return {least, greatest};
}

/// The bounds of each channel for whatever weights its type can hold.
static std::vector<Interval> boundByType(const Contraction &op,
                                         const IntegerConstant &bias) {
  quant::QuantizedType input = qnn::getQuantizedElement(op.input.getType());
  quant::QuantizedType weight = qnn::getQuantizedElement(op.weight.getType());
  StorageRange x = qnn::getStorageRange(input),
               w = qnn::getStorageRange(weight);
  int64_t zeroX = qnn::getZeroPoint(input, 0);
  int64_t channels = op.getChannels().channels;
  int64_t terms = op.getWeightType().getNumElements() / channels;
  std::vector<Interval> bounds;
  for (int64_t c = 0; c < channels; ++c) {
    int64_t zeroW = qnn::getZeroPoint(weight, c);
    Interval product = multiply({x.min - zeroX, x.max - zeroX},
                                {w.min - zeroW, w.max - zeroW});
    bounds.push_back(
        {bias[c] + terms * product.min, bias[c] + terms * product.max});
  }
  return bounds;
}

/// The bounds of each channel for its actual weights. Fills in the start of the
/// accumulators and the range of the weights.
static std::vector<Interval> boundByWeights(const Contraction &op,
                                            const IntegerConstant &bias,
                                            ContractionPlan &plan) {
  quant::QuantizedType input = qnn::getQuantizedElement(op.input.getType());
  quant::QuantizedType weight = qnn::getQuantizedElement(op.weight.getType());
  WeightChannels channelOf = op.getChannels();
  int64_t zeroX = qnn::getZeroPoint(input, 0);
  std::vector<AccumulatorBounds> bounds;
  bounds.reserve(channelOf.channels);
  for (int64_t c = 0; c < channelOf.channels; ++c)
    bounds.emplace_back(qnn::getStorageRange(input), zeroX,
                        qnn::getZeroPoint(weight, c), bias[c]);

  SmallVector<int64_t> zeroPoints = qnn::getZeroPoints(weight);
  std::vector<int64_t> sums(channelOf.channels, 0);
  for (int64_t i = 0, e = plan.weights->size(); i < e; ++i) {
    int64_t channel = channelOf(i);
    int64_t stored = (*plan.weights)[i];
    int64_t distance =
        stored - zeroPoints[zeroPoints.size() == 1 ? 0 : channel];
    bounds[channel].add(stored);
    sums[channel] += distance;
    plan.minWeight = std::min(plan.minWeight, distance);
    plan.maxWeight = std::max(plan.maxWeight, distance);
  }
  for (auto [start, sum] : llvm::zip_equal(plan.start, sums))
    start -= zeroX * sum;
  std::vector<Interval> totals;
  totals.reserve(bounds.size());
  for (const AccumulatorBounds &bound : bounds)
    totals.push_back(bound.total());
  return totals;
}

/// Whether stored inputs, or distances of them from the zero point, times the
/// distances of weights fit 32 bits.
static bool hasNarrowProducts(quant::QuantizedType input,
                              quant::QuantizedType weight,
                              const ContractionPlan &plan) {
  StorageRange x = qnn::getStorageRange(input);
  if (plan.weights)
    return multiply(x, {plan.minWeight, plan.maxWeight}).fitsInt32();
  StorageRange w = qnn::getStorageRange(weight);
  int64_t zeroX = qnn::getZeroPoint(input, 0);
  SmallVector<int64_t> zeros = qnn::getZeroPoints(weight);
  return multiply({x.min - zeroX, x.max - zeroX},
                  {w.min - *llvm::max_element(zeros),
                   w.max - *llvm::min_element(zeros)})
      .fitsInt32();
}

static llvm::Expected<ContractionPlan> plan(const Contraction &op) {
  std::optional<IntegerConstant> bias = IntegerConstant::read(op.bias);
  if (!bias)
    return llvm::createStringError("the bias is no constant, so that no bound "
                                   "of the accumulator is known");
  WeightChannels channelOf = op.getChannels();
  ContractionPlan result;
  for (int64_t c = 0; c < channelOf.channels; ++c)
    result.start.push_back((*bias)[c]);
  result.weights = IntegerConstant::read(op.weight);
  std::vector<Interval> bounds = result.weights
                                     ? boundByWeights(op, *bias, result)
                                     : boundByType(op, *bias);

  Interval all = bounds.front();
  for (Interval bound : bounds)
    all = {std::min(all.min, bound.min), std::max(all.max, bound.max)};

  quant::QuantizedType input = qnn::getQuantizedElement(op.input.getType());
  quant::QuantizedType weight = qnn::getQuantizedElement(op.weight.getType());
  result.hasNarrowProducts = hasNarrowProducts(input, weight, result);
  result.storesWords = input.isSigned() && all.fitsInt32() &&
                       input.getStorageTypeIntegralWidth() > 8;
  quant::QuantizedType output = qnn::getQuantizedElement(op.result);
  SmallVector<AccumulatorScale> scales;
  int64_t count = qnn::getQuantizedAxis(weight) ? channelOf.channels : 1;
  for (int64_t c = 0; c < count; ++c)
    scales.push_back({getFloatScale(input, 0), getFloatScale(weight, c),
                      getFloatScale(output, 0)});
  llvm::Expected<RequantizeSpec> requantize =
      planRequantize(op.rounding, scales, all, output, op.clamp);
  if (!requantize)
    return requantize.takeError();
  result.requantize = std::move(*requantize);
  return result;
}

llvm::Expected<ContractionPlan> planContraction(qnn::Conv2DOp op) {
  return plan(describe(op, /*channelAxis=*/0));
}

llvm::Expected<ContractionPlan> planContraction(qnn::DepthwiseConv2DOp op) {
  return plan(describe(op, /*channelAxis=*/2));
}

llvm::Expected<ContractionPlan> planContraction(qnn::FullyConnectedOp op) {
  return plan(describe(op, /*channelAxis=*/0));
}

} // namespace quantc::conversion

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ranges of weights and the types that follow. All arithmetic is the Numerics
// library's.
#include "WeightParams.h"

#include "quantc/Numerics/QuantParams.h"
#include "quantc/Numerics/Quantize.h"

#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace quantc::qnn {

WeightGroups::WeightGroups(ArrayRef<int64_t> shape, std::optional<int64_t> axis)
    : shape(shape), axis(axis), block(shape) {
  if (axis) {
    channels = shape[*axis];
    for (int64_t size : shape.drop_front(*axis + 1))
      inner *= size;
  } else {
    for (int64_t size : shape)
      inner *= size;
  }
  if (axis)
    block[*axis] = 1;
}

void WeightGroups::divide(ArrayRef<int64_t> sizes) {
  block.assign(sizes.begin(), sizes.end());
  for (auto [dim, size] : llvm::enumerate(shape))
    if (axis != static_cast<int64_t>(dim))
      blocks *= size / block[dim];
}

int64_t WeightGroups::operator[](int64_t index) const {
  int64_t channel = index / inner % channels;
  if (blocks == 1)
    return channel;
  int64_t place = 0, stride = 1;
  for (int64_t dim = shape.size() - 1; dim >= 0; --dim) {
    int64_t at = index % shape[dim];
    index /= shape[dim];
    if (axis == dim)
      continue;
    place += at / block[dim] * stride;
    stride *= shape[dim] / block[dim];
  }
  return channel * blocks + place;
}

/// The largest box of at most `limit` elements that holds all of a row of
/// `shape`, or a run of `limit` of it, and divides the dimensions.
static SmallVector<int64_t> getBox(ArrayRef<int64_t> shape,
                                   std::optional<int64_t> axis, int64_t limit) {
  SmallVector<int64_t> box(shape.size(), 1);
  for (int64_t dim = shape.size() - 1; dim >= 0; --dim) {
    if (axis == dim)
      continue;
    box[dim] = std::min(limit, shape[dim]);
    while (shape[dim] % box[dim] != 0)
      --box[dim];
    if (box[dim] != shape[dim])
      break;
    limit /= box[dim];
  }
  return box;
}

WeightGroups WeightGroups::get(Location loc, ArrayRef<int64_t> shape,
                               std::optional<int64_t> axis,
                               const TensorPolicy &policy, BlockKind kind) {
  if (policy.granularity == Granularity::Tensor)
    return {shape, std::nullopt};
  if (policy.granularity == Granularity::Channel)
    return {shape, axis};
  int64_t depth = shape.back();
  int64_t blockSize = std::min(policy.blockSize, depth);
  bool isLast = !axis || *axis == static_cast<int64_t>(shape.size()) - 1;
  WeightGroups groups(shape, axis);
  if (!isLast && depth % blockSize == 0) {
    SmallVector<int64_t> row(groups.block);
    row.back() = blockSize;
    groups.divide(
        kind == BlockKind::Row ? row : getBox(shape, axis, policy.blockSize));
    return groups;
  }
  remark::missed(
      loc, remark::RemarkOpts::name("BlocksDoNotFit").category("qnn-quantize"))
      << (isLast ? std::string("a channel has no dimension of its own to "
                               "divide into blocks: one scale a channel")
                 : llvm::formatv("{0} weights in a row cannot be divided into "
                                 "blocks of {1}: one scale a channel",
                                 depth, blockSize)
                       .str());
  return groups;
}

FailureOr<WeightParams> WeightParams::choose(Location loc,
                                             FloatConstant &weights,
                                             WeightGroups groups,
                                             const TensorPolicy &policy) {
  WeightParams result(std::move(groups), policy);
  int64_t count = result.groups.size();
  std::vector<float> least(count, std::numeric_limits<float>::infinity());
  std::vector<float> greatest(count, -std::numeric_limits<float>::infinity());
  for (auto [index, weight] : llvm::enumerate(weights.values())) {
    if (!std::isfinite(weight))
      return emitError(loc, "a weight is NaN or infinite");
    int64_t group = result.groups[static_cast<int64_t>(index)];
    least[group] = std::min(least[group], weight);
    greatest[group] = std::max(greatest[group], weight);
  }
  numerics::StorageRange storage = policy.getStorage();
  bool powerOfTwo = policy.hasPowerOfTwoScale();
  for (auto [low, high] : llvm::zip(least, greatest)) {
    llvm::Expected<numerics::QuantParams> params =
        policy.symmetric
            ? numerics::chooseSymmetric(
                  std::max(std::fabs(low), std::fabs(high)), storage,
                  powerOfTwo)
            : numerics::chooseAsymmetric(low, high, storage, powerOfTwo);
    if (!params)
      return emitError(loc) << "weights: " << toString(params.takeError());
    result.scales.push_back(params->scale);
    result.zeroPoints.push_back(params->zeroPoint);
  }
  if (!policy.symmetric)
    result.least = std::move(least);
  return result;
}

FailureOr<WeightParams> WeightParams::take(Location loc, ArrayRef<float> scales,
                                           WeightGroups groups,
                                           const TensorPolicy &policy) {
  WeightParams result(std::move(groups), policy);
  if (static_cast<int64_t>(scales.size()) != result.groups.size())
    return emitError(loc) << "'" << kWeightScalesAttr << "' has "
                          << scales.size() << " scales; expected "
                          << result.groups.size();
  numerics::StorageRange storage = policy.getStorage();
  for (float scale : scales) {
    llvm::Expected<float> legal = numerics::makeScale(scale);
    if (!legal)
      return emitError(loc) << "'" << kWeightScalesAttr
                            << "': " << toString(legal.takeError());
    result.scales.push_back(*legal);
    result.zeroPoints.push_back(storage.max - storage.steps() / 2);
  }
  return result;
}

int64_t WeightParams::findLargest(int64_t channel) const {
  auto first = scales.begin() + channel * groups.getBlocks();
  return std::max_element(first, first + groups.getBlocks()) - scales.begin();
}

float WeightParams::getChannelScale(int64_t channel) const {
  return scales[findLargest(channel)];
}

void WeightParams::setChannelScale(int64_t channel, float scale) {
  setScale(findLargest(channel), scale);
}

void WeightParams::setScale(int64_t group, float scale) {
  if (policy.hasPowerOfTwoScale())
    scale = numerics::roundUpToPowerOfTwo(scale);
  scales[group] = scale;
  if (!least.empty())
    zeroPoints[group] =
        numerics::chooseZeroPoint(least[group], scale, policy.getStorage());
}

int32_t WeightParams::quantize(float value, int64_t index) const {
  int64_t group = groups[index];
  return numerics::quantizeF32(value, scales[group], zeroPoints[group],
                               policy.getStorage());
}

quant::QuantizedType WeightParams::getElementType(MLIRContext *context) const {
  if (groups.getBlocks() > 1)
    return getBlockType(context);
  unsigned flags = policy.isSigned ? quant::QuantizationFlags::Signed : 0;
  auto storage = IntegerType::get(context, policy.bits);
  auto expressed = Float32Type::get(context);
  numerics::StorageRange range = policy.getStorage();
  if (!hasChannels())
    return quant::UniformQuantizedType::get(flags, storage, expressed,
                                            scales.front(), zeroPoints.front(),
                                            range.min, range.max);
  SmallVector<double> wide(scales.begin(), scales.end());
  return quant::UniformQuantizedPerAxisType::get(
      flags, storage, expressed, wide, zeroPoints,
      static_cast<int32_t>(*groups.getAxis()), range.min, range.max);
}

quant::QuantizedType WeightParams::getBlockType(MLIRContext *context) const {
  ArrayRef<int64_t> shape = groups.getShape();
  auto storage = IntegerType::get(context, policy.bits);
  auto expressed = Float32Type::get(context);
  SmallVector<int64_t> scaleShape(shape.size(), 1);
  SmallVector<int32_t> dimensions;
  SmallVector<int64_t> blockSizes;
  for (int32_t dim = 0, rank = shape.size(); dim < rank; ++dim) {
    int64_t size = groups.getBlock()[dim];
    dimensions.push_back(dim);
    blockSizes.push_back(size);
    scaleShape[dim] = shape[dim] / size;
  }
  SmallVector<APInt> stored;
  for (int64_t zeroPoint : zeroPoints)
    stored.emplace_back(policy.bits, zeroPoint, policy.isSigned);
  numerics::StorageRange range = policy.getStorage();
  return quant::UniformQuantizedSubChannelType::get(
      policy.isSigned ? quant::QuantizationFlags::Signed : 0, storage,
      expressed,
      DenseElementsAttr::get(RankedTensorType::get(scaleShape, expressed),
                             ArrayRef<float>(scales)),
      DenseElementsAttr::get(RankedTensorType::get(scaleShape, storage),
                             stored),
      dimensions, blockSizes, range.min, range.max);
}

} // namespace quantc::qnn

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of channels is computed in one place, for the constants of the
// epilogue and for the weights.
#include "DepthwisePacking.h"

#include "RawConstant.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

#include <cstring>

using namespace mlir;

namespace quantc::codegen {
namespace {

/// The channel in lane `lane` of quarter `quarter`; none behind the last one.
std::optional<int64_t> getChannel(const DepthwiseSegment &segment,
                                  int64_t block, int64_t quarter,
                                  int64_t lane) {
  int64_t position = lane / 4 * 16 + quarter * 4 + lane % 4;
  if (position >= segment.getBytes())
    return std::nullopt;
  if (segment.pixels > 1)
    return segment.channel + position % segment.channels;
  return segment.channel + block * segment.width + position;
}

/// Calls `place(block, quarter, lane, channel)` for everything that exists.
void forEachLane(
    const DepthwiseSegment &segment,
    llvm::function_ref<void(int64_t, int64_t, int64_t, int64_t)> place) {
  for (int64_t block = 0; block < getNumBlocks(segment); ++block)
    for (int64_t quarter = 0; quarter < 4; ++quarter)
      for (int64_t lane = 0; lane < segment.width / 4; ++lane)
        if (auto channel = getChannel(segment, block, quarter, lane))
          place(block, quarter, lane, *channel);
}

} // namespace

int64_t getNumBlocks(const DepthwiseSegment &segment) {
  return segment.pixels > 1
             ? 1
             : std::max<int64_t>(1, segment.channels / segment.width);
}

ElementsAttr packChannels(ElementsAttr constant,
                          const DepthwiseSegment &segment) {
  ArrayRef<char> source = getRawBytes(constant);
  ShapedType type =
      constant.getShapedType().clone({getNumBlocks(segment), segment.width});
  int64_t bytes = type.getElementTypeBitWidth() / 8;
  std::vector<char> packed(type.getNumElements() * bytes, 0);
  forEachLane(segment, [&](int64_t block, int64_t quarter, int64_t lane,
                           int64_t channel) {
    int64_t to = block * segment.width + quarter * (segment.width / 4) + lane;
    int64_t from = constant.isSplat() ? 0 : channel;
    std::memcpy(&packed[to * bytes], &source[from * bytes], bytes);
  });
  return makeRawConstant(type, packed);
}

ElementsAttr packTaps(ElementsAttr weights, AffineMap map,
                      const DepthwisePlan &plan,
                      const DepthwiseSegment &segment, int64_t rows) {
  ArrayRef<char> source = getRawBytes(weights);
  SmallVector<int64_t> strides =
      computeStrides(weights.getShapedType().getShape());
  auto strideOf = [&](unsigned loop) {
    return strides[*map.getResultPosition(
        getAffineDimExpr(loop, map.getContext()))];
  };
  int64_t groupedStride = strideOf(plan.grouped.kernel);
  int64_t slidStride = strideOf(plan.slid.kernel);
  int64_t channelStride = strideOf(plan.channelDim);

  SmallVector<int64_t> pixels = plan.grouped.getPixels(rows);
  int64_t ways = plan.ways, bytes = ways == 2 ? 2 : 1;
  int64_t groups = llvm::divideCeil(pixels.size(), ways);
  int64_t entries = rows * plan.slid.taps * groups * 4;
  int64_t lanes = segment.width / 4;
  Type element = IntegerType::get(map.getContext(), 8 * bytes);
  auto type = RankedTensorType::get(
      {getNumBlocks(segment), entries / 4, segment.width * ways}, element);
  std::vector<char> packed(type.getNumElements() * bytes, 0);

  auto place = [&](int64_t block, int64_t quarter, int64_t lane,
                   int64_t channel) {
    for (int64_t row = 0; row < rows; ++row)
      for (auto [index, pixel] : llvm::enumerate(pixels)) {
        std::optional<int64_t> tap = plan.grouped.getTap(row, pixel);
        if (!tap)
          continue;
        for (int64_t slid = 0; slid < plan.slid.taps; ++slid) {
          int64_t from = *tap * groupedStride + slid * slidStride +
                         channel * channelStride;
          auto weight = static_cast<int16_t>(
              static_cast<int8_t>(source[weights.isSplat() ? 0 : from]));
          int64_t group = static_cast<int64_t>(index) / ways;
          int64_t way = static_cast<int64_t>(index) % ways;
          bool isLastOfOdd = index + 1 == pixels.size() && way % 2 == 0;
          if (plan.pairsColumns && isLastOfOdd)
            way += slid * plan.slid.dilation % 2;
          int64_t entry =
              ((row * plan.slid.taps + slid) * groups + group) * 4 + quarter;
          int64_t to = ((block * entries + entry) * lanes + lane) * ways + way;
          std::memcpy(&packed[to * bytes], &weight, bytes);
        }
      }
  };
  forEachLane(segment, place);
  return makeRawConstant(type, packed);
}

} // namespace quantc::codegen

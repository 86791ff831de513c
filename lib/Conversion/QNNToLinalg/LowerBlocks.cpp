// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A loop over weights with blocks becomes two, of which the outer one is a
// dimension of the accumulators. These are multiplied, added up and rounded
// once behind the loops.
#include "BlockContraction.h"
#include "StructuredBuilders.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using quantc::numerics::BlockMultipliers;
using quantc::numerics::BlockTerm;
using quantc::numerics::StorageRange;

namespace quantc::conversion {

//===----------------------------------------------------------------------===//
// Planning
//===----------------------------------------------------------------------===//

namespace {

/// What the operations have in common. The parameters of the weights are in the
/// order of channels and blocks, or of blocks and channels if the channel is
/// the last dimension.
struct Blocks {
  quant::QuantizedType input, weight, bias, result;
  RankedTensorType weightType;
  int64_t channels, count;
  bool channelsLast;

  int64_t getParameter(int64_t block, int64_t channel) const {
    return channelsLast ? block * channels + channel : channel * count + block;
  }
  /// Elements of one block.
  int64_t getSize() const {
    return weightType.getNumElements() / (channels * count);
  }
};

} // namespace

/// The greatest distance of a number of `type` from zero point `zeroPoint`.
static int64_t getReach(quant::QuantizedType type, int64_t zeroPoint) {
  StorageRange range = qnn::getStorageRange(type);
  return std::max(range.max - zeroPoint, zeroPoint - range.min);
}

/// The terms of the sum of one channel: its blocks, then the bias.
static SmallVector<BlockTerm> getTerms(const Blocks &blocks, int64_t channel) {
  double inputScale = getFloatScale(blocks.input, 0);
  double resultScale = getFloatScale(blocks.result, 0);
  int64_t inputReach =
      getReach(blocks.input, qnn::getZeroPoint(blocks.input, 0));
  SmallVector<BlockTerm> terms;
  for (int64_t block = 0; block < blocks.count; ++block) {
    int64_t parameter = blocks.getParameter(block, channel);
    int64_t weightReach =
        getReach(blocks.weight, qnn::getZeroPoint(blocks.weight, parameter));
    terms.push_back(
        {inputScale * double(getFloatScale(blocks.weight, parameter)) /
             resultScale,
         blocks.getSize() * inputReach * weightReach});
  }
  int64_t biasParameter = qnn::getQuantizedAxis(blocks.bias) ? channel : 0;
  terms.push_back({qnn::getScale(blocks.bias, biasParameter) / resultScale,
                   int64_t(1) << 31});
  return terms;
}

/// The distances of the weights, and where the accumulators start: what the
/// zero point of the input adds to them.
static void planSums(const Blocks &blocks, BlockPlan &plan) {
  const IntegerConstant &weights = *plan.sums.weights;
  qnn::ParameterIndex parameterOf(blocks.weightType);
  SmallVector<int64_t> zeroPoints = qnn::getZeroPoints(blocks.weight);
  std::vector<int64_t> sums(blocks.channels * blocks.count, 0);
  for (int64_t i = 0, e = weights.size(); i < e; ++i) {
    int64_t parameter = parameterOf(i);
    int64_t distance = weights[i] - zeroPoints[parameter];
    plan.zeroPoints.push_back(zeroPoints[parameter]);
    sums[parameter] += distance;
    plan.sums.minWeight = std::min(plan.sums.minWeight, distance);
    plan.sums.maxWeight = std::max(plan.sums.maxWeight, distance);
  }
  int64_t zeroX = qnn::getZeroPoint(blocks.input, 0);
  for (int64_t block = 0; block < blocks.count; ++block)
    for (int64_t channel = 0; channel < blocks.channels; ++channel)
      plan.sums.start.push_back(-zeroX *
                                sums[blocks.getParameter(block, channel)]);
  // The stored input may be larger than its distance from the zero point.
  StorageRange x = qnn::getStorageRange(blocks.input);
  int64_t largestX = std::max(std::max(std::abs(x.min), std::abs(x.max)),
                              getReach(blocks.input, zeroX));
  int64_t largestW =
      std::max(std::abs(plan.sums.minWeight), std::abs(plan.sums.maxWeight));
  int64_t product = largestX * largestW;
  plan.sums.hasNarrowProducts = llvm::isInt<32>(product);
  plan.sums.requantize.isWide = !llvm::isInt<32>(product * blocks.getSize());
}

template <typename OpT>
static llvm::Expected<BlockPlan> plan(OpT op, int64_t channelAxis) {
  RankedTensorType weightType = op.getWeight().getType();
  Blocks blocks{qnn::getQuantizedElement(op.getInput().getType()),
                qnn::getQuantizedElement(weightType),
                qnn::getQuantizedElement(op.getBias().getType()),
                qnn::getQuantizedElement(op.getType()),
                weightType,
                weightType.getDimSize(channelAxis),
                0,
                channelAxis != 0};
  blocks.count = qnn::ParameterIndex(weightType).size() / blocks.channels;
  BlockPlan plan;
  plan.sums.weights = IntegerConstant::read(op.getWeight());
  std::optional<IntegerConstant> bias = IntegerConstant::read(op.getBias());
  if (!plan.sums.weights || !bias)
    return llvm::createStringError("weights with blocks and their bias are "
                                   "expected to be constants");
  plan.isInputSigned = blocks.input.isSigned();
  plan.blocks = qnn::getBlockShape(blocks.weight, weightType.getShape());
  plan.blocks.erase(plan.blocks.begin() + channelAxis);
  planSums(blocks, plan);
  for (int64_t channel = 0; channel < blocks.channels; ++channel) {
    llvm::Expected<BlockMultipliers> multipliers =
        numerics::computeBlockMultipliers(getTerms(blocks, channel));
    if (!multipliers)
      return llvm::createStringError("channel " + Twine(channel) + ": " +
                                     llvm::toString(multipliers.takeError()));
    plan.channels.push_back(std::move(*multipliers));
    plan.bias.push_back((*bias)[channel]);
  }
  plan.zeroPoint = qnn::getZeroPoint(blocks.result, 0);
  plan.range = qnn::getStorageRange(blocks.result);
  if (std::optional<ArrayRef<int32_t>> clamp = op.getClamp())
    plan.range = {(*clamp)[0], (*clamp)[1]};
  return plan;
}

llvm::Expected<BlockPlan> planBlocks(qnn::Conv2DOp op) {
  return plan(op, /*channelAxis=*/0);
}
llvm::Expected<BlockPlan> planBlocks(qnn::DepthwiseConv2DOp op) {
  return plan(op, /*channelAxis=*/2);
}
llvm::Expected<BlockPlan> planBlocks(qnn::FullyConnectedOp op) {
  return plan(op, /*channelAxis=*/0);
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

namespace {

/// The loops over the blocks of one operation: `outer`, `blocks` and `channels`
/// are the parallel ones, in this order.
struct BlockLoops {
  Loops loops;
  unsigned outer, blocks, channels;
};

} // namespace

/// `loops` with those over several blocks in two.
static BlockLoops splitLoops(const Loops &loops, ArrayRef<int64_t> blockSizes) {
  MLIRContext *context = loops.input.getContext();
  unsigned parallel = loops.accumulatorShape.size();
  unsigned outer = parallel - loops.channelDims;
  auto getSize = [&](unsigned loop) {
    for (auto [position, expr] : llvm::enumerate(loops.weightMap.getResults()))
      if (expr == getAffineDimExpr(loop, context))
        return loops.weightView[loops.weightPermutation[position]];
    llvm_unreachable("the weights have every reduction loop");
  };
  SmallVector<unsigned> split;
  for (unsigned r = 0; r < loops.reductions; ++r)
    if (getSize(parallel + r) != blockSizes[r])
      split.push_back(r);
  unsigned added = split.size();
  unsigned total = parallel + added + loops.reductions;
  auto dim = [&](unsigned d) { return getAffineDimExpr(d, context); };
  auto blockOf = [&](unsigned r) -> std::optional<unsigned> {
    auto *found = llvm::find(split, r);
    if (found == split.end())
      return std::nullopt;
    return outer + static_cast<unsigned>(found - split.begin());
  };

  SmallVector<AffineExpr> replaced;
  for (unsigned d = 0; d < parallel; ++d)
    replaced.push_back(dim(d < outer ? d : d + added));
  for (unsigned r = 0; r < loops.reductions; ++r) {
    AffineExpr inner = dim(parallel + added + r);
    std::optional<unsigned> block = blockOf(r);
    replaced.push_back(block ? dim(*block) * blockSizes[r] + inner : inner);
  }

  Loops result = loops;
  result.inputMap =
      loops.inputMap.replaceDimsAndSymbols(replaced, {}, total, 0);
  // The weights are viewed with two dimensions for a split one.
  result.weightView.clear();
  SmallVector<int64_t> firstOf(loops.weightView.size());
  SmallVector<std::optional<unsigned>> reductionOf(loops.weightView.size());
  for (auto [position, expr] : llvm::enumerate(loops.weightMap.getResults()))
    if (unsigned loop = cast<AffineDimExpr>(expr).getPosition();
        loop >= parallel && blockOf(loop - parallel))
      reductionOf[loops.weightPermutation[position]] = loop - parallel;
  for (auto [view, size] : llvm::enumerate(loops.weightView)) {
    firstOf[view] = result.weightView.size();
    if (reductionOf[view]) {
      int64_t block = blockSizes[*reductionOf[view]];
      result.weightView.push_back(size / block);
      result.weightView.push_back(block);
    } else {
      result.weightView.push_back(size);
    }
  }
  result.weightPermutation.clear();
  SmallVector<AffineExpr> weightExprs;
  for (auto [position, expr] : llvm::enumerate(loops.weightMap.getResults())) {
    int64_t view = loops.weightPermutation[position];
    result.weightPermutation.push_back(firstOf[view]);
    if (!reductionOf[view]) {
      weightExprs.push_back(replaced[cast<AffineDimExpr>(expr).getPosition()]);
      continue;
    }
    result.weightPermutation.push_back(firstOf[view] + 1);
    std::optional<unsigned> block = blockOf(*reductionOf[view]);
    assert(block && "only split reductions are recorded");
    weightExprs.push_back(dim(*block));
    weightExprs.push_back(dim(parallel + added + *reductionOf[view]));
  }
  result.weightMap = AffineMap::get(total, 0, weightExprs, context);
  SmallVector<AffineExpr> accumulatorExprs;
  for (unsigned d = 0; d < parallel + added; ++d)
    accumulatorExprs.push_back(dim(d));
  result.accumulatorMap = AffineMap::get(total, 0, accumulatorExprs, context);
  SmallVector<int64_t> counts;
  for (unsigned r : split)
    counts.push_back(getSize(parallel + r) / blockSizes[r]);
  result.accumulatorShape.insert(result.accumulatorShape.begin() + outer,
                                 counts.begin(), counts.end());
  result.channelDims = added + loops.channelDims;
  return {result, outer, added, loops.channelDims};
}

//===----------------------------------------------------------------------===//
// The sum of the blocks
//===----------------------------------------------------------------------===//

namespace {

/// What stands behind the accumulators.
class BlockSum {
public:
  BlockSum(OpBuilder &builder, Location loc, const BlockPlan &plan,
           const BlockLoops &loops)
      : builder(builder), loc(loc), plan(plan), outer(loops.outer),
        blocks(loops.blocks), channels(loops.channels) {
    ArrayRef<int64_t> shape = loops.loops.accumulatorShape;
    llvm::append_range(resultShape, shape.take_front(outer));
    llvm::append_range(resultShape, shape.take_back(channels));
  }

  /// bias * its multiplier + 2^(s-1) + the sum of accumulator * multiplier.
  Value createSum(Value accumulators) {
    std::vector<int64_t> start;
    for (auto [multipliers, bias] : llvm::zip_equal(plan.channels, plan.bias))
      start.push_back(bias * multipliers.multipliers.back() +
                      (int64_t(1) << (multipliers.shift - 1)));
    auto type = RankedTensorType::get(resultShape, builder.getI64Type());
    Value init =
        createElementwise(
            builder, loc, type,
            createIntegerConstant(builder, loc, getChannelShape(), start),
            getChannelMap(),
            [](OpBuilder &, Location, ValueRange args) { return args[0]; })
            .getResult(0);
    // Loops: outer, channels | blocks.
    unsigned total = outer + channels + blocks;
    SmallVector<AffineExpr> accumulator, parameter, result;
    for (unsigned d = 0; d < outer; ++d)
      accumulator.push_back(builder.getAffineDimExpr(d));
    for (unsigned d = outer + channels; d < total; ++d)
      parameter.push_back(builder.getAffineDimExpr(d));
    for (unsigned d = outer; d < outer + channels; ++d)
      parameter.push_back(builder.getAffineDimExpr(d));
    llvm::append_range(accumulator, parameter);
    for (unsigned d = 0; d < outer + channels; ++d)
      result.push_back(builder.getAffineDimExpr(d));
    auto map = [&](ArrayRef<AffineExpr> exprs) {
      return AffineMap::get(total, 0, exprs, builder.getContext());
    };
    bool shifts = arePowers();
    return createReduction(
        builder, loc, init,
        {accumulators,
         createMultipliers(cast<RankedTensorType>(accumulators.getType()),
                           shifts)},
        {map(accumulator), map(parameter), map(result)}, blocks,
        [&](OpBuilder &nested, Location nestedLoc, ValueRange args) -> Value {
          Value wide = extendStored(nested, nestedLoc, args[0], true, 64);
          Value factor = extendStored(nested, nestedLoc, args[1], true, 64);
          Value product =
              shifts ? arith::ShLIOp::create(nested, nestedLoc, wide, factor)
                           .getResult()
                     : arith::MulIOp::create(nested, nestedLoc, wide, factor)
                           .getResult();
          return arith::AddIOp::create(nested, nestedLoc, args[2], product);
        });
  }

  Value createResult(Value sum, Type element) {
    std::vector<int32_t> shifts;
    shifts.reserve(plan.channels.size());
    for (const BlockMultipliers &multipliers : plan.channels)
      shifts.push_back(multipliers.shift);
    bool isUniform = llvm::all_equal(shifts);
    SmallVector<Value> inputs{sum};
    SmallVector<AffineMap> maps{
        builder.getMultiDimIdentityMap(resultShape.size())};
    if (!isUniform) {
      inputs.push_back(
          createIntegerConstant(builder, loc, getChannelShape(), shifts));
      maps.push_back(getChannelMap());
    }
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      Value shift = isUniform
                        ? createInteger(nested, nestedLoc, 64, shifts.front())
                        : extendStored(nested, nestedLoc, args[1], false, 64);
      Value scaled = arith::ShRSIOp::create(nested, nestedLoc, args[0], shift);
      Value clamped = clampSigned(nested, nestedLoc, scaled,
                                  plan.range.min - plan.zeroPoint,
                                  plan.range.max - plan.zeroPoint);
      Value stored = arith::AddIOp::create(
          nested, nestedLoc, clamped,
          createInteger(nested, nestedLoc, 64, plan.zeroPoint));
      return truncateTo(nested, nestedLoc, stored, element);
    };
    return createElementwise(builder, loc,
                             RankedTensorType::get(resultShape, element),
                             inputs, maps, body)
        .getResult(0);
  }

private:
  ArrayRef<int64_t> getChannelShape() const {
    return ArrayRef(resultShape).take_back(channels);
  }
  AffineMap getChannelMap() const {
    return AffineMap::getMinorIdentityMap(resultShape.size(), channels,
                                          builder.getContext());
  }

  /// Whether nothing is multiplied but powers of two, as in block floating
  /// point.
  bool arePowers() const {
    return llvm::all_of(plan.channels, [](const BlockMultipliers &channel) {
      return llvm::all_of(
          ArrayRef(channel.multipliers).drop_back(),
          [](int32_t m) { return llvm::isPowerOf2_32(uint32_t(m)); });
    });
  }

  /// The multipliers of blocks and channels, or what they shift by.
  Value createMultipliers(RankedTensorType accumulators, bool shifts) {
    std::vector<int32_t> values;
    size_t count = plan.channels.front().multipliers.size() - 1;
    for (size_t block = 0; block < count; ++block)
      for (const BlockMultipliers &channel : plan.channels) {
        int32_t multiplier = channel.multipliers[block];
        values.push_back(shifts ? int32_t(llvm::Log2_32(uint32_t(multiplier)))
                                : multiplier);
      }
    return createIntegerConstant(builder, loc,
                                 accumulators.getShape().drop_front(outer),
                                 std::move(values));
  }

  OpBuilder &builder;
  Location loc;
  const BlockPlan &plan;
  unsigned outer, blocks, channels;
  SmallVector<int64_t> resultShape;
};

} // namespace

Value lowerBlocks(OpBuilder &builder, Location loc, const BlockPlan &plan,
                  const Loops &loops, RankedTensorType resultType) {
  SmallVector<int64_t> blocks(plan.blocks);
  // Depthwise loops leave the one input channel of a group out.
  blocks.resize(loops.reductions);
  BlockLoops split = splitLoops(loops, blocks);
  Value weights =
      createWeights(builder, loc, *plan.sums.weights, plan.sums.minWeight,
                    plan.sums.maxWeight, split.loops,
                    [&](int64_t index) { return plan.zeroPoints[index]; });
  Value accumulators = accumulate(builder, loc, plan.sums, split.loops, weights,
                                  plan.isInputSigned);
  BlockSum sum(builder, loc, plan, split);
  Value result = sum.createResult(sum.createSum(accumulators),
                                  resultType.getElementType());
  return createReshape(builder, loc, result, resultType.getShape());
}

} // namespace quantc::conversion

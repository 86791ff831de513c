// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// integer_conv_2d and integer_depthwise_conv_2d: the loops of the quantized
// operations without a requantize. For constant weights the zero point of the
// input, which only the running program knows, is in the start of the
// accumulators, so that the loops multiply stored integers.
#include "ContractionLoops.h"
#include "DynamicZeroPoint.h"
#include "Lowering.h"
#include "StructuredBuilders.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <limits>

using namespace mlir;

namespace quantc::conversion {

//===----------------------------------------------------------------------===//
// What is known of the weights
//===----------------------------------------------------------------------===//

namespace {

/// Constant weights and what the sums need of them.
struct ByteWeights {
  IntegerConstant stored;
  int64_t least = 0, greatest = 0;
  /// The sum of the distances from the zero point, a channel.
  std::vector<int64_t> sums;
};

} // namespace

/// An error where a sum of `channel` may leave 32 bits: with the zero point at
/// either end, every input is up to 255 steps to one side of it.
static llvm::Error checkChannel(int64_t channel, int64_t positive,
                                int64_t negative) {
  return checkAccumulator({255 * negative, 255 * positive},
                          "the accumulator of output channel " +
                              Twine(channel));
}

/// The weights, nothing where they are no constant, or why a sum may overflow.
static llvm::Expected<std::optional<ByteWeights>>
readWeights(Value weight, int64_t channelAxis) {
  auto type = cast<RankedTensorType>(weight.getType());
  quant::QuantizedType element = getElement(weight);
  WeightChannels channelOf = getWeightChannels(type, channelAxis);
  std::optional<IntegerConstant> stored = IntegerConstant::read(weight);
  if (!stored) {
    int64_t terms = type.getNumElements() / channelOf.channels;
    if (llvm::Error error = checkChannel(0, 255 * terms, -255 * terms))
      return std::move(error);
    return std::nullopt;
  }
  ByteWeights weights{*stored, 0, 0, {}};
  std::vector<int64_t> positive(channelOf.channels), negative(positive);
  SmallVector<int64_t> zeroPoints = qnn::getZeroPoints(element);
  for (int64_t i = 0, e = stored->size(); i < e; ++i) {
    int64_t channel = channelOf(i);
    int64_t distance =
        (*stored)[i] - zeroPoints[zeroPoints.size() == 1 ? 0 : channel];
    (distance > 0 ? positive : negative)[channel] += distance;
    weights.least = std::min(weights.least, distance);
    weights.greatest = std::max(weights.greatest, distance);
  }
  for (int64_t c = 0; c < channelOf.channels; ++c) {
    int64_t span = std::max(positive[c], -negative[c]);
    if (llvm::Error error = checkChannel(c, span, -span))
      return std::move(error);
    weights.sums.push_back(positive[c] + negative[c]);
  }
  return weights;
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

/// -zero_point * sum(weights), modulo 2^32 as the sums are.
static Value createStart(OpBuilder &builder, Location loc, const Loops &loops,
                         const ByteWeights &weights,
                         const DynamicZeroPoint &zeroPoint) {
  auto type =
      RankedTensorType::get(loops.accumulatorShape, builder.getI32Type());
  MLIRContext *context = builder.getContext();
  if (zeroPoint.getKnown() == 0)
    return createFill(builder, loc, type, 0);
  std::vector<int32_t> sums;
  sums.reserve(weights.sums.size());
  for (int64_t sum : weights.sums)
    sums.push_back(static_cast<int32_t>(-sum));
  Value negated =
      createIntegerConstant(builder, loc, loops.getChannelShape(), sums);
  SmallVector<Value> inputs{negated, zeroPoint.getTensor()};
  SmallVector<AffineMap> maps{
      loops.getChannelMap(context),
      DynamicZeroPoint::getMap(context, type.getRank())};
  auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
    return arith::MulIOp::create(nested, nestedLoc, args[0],
                                 zeroPoint.extend(nested, nestedLoc, args[1]))
        .getResult();
  };
  return createElementwise(builder, loc, type, inputs, maps, body).getResult(0);
}

/// start + sum of stored input * weight distance.
static Value accumulate(OpBuilder &builder, Location loc, const Loops &loops,
                        Value start, Value weights, bool isInputSigned) {
  auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
    Value x = extendStored(nested, nestedLoc, args[0], isInputSigned);
    Value w = extendStored(nested, nestedLoc, args[1], /*isSigned=*/true);
    Value product = arith::MulIOp::create(nested, nestedLoc, x, w);
    return arith::AddIOp::create(nested, nestedLoc, args[2], product)
        .getResult();
  };
  return createReduction(
      builder, loc, start, {loops.input, weights},
      {loops.inputMap, loops.weightMap, loops.accumulatorMap}, loops.reductions,
      body);
}

/// The same for weights that are not known now: both zero points are
/// subtracted from each factor.
static Value accumulateUnknown(OpBuilder &builder, Location loc,
                               const Loops &loops, Value weights,
                               quant::QuantizedType weight,
                               const DynamicZeroPoint &zeroPoint,
                               bool isInputSigned) {
  MLIRContext *context = builder.getContext();
  std::vector<int32_t> zeroPoints;
  for (int64_t number : qnn::getZeroPoints(weight))
    zeroPoints.push_back(static_cast<int32_t>(number));
  unsigned numLoops = loops.inputMap.getNumDims();
  SmallVector<Value> operands{loops.input, weights, zeroPoint.getTensor()};
  SmallVector<AffineMap> maps{loops.inputMap, loops.weightMap,
                              DynamicZeroPoint::getMap(context, numLoops)};
  bool isUniform = llvm::all_equal(zeroPoints);
  int32_t uniform = zeroPoints.front();
  if (!isUniform) {
    operands.push_back(createIntegerConstant(
        builder, loc, loops.getChannelShape(), std::move(zeroPoints)));
    maps.push_back(loops.getChannelMap(context).compose(loops.accumulatorMap));
  }
  maps.push_back(loops.accumulatorMap);
  auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
    auto subtract = [&](Value stored, bool isSigned, Value from) -> Value {
      return arith::SubIOp::create(
          nested, nestedLoc, extendStored(nested, nestedLoc, stored, isSigned),
          from);
    };
    Value zeroW =
        isUniform ? createInteger(nested, nestedLoc, 32, uniform) : args[3];
    Value product = arith::MulIOp::create(
        nested, nestedLoc,
        subtract(args[0], isInputSigned,
                 zeroPoint.extend(nested, nestedLoc, args[2])),
        subtract(args[1], weight.isSigned(), zeroW));
    return arith::AddIOp::create(nested, nestedLoc, args.back(), product)
        .getResult();
  };
  auto type =
      RankedTensorType::get(loops.accumulatorShape, builder.getI32Type());
  return createReduction(builder, loc, createFill(builder, loc, type, 0),
                         operands, maps, loops.reductions, body);
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {

template <typename OpT>
class LowerIntegerConv : public LowerOp<OpT> {
public:
  using LowerOp<OpT>::LowerOp;
  using OpAdaptor = typename OpT::Adaptor;

  LogicalResult
  matchAndRewrite(OpT op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto known = readWeights(op.getWeight(), kChannelAxis);
    if (!known)
      return this->refuse(rewriter, op, known.takeError());
    Location loc = op.getLoc();
    bool isSigned = op.getInputSigned();
    DynamicZeroPoint zeroPoint(adaptor.getZeroPoint(), isSigned);
    Value padded = zeroPoint.createImagePad(rewriter, loc, adaptor.getInput(),
                                            op.getPad());
    Loops loops = createLoops(rewriter, op, padded);
    quant::QuantizedType weight = getElement(op.getWeight());
    Value sum;
    if (*known) {
      Value arranged = createWeights(
          rewriter, loc, (*known)->stored, (*known)->least, (*known)->greatest,
          loops, getWeightChannels(op.getWeight().getType(), kChannelAxis),
          qnn::getZeroPoints(weight));
      sum = accumulate(rewriter, loc, loops,
                       createStart(rewriter, loc, loops, **known, zeroPoint),
                       arranged, isSigned);
    } else {
      sum = accumulateUnknown(
          rewriter, loc, loops,
          transposeWeights(rewriter, loc, adaptor.getWeight(), loops), weight,
          zeroPoint, isSigned);
    }
    rewriter.replaceOp(op, createReshape(rewriter, loc, sum,
                                         op.getResult().getType().getShape()));
    return success();
  }

  static constexpr bool kIsDepthwise =
      std::is_same_v<OpT, qnn::IntegerDepthwiseConv2DOp>;
  static constexpr int64_t kChannelAxis = kIsDepthwise ? 2 : 0;

private:
  static Loops createLoops(OpBuilder &builder, OpT op, Value padded) {
    ArrayRef<int64_t> weight = op.getWeight().getType().getShape();
    ArrayRef<int64_t> result = op.getResult().getType().getShape();
    Window window{op.getStride(), op.getDilation()};
    if constexpr (kIsDepthwise)
      return getDepthwiseLoops(padded, weight.take_front(2),
                               /*channelsFirst=*/false, result, window);
    else
      return getGroupLoops(builder, op.getLoc(), padded, weight, result,
                           static_cast<int64_t>(op.getGroup()), window);
  }
};

using LowerIntegerConv2D = LowerIntegerConv<qnn::IntegerConv2DOp>;
using LowerIntegerDepthwise = LowerIntegerConv<qnn::IntegerDepthwiseConv2DOp>;

} // namespace

CheckResult checkIntegerContraction(Operation *op) {
  if (auto conv = dyn_cast<qnn::IntegerConv2DOp>(op))
    return readWeights(conv.getWeight(), LowerIntegerConv2D::kChannelAxis)
        .takeError();
  if (auto conv = dyn_cast<qnn::IntegerDepthwiseConv2DOp>(op))
    return readWeights(conv.getWeight(), LowerIntegerDepthwise::kChannelAxis)
        .takeError();
  return std::nullopt;
}

void populateIntegerContractionPatterns(const TypeConverter &converter,
                                        RewritePatternSet &patterns) {
  patterns.add<LowerIntegerConv2D, LowerIntegerDepthwise>(
      converter, patterns.getContext());
}

} // namespace quantc::conversion

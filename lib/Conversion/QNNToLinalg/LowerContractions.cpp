// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// conv_2d, depthwise_conv_2d and fully_connected as a sum of products and one
// elementwise requantize.
#include "BlockContraction.h"
#include "ContractionLoops.h"
#include "Lowering.h"
#include "StructuredBuilders.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace quantc::conversion {

//===----------------------------------------------------------------------===//
// Accumulation
//===----------------------------------------------------------------------===//

/// A tensor with the start of its channel in each accumulator.
static Value createStart(OpBuilder &builder, Location loc,
                         const ContractionPlan &plan, const Loops &loops) {
  bool isWide = plan.requantize.isWide;
  auto type = RankedTensorType::get(loops.accumulatorShape,
                                    builder.getIntegerType(isWide ? 64 : 32));
  if (llvm::all_equal(plan.start))
    return createFill(builder, loc, type, plan.start.front());
  Value start =
      isWide ? createIntegerConstant(builder, loc, loops.getChannelShape(),
                                     plan.start)
             : createIntegerConstant(
                   builder, loc, loops.getChannelShape(),
                   std::vector<int32_t>(plan.start.begin(), plan.start.end()));
  return createElementwise(
             builder, loc, type, start,
             loops.getChannelMap(builder.getContext()),
             [](OpBuilder &, Location, ValueRange args) { return args[0]; })
      .getResult(0);
}

/// accumulator + x * w, where x and w are stored in at most 32 bits.
static Value addProduct(OpBuilder &builder, Location loc,
                        const ContractionPlan &plan, Value accumulator, Value x,
                        bool isInputSigned, Value w, bool isWeightSigned) {
  unsigned width = plan.requantize.isWide && !plan.hasNarrowProducts ? 64 : 32;
  Value product = arith::MulIOp::create(
      builder, loc, extendStored(builder, loc, x, isInputSigned, width),
      extendStored(builder, loc, w, isWeightSigned, width));
  if (plan.requantize.isWide)
    product = extendStored(builder, loc, product, /*isSigned=*/true, 64);
  return arith::AddIOp::create(builder, loc, accumulator, product);
}

/// start + sum of stored input * weight distance: the zero point of the input
/// is in the start already.
Value accumulate(OpBuilder &builder, Location loc, const ContractionPlan &plan,
                 const Loops &loops, Value weights, bool isInputSigned) {
  auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
    return addProduct(nested, nestedLoc, plan, args[2], args[0], isInputSigned,
                      args[1], /*isWeightSigned=*/true);
  };
  return createReduction(
      builder, loc, createStart(builder, loc, plan, loops),
      {loops.input, weights},
      {loops.inputMap, loops.weightMap, loops.accumulatorMap}, loops.reductions,
      body);
}

/// start + sum of (input - zero point) * (weight - zero point), for weights
/// that are not known now.
static Value accumulateUnknown(OpBuilder &builder, Location loc,
                               const ContractionPlan &plan, const Loops &loops,
                               Value weights, quant::QuantizedType input,
                               quant::QuantizedType weight) {
  std::vector<int32_t> zeroPoints;
  for (int64_t zeroPoint : qnn::getZeroPoints(weight))
    zeroPoints.push_back(static_cast<int32_t>(zeroPoint));
  SmallVector<Value> operands{loops.input, weights};
  SmallVector<AffineMap> maps{loops.inputMap, loops.weightMap};
  bool isUniform = llvm::all_equal(zeroPoints);
  int32_t uniform = zeroPoints.front();
  if (!isUniform) {
    operands.push_back(createIntegerConstant(
        builder, loc, loops.getChannelShape(), std::move(zeroPoints)));
    maps.push_back(loops.getChannelMap(builder.getContext())
                       .compose(loops.accumulatorMap));
  }
  maps.push_back(loops.accumulatorMap);
  auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
    auto subtract = [&](Value stored, bool isSigned, Value zeroPoint) -> Value {
      return arith::SubIOp::create(
          nested, nestedLoc, extendStored(nested, nestedLoc, stored, isSigned),
          zeroPoint);
    };
    Value zeroW =
        isUniform ? createInteger(nested, nestedLoc, 32, uniform) : args[2];
    Value zeroX =
        createInteger(nested, nestedLoc, 32, qnn::getZeroPoint(input, 0));
    return addProduct(nested, nestedLoc, plan, args.back(),
                      subtract(args[0], input.isSigned(), zeroX),
                      /*isInputSigned=*/true,
                      subtract(args[1], weight.isSigned(), zeroW),
                      /*isWeightSigned=*/true);
  };
  return createReduction(builder, loc, createStart(builder, loc, plan, loops),
                         operands, maps, loops.reductions, body);
}

/// Everything behind the choice of the loops. `weights` is the lowered operand.
static Value lowerContraction(OpBuilder &builder, Location loc,
                              const ContractionPlan &plan, const Loops &loops,
                              Value weights, quant::QuantizedType input,
                              quant::QuantizedType weight,
                              WeightChannels channelOf,
                              RankedTensorType resultType) {
  Value sum;
  if (plan.weights) {
    int64_t greatest = plan.maxWeight;
    if (plan.storesWords)
      greatest = std::max<int64_t>(greatest, llvm::maxIntN(16));
    Value arranged =
        createWeights(builder, loc, *plan.weights, plan.minWeight, greatest,
                      loops, channelOf, qnn::getZeroPoints(weight));
    sum = accumulate(builder, loc, plan, loops, arranged, input.isSigned());
  } else {
    Value arranged = transposeWeights(builder, loc, weights, loops);
    sum = accumulateUnknown(builder, loc, plan, loops, arranged, input, weight);
  }
  auto type = RankedTensorType::get(loops.accumulatorShape,
                                    resultType.getElementType());
  RequantizeEmitter emitter(plan.requantize);
  Value result = emitter.createOp(builder, loc, sum, type,
                                  loops.getChannelMap(builder.getContext()),
                                  loops.getChannelShape());
  return createReshape(builder, loc, result, resultType.getShape());
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// What is known of `op`: of its blocks where its weights have some.
template <typename OpT>
static llvm::Expected<
    std::pair<std::optional<ContractionPlan>, std::optional<BlockPlan>>>
planBoth(OpT op) {
  std::pair<std::optional<ContractionPlan>, std::optional<BlockPlan>> plans;
  auto take = [](auto plan, auto &result) -> llvm::Error {
    if (!plan)
      return plan.takeError();
    result = std::move(*plan);
    return llvm::Error::success();
  };
  if (llvm::Error error = qnn::hasBlocks(getElement(op.getWeight()))
                              ? take(planBlocks(op), plans.second)
                              : take(planContraction(op), plans.first))
    return error;
  return plans;
}

namespace {

class LowerConv2D : public LowerOp<qnn::Conv2DOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::Conv2DOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto plans = planBoth(op);
    if (!plans)
      return refuse(rewriter, op, plans.takeError());
    auto &[plan, blocks] = *plans;
    quant::QuantizedType input = getElement(op.getInput());
    RankedTensorType weightType = op.getWeight().getType();
    ArrayRef<int64_t> weight = weightType.getShape();
    ArrayRef<int64_t> result = op.getType().getShape();
    Window window{op.getStride(), op.getDilation()};
    Location loc = op.getLoc();
    Value padded = createImagePad(rewriter, loc, adaptor.getInput(),
                                  op.getPad(), qnn::getZeroPoint(input, 0));
    Loops loops = getGroupLoops(rewriter, loc, padded, weight, result,
                                static_cast<int64_t>(op.getGroup()), window);
    if (blocks) {
      rewriter.replaceOp(op, lowerBlocks(rewriter, loc, *blocks, loops,
                                         convertType(op.getResult())));
      return success();
    }
    rewriter.replaceOp(
        op, lowerContraction(rewriter, loc, *plan, loops, adaptor.getWeight(),
                             input, getElement(op.getWeight()),
                             getWeightChannels(weightType, /*axis=*/0),
                             convertType(op.getResult())));
    return success();
  }
};

class LowerDepthwiseConv2D : public LowerOp<qnn::DepthwiseConv2DOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::DepthwiseConv2DOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto plans = planBoth(op);
    if (!plans)
      return refuse(rewriter, op, plans.takeError());
    auto &[plan, blocks] = *plans;
    quant::QuantizedType input = getElement(op.getInput());
    RankedTensorType weightType = op.getWeight().getType();
    Location loc = op.getLoc();
    Value padded = createImagePad(rewriter, loc, adaptor.getInput(),
                                  op.getPad(), qnn::getZeroPoint(input, 0));
    Loops loops = getDepthwiseLoops(
        padded, weightType.getShape().take_front(2), /*channelsFirst=*/false,
        op.getType().getShape(), {op.getStride(), op.getDilation()});
    if (blocks) {
      rewriter.replaceOp(op, lowerBlocks(rewriter, loc, *blocks, loops,
                                         convertType(op.getResult())));
      return success();
    }
    rewriter.replaceOp(
        op, lowerContraction(rewriter, loc, *plan, loops, adaptor.getWeight(),
                             input, getElement(op.getWeight()),
                             getWeightChannels(weightType, /*axis=*/2),
                             convertType(op.getResult())));
    return success();
  }
};

class LowerFullyConnected : public LowerOp<qnn::FullyConnectedOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::FullyConnectedOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto plans = planBoth(op);
    if (!plans)
      return refuse(rewriter, op, plans.takeError());
    auto &[plan, blocks] = *plans;
    RankedTensorType weightType = op.getWeight().getType();
    Loops loops = getFullyConnectedLoops(
        adaptor.getInput(), weightType.getShape(), op.getType().getShape());
    if (blocks) {
      rewriter.replaceOp(op, lowerBlocks(rewriter, op.getLoc(), *blocks, loops,
                                         convertType(op.getResult())));
      return success();
    }
    rewriter.replaceOp(
        op, lowerContraction(rewriter, op.getLoc(), *plan, loops,
                             adaptor.getWeight(), getElement(op.getInput()),
                             getElement(op.getWeight()),
                             getWeightChannels(weightType, /*axis=*/0),
                             convertType(op.getResult())));
    return success();
  }
};

} // namespace

CheckResult checkContraction(Operation *op) {
  auto check = [](auto concrete) -> CheckResult {
    return planBoth(concrete).takeError();
  };
  if (auto conv = dyn_cast<qnn::Conv2DOp>(op))
    return check(conv);
  if (auto depthwise = dyn_cast<qnn::DepthwiseConv2DOp>(op))
    return check(depthwise);
  if (auto connected = dyn_cast<qnn::FullyConnectedOp>(op))
    return check(connected);
  return std::nullopt;
}

void populateContractionPatterns(const TypeConverter &converter,
                                 RewritePatternSet &patterns) {
  patterns.add<LowerConv2D, LowerDepthwiseConv2D, LowerFullyConnected>(
      converter, patterns.getContext());
}

} // namespace quantc::conversion

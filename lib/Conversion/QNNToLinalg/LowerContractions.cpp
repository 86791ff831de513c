// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// conv_2d, depthwise_conv_2d and fully_connected as a sum of products into i32
// and one elementwise requantize. The innermost parallel loop runs over output
// channels, along which the weights are contiguous.
#include "ContractionPlan.h"
#include "Lowering.h"
#include "StructuredBuilders.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace quantc::conversion {

namespace {

/// The loops of a contraction and the shapes that they run over. `input` has
/// been padded and reshaped already; the weights are viewed in a shape that
/// separates the loops, then permuted.
struct Loops {
  Value input;
  SmallVector<int64_t> weightView;
  SmallVector<int64_t> weightPermutation;
  AffineMap inputMap, weightMap, accumulatorMap;
  unsigned reductions;
  SmallVector<int64_t> accumulatorShape;
  /// The trailing dimensions of the accumulator that together are the output
  /// channel.
  unsigned channelDims;

  ArrayRef<int64_t> getChannelShape() const {
    return ArrayRef(accumulatorShape).take_back(channelDims);
  }
  AffineMap getChannelMap(MLIRContext *context) const {
    return AffineMap::getMinorIdentityMap(accumulatorShape.size(), channelDims,
                                          context);
  }
  SmallVector<int64_t> getWeightShape() const {
    return llvm::map_to_vector(weightPermutation,
                               [&](int64_t d) { return weightView[d]; });
  }
};

} // namespace

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// The distance of each weight from its zero point, in the order of the loops.
template <typename T>
static std::vector<T>
arrangeWeights(const IntegerConstant &weights, const Loops &loops,
               WeightChannels channelOf, ArrayRef<int64_t> zeroPoints) {
  ArrayRef<int64_t> view = loops.weightView;
  SmallVector<int64_t> viewStrides = mlir::computeStrides(view);
  SmallVector<int64_t> shape = loops.getWeightShape();
  SmallVector<int64_t> strides;
  for (int64_t dim : loops.weightPermutation)
    strides.push_back(viewStrides[dim]);
  std::vector<T> arranged(weights.size());
  SmallVector<int64_t> position(shape.size(), 0);
  int64_t source = 0;
  for (T &weight : arranged) {
    int64_t zeroPoint =
        zeroPoints[zeroPoints.size() == 1 ? 0 : channelOf(source)];
    weight = static_cast<T>(weights[source] - zeroPoint);
    // Advance like an odometer.
    for (int64_t dim = shape.size() - 1; dim >= 0; --dim) {
      source += strides[dim];
      if (++position[dim] < shape[dim])
        break;
      source -= strides[dim] * shape[dim];
      position[dim] = 0;
    }
  }
  return arranged;
}

/// Constant weights in the narrowest type that holds their distances from the
/// zero points.
static Value createWeights(OpBuilder &builder, Location loc,
                           const ContractionPlan &plan, const Loops &loops,
                           WeightChannels channelOf,
                           ArrayRef<int64_t> zeroPoints) {
  auto create = [&](auto zero) {
    using T = decltype(zero);
    return createIntegerConstant(
        builder, loc, loops.getWeightShape(),
        arrangeWeights<T>(*plan.weights, loops, channelOf, zeroPoints));
  };
  auto fits = [&](auto zero) {
    using Limits = std::numeric_limits<decltype(zero)>;
    return plan.minWeight >= Limits::min() && plan.maxWeight <= Limits::max();
  };
  if (fits(int8_t()))
    return create(int8_t());
  return fits(int16_t()) ? create(int16_t()) : create(int32_t());
}

/// Weights that are not known now, brought into the order of the loops at run
/// time.
static Value transposeWeights(OpBuilder &builder, Location loc, Value weights,
                              const Loops &loops) {
  Value viewed = createReshape(builder, loc, weights, loops.weightView);
  Value empty = tensor::EmptyOp::create(
      builder, loc, loops.getWeightShape(),
      cast<RankedTensorType>(weights.getType()).getElementType());
  return linalg::TransposeOp::create(builder, loc, viewed, empty,
                                     loops.weightPermutation)
      ->getResult(0);
}

//===----------------------------------------------------------------------===//
// Accumulation
//===----------------------------------------------------------------------===//

/// A tensor with the start of its channel in each accumulator.
static Value createStart(OpBuilder &builder, Location loc,
                         const ContractionPlan &plan, const Loops &loops) {
  auto type =
      RankedTensorType::get(loops.accumulatorShape, builder.getI32Type());
  if (llvm::all_equal(plan.start))
    return createFill(builder, loc, type, plan.start.front());
  Value start =
      createIntegerConstant(builder, loc, loops.getChannelShape(), plan.start);
  return createElementwise(
             builder, loc, type, start,
             loops.getChannelMap(builder.getContext()),
             [](OpBuilder &, Location, ValueRange args) { return args[0]; })
      .getResult(0);
}

/// start + sum of stored input * weight distance: the zero point of the input
/// is in the start already.
static Value accumulate(OpBuilder &builder, Location loc,
                        const ContractionPlan &plan, const Loops &loops,
                        Value weights, bool isInputSigned) {
  auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
    Value x = extendStored(nested, nestedLoc, args[0], isInputSigned);
    Value w = extendStored(nested, nestedLoc, args[1], /*isSigned=*/true);
    Value product = arith::MulIOp::create(nested, nestedLoc, x, w);
    return arith::AddIOp::create(nested, nestedLoc, args[2], product)
        .getResult();
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
    Value product = arith::MulIOp::create(
        nested, nestedLoc, subtract(args[0], input.isSigned(), zeroX),
        subtract(args[1], weight.isSigned(), zeroW));
    return arith::AddIOp::create(nested, nestedLoc, args.back(), product)
        .getResult();
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
    Value arranged = createWeights(builder, loc, plan, loops, channelOf,
                                   qnn::getZeroPoints(weight));
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
// Loops
//===----------------------------------------------------------------------===//

namespace {

/// Stride and dilation of a convolution, and the expressions for the rows and
/// columns of the input that a window reads.
struct Window {
  ArrayRef<int64_t> stride, dilation;

  AffineExpr at(unsigned dim, AffineExpr output, AffineExpr kernel) const {
    return output * stride[dim] + kernel * dilation[dim];
  }
};

} // namespace

/// Dense: n, oh, ow, oc | kh, kw, ic. Weights OHWI become HWIO.
static Loops getConvLoops(Value input, ArrayRef<int64_t> weight,
                          ArrayRef<int64_t> result, Window window) {
  MLIRContext *context = input.getContext();
  AffineExpr n, oh, ow, oc, kh, kw, ic;
  bindDims(context, n, oh, ow, oc, kh, kw, ic);
  auto map = [&](ArrayRef<AffineExpr> exprs) {
    return AffineMap::get(7, 0, exprs, context);
  };
  return {input,
          llvm::to_vector(weight),
          {1, 2, 3, 0},
          map({n, window.at(0, oh, kh), window.at(1, ow, kw), ic}),
          map({kh, kw, ic, oc}),
          map({n, oh, ow, oc}),
          /*reductions=*/3,
          llvm::to_vector(result),
          /*channelDims=*/1};
}

/// Groups: n, oh, ow, g, oc | kh, kw, ic. The group is a dimension of its own
/// of input, weights and accumulators.
static Loops getGroupedLoops(OpBuilder &builder, Location loc, Value input,
                             ArrayRef<int64_t> weight, ArrayRef<int64_t> result,
                             int64_t group, Window window) {
  MLIRContext *context = builder.getContext();
  auto shape = cast<RankedTensorType>(input.getType()).getShape();
  Value viewed =
      createReshape(builder, loc, input,
                    {shape[0], shape[1], shape[2], group, shape[3] / group});
  AffineExpr n, oh, ow, g, oc, kh, kw, ic;
  bindDims(context, n, oh, ow, g, oc, kh, kw, ic);
  auto map = [&](ArrayRef<AffineExpr> exprs) {
    return AffineMap::get(8, 0, exprs, context);
  };
  int64_t channels = weight[0] / group;
  return {viewed,
          {group, channels, weight[1], weight[2], weight[3]},
          {2, 3, 4, 0, 1},
          map({n, window.at(0, oh, kh), window.at(1, ow, kw), g, ic}),
          map({kh, kw, ic, g, oc}),
          map({n, oh, ow, g, oc}),
          /*reductions=*/3,
          {result[0], result[1], result[2], group, channels},
          /*channelDims=*/2};
}

/// Depthwise: n, oh, ow, c | kh, kw, and m behind c where each input channel
/// has several output channels. `channelsFirst` tells whether the weights are
/// [OC, KH, KW] or [KH, KW, OC].
static Loops getDepthwiseLoops(Value input, ArrayRef<int64_t> kernel,
                               bool channelsFirst, ArrayRef<int64_t> result,
                               Window window) {
  MLIRContext *context = input.getContext();
  int64_t channels = cast<RankedTensorType>(input.getType()).getDimSize(3);
  int64_t multiplier = result[3] / channels;
  SmallVector<int64_t> split{channels};
  SmallVector<AffineExpr> splitExprs;
  if (multiplier != 1)
    split.push_back(multiplier);
  unsigned parallel = 3 + split.size();
  auto dim = [&](unsigned d) { return getAffineDimExpr(d, context); };
  for (unsigned d = 3; d < parallel; ++d)
    splitExprs.push_back(dim(d));
  AffineExpr kh = dim(parallel), kw = dim(parallel + 1);
  auto map = [&](ArrayRef<AffineExpr> exprs) {
    return AffineMap::get(parallel + 2, 0, exprs, context);
  };

  Loops loops;
  loops.input = input;
  loops.weightView = llvm::to_vector(kernel);
  loops.weightView.insert(channelsFirst ? loops.weightView.begin()
                                        : loops.weightView.end(),
                          split.begin(), split.end());
  int64_t rank = loops.weightView.size();
  int64_t first = channelsFirst ? rank - 2 : 0;
  for (int64_t d = 0; d < rank; ++d)
    loops.weightPermutation.push_back((first + d) % rank);
  loops.inputMap =
      map({dim(0), window.at(0, dim(1), kh), window.at(1, dim(2), kw), dim(3)});
  SmallVector<AffineExpr> weightExprs{kh, kw};
  SmallVector<AffineExpr> resultExprs{dim(0), dim(1), dim(2)};
  llvm::append_range(weightExprs, splitExprs);
  llvm::append_range(resultExprs, splitExprs);
  loops.weightMap = map(weightExprs);
  loops.accumulatorMap = map(resultExprs);
  loops.reductions = 2;
  loops.accumulatorShape = llvm::to_vector(result.drop_back());
  llvm::append_range(loops.accumulatorShape, split);
  loops.channelDims = split.size();
  return loops;
}

/// n, oc | ic. Weights [OC, IC] become [IC, OC].
static Loops getFullyConnectedLoops(Value input, ArrayRef<int64_t> weight,
                                    ArrayRef<int64_t> result) {
  MLIRContext *context = input.getContext();
  AffineExpr n, oc, ic;
  bindDims(context, n, oc, ic);
  auto map = [&](ArrayRef<AffineExpr> exprs) {
    return AffineMap::get(3, 0, exprs, context);
  };
  return {input,
          llvm::to_vector(weight),
          {1, 0},
          map({n, ic}),
          map({ic, oc}),
          map({n, oc}),
          /*reductions=*/1,
          llvm::to_vector(result),
          /*channelDims=*/1};
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {

class LowerConv2D : public LowerOp<qnn::Conv2DOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::Conv2DOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    llvm::Expected<ContractionPlan> plan = planContraction(op);
    if (!plan)
      return refuse(rewriter, op, plan.takeError());
    quant::QuantizedType input = getElement(op.getInput());
    RankedTensorType weightType = op.getWeight().getType();
    ArrayRef<int64_t> weight = weightType.getShape();
    ArrayRef<int64_t> result = op.getType().getShape();
    Window window{op.getStride(), op.getDilation()};
    Location loc = op.getLoc();
    Value padded = createImagePad(rewriter, loc, adaptor.getInput(),
                                  op.getPad(), qnn::getZeroPoint(input, 0));
    auto group = static_cast<int64_t>(op.getGroup());
    Loops loops;
    if (group == 1)
      loops = getConvLoops(padded, weight, result, window);
    else if (weight[3] == 1)
      loops = getDepthwiseLoops(padded, weight.slice(1, 2),
                                /*channelsFirst=*/true, result, window);
    else
      loops =
          getGroupedLoops(rewriter, loc, padded, weight, result, group, window);
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
    llvm::Expected<ContractionPlan> plan = planContraction(op);
    if (!plan)
      return refuse(rewriter, op, plan.takeError());
    quant::QuantizedType input = getElement(op.getInput());
    RankedTensorType weightType = op.getWeight().getType();
    Location loc = op.getLoc();
    Value padded = createImagePad(rewriter, loc, adaptor.getInput(),
                                  op.getPad(), qnn::getZeroPoint(input, 0));
    Loops loops = getDepthwiseLoops(
        padded, weightType.getShape().take_front(2), /*channelsFirst=*/false,
        op.getType().getShape(), {op.getStride(), op.getDilation()});
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
    llvm::Expected<ContractionPlan> plan = planContraction(op);
    if (!plan)
      return refuse(rewriter, op, plan.takeError());
    RankedTensorType weightType = op.getWeight().getType();
    Loops loops = getFullyConnectedLoops(
        adaptor.getInput(), weightType.getShape(), op.getType().getShape());
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
    return planContraction(concrete).takeError();
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

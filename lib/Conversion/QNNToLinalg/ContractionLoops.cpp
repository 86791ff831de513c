// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The innermost parallel loop runs over output channels, along which the
// weights are contiguous.
#include "ContractionLoops.h"
#include "StructuredBuilders.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace quantc::conversion {

Loops getConvLoops(Value input, ArrayRef<int64_t> weight,
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

Loops getGroupedLoops(OpBuilder &builder, Location loc, Value input,
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

Loops getDepthwiseLoops(Value input, ArrayRef<int64_t> kernel,
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

Loops getFullyConnectedLoops(Value input, ArrayRef<int64_t> weight,
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

Loops getGroupLoops(OpBuilder &builder, Location loc, Value input,
                    ArrayRef<int64_t> weight, ArrayRef<int64_t> result,
                    int64_t group, Window window) {
  if (group == 1)
    return getConvLoops(input, weight, result, window);
  if (weight[3] == 1)
    return getDepthwiseLoops(input, weight.slice(1, 2),
                             /*channelsFirst=*/true, result, window);
  return getGroupedLoops(builder, loc, input, weight, result, group, window);
}

/// The distance of each weight from its zero point, in the order of the loops.
template <typename T>
static std::vector<T>
arrangeWeights(const IntegerConstant &weights, const Loops &loops,
               function_ref<int64_t(int64_t)> zeroPointOf) {
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
    weight = static_cast<T>(weights[source] - zeroPointOf(source));
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

Value createWeights(OpBuilder &builder, Location loc,
                    const IntegerConstant &weights, int64_t minWeight,
                    int64_t maxWeight, const Loops &loops,
                    WeightChannels channelOf, ArrayRef<int64_t> zeroPoints) {
  return createWeights(
      builder, loc, weights, minWeight, maxWeight, loops, [&](int64_t index) {
        return zeroPoints[zeroPoints.size() == 1 ? 0 : channelOf(index)];
      });
}

Value createWeights(OpBuilder &builder, Location loc,
                    const IntegerConstant &weights, int64_t minWeight,
                    int64_t maxWeight, const Loops &loops,
                    function_ref<int64_t(int64_t)> zeroPointOf) {
  auto create = [&](auto zero) {
    using T = decltype(zero);
    return createIntegerConstant(
        builder, loc, loops.getWeightShape(),
        arrangeWeights<T>(weights, loops, zeroPointOf));
  };
  auto fits = [&](auto zero) {
    using Limits = std::numeric_limits<decltype(zero)>;
    return minWeight >= Limits::min() && maxWeight <= Limits::max();
  };
  if (fits(int8_t()))
    return create(int8_t());
  return fits(int16_t()) ? create(int16_t()) : create(int32_t());
}

Value transposeWeights(OpBuilder &builder, Location loc, Value weights,
                       const Loops &loops) {
  Value viewed = createReshape(builder, loc, weights, loops.weightView);
  Value empty = tensor::EmptyOp::create(
      builder, loc, loops.getWeightShape(),
      cast<RankedTensorType>(weights.getType()).getElementType());
  return linalg::TransposeOp::create(builder, loc, viewed, empty,
                                     loops.weightPermutation)
      ->getResult(0);
}

} // namespace quantc::conversion

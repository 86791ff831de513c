// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loops of convolutions and fully connected layers, and constant weights in
// their order. What is added up in them, and what becomes of the sums, is left
// to the patterns.
#ifndef QUANTC_LIB_CONVERSION_QNNTOLINALG_CONTRACTIONLOOPS_H
#define QUANTC_LIB_CONVERSION_QNNTOLINALG_CONTRACTIONLOOPS_H

#include "ContractionPlan.h"

namespace quantc::conversion {

/// The loops of a contraction and the shapes that they run over. `input` has
/// been padded and reshaped already; the weights are viewed in a shape that
/// separates the loops, then permuted.
struct Loops {
  mlir::Value input;
  llvm::SmallVector<int64_t> weightView;
  llvm::SmallVector<int64_t> weightPermutation;
  mlir::AffineMap inputMap, weightMap, accumulatorMap;
  unsigned reductions;
  llvm::SmallVector<int64_t> accumulatorShape;
  /// The trailing dimensions of the accumulator that together are the output
  /// channel.
  unsigned channelDims;

  llvm::ArrayRef<int64_t> getChannelShape() const {
    return llvm::ArrayRef(accumulatorShape).take_back(channelDims);
  }
  mlir::AffineMap getChannelMap(mlir::MLIRContext *context) const {
    return mlir::AffineMap::getMinorIdentityMap(accumulatorShape.size(),
                                                channelDims, context);
  }
  llvm::SmallVector<int64_t> getWeightShape() const {
    return llvm::map_to_vector(weightPermutation,
                               [&](int64_t d) { return weightView[d]; });
  }
};

/// Stride and dilation of a convolution, and the expressions for the rows and
/// columns of the input that a window reads.
struct Window {
  llvm::ArrayRef<int64_t> stride, dilation;

  mlir::AffineExpr at(unsigned dim, mlir::AffineExpr output,
                      mlir::AffineExpr kernel) const {
    return output * stride[dim] + kernel * dilation[dim];
  }
};

/// Dense: n, oh, ow, oc | kh, kw, ic. Weights OHWI become HWIO.
Loops getConvLoops(mlir::Value input, llvm::ArrayRef<int64_t> weight,
                   llvm::ArrayRef<int64_t> result, Window window);

/// Groups: n, oh, ow, g, oc | kh, kw, ic. The group is a dimension of its own
/// of input, weights and accumulators.
Loops getGroupedLoops(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value input, llvm::ArrayRef<int64_t> weight,
                      llvm::ArrayRef<int64_t> result, int64_t group,
                      Window window);

/// Depthwise: n, oh, ow, c | kh, kw, and m behind c where each input channel
/// has several output channels. `channelsFirst` tells whether the weights are
/// [OC, KH, KW] or [KH, KW, OC].
Loops getDepthwiseLoops(mlir::Value input, llvm::ArrayRef<int64_t> kernel,
                        bool channelsFirst, llvm::ArrayRef<int64_t> result,
                        Window window);

/// The loops of a convolution of `group` groups, whose weights are OHWI.
Loops getGroupLoops(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value input, llvm::ArrayRef<int64_t> weight,
                    llvm::ArrayRef<int64_t> result, int64_t group,
                    Window window);

/// n, oc | ic. Weights [OC, IC] become [IC, OC].
Loops getFullyConnectedLoops(mlir::Value input, llvm::ArrayRef<int64_t> weight,
                             llvm::ArrayRef<int64_t> result);

/// The distances of constant `weights` from their zero points, in the order of
/// `loops` and in the narrowest type that holds `minWeight` to `maxWeight`.
mlir::Value createWeights(mlir::OpBuilder &builder, mlir::Location loc,
                          const IntegerConstant &weights, int64_t minWeight,
                          int64_t maxWeight, const Loops &loops,
                          WeightChannels channelOf,
                          llvm::ArrayRef<int64_t> zeroPoints);

/// Weights that are not known now, brought into the order of the loops at run
/// time.
mlir::Value transposeWeights(mlir::OpBuilder &builder, mlir::Location loc,
                             mlir::Value weights, const Loops &loops);

/// The same for any `zeroPointOf` an element of the weights.
mlir::Value createWeights(mlir::OpBuilder &builder, mlir::Location loc,
                          const IntegerConstant &weights, int64_t minWeight,
                          int64_t maxWeight, const Loops &loops,
                          llvm::function_ref<int64_t(int64_t)> zeroPointOf);

/// The sums of stored input * weight distance, on top of the starts of `plan`,
/// in accumulators as wide as the plan says.
mlir::Value accumulate(mlir::OpBuilder &builder, mlir::Location loc,
                       const ContractionPlan &plan, const Loops &loops,
                       mlir::Value weights, bool isInputSigned);

} // namespace quantc::conversion

#endif // QUANTC_LIB_CONVERSION_QNNTOLINALG_CONTRACTIONLOOPS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is known of a contraction at compile time: where its accumulators start,
// how far they can go, and how they are requantized. The one predicate that
// says whether a contraction can be lowered; loops are left to the patterns.
#ifndef QUANTC_LIB_CONVERSION_QNNTOLINALG_CONTRACTIONPLAN_H
#define QUANTC_LIB_CONVERSION_QNNTOLINALG_CONTRACTIONPLAN_H

#include "IntegerConstant.h"
#include "Requantization.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"

namespace quantc::conversion {

struct ContractionPlan {
  RequantizeSpec requantize;
  /// One start of the accumulator for each output channel. For constant weights
  /// it holds bias - zero_point(input) * sum(weights), so that the loops
  /// multiply the stored input; for other weights just the bias. In
  /// accumulators of 32 bits it is taken modulo 2^32: the sums of the loops
  /// wrap around in the same way, and the finished sum, which fits, is exact.
  std::vector<int64_t> start;
  /// Whether every product of the loops fits 32 bits.
  bool hasNarrowProducts = true;
  /// The weights, if they are constant, and their greatest distances from their
  /// zero points.
  std::optional<IntegerConstant> weights;
  /// Whether weights take 16 bits at least: instructions multiply numbers of
  /// one width.
  bool storesWords = false;
  int64_t minWeight = 0;
  int64_t maxWeight = 0;
};

/// The plan, or why there is none: a bias that is no constant, scales without a
/// multiplier.
llvm::Expected<ContractionPlan> planContraction(qnn::Conv2DOp op);
llvm::Expected<ContractionPlan> planContraction(qnn::DepthwiseConv2DOp op);
llvm::Expected<ContractionPlan> planContraction(qnn::FullyConnectedOp op);

/// The output channel of each weight: `index / inner % channels`.
struct WeightChannels {
  int64_t channels;
  int64_t inner;

  int64_t operator()(int64_t index) const { return index / inner % channels; }
};
WeightChannels getWeightChannels(mlir::RankedTensorType weight, int64_t axis);

} // namespace quantc::conversion

#endif // QUANTC_LIB_CONVERSION_QNNTOLINALG_CONTRACTIONPLAN_H

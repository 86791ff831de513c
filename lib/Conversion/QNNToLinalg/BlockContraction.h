// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Contractions whose weights have scales for blocks: one accumulator a block,
// and their sum at the scale of the result (N39 of docs/Numerics.md).
#ifndef QUANTC_LIB_CONVERSION_QNNTOLINALG_BLOCKCONTRACTION_H
#define QUANTC_LIB_CONVERSION_QNNTOLINALG_BLOCKCONTRACTION_H

#include "ContractionLoops.h"

#include "quantc/Numerics/BlockMultipliers.h"

namespace quantc::conversion {

struct BlockPlan {
  /// The accumulators: a start for each block and channel, channels innermost.
  ContractionPlan sums;
  /// The zero point of each element of the weights.
  std::vector<int64_t> zeroPoints;
  bool isInputSigned = true;
  /// The size of a block along each reduction loop.
  llvm::SmallVector<int64_t> blocks;
  /// For each channel the multipliers of its blocks, then that of the bias.
  std::vector<numerics::BlockMultipliers> channels;
  std::vector<int64_t> bias;
  int64_t zeroPoint = 0;
  numerics::StorageRange range{0, 0};
};

/// The plan, or why there is none: weights or a bias that are no constant,
/// scales without common multipliers.
llvm::Expected<BlockPlan> planBlocks(qnn::Conv2DOp op);
llvm::Expected<BlockPlan> planBlocks(qnn::DepthwiseConv2DOp op);
llvm::Expected<BlockPlan> planBlocks(qnn::FullyConnectedOp op);

/// The operations of a contraction with `loops`, which know nothing of blocks.
mlir::Value lowerBlocks(mlir::OpBuilder &builder, mlir::Location loc,
                        const BlockPlan &plan, const Loops &loops,
                        mlir::RankedTensorType resultType);

} // namespace quantc::conversion

#endif // QUANTC_LIB_CONVERSION_QNNTOLINALG_BLOCKCONTRACTION_H

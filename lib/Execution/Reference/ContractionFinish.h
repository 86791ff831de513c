// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What becomes of the sum of products of an output channel: a requantize, or
// for weights with blocks the division by the common power of two of their
// multipliers.
#ifndef QUANTC_LIB_EXECUTION_REFERENCE_CONTRACTIONFINISH_H
#define QUANTC_LIB_EXECUTION_REFERENCE_CONTRACTIONFINISH_H

#include "Arithmetic.h"
#include "Kernels.h"

namespace quantc::exec::reference {

class ContractionFinish {
public:
  /// Reads scales and zero points of conv_2d, depthwise_conv_2d or
  /// fully_connected. An error where the scales have no multipliers.
  template <typename OpT>
  static llvm::Expected<ContractionFinish> create(OpT op) {
    return create(op.getInput().getType(), op.getWeight().getType(),
                  op.getBias().getType(), op.getType(), op.getRounding(),
                  op.getClamp());
  }

  /// Whether sums are of products of input, weight and multiplier.
  bool hasBlocks() const { return !shifts.empty(); }
  /// What a weight of block `parameter` is multiplied with: 1 without blocks.
  int64_t getMultiplier(int64_t parameter) const {
    return hasBlocks() ? multipliers[parameter] : 1;
  }
  /// The result of output channel `channel`.
  int32_t operator()(int64_t channel, Wide sum, int32_t bias) const;

private:
  explicit ContractionFinish(Clip clip) : clip(clip) {}

  static llvm::Expected<ContractionFinish>
  create(mlir::RankedTensorType input, mlir::RankedTensorType weight,
         mlir::RankedTensorType bias, mlir::RankedTensorType result,
         qnn::RoundingMode rounding,
         std::optional<llvm::ArrayRef<int32_t>> clamp);
  llvm::Error planChannels(mlir::RankedTensorType input,
                           mlir::RankedTensorType weight,
                           mlir::RankedTensorType bias,
                           mlir::RankedTensorType result);

  std::vector<Requantizer> requantizers;
  Clip clip;
  int64_t zeroPoint = 0;
  /// Of each block, in the order of the scales of the weights.
  std::vector<int64_t> multipliers;
  /// Of each channel.
  std::vector<int64_t> biasMultipliers;
  std::vector<int> shifts;
};

} // namespace quantc::exec::reference

#endif // QUANTC_LIB_EXECUTION_REFERENCE_CONTRACTIONFINISH_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scales and zero points for a constant weight: one for the tensor, a channel
// or a block, as a policy says. What follows from them for the bias is left to
// QuantizeConstants.
#ifndef QUANTC_LIB_DIALECT_QNN_TRANSFORMS_WEIGHTPARAMS_H
#define QUANTC_LIB_DIALECT_QNN_TRANSFORMS_WEIGHTPARAMS_H

#include "quantc/Dialect/QNN/IR/QNNTypes.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"

namespace quantc::qnn {

/// Which elements of a weight share a scale. Groups are numbered in row-major
/// order of channels and, within a channel, of blocks.
class WeightGroups {
public:
  /// Which dimensions of a channel a block may be less than all of.
  enum class BlockKind {
    /// The last: each block has an accumulator of its own, for all taps.
    Row,
    /// All: no more weights than the policy says share a scale.
    Box
  };

  /// All elements of a tensor of `shape` are one group, or each channel of
  /// `axis` is. Without an axis a channel is the tensor.
  WeightGroups(llvm::ArrayRef<int64_t> shape, std::optional<int64_t> axis);

  /// The shape and axis that `policy` asks for, and its blocks where the last
  /// dimension of a channel can be divided into them; with a remark at `loc`
  /// where it cannot, and whole channels then.
  static WeightGroups get(mlir::Location loc, llvm::ArrayRef<int64_t> shape,
                          std::optional<int64_t> axis,
                          const TensorPolicy &policy,
                          BlockKind kind = BlockKind::Row);

  int64_t size() const { return channels * blocks; }
  int64_t getChannels() const { return channels; }
  int64_t getBlocks() const { return blocks; }
  /// How many elements of each dimension are in one block.
  llvm::ArrayRef<int64_t> getBlock() const { return block; }
  std::optional<int64_t> getAxis() const { return axis; }
  llvm::ArrayRef<int64_t> getShape() const { return shape; }

  /// The group of the element at the row-major `index`.
  int64_t operator[](int64_t index) const;

private:
  /// Takes blocks of `sizes`, which divide the shape.
  void divide(llvm::ArrayRef<int64_t> sizes);

  llvm::SmallVector<int64_t> shape;
  std::optional<int64_t> axis;
  int64_t channels = 1;
  /// Elements between two neighbours along the axis.
  int64_t inner = 1;
  /// Blocks of a channel.
  int64_t blocks = 1;
  llvm::SmallVector<int64_t> block;
};

class WeightParams {
public:
  /// From the values of `weights`; an error at `loc` where one is not finite.
  static mlir::FailureOr<WeightParams> choose(mlir::Location loc,
                                              FloatConstant &weights,
                                              WeightGroups groups,
                                              const TensorPolicy &policy);

  /// With `scales` that somebody chose together with the values, one for each
  /// group and zero points in the middle. An error at `loc` where their number
  /// or one of them is not legal.
  static mlir::FailureOr<WeightParams> take(mlir::Location loc,
                                            llvm::ArrayRef<float> scales,
                                            WeightGroups groups,
                                            const TensorPolicy &policy);

  const WeightGroups &getGroups() const { return groups; }
  const TensorPolicy &getPolicy() const { return policy; }
  bool hasChannels() const { return groups.getAxis().has_value(); }

  /// The scale that the accumulator of `channel` has: the largest of its
  /// groups.
  float getChannelScale(int64_t channel) const;
  /// Raises or moves that scale; the zero point follows.
  void setChannelScale(int64_t channel, float scale);

  float getScale(int64_t group) const { return scales[group]; }
  int64_t getZeroPoint(int64_t group) const { return zeroPoints[group]; }

  int32_t quantize(float value, int64_t index) const;
  mlir::quant::QuantizedType getElementType(mlir::MLIRContext *context) const;

private:
  WeightParams(WeightGroups groups, const TensorPolicy &policy)
      : groups(std::move(groups)), policy(policy) {}

  mlir::quant::QuantizedType getBlockType(mlir::MLIRContext *context) const;
  int64_t findLargest(int64_t channel) const;
  void setScale(int64_t group, float scale);

  WeightGroups groups;
  TensorPolicy policy;
  std::vector<float> scales;
  std::vector<int64_t> zeroPoints;
  /// The least number of each group; empty where zero points do not depend on
  /// it.
  std::vector<float> least;
};

} // namespace quantc::qnn

#endif // QUANTC_LIB_DIALECT_QNN_TRANSFORMS_WEIGHTPARAMS_H

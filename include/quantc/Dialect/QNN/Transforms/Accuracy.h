// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the accuracy passes share with those who measure for them: the
// operations that multiply with weights, and the attributes that carry
// measurements from the calibrate stage to a pass. Each pass consumes what it
// reads; all of them map a float graph to a float graph.
#ifndef QUANTC_DIALECT_QNN_TRANSFORMS_ACCURACY_H
#define QUANTC_DIALECT_QNN_TRANSFORMS_ACCURACY_H

#include "quantc/Dialect/QNN/IR/QuantizableOpInterface.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Dialect/QNN/Transforms/ErrorFeedback.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace quantc::qnn {

/// On the operation that defines a quantized value: least and greatest number
/// of each channel (its last dimension), in turn.
inline constexpr llvm::StringLiteral kChannelRangesAttr = "qnn.channel_ranges";
/// Beside it: the variance of each channel.
inline constexpr llvm::StringLiteral kChannelVariancesAttr =
    "qnn.channel_variances";
/// On a contraction: the mean of each channel of its float result.
inline constexpr llvm::StringLiteral kOutputMeanAttr = "qnn.output_mean";
/// On a contraction: the mean of the quantized model's result less that of the
/// float model, for each channel.
inline constexpr llvm::StringLiteral kOutputErrorAttr = "qnn.output_error";
/// On a contraction: the mean of each number that is multiplied with a weight,
/// in the order of the weights of one output channel ([KH, KW, IC] of a
/// convolution) or of all of them (depthwise).
inline constexpr llvm::StringLiteral kInputMeanAttr = "qnn.input_mean";
/// On a contraction: the covariances of these numbers, a tensor [B, K, K] of
/// WeightBlocks.
inline constexpr llvm::StringLiteral kInputMomentsAttr = "qnn.input_moments";
/// Beside them, of the same shape: the moments of the float model's inputs
/// (rows) with those of the quantized model (columns).
inline constexpr llvm::StringLiteral kInputCrossMomentsAttr =
    "qnn.input_cross_moments";

/// An operation that multiplies an activation with a weight and adds a bias.
struct Contraction {
  QuantizableOpInterface op;
  mlir::OpOperand *activation;
  mlir::OpOperand *weight;
  mlir::OpOperand *bias;

  mlir::Value getResult() const { return op->getResult(0); }
  /// Output channels: the last dimension of the result.
  int64_t getChannels() const;
  /// The output channel of the weight at the row-major `index`.
  int64_t getOutputChannel(int64_t index) const;
  /// The channel of the activation that the weight at the row-major `index` is
  /// multiplied with; none where the operation is not known well enough.
  std::optional<int64_t> getInputChannel(int64_t index) const;
  /// Weights that are summed to one number of the result.
  int64_t getDepth() const;
  bool isDepthwise() const;
};

/// How the weights of a contraction are divided where each is to know of the
/// others: into `count` blocks of `size`, all of one output channel. Blocks of
/// a depthwise convolution are its output channels. Those of another are runs
/// of its depth, the last filled up, each for all output channels: moments take
/// memory by the square of the size.
struct WeightBlocks {
  int64_t count;
  int64_t size;

  static constexpr int64_t kMaxSize = 512;
  static WeightBlocks get(const Contraction &contraction);
};

struct WeightChoice {
  /// Added to the moments, in parts of the mean of their diagonal.
  double damping = 0.01;
  /// The same for the pull to the original weights where cross moments are
  /// given.
  double ridge = 0.0;
};

/// Replaces the weights of `contraction` by numbers on their quantized grid
/// that change its results least, and says the scales beside them. `cross` may
/// be empty: the inputs are then the original ones. False where the policy of
/// the weight is not one scale a channel, or a weight is not finite.
bool chooseWeights(const Contraction &contraction,
                   llvm::ArrayRef<SquareMatrix> moments,
                   llvm::ArrayRef<SquareMatrix> cross,
                   const WeightChoice &choice);

/// The contractions of `function` in program order.
llvm::SmallVector<Contraction> getContractions(mlir::func::FuncOp function);

/// The value that is quantized behind `contraction`: its result, or that of the
/// clamp which is fused into it.
mlir::Value getQuantizedResult(const Contraction &contraction);

/// The real numbers that the weights of `contraction` are after
/// `--qnn-insert-qdq`, by its policy and chosen scales. Fails after an error
/// where a weight or a scale is not legal.
mlir::FailureOr<std::vector<float>>
getRoundedWeights(const Contraction &contraction, FloatConstant &weights);

/// The numbers of the attribute `name` of `op`; empty where it has none.
llvm::ArrayRef<float> getMeasured(mlir::Operation *op, llvm::StringRef name);
void setMeasured(mlir::Operation *op, llvm::StringRef name,
                 llvm::ArrayRef<float> values);

} // namespace quantc::qnn

#endif // QUANTC_DIALECT_QNN_TRANSFORMS_ACCURACY_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Covariances of the numbers that meet the weights of a layer, over positions
// of some samples.
#ifndef QUANTC_LIB_DRIVER_INPUTMOMENTS_H
#define QUANTC_LIB_DRIVER_INPUTMOMENTS_H

#include "quantc/Dialect/QNN/Transforms/Accuracy.h"

namespace quantc {

class InputMoments {
public:
  /// For a convolution of TOSA; `positions` is about how many places in the
  /// image are looked at in each of `samples` samples.
  InputMoments(const qnn::Contraction &layer, int64_t samples);

  /// Whether the layer is one whose inputs are known.
  static bool isSupported(const qnn::Contraction &layer);

  /// Adds one sample: the layer's input in the quantized and the float model.
  void add(llvm::ArrayRef<float> quantized, llvm::ArrayRef<float> original);

  /// Of the quantized inputs with each other, and of the original inputs
  /// (rows) with them.
  std::vector<qnn::SquareMatrix> getMoments() const;
  std::vector<qnn::SquareMatrix> getCrossMoments() const;

  /// Independent observations, with neighbours in an image counted as partly
  /// the same.
  double getEffectiveCount() const { return effective; }

private:
  /// What stands before the weights of `block` at one position.
  void gather(llvm::ArrayRef<float> image, int64_t row, int64_t column,
              int64_t block, llvm::MutableArrayRef<double> patch) const;
  std::vector<qnn::SquareMatrix>
  center(const std::vector<qnn::SquareMatrix> &sums,
         const std::vector<std::vector<double>> &left,
         const std::vector<std::vector<double>> &right) const;

  qnn::WeightBlocks blocks;
  bool isDepthwise;
  int64_t channels, multiplier;
  int64_t batch, height, width, depth;
  int64_t kernelHeight, kernelWidth, outHeight, outWidth;
  llvm::SmallVector<int64_t> stride, dilation, pad;
  /// Every how many-th position is looked at.
  int64_t step;
  int64_t count = 0;
  double effective = 0.0;
  std::vector<qnn::SquareMatrix> moments, cross;
  std::vector<std::vector<double>> sums, originalSums;
};

} // namespace quantc

#endif // QUANTC_LIB_DRIVER_INPUTMOMENTS_H

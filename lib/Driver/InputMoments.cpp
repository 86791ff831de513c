// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gathers patches of images as the convolution does and sums their products in
// double, in a fixed order: one thread, whatever the machine.
#include "InputMoments.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

#include <cmath>

using namespace mlir;

namespace quantc {

/// Positions that are looked at in all samples together, at least, for each
/// input of a block; more bring little.
static constexpr int64_t kPositionsPerInput = 24;
static constexpr int64_t kLeastPositions = 4096;

bool InputMoments::isSupported(const qnn::Contraction &layer) {
  return isa<tosa::Conv2DOp, tosa::DepthwiseConv2DOp>(layer.op);
}

InputMoments::InputMoments(const qnn::Contraction &layer, int64_t samples)
    : blocks(qnn::WeightBlocks::get(layer)), isDepthwise(layer.isDepthwise()),
      channels(layer.getChannels()) {
  auto image = cast<RankedTensorType>(layer.activation->get().getType());
  auto weight = cast<RankedTensorType>(layer.weight->get().getType());
  auto result = cast<RankedTensorType>(layer.getResult().getType());
  batch = image.getDimSize(0);
  height = image.getDimSize(1);
  width = image.getDimSize(2);
  depth = image.getDimSize(3);
  outHeight = result.getDimSize(1);
  outWidth = result.getDimSize(2);
  kernelHeight = weight.getDimSize(isDepthwise ? 0 : 1);
  kernelWidth = weight.getDimSize(isDepthwise ? 1 : 2);
  multiplier = isDepthwise ? weight.getDimSize(3) : 1;
  llvm::TypeSwitch<Operation *>(layer.op)
      .Case<tosa::Conv2DOp, tosa::DepthwiseConv2DOp>([&](auto conv) {
        stride = llvm::to_vector(conv.getStride());
        dilation = llvm::to_vector(conv.getDilation());
        pad = llvm::to_vector(conv.getPad());
      });
  int64_t wanted = std::max(kPositionsPerInput * blocks.size, kLeastPositions);
  step = std::max<int64_t>(batch * outHeight * outWidth * samples / wanted, 1);
  moments.assign(blocks.count, qnn::SquareMatrix(blocks.size));
  cross = moments;
  sums.assign(blocks.count, std::vector<double>(blocks.size, 0.0));
  originalSums = sums;
}

void InputMoments::gather(ArrayRef<float> image, int64_t row, int64_t column,
                          int64_t block, MutableArrayRef<double> patch) const {
  int64_t first = isDepthwise ? 0 : block * blocks.size;
  for (auto [i, number] : llvm::enumerate(patch)) {
    int64_t place = first + static_cast<int64_t>(i);
    int64_t tap = isDepthwise ? place : place / depth;
    int64_t channel = isDepthwise ? block / multiplier : place % depth;
    int64_t y =
        row % outHeight * stride[0] + tap / kernelWidth * dilation[0] - pad[0];
    int64_t x = column * stride[1] + tap % kernelWidth * dilation[1] - pad[2];
    bool isInside = tap < kernelHeight * kernelWidth && y >= 0 && y < height &&
                    x >= 0 && x < width;
    int64_t line = row / outHeight * height + y;
    number = isInside ? image[(line * width + x) * depth + channel] : 0.0;
  }
}

void InputMoments::add(ArrayRef<float> quantized, ArrayRef<float> original) {
  int64_t positions = batch * outHeight * outWidth;
  std::vector<double> patch(blocks.size), originalPatch(blocks.size);
  // Samples look at different positions.
  for (int64_t at = count % step; at < positions; at += step, ++count) {
    int64_t row = at / outWidth, column = at % outWidth;
    for (int64_t block = 0; block < blocks.count; ++block) {
      gather(quantized, row, column, block, patch);
      gather(original, row, column, block, originalPatch);
      for (int64_t i = 0; i < blocks.size; ++i) {
        sums[block][i] += patch[i];
        originalSums[block][i] += originalPatch[i];
        MutableArrayRef<double> line = moments[block].getRow(i);
        MutableArrayRef<double> crossLine = cross[block].getRow(i);
        double number = patch[i], originalNumber = originalPatch[i];
        for (int64_t j = 0; j < blocks.size; ++j) {
          line[j] += number * patch[j];
          crossLine[j] += originalNumber * patch[j];
        }
      }
    }
  }
  effective += std::sqrt(static_cast<double>(positions));
}

std::vector<qnn::SquareMatrix>
InputMoments::center(const std::vector<qnn::SquareMatrix> &products,
                     const std::vector<std::vector<double>> &left,
                     const std::vector<std::vector<double>> &right) const {
  std::vector<qnn::SquareMatrix> result = products;
  double observations = static_cast<double>(count);
  for (auto [block, matrix] : llvm::enumerate(result))
    for (int64_t i = 0; i < blocks.size; ++i)
      for (int64_t j = 0; j < blocks.size; ++j)
        matrix(i, j) =
            (matrix(i, j) - left[block][i] * right[block][j] / observations) /
            observations;
  return result;
}

std::vector<qnn::SquareMatrix> InputMoments::getMoments() const {
  return center(moments, sums, sums);
}

std::vector<qnn::SquareMatrix> InputMoments::getCrossMoments() const {
  return center(cross, originalSums, sums);
}

} // namespace quantc

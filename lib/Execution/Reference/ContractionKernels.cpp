// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// conv_2d, depthwise_conv_2d, fully_connected and matmul: the sums of the
// descriptions in 64-bit integers, which no sum of 16-bit products can leave,
// or in 128-bit ones where each weight is multiplied by its block's multiplier.
#include "Arithmetic.h"
#include "ContractionFinish.h"
#include "Kernels.h"

using namespace mlir;

namespace quantc::exec::reference {
namespace {

/// One spatial dimension of a convolution.
struct Spatial {
  int64_t input, output, kernel, stride, dilation, pad;

  /// The input position that output position `out` reads through tap `tap`, or
  /// none: padding contributes nothing.
  std::optional<int64_t> getPosition(int64_t out, int64_t tap) const {
    int64_t position = out * stride + tap * dilation - pad;
    if (position < 0 || position >= input)
      return std::nullopt;
    return position;
  }
};

} // namespace

/// `stored - zero_point` for every element, the zero point of channel
/// `channelOf(i)`.
static std::vector<int32_t>
subtractZeroPoint(const Tensor &tensor, const ChannelIndex &channelOf,
                  llvm::ArrayRef<int64_t> zeroPoints) {
  std::vector<int32_t> differences(tensor.integers.size());
  for (size_t i = 0; i < differences.size(); ++i)
    differences[i] =
        static_cast<int32_t>(tensor.integers[i] - zeroPoints[channelOf(i)]);
  return differences;
}

namespace {
/// What the three operations have in common: the operands as differences, and
/// what becomes of a sum.
struct Contraction {
  template <typename OpT>
  Contraction(OpT op, ContractionFinish finish)
      : inputChannel(op.getInput().getType()),
        weightChannel(op.getWeight().getType()),
        inputZeroPoints(qnn::getZeroPoints(
            qnn::getQuantizedElement(op.getInput().getType()))),
        weightZeroPoints(qnn::getZeroPoints(
            qnn::getQuantizedElement(op.getWeight().getType()))),
        finish(std::move(finish)) {}

  std::vector<int32_t> readInput(const Tensor &tensor) const {
    return subtractZeroPoint(tensor, inputChannel, inputZeroPoints);
  }
  /// The distances of the weights, times the multipliers of their blocks.
  std::vector<int64_t> readWeight(const Tensor &tensor) const {
    std::vector<int32_t> differences =
        subtractZeroPoint(tensor, weightChannel, weightZeroPoints);
    std::vector<int64_t> weights(differences.begin(), differences.end());
    for (size_t i = 0; i < weights.size(); ++i)
      weights[i] *= finish.getMultiplier(weightChannel(i));
    return weights;
  }
  /// Calls `compute` with a zero of the type that holds every sum.
  template <typename ComputeT>
  void withSum(ComputeT compute) const {
    if (finish.hasBlocks())
      compute(Wide(0));
    else
      compute(int64_t(0));
  }

  ChannelIndex inputChannel, weightChannel;
  llvm::SmallVector<int64_t> inputZeroPoints, weightZeroPoints;
  ContractionFinish finish;
};

struct ConvGeometry {
  int64_t batch, inputChannels, outputChannels;
  Spatial height, width;
};
} // namespace

template <typename OpT>
static ConvGeometry getGeometry(OpT op, int64_t kernelHeight,
                                int64_t kernelWidth) {
  RankedTensorType input = op.getInput().getType(), result = op.getType();
  auto spatial = [&](int64_t dim, int64_t kernel) {
    return Spatial{input.getDimSize(dim + 1),
                   result.getDimSize(dim + 1),
                   kernel,
                   op.getStride()[dim],
                   op.getDilation()[dim],
                   op.getPad()[2 * dim]};
  };
  return {input.getDimSize(0), input.getDimSize(3), result.getDimSize(3),
          spatial(0, kernelHeight), spatial(1, kernelWidth)};
}

/// Calls `visit(n, oh, ow)` for each position of the result, in order.
template <typename VisitT>
static void forEachPosition(const ConvGeometry &geometry, VisitT visit) {
  for (int64_t n = 0; n < geometry.batch; ++n)
    for (int64_t oh = 0; oh < geometry.height.output; ++oh)
      for (int64_t ow = 0; ow < geometry.width.output; ++ow)
        visit(n, oh, ow);
}

/// Calls `visit(ih, iw, kh, kw)` for each tap that reads the input.
template <typename VisitT>
static void forEachTap(const ConvGeometry &geometry, int64_t oh, int64_t ow,
                       VisitT visit) {
  for (int64_t kh = 0; kh < geometry.height.kernel; ++kh)
    if (std::optional<int64_t> ih = geometry.height.getPosition(oh, kh))
      for (int64_t kw = 0; kw < geometry.width.kernel; ++kw)
        if (std::optional<int64_t> iw = geometry.width.getPosition(ow, kw))
          visit(*ih, *iw, kh, kw);
}

ExpectedKernel makeKernel(qnn::Conv2DOp op) {
  RankedTensorType weight = op.getWeight().getType();
  ConvGeometry geometry =
      getGeometry(op, weight.getDimSize(1), weight.getDimSize(2));
  llvm::Expected<ContractionFinish> finish = ContractionFinish::create(op);
  if (!finish)
    return finish.takeError();
  int64_t depth = weight.getDimSize(3);
  int64_t groupSize =
      geometry.outputChannels / static_cast<int64_t>(op.getGroup());
  return [=, contraction = Contraction(op, std::move(*finish))](
             auto operands, Tensor &result) {
    std::vector<int32_t> x = contraction.readInput(*operands[0]);
    std::vector<int64_t> w = contraction.readWeight(*operands[1]);
    const std::vector<int32_t> &bias = operands[2]->integers;
    int32_t *next = result.integers.data();
    auto compute = [&](auto zero, int64_t n, int64_t oh, int64_t ow) {
      for (int64_t oc = 0; oc < geometry.outputChannels; ++oc) {
        auto acc = zero;
        forEachTap(
            geometry, oh, ow,
            [&](int64_t ih, int64_t iw, int64_t kh, int64_t kw) {
              const int32_t *xs =
                  &x[((n * geometry.height.input + ih) * geometry.width.input +
                      iw) *
                         geometry.inputChannels +
                     oc / groupSize * depth];
              const int64_t *ws = &w[((oc * geometry.height.kernel + kh) *
                                          geometry.width.kernel +
                                      kw) *
                                     depth];
              for (int64_t ic = 0; ic < depth; ++ic)
                acc += static_cast<decltype(zero)>(xs[ic]) * ws[ic];
            });
        *next++ = contraction.finish(oc, acc, bias[oc]);
      }
    };
    contraction.withSum([&](auto zero) {
      forEachPosition(geometry, [&](int64_t n, int64_t oh, int64_t ow) {
        compute(zero, n, oh, ow);
      });
    });
  };
}

ExpectedKernel makeKernel(qnn::DepthwiseConv2DOp op) {
  RankedTensorType weight = op.getWeight().getType();
  ConvGeometry geometry =
      getGeometry(op, weight.getDimSize(0), weight.getDimSize(1));
  llvm::Expected<ContractionFinish> finish = ContractionFinish::create(op);
  if (!finish)
    return finish.takeError();
  int64_t multiplier = geometry.outputChannels / geometry.inputChannels;
  return [=, contraction = Contraction(op, std::move(*finish))](
             auto operands, Tensor &result) {
    std::vector<int32_t> x = contraction.readInput(*operands[0]);
    std::vector<int64_t> w = contraction.readWeight(*operands[1]);
    const std::vector<int32_t> &bias = operands[2]->integers;
    int32_t *next = result.integers.data();
    auto compute = [&](auto zero, int64_t n, int64_t oh, int64_t ow) {
      for (int64_t oc = 0; oc < geometry.outputChannels; ++oc) {
        auto acc = zero;
        forEachTap(
            geometry, oh, ow,
            [&](int64_t ih, int64_t iw, int64_t kh, int64_t kw) {
              int64_t pixel =
                  (n * geometry.height.input + ih) * geometry.width.input + iw;
              int64_t tap = kh * geometry.width.kernel + kw;
              acc += static_cast<decltype(zero)>(
                         x[pixel * geometry.inputChannels + oc / multiplier]) *
                     w[tap * geometry.outputChannels + oc];
            });
        *next++ = contraction.finish(oc, acc, bias[oc]);
      }
    };
    contraction.withSum([&](auto zero) {
      forEachPosition(geometry, [&](int64_t n, int64_t oh, int64_t ow) {
        compute(zero, n, oh, ow);
      });
    });
  };
}

ExpectedKernel makeKernel(qnn::FullyConnectedOp op) {
  RankedTensorType weight = op.getWeight().getType();
  int64_t rows = op.getType().getDimSize(0);
  int64_t channels = weight.getDimSize(0), depth = weight.getDimSize(1);
  llvm::Expected<ContractionFinish> finish = ContractionFinish::create(op);
  if (!finish)
    return finish.takeError();
  return [=, contraction = Contraction(op, std::move(*finish))](
             auto operands, Tensor &result) {
    std::vector<int32_t> x = contraction.readInput(*operands[0]);
    std::vector<int64_t> w = contraction.readWeight(*operands[1]);
    contraction.withSum([&](auto zero) {
      for (int64_t n = 0; n < rows; ++n)
        for (int64_t oc = 0; oc < channels; ++oc) {
          auto acc = zero;
          for (int64_t ic = 0; ic < depth; ++ic)
            acc += static_cast<decltype(zero)>(x[n * depth + ic]) *
                   w[oc * depth + ic];
          result.integers[n * channels + oc] =
              contraction.finish(oc, acc, operands[2]->integers[oc]);
        }
    });
  };
}

ExpectedKernel makeKernel(qnn::MatMulOp op) {
  quant::QuantizedType lhs = qnn::getQuantizedElement(op.getLhs().getType());
  quant::QuantizedType rhs = qnn::getQuantizedElement(op.getRhs().getType());
  quant::QuantizedType result = qnn::getQuantizedElement(op.getType());
  float a = getScaleF32(lhs), b = getScaleF32(rhs), to = getScaleF32(result);
  double exact =
      static_cast<double>(a) * static_cast<double>(b) / static_cast<double>(to);
  float product = a * b;
  auto requantizer = Requantizer::create(
      {exact, product / to}, op.getRounding(), result, op.getClamp());
  if (!requantizer)
    return requantizer.takeError();
  int64_t rows = op.getType().getDimSize(1),
          columns = op.getType().getDimSize(2);
  int64_t depth = op.getLhs().getType().getDimSize(2);
  return [=, requantizer = *requantizer, lhsZero = getZeroPointOf(lhs),
          rhsZero = getZeroPointOf(rhs)](auto operands, Tensor &result) {
    const std::vector<int32_t> &x = operands[0]->integers;
    const std::vector<int32_t> &y = operands[1]->integers;
    for (size_t i = 0; i < result.integers.size(); ++i) {
      int64_t column = static_cast<int64_t>(i) % columns;
      int64_t row = static_cast<int64_t>(i) / columns;
      int64_t acc = 0;
      for (int64_t k = 0; k < depth; ++k)
        acc += (x[row * depth + k] - lhsZero) *
               (y[(row / rows * depth + k) * columns + column] - rhsZero);
      result.integers[i] = requantizer(acc);
    }
  };
}

} // namespace quantc::exec::reference

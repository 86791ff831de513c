// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// dynamic_quantize and dynamic_dequantize as N33 of docs/Numerics.md says, and
// sums of products in 64-bit integers. Raw bytes are kept as numbers from 0 to
// 255 or from -128 to 127, whatever the operation that reads them takes.
#include "FloatKernels.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;

namespace quantc::exec::reference {
namespace {

/// The low 8 bits of `stored`, with the sign that the reader sees.
int64_t readByte(int32_t stored, bool isSigned) {
  return isSigned ? static_cast<int8_t>(stored) : static_cast<uint8_t>(stored);
}

struct Parameters {
  float scale;
  int32_t zeroPoint;
};

Parameters findParameters(const std::vector<float> &values) {
  float low = 0.0f, high = 0.0f;
  for (float value : values) {
    low = value < low ? value : low;
    high = value > high ? value : high;
  }
  low = std::max(low, -0x1p126f);
  high = std::min(high, 0x1p126f);
  float range = high - low;
  if (range == 0.0f)
    return {1.0f, 0};
  float scale = std::max(range / 255.0f, 0x1p-125f);
  float position = 0.0f - low / scale;
  float clamped = std::min(std::max(position, 0.0f), 255.0f);
  return {scale, static_cast<int32_t>(std::nearbyint(clamped))};
}

int32_t quantize(float value, Parameters parameters) {
  float steps = value / parameters.scale;
  if (std::isnan(steps))
    return parameters.zeroPoint;
  auto zeroPoint = static_cast<double>(parameters.zeroPoint);
  double stored = std::nearbyint(static_cast<double>(steps)) + zeroPoint;
  return static_cast<int32_t>(std::min(std::max(stored, 0.0), 255.0));
}

ExpectedKernel makeQuantize(unsigned index) {
  return [index](auto operands, Tensor &result) {
    const std::vector<float> &values = operands[0]->reals;
    Parameters parameters = findParameters(values);
    if (index == 1) {
      result.reals[0] = parameters.scale;
    } else if (index == 2) {
      result.integers[0] = parameters.zeroPoint;
    } else {
      for (size_t i = 0; i < values.size(); ++i)
        result.integers[i] = quantize(values[i], parameters);
    }
  };
}

ExpectedKernel makeDequantize() {
  return [](auto operands, Tensor &result) {
    float scale = operands[1]->reals[0];
    int64_t zeroPoint = readByte(operands[2]->integers[0], false);
    for (size_t i = 0; i < result.reals.size(); ++i) {
      int64_t stored = readByte(operands[0]->integers[i], false);
      result.reals[i] = scale * static_cast<float>(stored - zeroPoint);
    }
  };
}

/// Differences of raw bytes from a zero point.
std::vector<int64_t> subtract(const Tensor &bytes, const Tensor &zeroPoint,
                              bool isSigned) {
  int64_t zero = readByte(zeroPoint.integers[0], isSigned);
  std::vector<int64_t> differences;
  differences.reserve(bytes.integers.size());
  for (int32_t stored : bytes.integers)
    differences.push_back(readByte(stored, isSigned) - zero);
  return differences;
}

/// The shape of a convolution of either kind. Input channel `c * step + ic` of
/// `depth` belongs to output channel c.
struct ConvShape {
  SmallVector<int64_t> input, result, stride, pad, dilation;
  int64_t kernelHeight, kernelWidth, depth;
  /// Output channels that read the same input channels.
  int64_t shared;
  bool channelLast;

  /// The place of a weight.
  int64_t getWeight(int64_t oc, int64_t kh, int64_t kw, int64_t ic) const {
    if (channelLast)
      return (kh * kernelWidth + kw) * result[3] + oc;
    return ((oc * kernelHeight + kh) * kernelWidth + kw) * depth + ic;
  }
};

template <typename OpT>
ConvShape describe(OpT op) {
  ArrayRef<int64_t> weight = op.getWeight().getType().getShape();
  ConvShape shape{llvm::to_vector(op.getInput().getType().getShape()),
                  llvm::to_vector(op.getResult().getType().getShape()),
                  llvm::to_vector(op.getStride()),
                  llvm::to_vector(op.getPad()),
                  llvm::to_vector(op.getDilation()),
                  0,
                  0,
                  1,
                  1,
                  std::is_same_v<OpT, qnn::IntegerDepthwiseConv2DOp>};
  shape.kernelHeight = weight[shape.channelLast ? 0 : 1];
  shape.kernelWidth = weight[shape.channelLast ? 1 : 2];
  if constexpr (std::is_same_v<OpT, qnn::IntegerConv2DOp>) {
    shape.depth = weight[3];
    shape.shared = weight[0] / static_cast<int64_t>(op.getGroup());
  } else {
    shape.shared = shape.result[3] / shape.input[3];
  }
  return shape;
}

int64_t sumWindow(const ConvShape &shape, const std::vector<int64_t> &x,
                  const std::vector<int64_t> &w, int64_t n, int64_t oh,
                  int64_t ow, int64_t oc) {
  int64_t sum = 0;
  for (int64_t kh = 0; kh < shape.kernelHeight; ++kh)
    for (int64_t kw = 0; kw < shape.kernelWidth; ++kw) {
      int64_t ih = oh * shape.stride[0] + kh * shape.dilation[0] - shape.pad[0];
      int64_t iw = ow * shape.stride[1] + kw * shape.dilation[1] - shape.pad[2];
      if (ih < 0 || ih >= shape.input[1] || iw < 0 || iw >= shape.input[2])
        continue;
      int64_t pixel = (n * shape.input[1] + ih) * shape.input[2] + iw;
      int64_t first = pixel * shape.input[3] + oc / shape.shared * shape.depth;
      for (int64_t ic = 0; ic < shape.depth; ++ic)
        sum += x[first + ic] * w[shape.getWeight(oc, kh, kw, ic)];
    }
  return sum;
}

template <typename OpT>
ExpectedKernel makeConv(OpT op) {
  quant::QuantizedType element =
      qnn::getQuantizedElement(op.getWeight().getType());
  return [shape = describe(op), isSigned = op.getInputSigned(),
          channelOf = ChannelIndex(op.getWeight().getType()),
          zeroPoints = qnn::getZeroPoints(element)](auto operands,
                                                    Tensor &result) {
    std::vector<int64_t> x = subtract(*operands[0], *operands[1], isSigned);
    std::vector<int64_t> w(operands[2]->integers.begin(),
                           operands[2]->integers.end());
    for (size_t i = 0; i < w.size(); ++i)
      w[i] -= zeroPoints[channelOf(static_cast<int64_t>(i))];
    int32_t *next = result.integers.data();
    for (int64_t n = 0; n < shape.result[0]; ++n)
      for (int64_t oh = 0; oh < shape.result[1]; ++oh)
        for (int64_t ow = 0; ow < shape.result[2]; ++ow)
          for (int64_t oc = 0; oc < shape.result[3]; ++oc)
            *next++ =
                static_cast<int32_t>(sumWindow(shape, x, w, n, oh, ow, oc));
  };
}

ExpectedKernel makeMatMul(qnn::IntegerMatMulOp op) {
  int64_t batch = op.getType().getDimSize(0), rows = op.getType().getDimSize(1);
  int64_t columns = op.getType().getDimSize(2);
  int64_t depth = op.getLhs().getType().getDimSize(2);
  return [=, isLhsSigned = op.getLhsSigned(),
          isRhsSigned = op.getRhsSigned()](auto operands, Tensor &result) {
    std::vector<int64_t> a = subtract(*operands[0], *operands[1], isLhsSigned);
    std::vector<int64_t> b = subtract(*operands[2], *operands[3], isRhsSigned);
    int32_t *next = result.integers.data();
    for (int64_t n = 0; n < batch; ++n)
      for (int64_t row = 0; row < rows; ++row)
        for (int64_t column = 0; column < columns; ++column) {
          int64_t sum = 0;
          for (int64_t k = 0; k < depth; ++k)
            sum += a[(n * rows + row) * depth + k] *
                   b[(n * depth + k) * columns + column];
          *next++ = static_cast<int32_t>(sum);
        }
  };
}

} // namespace

ExpectedKernel makeDynamicKernel(Operation *op, unsigned index) {
  return llvm::TypeSwitch<Operation *, ExpectedKernel>(op)
      .Case([&](qnn::DynamicQuantizeOp) { return makeQuantize(index); })
      .Case([](qnn::DynamicDequantizeOp) { return makeDequantize(); })
      .Case<qnn::IntegerConv2DOp, qnn::IntegerDepthwiseConv2DOp>(
          [](auto conv) { return makeConv(conv); })
      .Case([](qnn::IntegerMatMulOp matmul) { return makeMatMul(matmul); })
      .Default([](Operation *) -> ExpectedKernel {
        return llvm::createStringError("it quantizes nothing while running");
      });
}

} // namespace quantc::exec::reference

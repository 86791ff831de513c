// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions and matrix products of floats, in the order of the compiled
// loops and with fused multiply-adds, as compiled code has them where the CPU
// does.
#include "FloatKernels.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;

namespace quantc::exec::reference {
namespace {

ArrayRef<int64_t> getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

struct Conv {
  template <typename OpT>
  explicit Conv(OpT op)
      : input(getShape(op.getInput())), weight(getShape(op.getWeight())),
        result(getShape(op.getOutput())), stride(op.getStride()),
        pad(op.getPad()), dilation(op.getDilation()),
        isDepthwise(std::is_same_v<OpT, tosa::DepthwiseConv2DOp>) {}

  /// Calls `visit(first channel of the pixel, kh, kw)` in order.
  template <typename VisitT>
  void forEachTap(int64_t n, int64_t oh, int64_t ow, VisitT visit) const {
    int64_t height = weight[isDepthwise ? 0 : 1];
    int64_t width = weight[isDepthwise ? 1 : 2];
    for (int64_t kh = 0; kh < height; ++kh)
      for (int64_t kw = 0; kw < width; ++kw) {
        int64_t ih = oh * stride[0] + kh * dilation[0] - pad[0];
        int64_t iw = ow * stride[1] + kw * dilation[1] - pad[2];
        if (ih < 0 || ih >= input[1] || iw < 0 || iw >= input[2])
          continue;
        visit(((n * input[1] + ih) * input[2] + iw) * input[3], kh, kw);
      }
  }

  float sum(const std::vector<float> &x, const std::vector<float> &w,
            float start, int64_t n, int64_t oh, int64_t ow, int64_t oc) const {
    float value = start;
    forEachTap(n, oh, ow, [&](int64_t pixel, int64_t kh, int64_t kw) {
      if (isDepthwise) {
        int64_t place = (kh * weight[1] + kw) * result[3] + oc;
        value = std::fma(x[pixel + oc / weight[3]], w[place], value);
        return;
      }
      int64_t place = ((oc * weight[1] + kh) * weight[2] + kw) * weight[3];
      for (int64_t ic = 0; ic < weight[3]; ++ic)
        value = std::fma(x[pixel + ic], w[place + ic], value);
    });
    return value;
  }

  SmallVector<int64_t> input, weight, result, stride, pad, dilation;
  bool isDepthwise;
};

/// The sums start at zero for a depthwise convolution, whose bias is added
/// behind, and at the bias otherwise.
ExpectedKernel makeConv(const Conv &conv) {
  return [conv](auto operands, Tensor &result) {
    const std::vector<float> &bias = operands[2]->reals;
    float *next = result.reals.data();
    for (int64_t n = 0; n < conv.result[0]; ++n)
      for (int64_t oh = 0; oh < conv.result[1]; ++oh)
        for (int64_t ow = 0; ow < conv.result[2]; ++ow)
          for (int64_t oc = 0; oc < conv.result[3]; ++oc) {
            float own = bias[bias.size() == 1 ? 0 : oc];
            float start = conv.isDepthwise ? 0.0f : own;
            float value = conv.sum(operands[0]->reals, operands[1]->reals,
                                   start, n, oh, ow, oc);
            *next++ = conv.isDepthwise ? value + own : value;
          }
  };
}

ExpectedKernel makeMatMul(tosa::MatMulOp op) {
  SmallVector<int64_t> lhs(getShape(op.getA())), rhs(getShape(op.getB()));
  return [lhs, rhs](auto operands, Tensor &result) {
    float *next = result.reals.data();
    for (int64_t b = 0; b < lhs[0]; ++b)
      for (int64_t m = 0; m < lhs[1]; ++m)
        for (int64_t n = 0; n < rhs[2]; ++n) {
          float value = 0.0f;
          for (int64_t k = 0; k < lhs[2]; ++k)
            value = std::fma(operands[0]->reals[(b * lhs[1] + m) * lhs[2] + k],
                             operands[1]->reals[(b * rhs[1] + k) * rhs[2] + n],
                             value);
          *next++ = value;
        }
  };
}

} // namespace

ExpectedKernel makeFloatContraction(Operation *op) {
  return llvm::TypeSwitch<Operation *, ExpectedKernel>(op)
      .Case<tosa::Conv2DOp, tosa::DepthwiseConv2DOp>(
          [](auto conv) { return makeConv(Conv(conv)); })
      .Case([](tosa::MatMulOp matmul) { return makeMatMul(matmul); })
      .Default([](Operation *) -> ExpectedKernel {
        return llvm::createStringError("it is no part of the qnn form");
      });
}

} // namespace quantc::exec::reference

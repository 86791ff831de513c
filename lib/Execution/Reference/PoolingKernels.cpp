// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// max_pool_2d and avg_pool_2d. A window is visited element by element, and what
// lies outside of the input is left out.
#include "Arithmetic.h"
#include "Kernels.h"

#include <algorithm>
#include <limits>
#include <map>

using namespace mlir;

namespace quantc::exec::reference {
namespace {

struct Pooling {
  template <typename OpT>
  explicit Pooling(OpT op)
      : input(op.getInput().getType().getShape()),
        output(op.getType().getShape()), kernel(op.getKernel()),
        stride(op.getStride()), pad(op.getPad()) {}

  /// Calls `visit` with the index of each input element in the window of
  /// output position (n, oh, ow, c).
  template <typename VisitT>
  void forEachElement(int64_t n, int64_t oh, int64_t ow, int64_t c,
                      VisitT visit) const {
    for (int64_t kh = 0; kh < kernel[0]; ++kh)
      for (int64_t kw = 0; kw < kernel[1]; ++kw) {
        int64_t ih = oh * stride[0] + kh - pad[0];
        int64_t iw = ow * stride[1] + kw - pad[2];
        if (ih >= 0 && ih < input[1] && iw >= 0 && iw < input[2])
          visit(((n * input[1] + ih) * input[2] + iw) * input[3] + c);
      }
  }

  /// Calls `visit(n, oh, ow, c)` for each element of the result, in order.
  template <typename VisitT>
  void forEachResult(VisitT visit) const {
    for (int64_t n = 0; n < output[0]; ++n)
      for (int64_t oh = 0; oh < output[1]; ++oh)
        for (int64_t ow = 0; ow < output[2]; ++ow)
          for (int64_t c = 0; c < output[3]; ++c)
            visit(n, oh, ow, c);
  }

  llvm::SmallVector<int64_t> input, output, kernel, stride, pad;
};

} // namespace

ExpectedKernel makeKernel(qnn::MaxPool2DOp op) {
  return [pooling = Pooling(op)](auto operands, Tensor &result) {
    const std::vector<int32_t> &x = operands[0]->integers;
    size_t next = 0;
    pooling.forEachResult([&](int64_t n, int64_t oh, int64_t ow, int64_t c) {
      int32_t greatest = std::numeric_limits<int32_t>::min();
      pooling.forEachElement(n, oh, ow, c, [&](int64_t index) {
        greatest = std::max(greatest, x[index]);
      });
      result.integers[next++] = greatest;
    });
  };
}

/// M = scale(input) / (scale(result) * count).
static llvm::Expected<Requantizer> makeAverage(qnn::AvgPool2DOp op,
                                               int64_t count) {
  quant::QuantizedType result = qnn::getQuantizedElement(op.getType());
  float from = getScaleF32(qnn::getQuantizedElement(op.getInput().getType()));
  float to = getScaleF32(result);
  float divisor = to * static_cast<float>(count);
  double exact = static_cast<double>(from) /
                 (static_cast<double>(to) * static_cast<double>(count));
  return Requantizer::create({exact, from / divisor}, op.getRounding(), result,
                             op.getClamp());
}

ExpectedKernel makeKernel(qnn::AvgPool2DOp op) {
  Pooling pooling(op);
  // The counts that occur: the border of a padded input has smaller ones.
  std::map<int64_t, Requantizer> averages;
  for (int64_t oh = 0; oh < pooling.output[1]; ++oh)
    for (int64_t ow = 0; ow < pooling.output[2]; ++ow) {
      int64_t count = 0;
      pooling.forEachElement(0, oh, ow, 0, [&](int64_t) { ++count; });
      if (averages.count(count))
        continue;
      llvm::Expected<Requantizer> average = makeAverage(op, count);
      if (!average)
        return average.takeError();
      averages.emplace(count, *average);
    }
  quant::QuantizedType input =
      qnn::getQuantizedElement(op.getInput().getType());
  return [pooling, averages,
          zeroPoint = getZeroPointOf(input)](auto operands, Tensor &result) {
    const std::vector<int32_t> &x = operands[0]->integers;
    size_t next = 0;
    pooling.forEachResult([&](int64_t n, int64_t oh, int64_t ow, int64_t c) {
      int64_t acc = 0, count = 0;
      pooling.forEachElement(n, oh, ow, c, [&](int64_t index) {
        acc += x[index] - zeroPoint;
        ++count;
      });
      result.integers[next++] = averages.find(count)->second(acc);
    });
  };
}

} // namespace quantc::exec::reference

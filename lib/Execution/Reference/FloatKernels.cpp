// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Float operations, one rounding for each of their own: elementwise with
// broadcast, pooling, reductions along an axis, softmax and movements. Those of
// convolutions are in a file of their own.
#include "FloatKernels.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace quantc::exec::reference {
namespace {

ArrayRef<int64_t> getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

/// The place in an operand of `shape` of each element of `result`, which it
/// broadcasts to.
std::vector<int64_t> getPlaces(ArrayRef<int64_t> shape,
                               ArrayRef<int64_t> result) {
  std::vector<int64_t> places = {0};
  for (auto [size, wanted] : llvm::zip_equal(shape, result)) {
    std::vector<int64_t> finer;
    finer.reserve(places.size() * wanted);
    for (int64_t place : places)
      for (int64_t i = 0; i < wanted; ++i)
        finer.push_back(place * size + (size == 1 ? 0 : i));
    places = std::move(finer);
  }
  return places;
}

template <typename FunctionT>
ExpectedKernel makeUnary(FunctionT function) {
  return [function](auto operands, Tensor &result) {
    for (size_t i = 0; i < result.reals.size(); ++i)
      result.reals[i] = function(operands[0]->reals[i]);
  };
}

template <typename FunctionT>
ExpectedKernel makeBinary(Operation *op, FunctionT function) {
  ArrayRef<int64_t> result = getShape(op->getResult(0));
  return [function, lhs = getPlaces(getShape(op->getOperand(0)), result),
          rhs = getPlaces(getShape(op->getOperand(1)), result)](
             auto operands, Tensor &result) {
    for (size_t i = 0; i < result.reals.size(); ++i)
      result.reals[i] =
          function(operands[0]->reals[lhs[i]], operands[1]->reals[rhs[i]]);
  };
}

ExpectedKernel makeClamp(tosa::ClampOp op) {
  auto low = dyn_cast<FloatAttr>(op.getMinVal());
  auto high = dyn_cast<FloatAttr>(op.getMaxVal());
  if (!low || !high)
    return llvm::createStringError("it clamps no floats");
  return makeUnary([low = low.getValue().convertToFloat(),
                    high = high.getValue().convertToFloat()](float value) {
    return value < low ? low : value > high ? high : value;
  });
}

ExpectedKernel makeCast(tosa::CastOp op) {
  auto from = cast<RankedTensorType>(op.getInput().getType()).getElementType();
  if (!from.isInteger() ||
      !cast<RankedTensorType>(op.getType()).getElementType().isF32())
    return llvm::createStringError("only casts of integers to f32 have one");
  return [](auto operands, Tensor &result) {
    for (size_t i = 0; i < result.reals.size(); ++i)
      result.reals[i] = static_cast<float>(operands[0]->integers[i]);
  };
}

//===----------------------------------------------------------------------===//
// Windows, axes and movements
//===----------------------------------------------------------------------===//

/// Calls `visit(ih, iw)` for the pixels of an NHWC image under a window.
struct Pooling {
  template <typename OpT>
  explicit Pooling(OpT op)
      : input(getShape(op.getInput())), result(getShape(op.getOutput())),
        kernel(op.getKernel()), stride(op.getStride()), pad(op.getPad()) {}

  template <typename VisitT>
  void forEach(int64_t oh, int64_t ow, VisitT visit) const {
    for (int64_t kh = 0; kh < kernel[0]; ++kh)
      for (int64_t kw = 0; kw < kernel[1]; ++kw) {
        int64_t ih = oh * stride[0] + kh - pad[0];
        int64_t iw = ow * stride[1] + kw - pad[2];
        if (ih >= 0 && ih < input[1] && iw >= 0 && iw < input[2])
          visit(ih, iw);
      }
  }

  SmallVector<int64_t> input, result, kernel, stride, pad;
};

/// Pools with `combine` from `start` on; `finish(value, count)` is the result.
template <typename CombineT, typename FinishT>
ExpectedKernel makePooling(const Pooling &pooling, float start,
                           CombineT combine, FinishT finish) {
  return [=](auto operands, Tensor &result) {
    const std::vector<float> &image = operands[0]->reals;
    float *next = result.reals.data();
    for (int64_t n = 0; n < pooling.result[0]; ++n)
      for (int64_t oh = 0; oh < pooling.result[1]; ++oh)
        for (int64_t ow = 0; ow < pooling.result[2]; ++ow)
          for (int64_t c = 0; c < pooling.result[3]; ++c) {
            float value = start;
            int64_t count = 0;
            pooling.forEach(oh, ow, [&](int64_t ih, int64_t iw) {
              int64_t row = n * pooling.input[1] + ih;
              int64_t pixel = row * pooling.input[2] + iw;
              value = combine(value, image[pixel * pooling.input[3] + c]);
              ++count;
            });
            *next++ = finish(value, count);
          }
  };
}

/// A tensor as rows along one axis: outer, axis, inner.
struct Rows {
  Rows(ArrayRef<int64_t> shape, int64_t axis) : size(shape[axis]) {
    for (int64_t extent : shape.take_front(axis))
      outer *= extent;
    for (int64_t extent : shape.drop_front(axis + 1))
      inner *= extent;
  }
  int64_t at(int64_t o, int64_t k, int64_t i) const {
    return (o * size + k) * inner + i;
  }
  int64_t outer = 1, size, inner = 1;
};

template <typename CombineT>
ExpectedKernel makeReduction(Value input, int64_t axis, float start,
                             CombineT combine) {
  return [rows = Rows(getShape(input), axis), start, combine](auto operands,
                                                              Tensor &result) {
    for (int64_t o = 0; o < rows.outer; ++o)
      for (int64_t i = 0; i < rows.inner; ++i) {
        float value = start;
        for (int64_t k = 0; k < rows.size; ++k)
          value = combine(value, operands[0]->reals[rows.at(o, k, i)]);
        result.reals[o * rows.inner + i] = value;
      }
  };
}

ExpectedKernel makeSoftmax(linalg::SoftmaxOp op) {
  return [rows = Rows(getShape(op.getInput()),
                      static_cast<int64_t>(op.getDimension()))](
             auto operands, Tensor &result) {
    const std::vector<float> &in = operands[0]->reals;
    for (int64_t o = 0; o < rows.outer; ++o)
      for (int64_t i = 0; i < rows.inner; ++i) {
        float greatest = -std::numeric_limits<float>::infinity(), sum = 0.0f;
        for (int64_t k = 0; k < rows.size; ++k)
          greatest = std::max(greatest, in[rows.at(o, k, i)]);
        for (int64_t k = 0; k < rows.size; ++k) {
          float &out = result.reals[rows.at(o, k, i)];
          out = std::exp(in[rows.at(o, k, i)] - greatest);
          sum += out;
        }
        for (int64_t k = 0; k < rows.size; ++k)
          result.reals[rows.at(o, k, i)] /= sum;
      }
  };
}

ExpectedKernel makeConcat(tosa::ConcatOp op) {
  auto axis = static_cast<int64_t>(op.getAxis());
  SmallVector<Rows> parts;
  for (Value operand : op.getInput1())
    parts.emplace_back(getShape(operand), axis);
  Rows whole(getShape(op.getOutput()), axis);
  return [parts, whole](auto operands, Tensor &result) {
    int64_t first = 0;
    for (auto [part, operand] : llvm::zip_equal(parts, operands)) {
      for (int64_t o = 0; o < part.outer; ++o)
        for (int64_t k = 0; k < part.size; ++k)
          for (int64_t i = 0; i < part.inner; ++i)
            result.reals[whole.at(o, first + k, i)] =
                operand->reals[part.at(o, k, i)];
      first += part.size;
    }
  };
}

/// Copies the box of `shape` from `from` in the source to `to` in the result.
void copyBox(const std::vector<float> &source, ArrayRef<int64_t> sourceShape,
             ArrayRef<int64_t> from, std::vector<float> &result,
             ArrayRef<int64_t> resultShape, ArrayRef<int64_t> to,
             ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides = computeStrides(shape);
  for (int64_t i = 0, e = computeProduct(shape); i < e; ++i) {
    SmallVector<int64_t> at = delinearize(i, strides);
    int64_t in = 0, out = 0;
    for (auto [dim, place] : llvm::enumerate(at)) {
      in = in * sourceShape[dim] + from[dim] + place;
      out = out * resultShape[dim] + to[dim] + place;
    }
    result[out] = source[in];
  }
}

ExpectedKernel makePad(tosa::PadOp op) {
  auto padding = qnn::getConstShape(op.getPadding());
  if (!padding)
    return llvm::createStringError("its padding is no constant");
  float value = qnn::getUniformFloat(op.getPadConst()).value_or(0.0f);
  SmallVector<int64_t> low, zeros(padding->size() / 2, 0);
  for (size_t i = 0; i < padding->size(); i += 2)
    low.push_back((*padding)[i]);
  SmallVector<int64_t> input(getShape(op.getInput1())),
      result(getShape(op.getOutput()));
  return [=](auto operands, Tensor &out) {
    llvm::fill(out.reals, value);
    copyBox(operands[0]->reals, input, zeros, out.reals, result, low, input);
  };
}

ExpectedKernel makeSlice(tosa::SliceOp op) {
  auto start = qnn::getConstShape(op.getStart());
  if (!start)
    return llvm::createStringError("its start is no constant");
  SmallVector<int64_t> input(getShape(op.getInput1())),
      result(getShape(op.getOutput())), zeros(start->size(), 0);
  return [=, first = *start](auto operands, Tensor &out) {
    copyBox(operands[0]->reals, input, first, out.reals, result, zeros, result);
  };
}

} // namespace

ExpectedKernel makeFloatKernel(Operation *op) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  auto keep = [](float value, int64_t) { return value; };
  auto larger = [](float a, float b) { return std::max(a, b); };
  auto plus = [](float a, float b) { return a + b; };
  return llvm::TypeSwitch<Operation *, ExpectedKernel>(op)
      .Case([&](tosa::AddOp) { return makeBinary(op, plus); })
      .Case([&](tosa::SubOp) {
        return makeBinary(op, [](float a, float b) { return a - b; });
      })
      .Case([&](tosa::MulOp) {
        return makeBinary(op, [](float a, float b) { return a * b; });
      })
      .Case([&](tosa::MaximumOp) { return makeBinary(op, larger); })
      .Case([&](tosa::MinimumOp) {
        return makeBinary(op, [](float a, float b) { return std::min(a, b); });
      })
      .Case([](tosa::ExpOp) {
        return makeUnary([](float x) { return std::exp(x); });
      })
      .Case([](tosa::TanhOp) {
        return makeUnary([](float x) { return std::tanh(x); });
      })
      .Case([](tosa::SigmoidOp) {
        return makeUnary([](float x) { return 1.0f / (1.0f + std::exp(-x)); });
      })
      .Case([](tosa::ReciprocalOp) {
        return makeUnary([](float x) { return 1.0f / x; });
      })
      .Case([](tosa::ClampOp clamp) { return makeClamp(clamp); })
      .Case([](tosa::CastOp cast) { return makeCast(cast); })
      .Case([&](tosa::MaxPool2dOp pool) {
        return makePooling(Pooling(pool), -infinity, larger, keep);
      })
      .Case([&](tosa::AvgPool2dOp pool) {
        return makePooling(Pooling(pool), 0.0f, plus,
                           [](float sum, int64_t count) {
                             return sum / static_cast<float>(count);
                           });
      })
      .Case([&](tosa::ReduceMaxOp reduce) {
        return makeReduction(reduce.getInput(), reduce.getAxis(), -infinity,
                             larger);
      })
      .Case([&](tosa::ReduceSumOp reduce) {
        return makeReduction(reduce.getInput(), reduce.getAxis(), 0.0f, plus);
      })
      .Case([](linalg::SoftmaxOp softmax) { return makeSoftmax(softmax); })
      .Case([](tosa::ConcatOp concat) { return makeConcat(concat); })
      .Case([](tosa::PadOp pad) { return makePad(pad); })
      .Case([](tosa::SliceOp slice) { return makeSlice(slice); })
      .Default([](Operation *other) { return makeFloatContraction(other); });
}

} // namespace quantc::exec::reference

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise float arithmetic on constants. What IEEE 754 defines for f32 is
// done in f32; the functions of the C library are called in f64 and rounded
// once, which hides their last-digit differences between machines.
#include "ConstantEvaluation.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/TypeSwitch.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace quantc::qnn {

namespace {

using UnaryFunction = float (*)(float);
using BinaryFunction = float (*)(float, float);

UnaryFunction getUnaryFunction(Operation *op) {
  return TypeSwitch<Operation *, UnaryFunction>(op)
      .Case([](tosa::AbsOp) { return +[](float x) { return std::fabs(x); }; })
      .Case([](tosa::CeilOp) { return +[](float x) { return std::ceil(x); }; })
      .Case(
          [](tosa::FloorOp) { return +[](float x) { return std::floor(x); }; })
      .Case([](tosa::NegateOp) { return +[](float x) { return -x; }; })
      .Case(
          [](tosa::ReciprocalOp) { return +[](float x) { return 1.0f / x; }; })
      .Case([](tosa::RsqrtOp) {
        return +[](float x) -> float { return 1.0 / std::sqrt(double(x)); };
      })
      .Case([](tosa::ExpOp) {
        return +[](float x) -> float { return std::exp(double(x)); };
      })
      .Case([](tosa::LogOp) {
        return +[](float x) -> float { return std::log(double(x)); };
      })
      .Case([](tosa::SinOp) {
        return +[](float x) -> float { return std::sin(double(x)); };
      })
      .Case([](tosa::CosOp) {
        return +[](float x) -> float { return std::cos(double(x)); };
      })
      .Case([](tosa::ErfOp) {
        return +[](float x) -> float { return std::erf(double(x)); };
      })
      .Case([](tosa::TanhOp) {
        return +[](float x) -> float { return std::tanh(double(x)); };
      })
      .Case([](tosa::SigmoidOp) {
        return +[](float x) -> float {
          return 1.0 / (1.0 + std::exp(-double(x)));
        };
      })
      .Default(UnaryFunction(nullptr));
}

float propagatingMaximum(float x, float y) {
  return std::isnan(x) || std::isnan(y) ? x + y : std::max(x, y);
}
float propagatingMinimum(float x, float y) {
  return std::isnan(x) || std::isnan(y) ? x + y : std::min(x, y);
}

BinaryFunction getBinaryFunction(Operation *op) {
  constexpr auto kIgnore = tosa::NanPropagationMode::IGNORE;
  return TypeSwitch<Operation *, BinaryFunction>(op)
      .Case([](tosa::AddOp) { return +[](float x, float y) { return x + y; }; })
      .Case([](tosa::SubOp) { return +[](float x, float y) { return x - y; }; })
      .Case([](tosa::MulOp) { return +[](float x, float y) { return x * y; }; })
      .Case([](tosa::PowOp) {
        return +[](float x, float y) -> float {
          return std::pow(double(x), double(y));
        };
      })
      .Case([](tosa::MaximumOp op) {
        return op.getNanMode() == kIgnore
                   ? +[](float x, float y) { return std::fmax(x, y); }
                   : &propagatingMaximum;
      })
      .Case([](tosa::MinimumOp op) {
        return op.getNanMode() == kIgnore
                   ? +[](float x, float y) { return std::fmin(x, y); }
                   : &propagatingMinimum;
      })
      .Default(BinaryFunction(nullptr));
}

/// For each element of `shape`, in row-major order, calls `visit` with the flat
/// index of the element of `lhs` and of `rhs` that broadcast to it.
void forEachBroadcast(ArrayRef<int64_t> shape, ArrayRef<int64_t> lhs,
                      ArrayRef<int64_t> rhs,
                      llvm::function_ref<void(int64_t, int64_t)> visit) {
  int64_t rank = shape.size();
  auto strides = [&](ArrayRef<int64_t> operand) {
    SmallVector<int64_t> result(rank, 0);
    int64_t stride = 1;
    for (int64_t axis = rank - 1; axis >= 0; --axis) {
      result[axis] = operand[axis] == 1 ? 0 : stride;
      stride *= operand[axis];
    }
    return result;
  };
  SmallVector<int64_t> lhsStrides = strides(lhs), rhsStrides = strides(rhs);
  SmallVector<int64_t> position(rank, 0);
  int64_t count = ShapedType::getNumElements(shape);
  for (int64_t left = 0, right = 0; count > 0; --count) {
    visit(left, right);
    for (int64_t axis = rank - 1; axis >= 0; --axis) {
      left += lhsStrides[axis];
      right += rhsStrides[axis];
      if (++position[axis] < shape[axis])
        break;
      left -= lhsStrides[axis] * shape[axis];
      right -= rhsStrides[axis] * shape[axis];
      position[axis] = 0;
    }
  }
}

EvaluationResult evaluateUnary(Operation *op, UnaryFunction function) {
  std::optional<FloatConstant> input = FloatConstant::read(op->getOperand(0));
  if (!input)
    return std::nullopt;
  std::vector<float> result = input->values().vec();
  llvm::transform(result, result.begin(), function);
  return result;
}

EvaluationResult evaluateBinary(Operation *op, BinaryFunction function) {
  std::optional<FloatConstant> lhs = FloatConstant::read(op->getOperand(0));
  std::optional<FloatConstant> rhs = FloatConstant::read(op->getOperand(1));
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!lhs || !rhs || lhs->getType().getRank() != type.getRank() ||
      rhs->getType().getRank() != type.getRank())
    return std::nullopt;
  std::vector<float> result;
  result.reserve(type.getNumElements());
  forEachBroadcast(type.getShape(), lhs->getShape(), rhs->getShape(),
                   [&](int64_t left, int64_t right) {
                     result.push_back(function((*lhs)[left], (*rhs)[right]));
                   });
  return result;
}

EvaluationResult evaluateClamp(tosa::ClampOp clamp) {
  std::optional<FloatConstant> input = FloatConstant::read(clamp.getInput());
  auto low = dyn_cast<FloatAttr>(clamp.getMinValAttr());
  auto high = dyn_cast<FloatAttr>(clamp.getMaxValAttr());
  if (!input || !low || !high)
    return std::nullopt;
  float minimum = low.getValue().convertToFloat();
  float maximum = high.getValue().convertToFloat();
  bool ignoresNan = clamp.getNanMode() == tosa::NanPropagationMode::IGNORE;
  std::vector<float> result = input->values().vec();
  for (float &value : result) {
    if (std::isnan(value))
      value = ignoresNan ? minimum : value;
    else
      value = std::clamp(value, minimum, maximum);
  }
  return result;
}

} // namespace

EvaluationResult evaluateElementwise(Operation *op) {
  if (UnaryFunction function = getUnaryFunction(op))
    return evaluateUnary(op, function);
  if (BinaryFunction function = getBinaryFunction(op))
    return evaluateBinary(op, function);
  if (auto clamp = dyn_cast<tosa::ClampOp>(op))
    return evaluateClamp(clamp);
  return std::nullopt;
}

} // namespace quantc::qnn

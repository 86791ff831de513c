// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operations that move the numbers of constants, and casts, which change only
// their spelling. Each movement is a map from places of the result to places of
// the operand.
#include "ConstantEvaluation.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Matchers.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace quantc::qnn {

namespace {

ArrayRef<int64_t> resultShape(Operation *op) {
  return cast<RankedTensorType>(op->getResult(0).getType()).getShape();
}

/// Builds a tensor of `shape`: `source` turns the position of an element into
/// the position in `input` where it comes from; false means `outside`.
std::vector<float>
gather(ArrayRef<int64_t> shape, FloatConstant &input, float outside,
       llvm::function_ref<bool(ArrayRef<int64_t>, MutableArrayRef<int64_t>)>
           source) {
  ArrayRef<int64_t> inputShape = input.getShape();
  std::vector<float> result;
  result.reserve(ShapedType::getNumElements(shape));
  SmallVector<int64_t> position(shape.size(), 0), from(inputShape.size(), 0);
  for (int64_t count = ShapedType::getNumElements(shape); count > 0; --count) {
    int64_t flat = 0;
    bool inside = source(position, from);
    for (auto [place, size] : llvm::zip_equal(from, inputShape))
      flat = flat * size + place;
    result.push_back(inside ? input[flat] : outside);
    for (int64_t axis = shape.size() - 1; axis >= 0; --axis) {
      if (++position[axis] < shape[axis])
        break;
      position[axis] = 0;
    }
  }
  return result;
}

EvaluationResult evaluateTranspose(tosa::TransposeOp op, FloatConstant input) {
  ArrayRef<int32_t> perms = op.getPerms();
  return gather(resultShape(op), input, 0.0f, [&](auto at, auto from) {
    for (auto [axis, perm] : llvm::enumerate(perms))
      from[perm] = at[axis];
    return true;
  });
}

EvaluationResult evaluatePad(tosa::PadOp op, FloatConstant input) {
  std::optional<SmallVector<int64_t>> padding = getConstShape(op.getPadding());
  std::optional<float> value = getUniformFloat(op.getPadConst());
  if (!padding || !value ||
      padding->size() != 2 * static_cast<size_t>(input.getType().getRank()) ||
      llvm::any_of(*padding, [](int64_t amount) { return amount < 0; }))
    return std::nullopt;
  return gather(resultShape(op), input, *value, [&](auto at, auto from) {
    bool inside = true;
    for (auto [axis, size] : llvm::enumerate(input.getShape())) {
      from[axis] = at[axis] - (*padding)[2 * axis];
      inside &= from[axis] >= 0 && from[axis] < size;
    }
    return inside;
  });
}

EvaluationResult evaluateSlice(tosa::SliceOp op, FloatConstant input) {
  std::optional<SmallVector<int64_t>> start = getConstShape(op.getStart());
  if (!start || start->size() != input.getShape().size())
    return std::nullopt;
  for (auto [first, count, size] :
       llvm::zip_equal(*start, resultShape(op), input.getShape()))
    if (first < 0 || first + count > size)
      return std::nullopt;
  return gather(resultShape(op), input, 0.0f, [&](auto at, auto from) {
    for (auto [axis, first] : llvm::enumerate(*start))
      from[axis] = at[axis] + first;
    return true;
  });
}

EvaluationResult evaluateTile(tosa::TileOp op, FloatConstant input) {
  return gather(resultShape(op), input, 0.0f, [&](auto at, auto from) {
    for (auto [axis, size] : llvm::enumerate(input.getShape()))
      from[axis] = at[axis] % size;
    return true;
  });
}

EvaluationResult evaluateConcat(tosa::ConcatOp op) {
  // Seen as [outer, axis and inner], each operand gives one run a row.
  SmallVector<FloatConstant> operands;
  for (Value operand : op.getInput1()) {
    std::optional<FloatConstant> constant = FloatConstant::read(operand);
    if (!constant)
      return std::nullopt;
    operands.push_back(*constant);
  }
  ArrayRef<int64_t> shape = resultShape(op);
  int64_t outer = ShapedType::getNumElements(shape.take_front(op.getAxis()));
  std::vector<float> result;
  result.reserve(ShapedType::getNumElements(shape));
  for (int64_t row = 0; row < outer; ++row)
    for (FloatConstant &operand : operands) {
      int64_t run = operand.size() / outer;
      ArrayRef<float> values = operand.values().slice(row * run, run);
      result.insert(result.end(), values.begin(), values.end());
    }
  return result;
}

} // namespace

EvaluationResult evaluateMovement(Operation *op) {
  if (auto concat = dyn_cast<tosa::ConcatOp>(op))
    return evaluateConcat(concat);
  if (!isa<tosa::ReshapeOp, tosa::IdentityOp, tosa::TransposeOp, tosa::PadOp,
           tosa::SliceOp, tosa::TileOp>(op))
    return std::nullopt;
  std::optional<FloatConstant> input = FloatConstant::read(op->getOperand(0));
  if (!input)
    return std::nullopt;
  return TypeSwitch<Operation *, EvaluationResult>(op)
      .Case<tosa::ReshapeOp, tosa::IdentityOp>(
          [&](auto) { return input->values().vec(); })
      .Case([&](tosa::TransposeOp op) { return evaluateTranspose(op, *input); })
      .Case([&](tosa::PadOp op) { return evaluatePad(op, *input); })
      .Case([&](tosa::SliceOp op) { return evaluateSlice(op, *input); })
      .Case([&](tosa::TileOp op) { return evaluateTile(op, *input); })
      .Default([](Operation *) { return EvaluationResult(); });
}

EvaluationResult evaluateCast(Operation *op) {
  DenseElementsAttr input;
  if (!isa<tosa::CastOp>(op) ||
      !matchPattern(op->getOperand(0), m_Constant(&input)))
    return std::nullopt;
  std::vector<float> result;
  result.reserve(input.getNumElements());
  if (auto integers = dyn_cast<DenseIntElementsAttr>(input)) {
    // i1 is a truth value, not the number -1.
    bool isSigned = !integers.getElementType().isInteger(1) &&
                    !integers.getElementType().isUnsignedInteger();
    for (const APInt &integer : integers.getValues<APInt>()) {
      APFloat value(APFloat::IEEEsingle());
      value.convertFromAPInt(integer, isSigned, APFloat::rmNearestTiesToEven);
      result.push_back(value.convertToFloat());
    }
    return result;
  }
  if (!isa<DenseFPElementsAttr>(input))
    return std::nullopt;
  for (APFloat value : input.getValues<APFloat>()) {
    bool losesInfo;
    value.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
    result.push_back(value.convertToFloat());
  }
  return result;
}

} // namespace quantc::qnn

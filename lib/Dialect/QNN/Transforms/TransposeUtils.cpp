// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads and makes transposes. A transpose of a constant becomes another
// constant here, and one that moves no number a reshape.

#include "TransposeUtils.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::qnn {

ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

bool isStatic(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape();
}

RankedTensorType withShape(Value value, ArrayRef<int64_t> shape) {
  return cast<RankedTensorType>(value.getType()).clone(shape);
}

std::optional<Transpose> matchTranspose(Value value) {
  auto op = value.getDefiningOp<tosa::TransposeOp>();
  if (!op || !isStatic(op.getInput1()) || !isStatic(op.getOutput()))
    return std::nullopt;
  return Transpose{op.getInput1(),
                   Permutation(op.getPerms().begin(), op.getPerms().end())};
}

Value createTranspose(PatternRewriter &rewriter, Location loc, Value value,
                      ArrayRef<int64_t> perm) {
  SmallVector<int64_t> shape = permute(shapeOf(value), perm);
  if (auto constant = FloatConstant::read(value))
    return createFloatConstant(
        rewriter, value.getLoc(), shape,
        transposeNumbers(constant->values(), shapeOf(value), perm));
  if (movesOnlyUnitDims(shapeOf(value), perm))
    return createReshape(rewriter, loc, value, shape);
  return createTransposeOp(rewriter, loc, value, perm);
}

bool isFree(Value value, ArrayRef<int64_t> perm) {
  if (!isStatic(value) || shapeOf(value).size() != perm.size())
    return false;
  if (FloatConstant::read(value) || movesOnlyUnitDims(shapeOf(value), perm))
    return true;
  auto transpose = matchTranspose(value);
  return transpose && isIdentity(compose(transpose->perm, perm));
}

/// A cast of a tensor with one scale. Along an axis there would be another axis
/// in the other layout.
static bool isPerTensorCast(Operation *op) {
  if (auto quantize = dyn_cast<QuantizeOp>(op))
    return isActivationElementType(quantize.getType().getElementType());
  if (auto dequantize = dyn_cast<DequantizeOp>(op))
    return isActivationElementType(
        dequantize.getInput().getType().getElementType());
  if (auto fake = dyn_cast<FakeQuantizeOp>(op))
    return isActivationElementType(fake.getQuantized());
  return false;
}

bool isElementwise(Operation *op) {
  return op->getNumResults() == 1 &&
         (isa<tosa::MulOp>(op) || isPerTensorCast(op) ||
          op->hasTrait<OpTrait::tosa::TosaElementwiseOperator>());
}

MutableArrayRef<OpOperand> broadcastOperands(Operation *op) {
  MutableArrayRef<OpOperand> operands = op->getOpOperands();
  return isa<tosa::MulOp>(op) ? operands.take_front(2) : operands;
}

Value cloneOn(PatternRewriter &rewriter, Operation *op, ValueRange operands,
              ArrayRef<int64_t> shape) {
  Operation *copy = rewriter.clone(*op);
  rewriter.modifyOpInPlace(copy, [&] {
    for (auto [index, operand] : llvm::enumerate(operands))
      copy->setOperand(index, operand);
    Value result = copy->getResult(0);
    result.setType(withShape(result, shape));
  });
  return copy->getResult(0);
}

SmallVector<int64_t> permuteGroups(ArrayRef<int64_t> numbers,
                                   ArrayRef<int64_t> perm) {
  size_t each = numbers.size() / perm.size();
  SmallVector<int64_t> result;
  for (int64_t dim : perm)
    llvm::append_range(result, numbers.slice(dim * each, each));
  return result;
}

} // namespace quantc::qnn

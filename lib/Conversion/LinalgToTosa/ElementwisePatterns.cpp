// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An operation whose loops are all parallel computes each element for itself:
// its body is read operation by operation, whether linalg has a name for it or
// not. Transposes, broadcasts and fills are such operations with nothing in the
// body. Only what TOSA computes to the same number is taken: a quotient stays,
// unless its divisor is a constant or its dividend is 1.
#include "TosaWriter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace quantc::conversion {
namespace {

/// The body of one operation, as TOSA on tensors of as many dimensions as it
/// has loops.
class BodyConverter {
public:
  BodyConverter(linalg::LinalgOp op, TosaWriter &writer)
      : op(op), writer(writer), loops(op.getStaticLoopRanges()) {}

  /// Null where the body or an operand has no form in TOSA.
  Value convert();

private:
  /// The operand that body argument `argument` stands for.
  Value bringToLoops(BlockArgument argument);
  /// The tensor for `scalar`, null where there is none.
  Value get(Value scalar);
  Value convert(Operation *scalar);
  Value convertQuotient(arith::DivFOp quotient);
  Value convertChoice(arith::SelectOp choice);

  Value splat(float number) {
    return writer.splat(SmallVector<int64_t>(loops.size(), 1), number);
  }
  template <typename OpT>
  Value unary(Operation *scalar) {
    Value input = get(scalar->getOperand(0));
    return input ? writer.unary<OpT>(input) : Value();
  }
  template <typename OpT>
  Value binary(Operation *scalar) {
    Value lhs = get(scalar->getOperand(0)), rhs = get(scalar->getOperand(1));
    return lhs && rhs ? writer.binary<OpT>(lhs, rhs) : Value();
  }
  Value product(Value lhs, Value rhs) {
    return lhs && rhs ? writer.mul(lhs, rhs) : Value();
  }

  linalg::LinalgOp op;
  TosaWriter &writer;
  SmallVector<int64_t> loops;
  IRMapping tensors;
};

Value BodyConverter::bringToLoops(BlockArgument argument) {
  OpOperand &operand = op->getOpOperand(argument.getArgNumber());
  // What an operation with all loops parallel starts at is not read by most.
  if (op.isDpsInit(&operand) || !isFloatTensor(operand.get()))
    return {};
  // Loops in the order in which the operand has them.
  SmallVector<int64_t> order, shape(loops.size(), 1);
  AffineMap map = op.getMatchingIndexingMap(&operand);
  SmallVector<int64_t> places;
  for (auto [place, result] : llvm::enumerate(map.getResults())) {
    if (auto dim = dyn_cast<AffineDimExpr>(result)) {
      order.push_back(dim.getPosition());
      places.push_back(place);
      continue;
    }
    // A dimension of size 1 that no loop runs along.
    if (shapeOf(operand.get())[place] != 1)
      return {};
  }
  SmallVector<int64_t> inner;
  for (int64_t place : places)
    inner.push_back(shapeOf(operand.get())[place]);
  SmallVector<int64_t> perm(
      llvm::to_vector(llvm::seq<int64_t>(0, order.size())));
  llvm::sort(perm, [&](int64_t a, int64_t b) { return order[a] < order[b]; });
  for (auto [position, dim] : llvm::enumerate(order)) {
    if (shape[dim] != 1 && llvm::count(order, dim) > 1)
      return {};
    shape[dim] = inner[position];
  }
  return writer.reshape(
      writer.transpose(writer.reshape(operand.get(), inner), perm), shape);
}

Value BodyConverter::get(Value scalar) {
  if (Value known = tensors.lookupOrNull(scalar))
    return known;
  FloatAttr number;
  Value tensor;
  auto argument = dyn_cast<BlockArgument>(scalar);
  if (argument && argument.getOwner() == op.getBlock()) {
    Value operand = op->getOperand(argument.getArgNumber());
    tensor =
        matchPattern(operand, m_Constant(&number)) && operand.getType().isF32()
            ? splat(number.getValue().convertToFloat())
            : bringToLoops(argument);
  } else if (matchPattern(scalar, m_Constant(&number)) &&
             scalar.getType().isF32()) {
    tensor = splat(number.getValue().convertToFloat());
  } else if (scalar.getParentBlock() == op.getBlock()) {
    tensor = convert(scalar.getDefiningOp());
  }
  if (tensor)
    tensors.map(scalar, tensor);
  return tensor;
}

Value BodyConverter::convertQuotient(arith::DivFOp quotient) {
  Value dividend = get(quotient.getLhs()), divisor = get(quotient.getRhs());
  if (!dividend || !divisor)
    return {};
  if (qnn::getUniformFloat(dividend) == 1.0f)
    return writer.unary<tosa::ReciprocalOp>(divisor);
  std::optional<qnn::FloatConstant> numbers = qnn::FloatConstant::read(divisor);
  if (!numbers)
    return {};
  std::vector<float> inverse(numbers->values().vec());
  for (float &number : inverse)
    number = 1.0f / number;
  return writer.mul(
      dividend, qnn::createFloatConstant(writer.rewriter, writer.loc,
                                         shapeOf(divisor), std::move(inverse)));
}

/// The greater or the lesser of two numbers, spelled as a comparison.
Value BodyConverter::convertChoice(arith::SelectOp choice) {
  auto compare = choice.getCondition().getDefiningOp<arith::CmpFOp>();
  if (!compare)
    return {};
  bool isStraight = compare.getLhs() == choice.getTrueValue() &&
                    compare.getRhs() == choice.getFalseValue();
  bool isCrossed = compare.getLhs() == choice.getFalseValue() &&
                   compare.getRhs() == choice.getTrueValue();
  if (!isStraight && !isCrossed)
    return {};
  switch (compare.getPredicate()) {
  case arith::CmpFPredicate::OGT:
  case arith::CmpFPredicate::OGE:
  case arith::CmpFPredicate::UGT:
  case arith::CmpFPredicate::UGE:
    return isStraight ? binary<tosa::MaximumOp>(compare)
                      : binary<tosa::MinimumOp>(compare);
  case arith::CmpFPredicate::OLT:
  case arith::CmpFPredicate::OLE:
  case arith::CmpFPredicate::ULT:
  case arith::CmpFPredicate::ULE:
    return isStraight ? binary<tosa::MinimumOp>(compare)
                      : binary<tosa::MaximumOp>(compare);
  default:
    return {};
  }
}

Value BodyConverter::convert(Operation *scalar) {
  auto first = [&] { return get(scalar->getOperand(0)); };
  return llvm::TypeSwitch<Operation *, Value>(scalar)
      .Case([&](arith::AddFOp) { return binary<tosa::AddOp>(scalar); })
      .Case([&](arith::SubFOp) { return binary<tosa::SubOp>(scalar); })
      .Case<arith::MaximumFOp, arith::MaxNumFOp>(
          [&](auto) { return binary<tosa::MaximumOp>(scalar); })
      .Case<arith::MinimumFOp, arith::MinNumFOp>(
          [&](auto) { return binary<tosa::MinimumOp>(scalar); })
      .Case([&](math::PowFOp) { return binary<tosa::PowOp>(scalar); })
      .Case([&](arith::MulFOp op) {
        return product(get(op.getLhs()), get(op.getRhs()));
      })
      .Case([&](arith::NegFOp) { return product(first(), splat(-1.0f)); })
      .Case([&](arith::DivFOp op) { return convertQuotient(op); })
      .Case([&](arith::SelectOp op) { return convertChoice(op); })
      .Case([&](math::SqrtOp) {
        Value input = first();
        return input ? writer.binary<tosa::PowOp>(input, splat(0.5f)) : Value();
      })
      .Case([&](math::AbsFOp) { return unary<tosa::AbsOp>(scalar); })
      .Case([&](math::CeilOp) { return unary<tosa::CeilOp>(scalar); })
      .Case([&](math::FloorOp) { return unary<tosa::FloorOp>(scalar); })
      .Case([&](math::ExpOp) { return unary<tosa::ExpOp>(scalar); })
      .Case([&](math::LogOp) { return unary<tosa::LogOp>(scalar); })
      .Case([&](math::TanhOp) { return unary<tosa::TanhOp>(scalar); })
      .Case([&](math::ErfOp) { return unary<tosa::ErfOp>(scalar); })
      .Case([&](math::RsqrtOp) { return unary<tosa::RsqrtOp>(scalar); })
      .Default(Value());
}

Value BodyConverter::convert() {
  Value result = get(op.getBlock()->getTerminator()->getOperand(0));
  return result ? writer.broadcast(result, loops) : Value();
}

struct ConvertElementwise : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || op->getNumResults() != 1 ||
        !isFloatTensor(op->getResult(0)))
      return rewriter.notifyMatchFailure(op, "not one static f32 tensor");
    if (op.getNumParallelLoops() != op.getNumLoops() ||
        !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity())
      return rewriter.notifyMatchFailure(op, "not element by element");
    TosaWriter writer(rewriter, op.getLoc());
    Value result = BodyConverter(op, writer).convert();
    if (!result)
      return rewriter.notifyMatchFailure(op, "TOSA does not compute the body");
    rewriter.replaceOp(op, result);
    return success();
  }
};

} // namespace

void populateLinalgElementwiseToTosaPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertElementwise>(patterns.getContext());
}

} // namespace quantc::conversion

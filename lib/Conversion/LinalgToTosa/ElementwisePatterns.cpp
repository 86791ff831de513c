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

/// The greater or the lesser of two numbers, spelled as a comparison.
std::optional<bool> isGreaterChosen(arith::SelectOp choice) {
  auto compare = choice.getCondition().getDefiningOp<arith::CmpFOp>();
  if (!compare)
    return std::nullopt;
  bool isStraight = compare.getLhs() == choice.getTrueValue() &&
                    compare.getRhs() == choice.getFalseValue();
  bool isCrossed = compare.getLhs() == choice.getFalseValue() &&
                   compare.getRhs() == choice.getTrueValue();
  if (!isStraight && !isCrossed)
    return std::nullopt;
  switch (compare.getPredicate()) {
  case arith::CmpFPredicate::OGT:
  case arith::CmpFPredicate::OGE:
  case arith::CmpFPredicate::UGT:
  case arith::CmpFPredicate::UGE:
    return isStraight;
  case arith::CmpFPredicate::OLT:
  case arith::CmpFPredicate::OLE:
  case arith::CmpFPredicate::ULT:
  case arith::CmpFPredicate::ULE:
    return isCrossed;
  default:
    return std::nullopt;
  }
}

std::optional<float> getFloat(Value scalar) {
  FloatAttr number;
  if (!scalar.getType().isF32() || !matchPattern(scalar, m_Constant(&number)))
    return std::nullopt;
  return number.getValue().convertToFloat();
}

/// The body of one operation, as TOSA on tensors of as many dimensions as it
/// has loops.
class BodyConverter {
public:
  BodyConverter(linalg::LinalgOp op, TosaWriter &writer)
      : op(op), writer(writer), loops(op.getStaticLoopRanges()) {}

  /// Whether all of the body and its operands has a form in TOSA.
  bool canConvert();
  Value convert();

private:
  /// The operand that a scalar of the body stands for, null where it is none.
  OpOperand *getOperand(Value scalar);
  bool canBringToLoops(OpOperand &operand);
  bool canGet(Value scalar);
  bool canConvert(Operation *scalar);

  Value bringToLoops(OpOperand &operand);
  /// The tensor for `scalar`.
  Value get(Value scalar);
  Value convert(Operation *scalar);
  Value convertQuotient(arith::DivFOp quotient);

  Value splat(float number) {
    return writer.splat(SmallVector<int64_t>(loops.size(), 1), number);
  }
  template <typename OpT>
  Value unary(Operation *scalar) {
    return writer.unary<OpT>(get(scalar->getOperand(0)));
  }
  template <typename OpT>
  Value binary(Operation *scalar) {
    Value lhs = get(scalar->getOperand(0)), rhs = get(scalar->getOperand(1));
    return writer.binary<OpT>(lhs, rhs);
  }

  linalg::LinalgOp op;
  TosaWriter &writer;
  SmallVector<int64_t> loops;
  IRMapping tensors;
};

//===----------------------------------------------------------------------===//
// What can be converted
//===----------------------------------------------------------------------===//

OpOperand *BodyConverter::getOperand(Value scalar) {
  auto argument = dyn_cast<BlockArgument>(scalar);
  if (!argument || argument.getOwner() != op.getBlock())
    return nullptr;
  return &op->getOpOperand(argument.getArgNumber());
}

bool BodyConverter::canBringToLoops(OpOperand &operand) {
  // What an operation with all loops parallel starts at is not read by most.
  if (op.isDpsInit(&operand) || !isFloatTensor(operand.get()))
    return false;
  llvm::SmallDenseSet<unsigned> seen;
  for (auto [size, result] :
       llvm::zip_equal(shapeOf(operand.get()),
                       op.getMatchingIndexingMap(&operand).getResults())) {
    auto dim = dyn_cast<AffineDimExpr>(result);
    // A dimension of size 1 need not have a loop; a loop has one dimension.
    if (dim ? !seen.insert(dim.getPosition()).second : size != 1)
      return false;
  }
  return true;
}

bool BodyConverter::canGet(Value scalar) {
  if (getFloat(scalar))
    return true;
  if (OpOperand *operand = getOperand(scalar))
    return getFloat(operand->get()) || canBringToLoops(*operand);
  return scalar.getParentBlock() == op.getBlock();
}

bool BodyConverter::canConvert(Operation *scalar) {
  if (getFloat(scalar->getResult(0)))
    return true;
  if (isa<arith::CmpFOp>(scalar))
    return llvm::all_of(scalar->getUsers(), [](Operation *user) {
      auto choice = dyn_cast<arith::SelectOp>(user);
      return choice && isGreaterChosen(choice);
    });
  if (auto choice = dyn_cast<arith::SelectOp>(scalar))
    return isGreaterChosen(choice) && canGet(choice.getTrueValue()) &&
           canGet(choice.getFalseValue());
  if (auto quotient = dyn_cast<arith::DivFOp>(scalar)) {
    OpOperand *divisor = getOperand(quotient.getRhs());
    bool isConstant =
        getFloat(quotient.getRhs()) ||
        (divisor && op.getMatchingIndexingMap(divisor).isIdentity() &&
         qnn::FloatConstant::read(divisor->get()));
    if (!isConstant && getFloat(quotient.getLhs()) != 1.0f)
      return false;
  } else if (!isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::NegFOp,
                  arith::MaximumFOp, arith::MaxNumFOp, arith::MinimumFOp,
                  arith::MinNumFOp, math::PowFOp, math::SqrtOp, math::AbsFOp,
                  math::CeilOp, math::FloorOp, math::ExpOp, math::LogOp,
                  math::TanhOp, math::ErfOp, math::RsqrtOp>(scalar)) {
    return false;
  }
  return llvm::all_of(scalar->getOperands(),
                      [&](Value operand) { return canGet(operand); });
}

bool BodyConverter::canConvert() {
  return canGet(op.getBlock()->getTerminator()->getOperand(0)) &&
         llvm::all_of(
             op.getBlock()->without_terminator(), [&](Operation &scalar) {
               return scalar.getNumResults() == 1 && canConvert(&scalar);
             });
}

//===----------------------------------------------------------------------===//
// Its conversion
//===----------------------------------------------------------------------===//

Value BodyConverter::bringToLoops(OpOperand &operand) {
  // The loops in the order in which the operand has them, and their sizes.
  SmallVector<int64_t> order, sizes, shape(loops.size(), 1);
  for (auto [size, result] :
       llvm::zip_equal(shapeOf(operand.get()),
                       op.getMatchingIndexingMap(&operand).getResults()))
    if (auto dim = dyn_cast<AffineDimExpr>(result)) {
      order.push_back(dim.getPosition());
      sizes.push_back(size);
      shape[dim.getPosition()] = size;
    }
  auto perm = llvm::to_vector(llvm::seq<int64_t>(0, order.size()));
  llvm::sort(perm, [&](int64_t a, int64_t b) { return order[a] < order[b]; });
  return writer.reshape(
      writer.transpose(writer.reshape(operand.get(), sizes), perm), shape);
}

Value BodyConverter::get(Value scalar) {
  if (Value known = tensors.lookupOrNull(scalar))
    return known;
  OpOperand *operand = getOperand(scalar);
  Value tensor;
  if (std::optional<float> number = getFloat(operand ? operand->get() : scalar))
    tensor = splat(*number);
  else if (operand)
    tensor = bringToLoops(*operand);
  else
    tensor = convert(scalar.getDefiningOp());
  tensors.map(scalar, tensor);
  return tensor;
}

Value BodyConverter::convertQuotient(arith::DivFOp quotient) {
  Value divisor = get(quotient.getRhs());
  std::optional<qnn::FloatConstant> numbers = qnn::FloatConstant::read(divisor);
  if (!numbers)
    return writer.unary<tosa::ReciprocalOp>(divisor);
  std::vector<float> inverse(numbers->values().vec());
  for (float &number : inverse)
    number = 1.0f / number;
  Value dividend = get(quotient.getLhs());
  Value factor = qnn::createFloatConstant(writer.rewriter, writer.loc,
                                          shapeOf(divisor), std::move(inverse));
  return writer.mul(dividend, factor);
}

Value BodyConverter::convert(Operation *scalar) {
  return llvm::TypeSwitch<Operation *, Value>(scalar)
      .Case([&](arith::AddFOp) { return binary<tosa::AddOp>(scalar); })
      .Case([&](arith::SubFOp) { return binary<tosa::SubOp>(scalar); })
      .Case<arith::MaximumFOp, arith::MaxNumFOp>(
          [&](auto) { return binary<tosa::MaximumOp>(scalar); })
      .Case<arith::MinimumFOp, arith::MinNumFOp>(
          [&](auto) { return binary<tosa::MinimumOp>(scalar); })
      .Case([&](arith::SelectOp choice) {
        Operation *compare = choice.getCondition().getDefiningOp();
        return isGreaterChosen(choice).value_or(false)
                   ? binary<tosa::MaximumOp>(compare)
                   : binary<tosa::MinimumOp>(compare);
      })
      .Case([&](math::PowFOp) { return binary<tosa::PowOp>(scalar); })
      .Case([&](arith::MulFOp product) {
        Value lhs = get(product.getLhs()), rhs = get(product.getRhs());
        return writer.mul(lhs, rhs);
      })
      .Case([&](arith::NegFOp negation) {
        Value input = get(negation.getOperand());
        return writer.mul(input, splat(-1.0f));
      })
      .Case([&](arith::DivFOp quotient) { return convertQuotient(quotient); })
      .Case([&](math::SqrtOp root) {
        Value input = get(root.getOperand());
        return writer.binary<tosa::PowOp>(input, splat(0.5f));
      })
      .Case([&](math::AbsFOp) { return unary<tosa::AbsOp>(scalar); })
      .Case([&](math::CeilOp) { return unary<tosa::CeilOp>(scalar); })
      .Case([&](math::FloorOp) { return unary<tosa::FloorOp>(scalar); })
      .Case([&](math::ExpOp) { return unary<tosa::ExpOp>(scalar); })
      .Case([&](math::LogOp) { return unary<tosa::LogOp>(scalar); })
      .Case([&](math::TanhOp) { return unary<tosa::TanhOp>(scalar); })
      .Case([&](math::ErfOp) { return unary<tosa::ErfOp>(scalar); })
      .Case([&](math::RsqrtOp) { return unary<tosa::RsqrtOp>(scalar); });
}

Value BodyConverter::convert() {
  return writer.broadcast(get(op.getBlock()->getTerminator()->getOperand(0)),
                          loops);
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
    BodyConverter body(op, writer);
    if (!body.canConvert())
      return rewriter.notifyMatchFailure(op, "TOSA does not compute the body");
    rewriter.replaceOp(op, body.convert());
    return success();
  }
};

} // namespace

void populateLinalgElementwiseToTosaPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertElementwise>(patterns.getContext());
}

} // namespace quantc::conversion

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// integer_matmul: as matmul, with zero points that only the running program
// knows and without a requantize.
#include "DynamicZeroPoint.h"
#include "Lowering.h"
#include "Requantization.h"
#include "StructuredBuilders.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace quantc::conversion {
namespace {

/// sum (a - za) * (b - zb) = sum a * b - za * sum b + K * za * zb - zb * sum a,
/// modulo 2^32; the whole fits 32 bits. The right side is signed in the loops,
/// as dot products take it on every target.
class IntegerMatMulBuilder {
public:
  IntegerMatMulBuilder(OpBuilder &builder, qnn::IntegerMatMulOp op, Value lhs,
                       Value rhs, DynamicZeroPoint lhsZero,
                       DynamicZeroPoint rhsZero)
      : builder(builder), loc(op.getLoc()), type(op.getType()), lhs(lhs),
        rhs(rhs), lhsZero(lhsZero), rhsZero(rhsZero),
        depth(op.getLhs().getType().getDimSize(2)),
        isLhsSigned(op.getLhsSigned()), isRhsSigned(op.getRhsSigned()) {
    bindDims(builder.getContext(), b, m, n, k);
  }

  Value create() {
    Value signedRhs = isRhsSigned ? rhs : flipRhs();
    Value sum = createReduction(
        builder, loc, createStart(signedRhs), {lhs, signedRhs},
        {map({b, m, k}), map({b, k, n}), map({b, m, n})}, /*reductions=*/1,
        [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
          Value x = extendStored(nested, nestedLoc, args[0], isLhsSigned);
          Value y = extendStored(nested, nestedLoc, args[1], /*isSigned=*/true);
          Value product = arith::MulIOp::create(nested, nestedLoc, x, y);
          return arith::AddIOp::create(nested, nestedLoc, args[2], product)
              .getResult();
        });
    return subtractRows(sum);
  }

private:
  AffineMap map(ArrayRef<AffineExpr> exprs) const {
    return AffineMap::get(4, 0, exprs, builder.getContext());
  }
  AffineMap map3(ArrayRef<AffineExpr> exprs) const {
    return AffineMap::get(3, 0, exprs, builder.getContext());
  }
  AffineMap scalar() const {
    return DynamicZeroPoint::getMap(builder.getContext(), 3);
  }

  Value flipRhs() {
    auto flip = [](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      return arith::XOrIOp::create(nested, nestedLoc, args[0],
                                   createInteger(nested, nestedLoc, 8, -128))
          .getResult();
    };
    return createElementwise(builder, loc,
                             cast<RankedTensorType>(rhs.getType()), rhs,
                             builder.getMultiDimIdentityMap(3), flip)
        .getResult(0);
  }

  /// The zero point of the right side in signed storage.
  Value extendRhsZero(OpBuilder &nested, Location nestedLoc, Value element) {
    Value zero = rhsZero.extend(nested, nestedLoc, element);
    if (isRhsSigned)
      return zero;
    return arith::SubIOp::create(nested, nestedLoc, zero,
                                 createInteger(nested, nestedLoc, 32, 128));
  }

  /// The sums of `matrices` along the dimension that `from` has as loop 2.
  Value createSums(Value matrices, bool isSigned, ArrayRef<int64_t> shape,
                   AffineMap from) {
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      return arith::AddIOp::create(
                 nested, nestedLoc, args[1],
                 extendStored(nested, nestedLoc, args[0], isSigned))
          .getResult();
    };
    Value start = createFill(
        builder, loc, RankedTensorType::get(shape, builder.getI32Type()), 0);
    return createReduction(builder, loc, start, matrices, {from, map3({b, m})},
                           /*reductions=*/1, body);
  }

  /// za * (K * zb - sum b) in every row.
  Value createStart(Value signedRhs) {
    if (lhsZero.getKnown() == 0)
      return createFill(builder, loc, type, 0);
    Value sums =
        createSums(signedRhs, /*isSigned=*/true,
                   {type.getDimSize(0), type.getDimSize(2)}, map3({b, n, m}));
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      Value all = arith::MulIOp::create(
          nested, nestedLoc, extendRhsZero(nested, nestedLoc, args[2]),
          createInteger(nested, nestedLoc, 32, depth));
      return arith::MulIOp::create(
                 nested, nestedLoc, lhsZero.extend(nested, nestedLoc, args[1]),
                 arith::SubIOp::create(nested, nestedLoc, all, args[0]))
          .getResult();
    };
    return createElementwise(builder, loc, type,
                             {sums, lhsZero.getTensor(), rhsZero.getTensor()},
                             {map3({b, n}), scalar(), scalar()}, body)
        .getResult(0);
  }

  Value subtractRows(Value sum) {
    if (isRhsSigned && rhsZero.getKnown() == 0)
      return sum;
    Value sums =
        createSums(lhs, isLhsSigned, {type.getDimSize(0), type.getDimSize(1)},
                   builder.getMultiDimIdentityMap(3));
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      Value part =
          arith::MulIOp::create(nested, nestedLoc, args[1],
                                extendRhsZero(nested, nestedLoc, args[2]));
      return arith::SubIOp::create(nested, nestedLoc, args[0], part)
          .getResult();
    };
    return createElementwise(
               builder, loc, type, {sum, sums, rhsZero.getTensor()},
               {builder.getMultiDimIdentityMap(3), map3({b, m}), scalar()},
               body)
        .getResult(0);
  }

  OpBuilder &builder;
  Location loc;
  RankedTensorType type;
  Value lhs, rhs;
  DynamicZeroPoint lhsZero, rhsZero;
  int64_t depth;
  bool isLhsSigned, isRhsSigned;
  AffineExpr b, m, n, k;
};

class LowerIntegerMatMul : public LowerOp<qnn::IntegerMatMulOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::IntegerMatMulOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    DynamicZeroPoint lhsZero(adaptor.getLhsZeroPoint(), op.getLhsSigned());
    DynamicZeroPoint rhsZero(adaptor.getRhsZeroPoint(), op.getRhsSigned());
    rewriter.replaceOp(op,
                       IntegerMatMulBuilder(rewriter, op, adaptor.getLhs(),
                                            adaptor.getRhs(), lhsZero, rhsZero)
                           .create());
    return success();
  }
};

} // namespace

CheckResult checkIntegerMatMul(Operation *op) {
  auto matmul = dyn_cast<qnn::IntegerMatMulOp>(op);
  if (!matmul)
    return std::nullopt;
  int64_t depth = matmul.getLhs().getType().getDimSize(2);
  return checkAccumulator({-255 * 255 * depth, 255 * 255 * depth},
                          "the accumulator");
}

void populateIntegerMatMulPatterns(const TypeConverter &converter,
                                   RewritePatternSet &patterns) {
  patterns.add<LowerIntegerMatMul>(converter, patterns.getContext());
}

} // namespace quantc::conversion

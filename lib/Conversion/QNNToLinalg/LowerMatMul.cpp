// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// matmul as a sum of products of the stored integers. What the zero points add
// to it is linear in one side: the sums of the columns of the right side start
// the accumulators, those of the rows of the left side are taken off behind.
#include "Lowering.h"
#include "Requantization.h"
#include "StructuredBuilders.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace quantc::conversion {

static llvm::Expected<RequantizeSpec> planMatMul(qnn::MatMulOp op) {
  quant::QuantizedType lhs = getElement(op.getLhs());
  quant::QuantizedType rhs = getElement(op.getRhs());
  quant::QuantizedType result = getElement(op.getResult());
  auto getDistances = [](quant::QuantizedType type) {
    numerics::StorageRange range = qnn::getStorageRange(type);
    int64_t zeroPoint = qnn::getZeroPoint(type, 0);
    return numerics::Interval{range.min - zeroPoint, range.max - zeroPoint};
  };
  numerics::Interval a = getDistances(lhs), b = getDistances(rhs);
  auto [least, greatest] =
      std::minmax({a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max});
  int64_t depth = op.getLhs().getType().getDimSize(2);
  AccumulatorScale scale{getFloatScale(lhs, 0), getFloatScale(rhs, 0),
                         getFloatScale(result, 0)};
  return planRequantize(op.getRounding(), scale,
                        {depth * least, depth * greatest}, result,
                        op.getClamp());
}

namespace {

/// sum (a - za) * (b - zb) = sum a * b - za * sum b + K * za * zb - zb * sum a.
/// The sums on the way may wrap around; the whole fits the accumulator.
class MatMulBuilder {
public:
  MatMulBuilder(OpBuilder &builder, qnn::MatMulOp op, bool isWide)
      : builder(builder), loc(op.getLoc()), batch(op.getType().getDimSize(0)),
        rows(op.getType().getDimSize(1)), columns(op.getType().getDimSize(2)),
        depth(op.getLhs().getType().getDimSize(2)),
        isLhsSigned(getElement(op.getLhs()).isSigned()),
        isRhsSigned(getElement(op.getRhs()).isSigned()),
        lhsZero(qnn::getZeroPoint(getElement(op.getLhs()), 0)),
        rhsZero(qnn::getZeroPoint(getElement(op.getRhs()), 0)),
        width(isWide ? 64 : 32),
        rhsBits(getMemoryBits(getElement(op.getRhs()))),
        flipsRhs(!isRhsSigned &&
                 getElement(op.getRhs()).getStorageTypeIntegralWidth() ==
                     rhsBits) {
    bindDims(builder.getContext(), b, m, n, k);
  }

  /// The right side in signed storage: dot products take it so on every
  /// target. Unsigned numbers that leave a bit of their storage are signed too.
  Value makeSigned(Value rhs) {
    if (!flipsRhs)
      return rhs;
    auto type = cast<RankedTensorType>(rhs.getType());
    auto flip = [](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      unsigned bits = args[0].getType().getIntOrFloatBitWidth();
      return arith::XOrIOp::create(
                 nested, nestedLoc, args[0],
                 createInteger(nested, nestedLoc, bits, llvm::minIntN(bits)))
          .getResult();
    };
    return createElementwise(builder, loc, type, rhs,
                             builder.getMultiDimIdentityMap(3), flip)
        .getResult(0);
  }

  /// The products of the stored integers, those of the right side `signedRhs`,
  /// on top of what the columns of `rhs` add.
  Value createProducts(Value lhs, Value rhs, Value signedRhs) {
    auto map = [&](ArrayRef<AffineExpr> exprs) {
      return AffineMap::get(4, 0, exprs, builder.getContext());
    };
    return createReduction(
        builder, loc, createStart(rhs), {lhs, signedRhs},
        {map({b, m, k}), map({b, k, n}), map({b, m, n})}, /*reductions=*/1,
        [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
          Value x =
              extendStored(nested, nestedLoc, args[0], isLhsSigned, width);
          Value y = extendStored(nested, nestedLoc, args[1], /*isSigned=*/true,
                                 width);
          Value product = arith::MulIOp::create(nested, nestedLoc, x, y);
          return arith::AddIOp::create(nested, nestedLoc, args[2], product)
              .getResult();
        });
  }

  /// The sum of each row of the left side, or null where it counts nothing.
  Value createRowSums(Value lhs) {
    if (getSignedZero() == 0)
      return {};
    return createSums(lhs, isLhsSigned, {batch, rows},
                      builder.getMultiDimIdentityMap(3));
  }

  Value createResult(Value sum, Value rowSums, const RequantizeSpec &spec,
                     RankedTensorType type) {
    RequantizeEmitter emitter(spec);
    SmallVector<Value> inputs{sum};
    SmallVector<AffineMap> maps{builder.getMultiDimIdentityMap(3)};
    if (rowSums) {
      inputs.push_back(rowSums);
      maps.push_back(AffineMap::get(3, 0, {b, m}, builder.getContext()));
    }
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      Value total = args[0];
      if (rowSums)
        total = arith::SubIOp::create(
            nested, nestedLoc, total,
            arith::MulIOp::create(
                nested, nestedLoc, args[1],
                createInteger(nested, nestedLoc, width, getSignedZero())));
      return emitter.emit(nested, nestedLoc, total, {}, type.getElementType());
    };
    return createElementwise(builder, loc, type, inputs, maps, body)
        .getResult(0);
  }

private:
  RankedTensorType getType(ArrayRef<int64_t> shape) const {
    return RankedTensorType::get(shape, builder.getIntegerType(width));
  }

  /// The zero point of the right side in signed storage.
  int64_t getSignedZero() const {
    return flipsRhs ? rhsZero + llvm::minIntN(rhsBits) : rhsZero;
  }

  /// The sums of `matrices`, of `shape`, along the dimension that `map` has as
  /// its loop 2.
  Value createSums(Value matrices, bool isSigned, ArrayRef<int64_t> shape,
                   AffineMap map) {
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      return arith::AddIOp::create(
                 nested, nestedLoc, args[1],
                 extendStored(nested, nestedLoc, args[0], isSigned, width))
          .getResult();
    };
    Value start = createFill(builder, loc, getType(shape), 0);
    AffineMap sums = AffineMap::get(3, 0, {b, m}, builder.getContext());
    return createReduction(builder, loc, start, matrices, {map, sums},
                           /*reductions=*/1, body);
  }

  /// K * za * zb - za * sum b in every row, for b as it is stored: a shift of
  /// storage and zero point changes neither.
  Value createStart(Value rhs) {
    RankedTensorType type = getType({batch, rows, columns});
    if (lhsZero == 0)
      return createFill(builder, loc, type, 0);
    Value sums =
        createSums(rhs, isRhsSigned, {batch, columns},
                   AffineMap::get(3, 0, {b, n, m}, builder.getContext()));
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      Value scaled = arith::MulIOp::create(
          nested, nestedLoc, args[0],
          createInteger(nested, nestedLoc, width, lhsZero));
      return arith::SubIOp::create(nested, nestedLoc,
                                   createInteger(nested, nestedLoc, width,
                                                 depth * lhsZero * rhsZero),
                                   scaled)
          .getResult();
    };
    return createElementwise(builder, loc, type, sums,
                             AffineMap::get(3, 0, {b, n}, builder.getContext()),
                             body)
        .getResult(0);
  }

  OpBuilder &builder;
  Location loc;
  int64_t batch, rows, columns, depth;
  bool isLhsSigned, isRhsSigned;
  int64_t lhsZero, rhsZero;
  /// Bits of the accumulator.
  unsigned width;
  /// Bits of the right side in memory, and whether its top bit is flipped.
  unsigned rhsBits;
  bool flipsRhs;
  AffineExpr b, m, n, k;
};

class LowerMatMul : public LowerOp<qnn::MatMulOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::MatMulOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    llvm::Expected<RequantizeSpec> spec = planMatMul(op);
    if (!spec)
      return refuse(rewriter, op, spec.takeError());
    MatMulBuilder builder(rewriter, op, spec->isWide);
    Value sum = builder.createProducts(adaptor.getLhs(), adaptor.getRhs(),
                                       builder.makeSigned(adaptor.getRhs()));
    Value rowSums = builder.createRowSums(adaptor.getLhs());
    rewriter.replaceOp(op, builder.createResult(sum, rowSums, *spec,
                                                convertType(op.getResult())));
    return success();
  }
};

} // namespace

CheckResult checkMatMul(Operation *op) {
  if (auto matmul = dyn_cast<qnn::MatMulOp>(op))
    return planMatMul(matmul).takeError();
  return std::nullopt;
}

void populateMatMulPatterns(const TypeConverter &converter,
                            RewritePatternSet &patterns) {
  patterns.add<LowerMatMul>(converter, patterns.getContext());
}

} // namespace quantc::conversion

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The extremes are taken in an order that fills vector registers: which of
// equal numbers wins changes nothing, and NaN never wins.
#include "DynamicRange.h"
#include "StructuredBuilders.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace quantc::conversion {
namespace {

/// Elements that are compared side by side: four registers of sixteen.
constexpr int64_t kRegisters = 4, kLanes = 16;

/// The largest magnitude that counts, so that no difference overflows, and the
/// least scale: every difference times it is a normal number or zero.
constexpr float kLargest = 0x1p126f;
constexpr float kLeastScale = 0x1p-125f;

/// The extreme of all numbers of a tensor and 0, in one direction.
class ExtremeBuilder {
public:
  ExtremeBuilder(OpBuilder &builder, Location loc,
                 arith::CmpFPredicate predicate)
      : builder(builder), loc(loc), predicate(predicate) {}

  Value create(Value real) {
    int64_t count = cast<RankedTensorType>(real.getType()).getNumElements();
    Value flat = createReshape(builder, loc, real, {count});
    int64_t rows = count / (kRegisters * kLanes);
    if (rows < 2)
      return reduceAll(flat);
    int64_t covered = rows * kRegisters * kLanes;
    Value vectors = reduceRows(slice(flat, 0, covered), rows);
    Value result = reduceAll(reduceRegisters(vectors));
    if (covered == count)
      return result;
    return compareInto(result, slice(flat, covered, count - covered), {d1()},
                       {d0()}, /*loops=*/2);
  }

private:
  AffineExpr d0() const { return builder.getAffineDimExpr(0); }
  AffineExpr d1() const { return builder.getAffineDimExpr(1); }
  AffineExpr d2() const { return builder.getAffineDimExpr(2); }

  Value slice(Value flat, int64_t offset, int64_t size) {
    auto whole = cast<RankedTensorType>(flat.getType());
    if (whole.getNumElements() == size)
      return flat;
    return tensor::ExtractSliceOp::create(
        builder, loc, flat, {builder.getIndexAttr(offset)},
        {builder.getIndexAttr(size)}, {builder.getIndexAttr(1)});
  }

  Value createZeros(ArrayRef<int64_t> shape) {
    auto type = RankedTensorType::get(shape, builder.getF32Type());
    Value empty =
        tensor::EmptyOp::create(builder, loc, shape, builder.getF32Type());
    Value scalar =
        arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(0.0f));
    return linalg::FillOp::create(builder, loc, TypeRange(type), scalar, empty)
        .getResult(0);
  }

  /// The last of `loops` loops runs over what is compared with `init`.
  Value compareInto(Value init, Value input, ArrayRef<AffineExpr> from,
                    ArrayRef<AffineExpr> to, unsigned loops) {
    auto map = [&](ArrayRef<AffineExpr> exprs) {
      return AffineMap::get(loops, 0, exprs, builder.getContext());
    };
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      Value wins =
          arith::CmpFOp::create(nested, nestedLoc, predicate, args[0], args[1]);
      return arith::SelectOp::create(nested, nestedLoc, wins, args[0], args[1])
          .getResult();
    };
    return createReduction(builder, loc, init, input, {map(from), map(to)},
                           /*reductions=*/1, body);
  }

  Value reduceRows(Value flat, int64_t rows) {
    Value viewed =
        createReshape(builder, loc, flat, {rows, kRegisters, kLanes});
    return compareInto(createZeros({kRegisters, kLanes}), viewed,
                       {d2(), d0(), d1()}, {d0(), d1()}, /*loops=*/3);
  }

  Value reduceRegisters(Value vectors) {
    return compareInto(createZeros({kLanes}), vectors, {d1(), d0()}, {d0()},
                       /*loops=*/2);
  }

  Value reduceAll(Value flat) {
    return compareInto(createZeros({1}), flat, {d1()}, {d0()}, /*loops=*/2);
  }

  OpBuilder &builder;
  Location loc;
  arith::CmpFPredicate predicate;
};

/// f32 arithmetic on the elements of tensor<1xf32>.
class ScalarBuilder {
public:
  ScalarBuilder(OpBuilder &builder, Location loc)
      : builder(builder), loc(loc) {}

  Value constant(float value) {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getF32FloatAttr(value));
  }
  Value select(arith::CmpFPredicate predicate, Value a, Value b, Value yes,
               Value no) {
    Value condition = arith::CmpFOp::create(builder, loc, predicate, a, b);
    return arith::SelectOp::create(builder, loc, condition, yes, no);
  }
  Value atLeast(Value value, float bound) {
    Value limit = constant(bound);
    return select(arith::CmpFPredicate::OLT, value, limit, limit, value);
  }
  Value atMost(Value value, float bound) {
    Value limit = constant(bound);
    return select(arith::CmpFPredicate::OGT, value, limit, limit, value);
  }

private:
  OpBuilder &builder;
  Location loc;
};

} // namespace

/// (high - low) / 255; `low` is missing where it is 0.
static Value createScale(OpBuilder &builder, Location loc,
                         ValueRange extremes) {
  auto type = RankedTensorType::get(1, builder.getF32Type());
  SmallVector<AffineMap> maps(extremes.size(),
                              builder.getMultiDimIdentityMap(1));
  auto body = [](OpBuilder &nested, Location nestedLoc, ValueRange args) {
    ScalarBuilder scalar(nested, nestedLoc);
    Value range = scalar.atMost(args[0], kLargest);
    if (args.size() > 1)
      range = arith::SubFOp::create(nested, nestedLoc, range,
                                    scalar.atLeast(args[1], -kLargest));
    Value step = arith::DivFOp::create(nested, nestedLoc, range,
                                       scalar.constant(255.0f));
    return scalar.select(arith::CmpFPredicate::OEQ, range,
                         scalar.constant(0.0f), scalar.constant(1.0f),
                         scalar.atLeast(step, kLeastScale));
  };
  return createElementwise(builder, loc, type, extremes, maps, body)
      .getResult(0);
}

/// sat(rne(0 - low / scale)).
static Value createZeroPoint(OpBuilder &builder, Location loc, Value low,
                             Value scale) {
  auto type = RankedTensorType::get(1, builder.getI8Type());
  SmallVector<AffineMap> maps(2, builder.getMultiDimIdentityMap(1));
  auto body = [](OpBuilder &nested, Location nestedLoc, ValueRange args) {
    ScalarBuilder scalar(nested, nestedLoc);
    Value steps = arith::DivFOp::create(
        nested, nestedLoc, scalar.atLeast(args[0], -kLargest), args[1]);
    Value position =
        arith::SubFOp::create(nested, nestedLoc, scalar.constant(0.0f), steps);
    Value clamped = scalar.atMost(scalar.atLeast(position, 0.0f), 255.0f);
    Value rounded = roundToInteger(nested, nestedLoc, clamped);
    return truncateTo(nested, nestedLoc, rounded, nested.getI8Type());
  };
  return createElementwise(builder, loc, type, {low, scale}, maps, body)
      .getResult(0);
}

DynamicParameters createDynamicParameters(OpBuilder &builder, Location loc,
                                          Value real, bool nonNegative) {
  Value high =
      ExtremeBuilder(builder, loc, arith::CmpFPredicate::OGT).create(real);
  if (nonNegative)
    return {createScale(builder, loc, high), Value()};
  Value low =
      ExtremeBuilder(builder, loc, arith::CmpFPredicate::OLT).create(real);
  Value scale = createScale(builder, loc, {high, low});
  return {scale, createZeroPoint(builder, loc, low, scale)};
}

} // namespace quantc::conversion

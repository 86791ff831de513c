// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// add, sub, mul, requantize and lookup: one linalg.generic each.
#include "IntegerConstant.h"
#include "Lowering.h"
#include "Requantization.h"
#include "StructuredBuilders.h"

#include "quantc/Numerics/AddMultipliers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using quantc::numerics::AddMultipliers;
using quantc::numerics::Interval;
using quantc::numerics::StorageRange;

namespace quantc::conversion {

//===----------------------------------------------------------------------===//
// Broadcasting
//===----------------------------------------------------------------------===//

/// `value` without the dimensions that broadcast to `shape`, and the map from
/// the elements of `shape` to those of the rest. A map that projects serves
/// every later pass, one with constant results few.
static std::pair<Value, AffineMap> dropBroadcastDims(OpBuilder &builder,
                                                     Location loc, Value value,
                                                     ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> kept;
  SmallVector<AffineExpr> exprs;
  for (int64_t dim = 0, rank = shape.size(); dim < rank; ++dim) {
    if (type.getDimSize(dim) != shape[dim])
      continue;
    kept.push_back(shape[dim]);
    exprs.push_back(builder.getAffineDimExpr(dim));
  }
  return {createReshape(builder, loc, value, kept),
          AffineMap::get(shape.size(), 0, exprs, builder.getContext())};
}

/// An elementwise operation of two operands of equal rank.
static Value createBroadcast(OpBuilder &builder, Location loc,
                             RankedTensorType type, Value lhs, Value rhs,
                             BodyBuilder body) {
  auto [left, leftMap] = dropBroadcastDims(builder, loc, lhs, type.getShape());
  auto [right, rightMap] =
      dropBroadcastDims(builder, loc, rhs, type.getShape());
  return createElementwise(builder, loc, type, {left, right},
                           {leftMap, rightMap}, body)
      .getResult(0);
}

//===----------------------------------------------------------------------===//
// add, sub
//===----------------------------------------------------------------------===//

/// Saturation and clamp of a result in one.
static StorageRange getResultRange(quant::QuantizedType type,
                                   std::optional<ArrayRef<int32_t>> clamp) {
  if (clamp)
    return {(*clamp)[0], (*clamp)[1]};
  return qnn::getStorageRange(type);
}

/// Whether the sum of two types is computed in 64 bits (N36).
static bool isWideSum(quant::QuantizedType lhs, quant::QuantizedType rhs) {
  return lhs.getStorageTypeIntegralWidth() > 8 ||
         rhs.getStorageTypeIntegralWidth() > 8;
}

template <typename OpT>
static llvm::Expected<AddMultipliers> planSum(OpT op) {
  double lhs = getFloatScale(getElement(op.getLhs()), 0);
  double rhs = getFloatScale(getElement(op.getRhs()), 0);
  double result = getFloatScale(getElement(op.getResult()), 0);
  double sign = std::is_same_v<OpT, qnn::SubOp> ? -1.0 : 1.0;
  return numerics::computeAddMultipliers(
      lhs / result, sign * rhs / result,
      isWideSum(getElement(op.getLhs()), getElement(op.getRhs()))
          ? numerics::kWordSum
          : numerics::kByteSum);
}

/// Every distance of a stored integer from its zero point.
static Interval getDistances(quant::QuantizedType type) {
  StorageRange range = qnn::getStorageRange(type);
  int64_t zeroPoint = qnn::getZeroPoint(type, 0);
  return {range.min - zeroPoint, range.max - zeroPoint};
}

/// Every sum of two distances times `m`, with the rounding term.
static Interval getSums(Interval lhs, Interval rhs, AddMultipliers m) {
  auto [leastL, mostL] = std::minmax(lhs.min * m.a, lhs.max * m.a);
  auto [leastR, mostR] = std::minmax(rhs.min * m.b, rhs.max * m.b);
  int64_t half = m.shift > 0 ? int64_t(1) << (m.shift - 1) : 0;
  return {leastL + leastR + half, mostL + mostR + half};
}

namespace {

/// result = (l * ml + r * mr + constant) >> s, where the constant holds the
/// rounding term and the zero points; that of the result is added behind the
/// shift where the sum would leave 32 bits with it. The sum of the distances
/// fits (N18); its parts may wrap around on the way.
template <typename OpT>
class LowerSum : public LowerOp<OpT> {
public:
  using LowerOp<OpT>::LowerOp;

  LogicalResult
  matchAndRewrite(OpT op, typename OpT::Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (op.getRounding() == qnn::RoundingMode::FloatEven)
      return lowerInFloat(op, adaptor, rewriter);
    llvm::Expected<AddMultipliers> multipliers = planSum(op);
    if (!multipliers)
      return this->refuse(rewriter, op, multipliers.takeError());
    RankedTensorType type = this->convertType(op.getResult());
    unsigned width =
        isWideSum(getElement(op.getLhs()), getElement(op.getRhs())) ? 64 : 32;
    auto body = [&](OpBuilder &builder, Location loc, ValueRange args) {
      Value left = multiply(builder, loc, args[0], getElement(op.getLhs()),
                            multipliers->a, width);
      Value right = multiply(builder, loc, args[1], getElement(op.getRhs()),
                             multipliers->b, width);
      Value sum = arith::AddIOp::create(builder, loc, left, right);
      int64_t offset = getFoldedZeroPoint(op, *multipliers, width);
      sum = arith::AddIOp::create(
          builder, loc, sum,
          createInteger(builder, loc, width,
                        getConstant(op, *multipliers) + offset));
      return finish(builder, loc, sum, op, multipliers->shift, offset != 0,
                    type.getElementType());
    };
    rewriter.replaceOp(op, createBroadcast(rewriter, op.getLoc(), type,
                                           adaptor.getLhs(), adaptor.getRhs(),
                                           body));
    return success();
  }

private:
  /// N41: two products and their sum, each rounded to f32, then to an integer.
  LogicalResult lowerInFloat(OpT op, typename OpT::Adaptor adaptor,
                             ConversionPatternRewriter &rewriter) const {
    RankedTensorType type = this->convertType(op.getResult());
    quant::QuantizedType result = getElement(op.getResult());
    auto body = [&](OpBuilder &builder, Location loc, ValueRange args) {
      Value left =
          scale(builder, loc, args[0], getElement(op.getLhs()), result);
      Value right =
          scale(builder, loc, args[1], getElement(op.getRhs()), result);
      Value sum;
      if (std::is_same_v<OpT, qnn::SubOp>)
        sum = arith::SubFOp::create(builder, loc, left, right);
      else
        sum = arith::AddFOp::create(builder, loc, left, right);
      return store(builder, loc, sum, op, type.getElementType());
    };
    rewriter.replaceOp(op, createBroadcast(rewriter, op.getLoc(), type,
                                           adaptor.getLhs(), adaptor.getRhs(),
                                           body));
    return success();
  }

  static Value createFloat(OpBuilder &builder, Location loc, double value) {
    return arith::ConstantOp::create(
        builder, loc, builder.getF32FloatAttr(static_cast<float>(value)));
  }

  /// A stored integer as a number of steps of `result`.
  static Value scale(OpBuilder &builder, Location loc, Value stored,
                     quant::QuantizedType type, quant::QuantizedType result) {
    Value wide = extendStored(builder, loc, stored, type.isSigned());
    Value distance = arith::SubIOp::create(
        builder, loc, wide,
        createInteger(builder, loc, 32, qnn::getZeroPoint(type, 0)));
    Value real =
        arith::SIToFPOp::create(builder, loc, builder.getF32Type(), distance);
    float ratio = getFloatScale(type, 0) / getFloatScale(result, 0);
    return arith::MulFOp::create(builder, loc, real,
                                 createFloat(builder, loc, ratio));
  }

  static Value store(OpBuilder &builder, Location loc, Value steps, OpT op,
                     Type resultType) {
    quant::QuantizedType type = getElement(op.getResult());
    StorageRange range = getResultRange(type, op.getClamp());
    int64_t zeroPoint = qnn::getZeroPoint(type, 0);
    Value low = createFloat(builder, loc, range.min - zeroPoint);
    Value high = createFloat(builder, loc, range.max - zeroPoint);
    Value isLess = arith::CmpFOp::create(builder, loc,
                                         arith::CmpFPredicate::OLT, steps, low);
    Value raised = arith::SelectOp::create(builder, loc, isLess, low, steps);
    Value isMore = arith::CmpFOp::create(
        builder, loc, arith::CmpFPredicate::OGT, raised, high);
    Value clamped = arith::SelectOp::create(builder, loc, isMore, high, raised);
    Value integer = arith::AddIOp::create(
        builder, loc, roundToInteger(builder, loc, clamped),
        createInteger(builder, loc, 32, zeroPoint));
    return truncateTo(builder, loc, integer, resultType);
  }

  static Value multiply(OpBuilder &builder, Location loc, Value stored,
                        quant::QuantizedType type, int32_t multiplier,
                        unsigned width) {
    return arith::MulIOp::create(
        builder, loc,
        extendStored(builder, loc, stored, type.isSigned(), width),
        createInteger(builder, loc, width, multiplier));
  }

  static int64_t getConstant(OpT op, AddMultipliers m) {
    int64_t half = m.shift > 0 ? int64_t(1) << (m.shift - 1) : 0;
    return half - qnn::getZeroPoint(getElement(op.getLhs()), 0) * m.a -
           qnn::getZeroPoint(getElement(op.getRhs()), 0) * m.b;
  }

  /// The zero point of the result at the scale of the sum; zero where it does
  /// not fit there.
  static int64_t getFoldedZeroPoint(OpT op, AddMultipliers m, unsigned width) {
    int64_t offset = qnn::getZeroPoint(getElement(op.getResult()), 0) *
                     (int64_t(1) << m.shift);
    Interval sums = getSums(getDistances(getElement(op.getLhs())),
                            getDistances(getElement(op.getRhs())), m);
    // Of 64 bits a sum takes 48, the offset 62 (N36).
    bool fits = width == 64 ||
                Interval{sums.min + offset, sums.max + offset}.fitsInt32();
    return fits ? offset : 0;
  }

  static Value finish(OpBuilder &builder, Location loc, Value sum, OpT op,
                      int32_t shift, bool hasZeroPoint, Type resultType) {
    quant::QuantizedType type = getElement(op.getResult());
    StorageRange range = getResultRange(type, op.getClamp());
    int64_t zeroPoint = hasZeroPoint ? 0 : qnn::getZeroPoint(type, 0);
    unsigned width = sum.getType().getIntOrFloatBitWidth();
    if (shift > 0)
      sum = arith::ShRSIOp::create(builder, loc, sum,
                                   createInteger(builder, loc, width, shift));
    sum = clampSigned(builder, loc, sum, range.min - zeroPoint,
                      range.max - zeroPoint);
    if (zeroPoint != 0)
      sum = arith::AddIOp::create(
          builder, loc, sum, createInteger(builder, loc, width, zeroPoint));
    return truncateTo(builder, loc, sum, resultType);
  }
};

} // namespace

//===----------------------------------------------------------------------===//
// mul
//===----------------------------------------------------------------------===//

static llvm::Expected<RequantizeSpec> planMul(qnn::MulOp op) {
  quant::QuantizedType lhs = getElement(op.getLhs());
  quant::QuantizedType rhs = getElement(op.getRhs());
  quant::QuantizedType result = getElement(op.getResult());
  Interval l = getDistances(lhs), r = getDistances(rhs);
  auto [least, greatest] =
      std::minmax({l.min * r.min, l.min * r.max, l.max * r.min, l.max * r.max});
  return planRequantize(op.getRounding(),
                        AccumulatorScale{getFloatScale(lhs, 0),
                                         getFloatScale(rhs, 0),
                                         getFloatScale(result, 0)},
                        {least, greatest}, result, op.getClamp());
}

/// stored - zero point in `width` bits.
static Value createDistance(OpBuilder &builder, Location loc, Value stored,
                            quant::QuantizedType type, unsigned width) {
  Value wide = extendStored(builder, loc, stored, type.isSigned(), width);
  int64_t zeroPoint = qnn::getZeroPoint(type, 0);
  if (zeroPoint == 0)
    return wide;
  return arith::SubIOp::create(builder, loc, wide,
                               createInteger(builder, loc, width, zeroPoint));
}

namespace {

class LowerMul : public LowerOp<qnn::MulOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::MulOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    llvm::Expected<RequantizeSpec> spec = planMul(op);
    if (!spec)
      return refuse(rewriter, op, spec.takeError());
    RequantizeEmitter emitter(*spec);
    RankedTensorType type = convertType(op.getResult());
    unsigned width = spec->isWide ? 64 : 32;
    auto body = [&](OpBuilder &builder, Location loc, ValueRange args) {
      Value product = arith::MulIOp::create(
          builder, loc,
          createDistance(builder, loc, args[0], getElement(op.getLhs()), width),
          createDistance(builder, loc, args[1], getElement(op.getRhs()),
                         width));
      return emitter.emit(builder, loc, product, {}, type.getElementType());
    };
    rewriter.replaceOp(op, createBroadcast(rewriter, op.getLoc(), type,
                                           adaptor.getLhs(), adaptor.getRhs(),
                                           body));
    return success();
  }
};

} // namespace

//===----------------------------------------------------------------------===//
// requantize
//===----------------------------------------------------------------------===//

static llvm::Expected<RequantizeSpec> planRequantizeOp(qnn::RequantizeOp op) {
  quant::QuantizedType input = getElement(op.getInput());
  quant::QuantizedType result = getElement(op.getResult());
  StorageRange stored = qnn::getStorageRange(input);
  SmallVector<AccumulatorScale> scales;
  for (double scale : qnn::getScales(input))
    scales.push_back(
        {static_cast<float>(scale), 1.0f, getFloatScale(result, 0)});
  SmallVector<int64_t> zeroPoints = qnn::getZeroPoints(input);
  Interval distances{stored.min - *llvm::max_element(zeroPoints),
                     stored.max - *llvm::min_element(zeroPoints)};
  return planRequantize(op.getRounding(), scales, distances, result,
                        op.getClamp());
}

namespace {

/// Whether `op` only changes the signedness of 8-bit storage: the stored bits
/// differ in the top bit.
bool isSignednessShift(qnn::RequantizeOp op) {
  quant::QuantizedType input = getElement(op.getInput());
  quant::QuantizedType result = getElement(op.getResult());
  if (qnn::getQuantizedAxis(input) || op.getClamp() ||
      input.getStorageTypeIntegralWidth() != 8 ||
      result.getStorageTypeIntegralWidth() != 8 ||
      input.isSigned() == result.isSigned())
    return false;
  int64_t offset = result.isSigned() ? -128 : 128;
  return qnn::getScale(input, 0) == qnn::getScale(result, 0) &&
         qnn::getZeroPoint(input, 0) + offset == qnn::getZeroPoint(result, 0) &&
         input.getStorageTypeMin() + offset == result.getStorageTypeMin() &&
         input.getStorageTypeMax() + offset == result.getStorageTypeMax();
}

class LowerRequantize : public LowerOp<qnn::RequantizeOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::RequantizeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (isSignednessShift(op))
      return flipTopBit(op, adaptor, rewriter);
    llvm::Expected<RequantizeSpec> spec = planRequantizeOp(op);
    if (!spec)
      return refuse(rewriter, op, spec.takeError());
    RequantizeEmitter emitter(*spec);
    RankedTensorType type = convertType(op.getResult());
    quant::QuantizedType input = getElement(op.getInput());
    std::optional<int64_t> axis = qnn::getQuantizedAxis(input);
    std::vector<int32_t> zeroPoints;
    for (int64_t zeroPoint : qnn::getZeroPoints(input))
      zeroPoints.push_back(static_cast<int32_t>(zeroPoint));
    SmallVector<Value> inputs{adaptor.getInput()};
    SmallVector<AffineMap> maps{
        rewriter.getMultiDimIdentityMap(type.getRank())};
    bool isUniform = llvm::all_equal(zeroPoints);
    unsigned width = spec->isWide ? 64 : 32;
    if (axis) {
      int64_t channels = type.getDimSize(*axis);
      llvm::append_range(
          inputs, emitter.createParameters(rewriter, op.getLoc(), channels));
      if (!isUniform)
        inputs.push_back(
            createIntegerConstant(rewriter, op.getLoc(), channels, zeroPoints));
      maps.resize(
          inputs.size(),
          AffineMap::get(type.getRank(), 0, rewriter.getAffineDimExpr(*axis)));
    }
    auto body = [&](OpBuilder &builder, Location loc, ValueRange args) {
      Value stored =
          extendStored(builder, loc, args[0], input.isSigned(), width);
      Value zeroPoint = isUniform
                            ? createInteger(builder, loc, width, zeroPoints[0])
                            : extendStored(builder, loc, args.back(),
                                           /*isSigned=*/true, width);
      Value distance = arith::SubIOp::create(builder, loc, stored, zeroPoint);
      ValueRange parameters = args.drop_front();
      return emitter.emit(builder, loc, distance,
                          isUniform ? parameters : parameters.drop_back(),
                          type.getElementType());
    };
    rewriter.replaceOp(
        op, createElementwise(rewriter, op.getLoc(), type, inputs, maps, body));
    return success();
  }

private:
  LogicalResult flipTopBit(qnn::RequantizeOp op, OpAdaptor adaptor,
                           ConversionPatternRewriter &rewriter) const {
    RankedTensorType type = convertType(op.getResult());
    AffineMap identity = rewriter.getMultiDimIdentityMap(type.getRank());
    auto flip = [](OpBuilder &b, Location loc, ValueRange args) -> Value {
      return arith::XOrIOp::create(b, loc, args[0],
                                   createInteger(b, loc, 8, -128));
    };
    rewriter.replaceOp(op,
                       createElementwise(rewriter, op.getLoc(), type,
                                         adaptor.getInput(), {identity}, flip));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// lookup
//===----------------------------------------------------------------------===//

/// The table is in the order of the stored values, so the index is the stored
/// pattern of unsigned storage and that with the sign bit flipped of signed.
class LowerLookup : public LowerOp<qnn::LookupOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::LookupOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = convertType(op.getResult());
    bool isSigned = getElement(op.getInput()).isSigned();
    ElementsAttr entries = convertTable(op, type.getElementType());
    if (!entries)
      return rewriter.notifyMatchFailure(op, "unreadable table");
    Value table = arith::ConstantOp::create(rewriter, op.getLoc(), entries);
    auto body = [&](OpBuilder &builder, Location loc, ValueRange args) {
      Value pattern = args[0];
      unsigned width = pattern.getType().getIntOrFloatBitWidth();
      if (isSigned)
        pattern = arith::XOrIOp::create(
            builder, loc, pattern,
            createInteger(builder, loc, width, llvm::minIntN(width)));
      Value index = arith::IndexCastUIOp::create(
          builder, loc, builder.getIndexType(), pattern);
      return tensor::ExtractOp::create(builder, loc, table, index).getResult();
    };
    rewriter.replaceOp(
        op, createElementwise(rewriter, op.getLoc(), type, adaptor.getInput(),
                              rewriter.getMultiDimIdentityMap(type.getRank()),
                              body));
    return success();
  }

private:
  /// The table in the integers that hold `op`'s result in memory.
  static ElementsAttr convertTable(qnn::LookupOp op, Type element) {
    ShapedType type = op.getTable().getShapedType();
    if (type.getElementType() == element)
      return op.getTable();
    std::optional<IntegerConstant> table = IntegerConstant::read(
        op.getTable(), getElement(op.getResult()).isSigned());
    if (!table)
      return {};
    return convertElements(*table,
                           RankedTensorType::get(type.getShape(), element));
  }
};

} // namespace

CheckResult checkElementwise(Operation *op) {
  if (auto add = dyn_cast<qnn::AddOp>(op))
    return planSum(add).takeError();
  if (auto sub = dyn_cast<qnn::SubOp>(op))
    return planSum(sub).takeError();
  if (auto mul = dyn_cast<qnn::MulOp>(op))
    return planMul(mul).takeError();
  if (auto requantize = dyn_cast<qnn::RequantizeOp>(op))
    return planRequantizeOp(requantize).takeError();
  return std::nullopt;
}

void populateElementwisePatterns(const TypeConverter &converter,
                                 RewritePatternSet &patterns) {
  patterns.add<LowerSum<qnn::AddOp>, LowerSum<qnn::SubOp>, LowerMul,
               LowerRequantize, LowerLookup>(converter, patterns.getContext());
}

} // namespace quantc::conversion

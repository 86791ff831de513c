// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// layer_norm in integers: two sums a row, the multiplier and offset of the row
// in 64 bits, and 32-bit arithmetic for each element (N26 to N29 of
// docs/Numerics.md).
#include "IntegerConstant.h"
#include "Lowering.h"
#include "Requantization.h"
#include "StructuredBuilders.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Numerics/LayerNorm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace quantc::conversion {

static llvm::Expected<numerics::LayerNormPlan>
planLayerNorm(qnn::LayerNormOp op) {
  auto gamma = qnn::FloatConstant::read(op.getGamma());
  auto beta = qnn::FloatConstant::read(op.getBeta());
  if (!gamma || !beta)
    return llvm::createStringError("gamma or beta has no data");
  return numerics::planLayerNorm(getFloatScale(getElement(op.getInput()), 0),
                                 getFloatScale(getElement(op.getResult()), 0),
                                 op.getEpsilon().convertToDouble(),
                                 gamma->values(), beta->values());
}

namespace {

/// Integer arithmetic of one width, written as expressions.
class Arithmetic {
public:
  Arithmetic(OpBuilder &builder, Location loc, unsigned width)
      : builder(builder), loc(loc), width(width) {}

  Value constant(int64_t value) {
    return createInteger(builder, loc, width, value);
  }
  Value extend(Value value, bool isSigned = true) {
    return extendStored(builder, loc, value, isSigned, width);
  }
  template <typename OpT>
  Value make(Value lhs, Value rhs) {
    return OpT::create(builder, loc, lhs, rhs);
  }
  Value add(Value lhs, Value rhs) { return make<arith::AddIOp>(lhs, rhs); }
  Value sub(Value lhs, Value rhs) { return make<arith::SubIOp>(lhs, rhs); }
  Value mul(Value lhs, Value rhs) { return make<arith::MulIOp>(lhs, rhs); }
  Value shiftLeft(Value lhs, Value rhs) {
    return make<arith::ShLIOp>(lhs, rhs);
  }
  Value shiftRight(Value lhs, int64_t amount) {
    return make<arith::ShRUIOp>(lhs, constant(amount));
  }
  Value divideFloor(Value lhs, int64_t divisor) {
    return make<arith::FloorDivSIOp>(lhs, constant(divisor));
  }

private:
  OpBuilder &builder;
  Location loc;
  unsigned width;
};

/// The layer norm of a matrix, row by row.
class LayerNormBuilder {
public:
  LayerNormBuilder(OpBuilder &builder, Location loc, int64_t rows,
                   quant::QuantizedType input, quant::QuantizedType result,
                   const numerics::LayerNormPlan &plan)
      : builder(builder), loc(loc), rows(rows), plan(plan), result(result),
        isSigned(input.isSigned()),
        middle(qnn::getStorageRange(input).min + 128) {
    AffineExpr row, element;
    bindDims(builder.getContext(), row, element);
    elements = builder.getMultiDimIdentityMap(2);
    rowMap = AffineMap::get(2, 0, row);
    columnMap = AffineMap::get(2, 0, element);
  }

  /// The sum of x, or of x * x, of each row.
  Value createSum(Value stored, bool squares) {
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      Arithmetic math(nested, nestedLoc, 32);
      Value x = center(math, args[0]);
      return math.add(args[1], squares ? math.mul(x, x) : x);
    };
    Value start = createFill(builder, loc, getRowType(), 0);
    return createReduction(builder, loc, start, stored, {elements, rowMap},
                           /*reductions=*/1, body);
  }

  /// A of N28, from the sums.
  Value createMultipliers(Value sums, Value squares) {
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      return truncateTo(nested, nestedLoc,
                        emitMultiplier(nested, nestedLoc, args[0], args[1]),
                        nested.getI32Type());
    };
    return createRows({sums, squares}, body);
  }

  /// C of N28.
  Value createOffsets(Value sums, Value squares) {
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      Arithmetic math(nested, nestedLoc, 64);
      int64_t n = plan.rowLength;
      Value multiplier = emitMultiplier(nested, nestedLoc, args[0], args[1]);
      Value sum = math.extend(args[0]);
      Value mean = math.divideFloor(
          math.add(math.mul(sum, math.constant(2)), math.constant(n)), 2 * n);
      Value rest = math.sub(sum, math.mul(mean, math.constant(n)));
      Value share = math.divideFloor(
          math.add(math.mul(rest, multiplier), math.constant(n / 2)), n);
      Value offset = math.add(math.mul(mean, multiplier), share);
      // The middle of the storage, so that elements need not be centered.
      offset = math.add(offset, math.mul(multiplier, math.constant(middle)));
      return truncateTo(nested, nestedLoc, offset, nested.getI32Type());
    };
    return createRows({sums, squares}, body);
  }

  /// N29.
  Value createResult(Value stored, Value multipliers, Value offsets,
                     RankedTensorType type) {
    Value gamma = createIntegerConstant(builder, loc, plan.rowLength,
                                        std::vector<int32_t>(plan.multipliers));
    Value beta = createIntegerConstant(builder, loc, plan.rowLength,
                                       std::vector<int32_t>(plan.offsets));
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      Arithmetic math(nested, nestedLoc, 32);
      auto shiftDown = [&](Value value, int64_t amount) {
        return math.make<arith::ShRSIOp>(value, math.constant(amount));
      };
      Value x = math.extend(args[0], isSigned);
      Value normalized = math.sub(math.mul(x, args[1]), args[2]);
      constexpr int32_t kDropped = numerics::kLayerNormDroppedBits;
      Value rounded = shiftDown(
          math.add(normalized, math.constant(1 << (kDropped - 1))), kDropped);
      Value scaled = math.add(math.mul(rounded, args[3]), args[4]);
      numerics::StorageRange range = qnn::getStorageRange(result);
      int64_t zeroPoint = qnn::getZeroPoint(result, 0);
      Value clamped =
          clampSigned(nested, nestedLoc, shiftDown(scaled, plan.shift),
                      range.min - zeroPoint, range.max - zeroPoint);
      return truncateTo(nested, nestedLoc,
                        math.add(clamped, math.constant(zeroPoint)),
                        type.getElementType());
    };
    return createElementwise(
               builder, loc, type, {stored, multipliers, offsets, gamma, beta},
               {elements, rowMap, rowMap, columnMap, columnMap}, body)
        .getResult(0);
  }

private:
  RankedTensorType getRowType() const {
    return RankedTensorType::get({rows}, builder.getI32Type());
  }

  Value createRows(ValueRange inputs, BodyBuilder body) {
    SmallVector<AffineMap> maps(inputs.size(),
                                builder.getMultiDimIdentityMap(1));
    return createElementwise(builder, loc, getRowType(), inputs, maps, body)
        .getResult(0);
  }

  Value center(Arithmetic &math, Value stored) const {
    Value x = math.extend(stored, isSigned);
    return middle == 0 ? x : math.sub(x, math.constant(middle));
  }

  /// The multiplier of a row in 64 bits: of use only where it fits 32, or where
  /// it is multiplied with 0.
  Value emitMultiplier(OpBuilder &nested, Location nestedLoc, Value sum32,
                       Value squares32) const {
    Arithmetic math(nested, nestedLoc, 64);
    Value n = math.constant(plan.rowLength);
    Value sum = math.extend(sum32);
    Value spread =
        math.sub(math.mul(n, math.extend(squares32)), math.mul(sum, sum));
    spread = math.make<arith::MaxSIOp>(
        math.constant(1), math.add(spread, math.constant(plan.epsilon)));
    Value zeros = math::CountLeadingZerosOp::create(nested, nestedLoc, spread);
    Value half = math.shiftRight(zeros, 1);
    Value value = math.shiftRight(
        math.shiftLeft(spread, math.shiftLeft(half, math.constant(1))), 32);
    Value root = emitReciprocalRoot(math, value);
    Value drop = math.sub(math.constant(62 - plan.fractionBits), half);
    Value rounding =
        math.shiftLeft(math.constant(1), math.sub(drop, math.constant(1)));
    return math.make<arith::ShRUIOp>(math.add(math.mul(n, root), rounding),
                                     drop);
  }

  /// N27.
  static Value emitReciprocalRoot(Arithmetic &math, Value value) {
    Value root = math.make<arith::DivUIOp>(
        math.sub(math.constant(int64_t(7) << 30), value), math.constant(3));
    for (int step = 0; step < 4; ++step) {
      Value square = math.shiftRight(math.mul(root, root), 32);
      Value rest = math.sub(math.constant(int64_t(3) << 30),
                            math.shiftRight(math.mul(value, square), 30));
      root = math.shiftRight(math.mul(root, rest), 31);
    }
    return root;
  }

  OpBuilder &builder;
  Location loc;
  int64_t rows;
  const numerics::LayerNormPlan &plan;
  quant::QuantizedType result;
  bool isSigned;
  int64_t middle;
  AffineMap elements, rowMap, columnMap;
};

class LowerLayerNorm : public LowerOp<qnn::LayerNormOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::LayerNormOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    llvm::Expected<numerics::LayerNormPlan> plan = planLayerNorm(op);
    if (!plan)
      return refuse(rewriter, op, plan.takeError());
    RankedTensorType type = convertType(op.getResult());
    int64_t rows = type.getNumElements() / plan->rowLength;
    auto matrix =
        RankedTensorType::get({rows, plan->rowLength}, type.getElementType());
    Location loc = op.getLoc();
    Value stored =
        createReshape(rewriter, loc, adaptor.getInput(), matrix.getShape());
    LayerNormBuilder builder(rewriter, loc, rows, getElement(op.getInput()),
                             getElement(op.getResult()), *plan);
    Value sums = builder.createSum(stored, /*squares=*/false);
    Value squares = builder.createSum(stored, /*squares=*/true);
    Value normalized =
        builder.createResult(stored, builder.createMultipliers(sums, squares),
                             builder.createOffsets(sums, squares), matrix);
    rewriter.replaceOp(
        op, createReshape(rewriter, loc, normalized, type.getShape()));
    return success();
  }
};

} // namespace

CheckResult checkLayerNorm(Operation *op) {
  if (auto norm = dyn_cast<qnn::LayerNormOp>(op))
    return planLayerNorm(norm).takeError();
  return std::nullopt;
}

void populateLayerNormPatterns(const TypeConverter &converter,
                               RewritePatternSet &patterns) {
  patterns.add<LowerLayerNorm>(converter, patterns.getContext());
}

} // namespace quantc::conversion

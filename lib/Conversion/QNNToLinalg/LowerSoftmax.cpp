// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// softmax in unsigned integers: maximum, tables of exponentials, sum, one
// division a row, or one an element where the result is no byte (N20, N21, N30
// and N38 of docs/Numerics.md).
#include "IntegerConstant.h"
#include "Lowering.h"
#include "Requantization.h"
#include "StructuredBuilders.h"

#include "quantc/Numerics/SoftmaxTable.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace quantc::conversion {

/// Tables of exponentials: one, or that of the fine and the coarse factors of
/// wide distances.
struct Exponentials {
  std::vector<int32_t> table, coarse;
  int32_t fractionBits = 0;
};

static llvm::Expected<Exponentials> planSoftmax(qnn::SoftmaxOp op) {
  quant::QuantizedType input = getElement(op.getInput());
  int64_t length = op.getInput().getType().getDimSize(op.getAxis());
  auto fill = [](const std::array<uint32_t, 256> &values) {
    return std::vector<int32_t>(values.begin(), values.end());
  };
  if (input.getStorageTypeIntegralWidth() <= 8) {
    auto table = numerics::computeSoftmaxTable(getFloatScale(input, 0), length);
    if (!table)
      return table.takeError();
    return Exponentials{fill(table->values), {}, table->fractionBits};
  }
  auto table =
      numerics::computeWideSoftmaxTable(getFloatScale(input, 0), length);
  if (!table)
    return table.takeError();
  return Exponentials{fill(table->fine), fill(table->coarse),
                      table->fractionBits};
}

namespace {

/// One softmax along one axis. Rows are the tensors without that axis.
class SoftmaxBuilder {
public:
  SoftmaxBuilder(OpBuilder &builder, qnn::SoftmaxOp op)
      : builder(builder), loc(op.getLoc()), shape(op.getType().getShape()),
        axis(op.getAxis()), input(getElement(op.getInput())),
        result(getElement(op.getResult())) {
    rowShape = llvm::to_vector(shape);
    rowShape.erase(rowShape.begin() + axis);
    // The reduced loop is the last one, the others keep their order.
    for (int64_t dim = 0, loop = 0, rank = shape.size(); dim < rank; ++dim) {
      bool isAxis = dim == axis;
      loopExprs.push_back(builder.getAffineDimExpr(isAxis ? rank - 1 : loop++));
      if (!isAxis)
        rowExprs.push_back(builder.getAffineDimExpr(dim));
    }
  }

  /// The greatest stored integer of each row.
  Value createMaximum(Value stored) {
    Type element = cast<RankedTensorType>(stored.getType()).getElementType();
    Value start =
        createFill(builder, loc, RankedTensorType::get(rowShape, element),
                   qnn::getStorageRange(input).min);
    return reduce(
        stored, start,
        [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
          if (input.isSigned())
            return arith::MaxSIOp::create(nested, nestedLoc, args[0], args[1])
                .getResult();
          return arith::MaxUIOp::create(nested, nestedLoc, args[0], args[1])
              .getResult();
        });
  }

  /// The table entry of each element's distance from the greatest.
  Value createExponentials(Value stored, Value maximum,
                           const Exponentials &tables) {
    Value entries = createIntegerConstant(builder, loc, 256, tables.table);
    Value coarse;
    if (!tables.coarse.empty())
      coarse = createIntegerConstant(builder, loc, 256, tables.coarse);
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      Value distance = arith::SubIOp::create(
          nested, nestedLoc,
          extendStored(nested, nestedLoc, args[1], input.isSigned()),
          extendStored(nested, nestedLoc, args[0], input.isSigned()));
      if (!coarse)
        return lookUp(nested, nestedLoc, entries, distance);
      return multiplyFactors(nested, nestedLoc, entries, coarse, distance,
                             tables.fractionBits);
    };
    return createElementwise(
               builder, loc, RankedTensorType::get(shape, builder.getI32Type()),
               {stored, maximum}, {getIdentity(), getRowMap()}, body)
        .getResult(0);
  }

  Value createSum(Value exponentials) {
    Value start = createFill(
        builder, loc, RankedTensorType::get(rowShape, builder.getI32Type()), 0);
    return reduce(exponentials, start,
                  [](OpBuilder &nested, Location nestedLoc, ValueRange args) {
                    return arith::AddIOp::create(nested, nestedLoc, args[1],
                                                 args[0])
                        .getResult();
                  });
  }

  /// r of N30 for each row.
  Value createReciprocal(Value sum) {
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      Value zeros =
          math::CountLeadingZerosOp::create(nested, nestedLoc, args[0]);
      Value normalized =
          arith::ShLIOp::create(nested, nestedLoc, args[0], zeros);
      Value quotient = arith::DivUIOp::create(
          nested, nestedLoc,
          createInteger(nested, nestedLoc, 64, int64_t(1) << 47),
          extendStored(nested, nestedLoc, normalized, /*isSigned=*/false, 64));
      return truncateTo(nested, nestedLoc, quotient, nested.getI32Type());
    };
    return createElementwise(
               builder, loc,
               RankedTensorType::get(rowShape, builder.getI32Type()), sum,
               builder.getMultiDimIdentityMap(rowShape.size()), body)
        .getResult(0);
  }

  /// Whether the result is a share of 256 that N30 computes from the minimum of
  /// an 8-bit storage on.
  bool isByteShare() const {
    return getShareBits() == 8 &&
           qnn::getZeroPoint(result, 0) == qnn::getStorageRange(result).min &&
           qnn::getStorageRange(result).steps() == 255;
  }

  /// sat(zero_point + (entry * 2^k + sum / 2) / sum) in 64 bits.
  Value createShares(Value exponentials, Value sum, RankedTensorType type) {
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      auto constant = [&](int64_t value) {
        return createInteger(nested, nestedLoc, 64, value);
      };
      Value entry =
          extendStored(nested, nestedLoc, args[0], /*isSigned=*/false, 64);
      Value total =
          extendStored(nested, nestedLoc, args[1], /*isSigned=*/false, 64);
      Value scaled = arith::ShLIOp::create(nested, nestedLoc, entry,
                                           constant(getShareBits()));
      Value half =
          arith::ShRUIOp::create(nested, nestedLoc, total, constant(1));
      Value share = arith::DivUIOp::create(
          nested, nestedLoc,
          arith::AddIOp::create(nested, nestedLoc, scaled, half), total);
      Value stored = arith::AddIOp::create(
          nested, nestedLoc, share, constant(qnn::getZeroPoint(result, 0)));
      numerics::StorageRange range = qnn::getStorageRange(result);
      return truncateTo(
          nested, nestedLoc,
          clampSigned(nested, nestedLoc, stored, range.min, range.max),
          type.getElementType());
    };
    return createElementwise(builder, loc, type, {exponentials, sum},
                             {getIdentity(), getRowMap()}, body)
        .getResult(0);
  }

  /// storage_min + min(255, (entry * 256 + sum / 2) / sum).
  Value createQuotient(Value exponentials, Value sum, Value reciprocal,
                       RankedTensorType type) {
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      auto constant = [&](int64_t value) {
        return createInteger(nested, nestedLoc, 32, value);
      };
      Value quotient =
          emitQuotient(nested, nestedLoc, args[0], args[1], args[2]);
      Value saturated =
          arith::MinUIOp::create(nested, nestedLoc, quotient, constant(255));
      Value stored =
          arith::AddIOp::create(nested, nestedLoc, saturated,
                                constant(qnn::getStorageRange(result).min));
      return truncateTo(nested, nestedLoc, stored, type.getElementType());
    };
    return createElementwise(builder, loc, type,
                             {exponentials, sum, reciprocal},
                             {getIdentity(), getRowMap(), getRowMap()}, body)
        .getResult(0);
  }

private:
  int32_t getShareBits() const {
    return *numerics::getSoftmaxOutputBits(qnn::getScale(result, 0));
  }

  static Value lookUp(OpBuilder &nested, Location loc, Value table,
                      Value index) {
    return tensor::ExtractOp::create(
               nested, loc, table,
               ValueRange{arith::IndexCastUIOp::create(
                   nested, loc, nested.getIndexType(), index)})
        .getResult();
  }

  /// The entry of a distance of 16 bits, of N38.
  static Value multiplyFactors(OpBuilder &nested, Location loc, Value fine,
                               Value coarse, Value distance,
                               int32_t fractionBits) {
    auto factor = [&](Value table, Value index) {
      return extendStored(nested, loc, lookUp(nested, loc, table, index),
                          /*isSigned=*/false, 64);
    };
    Value low = arith::AndIOp::create(nested, loc, distance,
                                      createInteger(nested, loc, 32, 255));
    Value high = arith::ShRUIOp::create(nested, loc, distance,
                                        createInteger(nested, loc, 32, 8));
    Value product = arith::MulIOp::create(nested, loc, factor(coarse, high),
                                          factor(fine, low));
    int32_t shift = 2 * numerics::WideSoftmaxTable::kFactorBits - fractionBits;
    Value rounded = arith::AddIOp::create(
        nested, loc, product,
        createInteger(nested, loc, 64, int64_t(1) << (shift - 1)));
    return truncateTo(
        nested, loc,
        arith::ShRUIOp::create(nested, loc, rounded,
                               createInteger(nested, loc, 64, shift)),
        nested.getI32Type());
  }

  /// N30. Nothing reaches 2^31, so that the comparison may be signed.
  static Value emitQuotient(OpBuilder &nested, Location loc, Value entry,
                            Value sum, Value reciprocal) {
    auto constant = [&](int64_t value) {
      return createInteger(nested, loc, 32, value);
    };
    Value half = arith::ShRUIOp::create(nested, loc, sum, constant(1));
    Value zeros = math::CountLeadingZerosOp::create(nested, loc, sum);
    Value shift = arith::SubIOp::create(nested, loc, constant(25), zeros);
    Value scaled = arith::ShLIOp::create(nested, loc, entry, constant(8));
    Value dividend = arith::AddIOp::create(nested, loc, scaled, half);
    Value dropped = arith::ShRUIOp::create(nested, loc, dividend, shift);
    Value product = arith::MulIOp::create(nested, loc, dropped, reciprocal);
    Value estimate = arith::ShRUIOp::create(nested, loc, product, constant(22));
    Value rest = arith::SubIOp::create(
        nested, loc, dividend,
        arith::MulIOp::create(nested, loc, estimate, sum));
    Value isOneMore = arith::CmpIOp::create(
        nested, loc, arith::CmpIPredicate::sge, rest, sum);
    return arith::AddIOp::create(
        nested, loc, estimate,
        arith::ExtUIOp::create(nested, loc, nested.getI32Type(), isOneMore));
  }

  AffineMap getIdentity() const {
    return builder.getMultiDimIdentityMap(shape.size());
  }
  /// From the elements to the rows, loops in the order of the elements.
  AffineMap getRowMap() const {
    return AffineMap::get(shape.size(), 0, rowExprs, builder.getContext());
  }

  Value reduce(Value source, Value start, BodyBuilder body) {
    unsigned rank = shape.size();
    AffineMap elements =
        AffineMap::get(rank, 0, loopExprs, builder.getContext());
    SmallVector<AffineExpr> rowLoops;
    for (unsigned loop = 0; loop + 1 < rank; ++loop)
      rowLoops.push_back(builder.getAffineDimExpr(loop));
    AffineMap rows = AffineMap::get(rank, 0, rowLoops, builder.getContext());
    return createReduction(builder, loc, start, source, {elements, rows},
                           /*reductions=*/1, body);
  }

  OpBuilder &builder;
  Location loc;
  ArrayRef<int64_t> shape;
  int64_t axis;
  quant::QuantizedType input, result;
  SmallVector<int64_t> rowShape;
  SmallVector<AffineExpr> loopExprs, rowExprs;
};

class LowerSoftmax : public LowerOp<qnn::SoftmaxOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::SoftmaxOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    llvm::Expected<Exponentials> table = planSoftmax(op);
    if (!table)
      return refuse(rewriter, op, table.takeError());
    SoftmaxBuilder builder(rewriter, op);
    Value maximum = builder.createMaximum(adaptor.getInput());
    Value exponentials =
        builder.createExponentials(adaptor.getInput(), maximum, *table);
    Value sum = builder.createSum(exponentials);
    RankedTensorType type = convertType(op.getResult());
    if (!builder.isByteShare()) {
      rewriter.replaceOp(op, builder.createShares(exponentials, sum, type));
      return success();
    }
    Value reciprocal = builder.createReciprocal(sum);
    rewriter.replaceOp(
        op, builder.createQuotient(exponentials, sum, reciprocal, type));
    return success();
  }
};

} // namespace

CheckResult checkSoftmax(Operation *op) {
  if (auto softmax = dyn_cast<qnn::SoftmaxOp>(op))
    return planSoftmax(softmax).takeError();
  return std::nullopt;
}

void populateSoftmaxPatterns(const TypeConverter &converter,
                             RewritePatternSet &patterns) {
  patterns.add<LowerSoftmax>(converter, patterns.getContext());
}

} // namespace quantc::conversion

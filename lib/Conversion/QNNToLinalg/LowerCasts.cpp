// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// constant, quantize and dequantize: the border between f32 and stored
// integers, in exactly the f32 operations of N3 to N5 of docs/Numerics.md.
#include "IntegerConstant.h"
#include "Lowering.h"
#include "Requantization.h"
#include "StructuredBuilders.h"

#include "quantc/Conversion/IntegerBoundary.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Quant/IR/Quant.h"

using namespace mlir;
using quantc::numerics::StorageRange;

namespace quantc::conversion {

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

namespace {

/// Scale and zero point of a cast: scalars in its body or, where they differ,
/// constant tensors along the quantized axis or the blocks.
class CastParameters {
public:
  CastParameters(OpBuilder &builder, Location loc, RankedTensorType type)
      : element(qnn::getQuantizedElement(type)) {
    for (double scale : qnn::getScales(element))
      scales.push_back(static_cast<float>(scale));
    for (int64_t zeroPoint : qnn::getZeroPoints(element))
      zeroPoints.push_back(static_cast<int32_t>(zeroPoint));
    if (isa<quant::UniformQuantizedType>(element))
      return;
    SmallVector<int64_t> shape = addParameterDims(builder, type);
    if (!llvm::all_equal(scales))
      operands.push_back(arith::ConstantOp::create(
          builder, loc,
          DenseElementsAttr::get(
              RankedTensorType::get(shape, builder.getF32Type()),
              ArrayRef<float>(scales))));
    if (!llvm::all_equal(zeroPoints))
      operands.push_back(
          createIntegerConstant(builder, loc, shape, zeroPoints));
  }

  ArrayRef<Value> getOperands() const { return operands; }
  AffineMap getMap() const { return parameterMap; }

  Value getScale(OpBuilder &builder, Location loc, ValueRange args) const {
    if (!llvm::all_equal(scales))
      return args.front();
    return arith::ConstantOp::create(builder, loc,
                                     builder.getF32FloatAttr(scales.front()));
  }
  /// Null where it is zero.
  Value getZeroPoint(OpBuilder &builder, Location loc, ValueRange args) const {
    if (!llvm::all_equal(zeroPoints))
      return args.back();
    if (zeroPoints.front() == 0)
      return {};
    return createInteger(builder, loc, 32, zeroPoints.front());
  }

private:
  /// The shape of the parameter tensors: the quantized axis, or the blocks
  /// along each dimension that has several. Sets their map.
  SmallVector<int64_t> addParameterDims(OpBuilder &builder,
                                        RankedTensorType type) {
    SmallVector<int64_t> blocks = qnn::getBlockShape(element, type.getShape());
    std::optional<int64_t> axis = qnn::getQuantizedAxis(element);
    SmallVector<int64_t> shape;
    SmallVector<AffineExpr> exprs;
    for (int64_t dim = 0; dim < type.getRank(); ++dim) {
      int64_t size = type.getDimSize(dim);
      if (axis ? dim != *axis : blocks[dim] == size)
        continue;
      int64_t block = axis ? 1 : blocks[dim];
      shape.push_back(size / block);
      exprs.push_back(builder.getAffineDimExpr(dim).floorDiv(block));
    }
    parameterMap =
        AffineMap::get(type.getRank(), 0, exprs, builder.getContext());
    return shape;
  }

  quant::QuantizedType element;
  SmallVector<float> scales;
  std::vector<int32_t> zeroPoints;
  AffineMap parameterMap;
  SmallVector<Value> operands;
};

} // namespace

/// An elementwise cast of `input` with `parameters`, marked as boundary where
/// it is one.
static Value createCast(OpBuilder &builder, Operation *op,
                        RankedTensorType type, Value input,
                        const CastParameters &parameters, bool isBoundary,
                        BodyBuilder body) {
  SmallVector<Value> inputs{input};
  llvm::append_range(inputs, parameters.getOperands());
  SmallVector<AffineMap> maps(inputs.size(), parameters.getMap());
  maps.front() = builder.getMultiDimIdentityMap(type.getRank());
  linalg::GenericOp generic =
      createElementwise(builder, op->getLoc(), type, inputs, maps, body);
  if (isBoundary)
    generic->setDiscardableAttr(kBoundaryAttr, builder.getUnitAttr());
  return generic.getResult(0);
}

//===----------------------------------------------------------------------===//
// constant
//===----------------------------------------------------------------------===//

static llvm::Error checkConstant(qnn::ConstantOp op) {
  quant::QuantizedType element = getElement(op.getResult());
  std::optional<IntegerConstant> constant =
      IntegerConstant::read(op.getValue(), element.isSigned());
  if (!constant)
    return llvm::createStringError("the value is incomplete or in a form that "
                                   "cannot be read");
  StorageRange range = qnn::getStorageRange(element);
  for (int64_t i = 0, e = constant->size(); i < e; ++i)
    if (!range.contains((*constant)[i]))
      return llvm::createStringError(
          "element " + Twine(i) + " is " + Twine((*constant)[i]) +
          ", outside the storage range [" + Twine(range.min) + ", " +
          Twine(range.max) + "]");
  return llvm::Error::success();
}

namespace {

class LowerConstant : public LowerOp<qnn::ConstantOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::ConstantOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = convertType(op.getResult());
    ElementsAttr value = op.getValue();
    if (value.getShapedType() != type) {
      std::optional<IntegerConstant> constant =
          IntegerConstant::read(value, getElement(op.getResult()).isSigned());
      if (!constant)
        return rewriter.notifyMatchFailure(op, "unreadable value");
      value = convertElements(*constant, type);
    }
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, type, value);
    return success();
  }
};

//===----------------------------------------------------------------------===//
// quantize
//===----------------------------------------------------------------------===//

/// NaN becomes the real 0, whose stored integer is the zero point. The steps
/// are clamped as floats, to integers around zero, so that rounding and
/// converting them is exact whatever the storage.
class LowerQuantize : public LowerOp<qnn::QuantizeOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::QuantizeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    quant::QuantizedType element = getElement(op.getResult());
    assert(element.getStorageTypeIntegralWidth() <= 16 &&
           "refused by the verifier: beyond exact f32");
    RankedTensorType type = convertType(op.getResult());
    bool isBoundary = readsFloatsOfArguments(op);
    CastParameters parameters(rewriter, op.getLoc(), op.getType());
    auto body = [&](OpBuilder &builder, Location loc, ValueRange args) {
      ValueRange own = args.drop_front();
      Value zeroPoint = parameters.getZeroPoint(builder, loc, own);
      Value steps = createSteps(builder, loc, args.front(),
                                parameters.getScale(builder, loc, own));
      Value clamped = clampSteps(builder, loc, steps, zeroPoint,
                                 qnn::getStorageRange(element));
      Value integer = roundToInteger(builder, loc, clamped);
      if (zeroPoint)
        integer = arith::AddIOp::create(builder, loc, integer, zeroPoint);
      return truncateTo(builder, loc, integer, type.getElementType());
    };
    rewriter.replaceOp(op, createCast(rewriter, op, type, adaptor.getInput(),
                                      parameters, isBoundary, body));
    return success();
  }

private:
  /// 1.5 * 2^23: a sum with it has no fraction, so that the addition rounds to
  /// nearest even, and differs from it in the low bits alone, by an integer of
  /// up to 22 bits. Storage has 16.
  static constexpr float kRounder = 12582912.0f;
  static constexpr int32_t kRounderBits = 0x4B400000;

  static Value roundToInteger(OpBuilder &builder, Location loc, Value real) {
    Value rounder = arith::ConstantOp::create(
        builder, loc, builder.getF32FloatAttr(kRounder));
    Value sum = arith::AddFOp::create(builder, loc, real, rounder);
    Value bits =
        arith::BitcastOp::create(builder, loc, builder.getI32Type(), sum);
    return arith::SubIOp::create(builder, loc, bits,
                                 createInteger(builder, loc, 32, kRounderBits));
  }

  static Value createSteps(OpBuilder &builder, Location loc, Value real,
                           Value scale) {
    Value steps = arith::DivFOp::create(builder, loc, real, scale);
    Value isNaN = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO,
                                        steps, steps);
    Value zero =
        arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(0.0f));
    return arith::SelectOp::create(builder, loc, isNaN, zero, steps);
  }

  /// An end of the storage range, as a distance from the zero point.
  static Value createBound(OpBuilder &builder, Location loc, int64_t bound,
                           Value zeroPoint) {
    IntegerAttr constant;
    if (zeroPoint && !matchPattern(zeroPoint, m_Constant(&constant)))
      return arith::SIToFPOp::create(
          builder, loc, builder.getF32Type(),
          arith::SubIOp::create(
              builder, loc, createInteger(builder, loc, 32, bound), zeroPoint));
    int64_t known = constant ? constant.getInt() : 0;
    return arith::ConstantOp::create(
        builder, loc,
        builder.getF32FloatAttr(static_cast<float>(bound - known)));
  }

  static Value clampSteps(OpBuilder &builder, Location loc, Value steps,
                          Value zeroPoint, StorageRange range) {
    Value low = createBound(builder, loc, range.min, zeroPoint);
    Value high = createBound(builder, loc, range.max, zeroPoint);
    Value isLess = arith::CmpFOp::create(builder, loc,
                                         arith::CmpFPredicate::OLT, steps, low);
    Value raised = arith::SelectOp::create(builder, loc, isLess, low, steps);
    Value isMore = arith::CmpFOp::create(
        builder, loc, arith::CmpFPredicate::OGT, raised, high);
    return arith::SelectOp::create(builder, loc, isMore, high, raised);
  }
};

//===----------------------------------------------------------------------===//
// dequantize
//===----------------------------------------------------------------------===//

class LowerDequantize : public LowerOp<qnn::DequantizeOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::DequantizeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    quant::QuantizedType element = getElement(op.getInput());
    bool isBoundary = writesFloatsOfResults(op);
    CastParameters parameters(rewriter, op.getLoc(), op.getInput().getType());
    auto body = [&](OpBuilder &builder, Location loc, ValueRange args) {
      ValueRange own = args.drop_front();
      Value distance =
          extendStored(builder, loc, args.front(), element.isSigned());
      if (Value zeroPoint = parameters.getZeroPoint(builder, loc, own))
        distance = arith::SubIOp::create(builder, loc, distance, zeroPoint);
      Value real =
          arith::SIToFPOp::create(builder, loc, builder.getF32Type(), distance);
      return arith::MulFOp::create(builder, loc,
                                   parameters.getScale(builder, loc, own), real)
          .getResult();
    };
    rewriter.replaceOp(op, createCast(rewriter, op, op.getType(),
                                      adaptor.getInput(), parameters,
                                      isBoundary, body));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// storage cast
//===----------------------------------------------------------------------===//

/// Between stored integers and a quantized tensor of them nothing is to do.
class LowerStorageCast : public OpConversionPattern<quant::StorageCastOp> {
public:
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(quant::StorageCastOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (adaptor.getInput().getType() !=
        getTypeConverter()->convertType(op.getType()))
      return rewriter.notifyMatchFailure(op, "the storage takes other bytes");
    rewriter.replaceOp(op, adaptor.getInput());
    return success();
  }
};

} // namespace

CheckResult checkCast(Operation *op) {
  if (auto constant = dyn_cast<qnn::ConstantOp>(op))
    return checkConstant(constant);
  if (auto dequantize = dyn_cast<qnn::DequantizeOp>(op)) {
    quant::QuantizedType element = getElement(dequantize.getInput());
    StorageRange range = qnn::getStorageRange(element);
    for (int64_t zeroPoint : qnn::getZeroPoints(element))
      if (llvm::Error error =
              checkAccumulator({range.min - zeroPoint, range.max - zeroPoint},
                               "the distance from the zero point"))
        return error;
    return llvm::Error::success();
  }
  return std::nullopt;
}

void populateCastPatterns(const TypeConverter &converter,
                          RewritePatternSet &patterns) {
  patterns.add<LowerConstant, LowerQuantize, LowerDequantize, LowerStorageCast>(
      converter, patterns.getContext());
}

} // namespace quantc::conversion

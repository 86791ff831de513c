// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// dynamic_quantize and dynamic_dequantize: the casts whose scale and zero point
// are values of the program. A zero point that is a constant all the same (of
// rectified numbers) stays one.
#include "DynamicRange.h"
#include "DynamicZeroPoint.h"
#include "Lowering.h"
#include "StructuredBuilders.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace quantc::conversion {

//===----------------------------------------------------------------------===//
// Zero points
//===----------------------------------------------------------------------===//

DynamicZeroPoint::DynamicZeroPoint(Value tensor, bool isSigned)
    : tensor(tensor), isSigned(isSigned) {
  DenseElementsAttr elements;
  if (!matchPattern(tensor, m_Constant(&elements)))
    return;
  auto stored = elements.getSplatValue<APInt>();
  known = isSigned ? stored.getSExtValue()
                   : static_cast<int64_t>(stored.getZExtValue());
}

AffineMap DynamicZeroPoint::getMap(MLIRContext *context, unsigned loops) {
  return AffineMap::get(loops, 0, getAffineConstantExpr(0, context));
}

Value DynamicZeroPoint::extend(OpBuilder &builder, Location loc,
                               Value element) const {
  if (known)
    return createInteger(builder, loc, 32, *known);
  return extendStored(builder, loc, element, isSigned);
}

Value DynamicZeroPoint::createImagePad(OpBuilder &builder, Location loc,
                                       Value image,
                                       ArrayRef<int64_t> pad) const {
  if (known)
    return conversion::createImagePad(builder, loc, image, pad, *known);
  if (llvm::all_of(pad, [](int64_t size) { return size == 0; }))
    return image;
  Value first = arith::ConstantIndexOp::create(builder, loc, 0);
  Value scalar = tensor::ExtractOp::create(builder, loc, tensor, first);
  auto fold = [&](ArrayRef<int64_t> sizes) {
    return getAsIndexOpFoldResult(builder.getContext(), sizes);
  };
  return tensor::PadOp::create(builder, loc, Type(), image,
                               fold({0, pad[0], pad[2], 0}),
                               fold({0, pad[1], pad[3], 0}), scalar);
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

namespace {

class LowerDynamicQuantize : public LowerOp<qnn::DynamicQuantizeOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::DynamicQuantizeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value real = adaptor.getInput();
    DynamicParameters parameters =
        createDynamicParameters(rewriter, loc, real, op.getNonNegative());
    Value zeroPoint = parameters.zeroPoint;
    if (!zeroPoint)
      zeroPoint = arith::ConstantOp::create(
          rewriter, loc,
          DenseElementsAttr::get(op.getZeroPoint().getType(), int8_t(0)));
    RankedTensorType type = op.getResult().getType();
    int64_t rank = type.getRank();
    AffineMap scalar = DynamicZeroPoint::getMap(op.getContext(), rank);
    SmallVector<Value> inputs{real, parameters.scale};
    SmallVector<AffineMap> maps{rewriter.getMultiDimIdentityMap(rank), scalar};
    if (parameters.zeroPoint) {
      inputs.push_back(parameters.zeroPoint);
      maps.push_back(scalar);
    }
    Value stored =
        createElementwise(rewriter, loc, type, inputs, maps, createBody)
            .getResult(0);
    rewriter.replaceOp(op, {stored, parameters.scale, zeroPoint});
    return success();
  }

private:
  /// Arguments: the number, the scale and, if it is not 0, the zero point. The
  /// steps are clamped as floats, so that converting them is exact.
  static Value createBody(OpBuilder &builder, Location loc, ValueRange args) {
    Value zero =
        arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(0.0f));
    Value high = arith::ConstantOp::create(builder, loc,
                                           builder.getF32FloatAttr(255.0f));
    Value low = zero, zeroPoint;
    if (args.size() > 2) {
      zeroPoint = extendStored(builder, loc, args[2], /*isSigned=*/false);
      Value real = arith::SIToFPOp::create(builder, loc, builder.getF32Type(),
                                           zeroPoint);
      low = arith::SubFOp::create(builder, loc, zero, real);
      high = arith::SubFOp::create(builder, loc, high, real);
    }
    auto select = [&](arith::CmpFPredicate predicate, Value value, Value bound,
                      Value chosen) -> Value {
      Value condition =
          arith::CmpFOp::create(builder, loc, predicate, value, bound);
      return arith::SelectOp::create(builder, loc, condition, chosen, value);
    };
    Value steps = arith::DivFOp::create(builder, loc, args[0], args[1]);
    steps = select(arith::CmpFPredicate::UNO, steps, steps, zero);
    steps = select(arith::CmpFPredicate::OLT, steps, low, low);
    steps = select(arith::CmpFPredicate::OGT, steps, high, high);
    Value integer = roundToInteger(builder, loc, steps);
    if (zeroPoint)
      integer = arith::AddIOp::create(builder, loc, integer, zeroPoint);
    return truncateTo(builder, loc, integer, builder.getI8Type());
  }
};

class LowerDynamicDequantize : public LowerOp<qnn::DynamicDequantizeOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::DynamicDequantizeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = op.getType();
    int64_t rank = type.getRank();
    AffineMap scalar = DynamicZeroPoint::getMap(op.getContext(), rank);
    auto body = [](OpBuilder &builder, Location loc, ValueRange args) {
      Value distance = arith::SubIOp::create(
          builder, loc, extendStored(builder, loc, args[0], /*isSigned=*/false),
          extendStored(builder, loc, args[2], /*isSigned=*/false));
      Value real =
          arith::SIToFPOp::create(builder, loc, builder.getF32Type(), distance);
      return arith::MulFOp::create(builder, loc, args[1], real).getResult();
    };
    rewriter.replaceOp(
        op,
        createElementwise(
            rewriter, op.getLoc(), type,
            {adaptor.getInput(), adaptor.getScale(), adaptor.getZeroPoint()},
            {rewriter.getMultiDimIdentityMap(rank), scalar, scalar}, body)
            .getResult(0));
    return success();
  }
};

} // namespace

void populateDynamicCastPatterns(const TypeConverter &converter,
                                 RewritePatternSet &patterns) {
  patterns.add<LowerDynamicQuantize, LowerDynamicDequantize>(
      converter, patterns.getContext());
}

} // namespace quantc::conversion

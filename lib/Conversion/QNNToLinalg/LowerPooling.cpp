// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// max_pool_2d on the stored integers, avg_pool_2d as a sum of the stored
// integers and a requantize by the number of elements of each window.
#include "IntegerConstant.h"
#include "Lowering.h"
#include "Requantization.h"
#include "StructuredBuilders.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using quantc::numerics::AccumulatorBounds;

namespace quantc::conversion {

/// The tensor that tells a pooling operation how large its window is.
static Value createWindow(OpBuilder &builder, Location loc,
                          ArrayRef<int64_t> kernel, Type element) {
  return tensor::EmptyOp::create(builder, loc, kernel, element);
}

//===----------------------------------------------------------------------===//
// max_pool_2d
//===----------------------------------------------------------------------===//

namespace {

/// The least stored integer pads the input and starts the maximum: it never
/// wins over an element of the window, and no window is empty.
class LowerMaxPool2D : public LowerOp<qnn::MaxPool2DOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::MaxPool2DOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    quant::QuantizedType element = getElement(op.getInput());
    int64_t least = qnn::getStorageRange(element).min;
    RankedTensorType type = convertType(op.getResult());
    Value padded =
        createImagePad(rewriter, loc, adaptor.getInput(), op.getPad(), least);
    Value window =
        createWindow(rewriter, loc, op.getKernel(), type.getElementType());
    Value start = createFill(rewriter, loc, type, least);
    Attribute strides = rewriter.getI64VectorAttr(op.getStride());
    Attribute dilations = rewriter.getI64VectorAttr({1, 1});
    if (element.isSigned())
      rewriter.replaceOpWithNewOp<linalg::PoolingNhwcMaxOp>(
          op, TypeRange(type), ValueRange{padded, window}, ValueRange(start),
          strides, dilations);
    else
      rewriter.replaceOpWithNewOp<linalg::PoolingNhwcMaxUnsignedOp>(
          op, TypeRange(type), ValueRange{padded, window}, ValueRange(start),
          strides, dilations);
    return success();
  }
};

} // namespace

//===----------------------------------------------------------------------===//
// avg_pool_2d
//===----------------------------------------------------------------------===//

/// For each output position along one dimension, how many elements of its
/// window lie inside the input.
static SmallVector<int64_t> countInside(int64_t outputs, int64_t input,
                                        int64_t kernel, int64_t stride,
                                        int64_t padLow) {
  SmallVector<int64_t> counts;
  for (int64_t output = 0; output < outputs; ++output) {
    int64_t begin = output * stride - padLow;
    counts.push_back(std::min(begin + kernel, input) -
                     std::max<int64_t>(begin, 0));
  }
  return counts;
}

/// One multiplier for each position of the result, row by row.
static llvm::Expected<RequantizeSpec> planAvgPool(qnn::AvgPool2DOp op) {
  quant::QuantizedType input = getElement(op.getInput());
  quant::QuantizedType result = getElement(op.getResult());
  ArrayRef<int64_t> in = op.getInput().getType().getShape();
  ArrayRef<int64_t> out = op.getType().getShape();
  ArrayRef<int64_t> kernel = op.getKernel(), stride = op.getStride(),
                    pad = op.getPad();
  AccumulatorBounds bounds(qnn::getStorageRange(input),
                           qnn::getZeroPoint(input, 0), /*weightZeroPoint=*/0,
                           /*bias=*/0);
  for (int64_t i = 0, e = kernel[0] * kernel[1]; i < e; ++i)
    bounds.add(int64_t(1));

  SmallVector<AccumulatorScale> scales;
  for (int64_t rows : countInside(out[1], in[1], kernel[0], stride[0], pad[0]))
    for (int64_t columns :
         countInside(out[2], in[2], kernel[1], stride[1], pad[2]))
      scales.push_back({getFloatScale(input, 0), 1.0f, getFloatScale(result, 0),
                        rows * columns});
  return planRequantize(op.getRounding(), scales, bounds.total(), result,
                        op.getClamp());
}

namespace {

/// The sum runs over the stored integers of a window that is padded with the
/// zero point, so it starts at minus the zero points of a full window.
class LowerAvgPool2D : public LowerOp<qnn::AvgPool2DOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::AvgPool2DOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    llvm::Expected<RequantizeSpec> spec = planAvgPool(op);
    if (!spec)
      return refuse(rewriter, op, spec.takeError());
    Location loc = op.getLoc();
    RankedTensorType type = convertType(op.getResult());
    Value sum = createSum(rewriter, op, adaptor.getInput(), *spec);
    // Rows and columns of the result have their own counts of elements.
    AffineMap positions = AffineMap::get(
        4, 0, {rewriter.getAffineDimExpr(1), rewriter.getAffineDimExpr(2)},
        rewriter.getContext());
    RequantizeEmitter emitter(*spec);
    rewriter.replaceOp(op, emitter.createOp(rewriter, loc, sum, type, positions,
                                            type.getShape().slice(1, 2)));
    return success();
  }

private:
  static Value createSum(OpBuilder &builder, qnn::AvgPool2DOp op, Value input,
                         const RequantizeSpec &spec) {
    Location loc = op.getLoc();
    quant::QuantizedType element = getElement(op.getInput());
    int64_t zeroPoint = qnn::getZeroPoint(element, 0);
    ArrayRef<int64_t> kernel = op.getKernel(), stride = op.getStride();
    unsigned width = spec.isWide ? 64 : 32;
    Value padded = createImagePad(builder, loc, input, op.getPad(), zeroPoint);
    Value window =
        createWindow(builder, loc, kernel,
                     cast<RankedTensorType>(input.getType()).getElementType());
    Value start =
        createFill(builder, loc,
                   RankedTensorType::get(op.getType().getShape(),
                                         builder.getIntegerType(width)),
                   -kernel[0] * kernel[1] * zeroPoint);
    AffineExpr n, oh, ow, c, kh, kw;
    MLIRContext *context = builder.getContext();
    bindDims(context, n, oh, ow, c, kh, kw);
    auto map = [&](ArrayRef<AffineExpr> exprs) {
      return AffineMap::get(6, 0, exprs, context);
    };
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
      return arith::AddIOp::create(nested, nestedLoc, args[2],
                                   extendStored(nested, nestedLoc, args[0],
                                                element.isSigned(), width))
          .getResult();
    };
    return createReduction(
        builder, loc, start, {padded, window},
        {map({n, oh * stride[0] + kh, ow * stride[1] + kw, c}), map({kh, kw}),
         map({n, oh, ow, c})},
        /*reductions=*/2, body);
  }
};

} // namespace

CheckResult checkPooling(Operation *op) {
  if (auto pool = dyn_cast<qnn::AvgPool2DOp>(op))
    return planAvgPool(pool).takeError();
  return std::nullopt;
}

void populatePoolingPatterns(const TypeConverter &converter,
                             RewritePatternSet &patterns) {
  patterns.add<LowerMaxPool2D, LowerAvgPool2D>(converter,
                                               patterns.getContext());
}

} // namespace quantc::conversion

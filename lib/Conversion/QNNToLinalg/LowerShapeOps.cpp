// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// concat, reshape, transpose, pad and slice: stored integers move, nothing is
// computed, and nothing can be refused.
#include "Lowering.h"
#include "StructuredBuilders.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace quantc::conversion {

static SmallVector<OpFoldResult> getIndices(OpBuilder &builder,
                                            ArrayRef<int64_t> values) {
  return getAsIndexOpFoldResult(builder.getContext(), values);
}

namespace {

class LowerConcat : public LowerOp<qnn::ConcatOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::ConcatOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = convertType(op.getResult());
    Value result = tensor::EmptyOp::create(
        rewriter, op.getLoc(), type.getShape(), type.getElementType());
    SmallVector<int64_t> offsets(type.getRank(), 0);
    SmallVector<int64_t> strides(type.getRank(), 1);
    for (Value input : adaptor.getInputs()) {
      auto shape = cast<RankedTensorType>(input.getType()).getShape();
      result = tensor::InsertSliceOp::create(
          rewriter, op.getLoc(), input, result, getIndices(rewriter, offsets),
          getIndices(rewriter, shape), getIndices(rewriter, strides));
      offsets[op.getAxis()] += shape[op.getAxis()];
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

class LowerReshape : public LowerOp<qnn::ReshapeOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::ReshapeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op,
                       createReshape(rewriter, op.getLoc(), adaptor.getInput(),
                                     op.getType().getShape()));
    return success();
  }
};

class LowerTranspose : public LowerOp<qnn::TransposeOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::TransposeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    // Dimensions of size 1 go out of the way: a reshape costs nothing, and with
    // the reshapes around it this one may cancel.
    RankedTensorType type = convertType(op.getResult());
    ArrayRef<int64_t> from = op.getInput().getType().getShape();
    SmallVector<int64_t> position, sourceShape, permutation, shape;
    for (int64_t size : from) {
      position.push_back(static_cast<int64_t>(sourceShape.size()));
      if (size != 1)
        sourceShape.push_back(size);
    }
    for (int64_t dim : op.getPermutation())
      if (from[dim] != 1) {
        permutation.push_back(position[dim]);
        shape.push_back(from[dim]);
      }
    Location loc = op.getLoc();
    Value moved = createReshape(rewriter, loc, adaptor.getInput(), sourceShape);
    if (!llvm::is_sorted(permutation)) {
      Value empty =
          tensor::EmptyOp::create(rewriter, loc, shape, type.getElementType());
      moved =
          linalg::TransposeOp::create(rewriter, loc, moved, empty, permutation)
              ->getResult(0);
    }
    rewriter.replaceOp(op,
                       createReshape(rewriter, loc, moved, type.getShape()));
    return success();
  }
};

class LowerPad : public LowerOp<qnn::PadOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::PadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, createPad(rewriter, op.getLoc(), adaptor.getInput(),
                                     op.getLow(), op.getHigh(),
                                     static_cast<int64_t>(op.getValue())));
    return success();
  }
};

class LowerSlice : public LowerOp<qnn::SliceOp> {
public:
  using LowerOp::LowerOp;

  LogicalResult
  matchAndRewrite(qnn::SliceOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = convertType(op.getResult());
    SmallVector<int64_t> strides(type.getRank(), 1);
    rewriter.replaceOpWithNewOp<tensor::ExtractSliceOp>(
        op, type, adaptor.getInput(), getIndices(rewriter, op.getStart()),
        getIndices(rewriter, type.getShape()), getIndices(rewriter, strides));
    return success();
  }
};

} // namespace

void populateShapePatterns(const TypeConverter &converter,
                           RewritePatternSet &patterns) {
  patterns.add<LowerConcat, LowerReshape, LowerTranspose, LowerPad, LowerSlice>(
      converter, patterns.getContext());
}

} // namespace quantc::conversion

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decides which matrix products are fully connected layers and writes them as
// 1x1 convolutions, one pixel a row. Bias and activation are left to the passes
// that fold them into any convolution.
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Dialect/QNN/Transforms/ShapeUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_MATMULTOCONVPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// The [columns, rows] matrix of a row-major [rows, columns] one.
std::vector<float> transposed(ArrayRef<float> matrix, int64_t rows,
                              int64_t columns) {
  std::vector<float> result(matrix.size());
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      result[column * rows + row] = matrix[row * columns + column];
  return result;
}

/// matmul(x, constant) -> reshape(conv2d(reshape(x), constant transposed)).
struct MakeConvFromMatMul : OpRewritePattern<tosa::MatMulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::MatMulOp matmul,
                                PatternRewriter &rewriter) const override {
    auto inputType = dyn_cast<RankedTensorType>(matmul.getA().getType());
    auto outputType = dyn_cast<RankedTensorType>(matmul.getType());
    if (!inputType || !inputType.hasStaticShape() || !outputType ||
        !outputType.hasStaticShape() || !inputType.getElementType().isF32())
      return rewriter.notifyMatchFailure(matmul,
                                         "not an f32 product of static shape");
    if (inputType.getDimSize(0) != 1)
      return rewriter.notifyMatchFailure(matmul, "the batch is not 1");
    std::optional<FloatConstant> matrix = FloatConstant::read(matmul.getB());
    if (!matrix)
      return rewriter.notifyMatchFailure(
          matmul, "the second operand is no f32 constant");

    int64_t rows = inputType.getDimSize(1);
    int64_t depth = matrix->getShape()[1], columns = matrix->getShape()[2];
    Location loc = matmul.getLoc();
    Value weight = createFloatConstant(
        rewriter, matmul.getB().getLoc(), {columns, 1, 1, depth},
        transposed(matrix->values(), depth, columns));
    Value bias = createFloatConstant(rewriter, loc, {columns},
                                     std::vector<float>(columns, 0.0f));
    Value pixels =
        createReshape(rewriter, loc, matmul.getA(), {rows, 1, 1, depth});
    Value conv = tosa::Conv2DOp::create(
        rewriter, loc,
        RankedTensorType::get({rows, 1, 1, columns}, rewriter.getF32Type()),
        pixels, weight, bias, matmul.getAZp(), matmul.getBZp(),
        /*pad=*/ArrayRef<int64_t>{0, 0, 0, 0},
        /*stride=*/ArrayRef<int64_t>{1, 1},
        /*dilation=*/ArrayRef<int64_t>{1, 1}, rewriter.getF32Type());
    rewriter.replaceOp(
        matmul, createReshape(rewriter, loc, conv, outputType.getShape()));
    return success();
  }
};

struct MatMulToConvPass : impl::MatMulToConvPassBase<MatMulToConvPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<MakeConvFromMatMul>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace

} // namespace quantc::qnn

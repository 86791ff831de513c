// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sums of products and windows. The layouts of linalg's operations become
// transposes around the one layout that TOSA has; what the accumulators start
// at becomes an addition behind, from where it is folded into a bias.
#include "TosaWriter.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <cmath>

using namespace mlir;

namespace quantc::conversion {
namespace {

/// `sum` on top of what the accumulators `init` started at.
Value addInit(TosaWriter &writer, Value sum, Value init) {
  if (getFilledFloat(init) == 0.0f)
    return sum;
  return writer.binary<tosa::AddOp>(sum, init);
}

/// The loops of a product of matrices; one without rows or columns is that of a
/// matrix and a vector.
struct ProductLoops {
  SmallVector<unsigned, 2> batch;
  std::optional<unsigned> row, column, depth;

  static std::optional<ProductLoops> find(linalg::LinalgOp op) {
    auto dims = linalg::inferContractionDims(op);
    if (failed(dims) || dims->m.size() > 1 || dims->n.size() > 1 ||
        dims->k.size() != 1)
      return std::nullopt;
    auto get = [](ArrayRef<unsigned> loops) {
      return loops.empty() ? std::nullopt : std::optional(loops.front());
    };
    return ProductLoops{dims->batch, get(dims->m), get(dims->n), get(dims->k)};
  }
};

/// Where `map` has the loops `batch`, `row` and `column`, in this order.
SmallVector<int64_t> findPlaces(AffineMap map, ArrayRef<unsigned> batch,
                                std::optional<unsigned> row,
                                std::optional<unsigned> column) {
  SmallVector<unsigned> loops(batch);
  for (std::optional<unsigned> loop : {row, column})
    if (loop)
      loops.push_back(*loop);
  return llvm::map_to_vector(loops, [&](unsigned loop) -> int64_t {
    return *map.getResultPosition(getAffineDimExpr(loop, map.getContext()));
  });
}

/// `value` as a batch of matrices.
Value bringToMatrices(TosaWriter &writer, Value value, AffineMap map,
                      ArrayRef<unsigned> batch, std::optional<unsigned> row,
                      std::optional<unsigned> column) {
  value = writer.transpose(value, findPlaces(map, batch, row, column));
  ArrayRef<int64_t> shape = shapeOf(value);
  int64_t rows = row ? shape[batch.size()] : 1;
  int64_t columns = column ? shape.back() : 1;
  int64_t count = 1;
  for (int64_t size : shape.take_front(batch.size()))
    count *= size;
  return writer.reshape(value, {count, rows, columns});
}

/// linalg.matmul, linalg.batch_matmul and every other spelling of a product of
/// matrices, transposed or not.
struct ConvertMatMul : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!linalg::isaContractionOpInterface(op))
      return rewriter.notifyMatchFailure(op, "no contraction");
    if (!op.hasPureTensorSemantics() ||
        !llvm::all_of(op->getOperands(), isFloatTensor))
      return rewriter.notifyMatchFailure(op, "not on static f32 tensors");
    std::optional<ProductLoops> loops = ProductLoops::find(op);
    if (!loops)
      return rewriter.notifyMatchFailure(op, "no product of two matrices");
    auto [batch, row, column, depth] = *loops;
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    if (!llvm::is_sorted(findPlaces(maps[2], batch, row, column)))
      return rewriter.notifyMatchFailure(op, "the result is transposed");

    TosaWriter writer(rewriter, op.getLoc());
    Value lhs =
        bringToMatrices(writer, op->getOperand(0), maps[0], batch, row, depth);
    Value rhs = bringToMatrices(writer, op->getOperand(1), maps[1], batch,
                                depth, column);
    Value zero = writer.zeroPoint();
    auto type =
        writer.type({shapeOf(lhs)[0], shapeOf(lhs)[1], shapeOf(rhs)[2]});
    Value product = tosa::MatMulOp::create(rewriter, op.getLoc(), type, lhs,
                                           rhs, zero, zero);
    Value init = op->getOperand(2);
    rewriter.replaceOp(
        op, addInit(writer, writer.reshape(product, shapeOf(init)), init));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

constexpr int64_t kToNHWC[] = {0, 2, 3, 1};
constexpr int64_t kToNCHW[] = {0, 3, 1, 2};

struct Window {
  std::array<int64_t, 2> kernel, stride, dilation;
};

template <typename OpT>
Window getWindow(OpT op, int64_t height, int64_t width) {
  auto strides = llvm::to_vector(op.getStrides().template getValues<int64_t>());
  auto dilations =
      llvm::to_vector(op.getDilations().template getValues<int64_t>());
  return {
      {height, width}, {strides[0], strides[1]}, {dilations[0], dilations[1]}};
}

/// TOSA pools neighbours only.
template <typename OpT>
bool isDilated(OpT op) {
  return llvm::any_of(op.getDilations().template getValues<int64_t>(),
                      [](int64_t step) { return step != 1; });
}

/// linalg leaves rows and columns that fill no window out; TOSA wants them
/// gone.
Value cropToWindows(TosaWriter &writer, Value image, const Window &window) {
  SmallVector<int64_t> size(shapeOf(image));
  for (int i = 0; i < 2; ++i) {
    int64_t rest =
        size[1 + i] - 1 - (window.kernel[i] - 1) * window.dilation[i];
    size[1 + i] -= rest % window.stride[i];
  }
  return writer.slice(image, {0, 0, 0, 0}, size);
}

RankedTensorType getResultType(TosaWriter &writer, Value image,
                               const Window &window, int64_t channels) {
  SmallVector<int64_t> shape(shapeOf(image));
  for (int i = 0; i < 2; ++i)
    shape[1 + i] =
        (shape[1 + i] - 1 - (window.kernel[i] - 1) * window.dilation[i]) /
            window.stride[i] +
        1;
  shape[3] = channels;
  return writer.type(shape);
}

template <typename OpT>
constexpr bool isNCHW =
    llvm::is_one_of<OpT, linalg::Conv2DNchwFchwOp,
                    linalg::DepthwiseConv2DNchwChwOp, linalg::PoolingNchwMaxOp,
                    linalg::PoolingNchwSumOp>::value;

/// What all windows share: the image in TOSA's layout and back.
template <typename OpT>
struct WindowPattern : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpT op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() ||
        !llvm::all_of(op->getOperands(), isFloatTensor))
      return rewriter.notifyMatchFailure(op, "not on static f32 tensors");
    if (const char *reason = findObstacle(op))
      return rewriter.notifyMatchFailure(op, reason);
    TosaWriter writer(rewriter, op.getLoc());
    Value image = op->getOperand(0);
    if (isNCHW<OpT>)
      image = writer.transpose(image, kToNHWC);
    rewriter.replaceOp(op, write(op, writer, image));
    return success();
  }

  /// Why TOSA does not compute `op`; null where it does.
  virtual const char *findObstacle(OpT /*op*/) const { return nullptr; }
  virtual Value write(OpT op, TosaWriter &writer, Value image) const = 0;

  static Value finish(TosaWriter &writer, Value result) {
    return isNCHW<OpT> ? writer.transpose(result, kToNCHW) : result;
  }
};

/// Where linalg keeps the dimensions of TOSA's [OC, KH, KW, IC].
template <typename OpT>
SmallVector<int64_t> getConvWeightPlaces() {
  if (std::is_same_v<OpT, linalg::Conv2DNhwcHwcfOp>)
    return {3, 0, 1, 2};
  if (std::is_same_v<OpT, linalg::Conv2DNchwFchwOp>)
    return {0, 2, 3, 1};
  return {0, 1, 2, 3};
}

template <typename OpT>
struct ConvertConv2D : WindowPattern<OpT> {
  using WindowPattern<OpT>::WindowPattern;

  Value write(OpT op, TosaWriter &writer, Value image) const override {
    Value weight =
        writer.transpose(op->getOperand(1), getConvWeightPlaces<OpT>());
    ArrayRef<int64_t> shape = shapeOf(weight);
    Window window = getWindow(op, shape[1], shape[2]);
    image = cropToWindows(writer, image, window);
    Value zero = writer.zeroPoint();
    Value sum = tosa::Conv2DOp::create(
        writer.rewriter, op.getLoc(),
        getResultType(writer, image, window, shape[0]), image, weight,
        writer.splat({shape[0]}, 0.0f), zero, zero,
        ArrayRef<int64_t>{0, 0, 0, 0}, window.stride, window.dilation,
        writer.rewriter.getF32Type());
    return addInit(writer, this->finish(writer, sum), op->getOperand(2));
  }
};

template <typename OpT>
struct ConvertDepthwise : WindowPattern<OpT> {
  using WindowPattern<OpT>::WindowPattern;

  Value write(OpT op, TosaWriter &writer, Value image) const override {
    Value weight = op->getOperand(1), init = op->getOperand(2);
    if (isNCHW<OpT>)
      weight = writer.transpose(weight, {1, 2, 0});
    SmallVector<int64_t> shape(shapeOf(weight));
    // With a multiplier, linalg's result has five dimensions.
    shape.resize(4, 1);
    Window window = getWindow(op, shape[0], shape[1]);
    image = cropToWindows(writer, image, window);
    int64_t channels = shape[2] * shape[3];
    Value zero = writer.zeroPoint();
    Value sum = tosa::DepthwiseConv2DOp::create(
        writer.rewriter, op.getLoc(),
        getResultType(writer, image, window, channels), image,
        writer.reshape(weight, shape), writer.splat({channels}, 0.0f), zero,
        zero, ArrayRef<int64_t>{0, 0, 0, 0}, window.stride, window.dilation,
        writer.rewriter.getF32Type());
    return addInit(
        writer, writer.reshape(this->finish(writer, sum), shapeOf(init)), init);
  }
};

/// A maximum that starts where no number is less.
template <typename OpT>
struct ConvertMaxPool : WindowPattern<OpT> {
  using WindowPattern<OpT>::WindowPattern;

  const char *findObstacle(OpT op) const override {
    std::optional<float> init = getFilledFloat(op->getOperand(2));
    if (!init || *init > std::numeric_limits<float>::lowest())
      return "the maximum starts at a number";
    return isDilated(op) ? "the window is dilated" : nullptr;
  }

  Value write(OpT op, TosaWriter &writer, Value image) const override {
    ArrayRef<int64_t> shape = shapeOf(op->getOperand(1));
    Window window = getWindow(op, shape[0], shape[1]);
    image = cropToWindows(writer, image, window);
    Value result = tosa::MaxPool2dOp::create(
        writer.rewriter, op.getLoc(),
        getResultType(writer, image, window, shapeOf(image)[3]), image,
        window.kernel, window.stride, ArrayRef<int64_t>{0, 0, 0, 0});
    return this->finish(writer, result);
  }
};

/// A sum is the mean times the number of places.
template <typename OpT>
struct ConvertSumPool : WindowPattern<OpT> {
  using WindowPattern<OpT>::WindowPattern;

  const char *findObstacle(OpT op) const override {
    if (getFilledFloat(op->getOperand(2)) != 0.0f)
      return "the sum starts at numbers";
    return isDilated(op) ? "the window is dilated" : nullptr;
  }

  Value write(OpT op, TosaWriter &writer, Value image) const override {
    ArrayRef<int64_t> shape = shapeOf(op->getOperand(1));
    Window window = getWindow(op, shape[0], shape[1]);
    image = cropToWindows(writer, image, window);
    Value zero = writer.zeroPoint();
    Value mean = tosa::AvgPool2dOp::create(
        writer.rewriter, op.getLoc(),
        getResultType(writer, image, window, shapeOf(image)[3]), image, zero,
        zero, window.kernel, window.stride, ArrayRef<int64_t>{0, 0, 0, 0},
        writer.rewriter.getF32Type());
    float places = static_cast<float>(shape[0] * shape[1]);
    return writer.mul(this->finish(writer, mean),
                      writer.splat({1, 1, 1, 1}, places));
  }
};

} // namespace

void populateLinalgContractionToTosaPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertMatMul, ConvertConv2D<linalg::Conv2DNhwcFhwcOp>,
               ConvertConv2D<linalg::Conv2DNhwcHwcfOp>,
               ConvertConv2D<linalg::Conv2DNchwFchwOp>,
               ConvertDepthwise<linalg::DepthwiseConv2DNhwcHwcOp>,
               ConvertDepthwise<linalg::DepthwiseConv2DNhwcHwcmOp>,
               ConvertDepthwise<linalg::DepthwiseConv2DNchwChwOp>,
               ConvertMaxPool<linalg::PoolingNhwcMaxOp>,
               ConvertMaxPool<linalg::PoolingNchwMaxOp>,
               ConvertSumPool<linalg::PoolingNhwcSumOp>,
               ConvertSumPool<linalg::PoolingNchwSumOp>>(patterns.getContext());
}

} // namespace quantc::conversion

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Contractions of dynamically quantized values as sums of integers and float
// arithmetic on the sums. The order of that arithmetic is part of the numbers:
// N34 of docs/Numerics.md.
#include "QDQForm.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/ShapeUtils.h"

#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_LEGALIZEDYNAMICPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// The arithmetic behind the sums `accumulators`, whose last dimension is the
/// channel.
class Epilogue {
public:
  Epilogue(PatternRewriter &rewriter, Location loc, Value accumulators)
      : rewriter(rewriter), loc(loc),
        type(cast<RankedTensorType>(accumulators.getType())) {
    auto real = type.clone(rewriter.getF32Type());
    sum = tosa::CastOp::create(rewriter, loc, real, accumulators);
  }

  /// float(sum) * (a * b), for two tensors that broadcast.
  void scale(Value a, Value b) {
    Value product = multiply(a, b);
    sum = multiply(sum, product);
  }

  void addBias(Value bias) {
    if (getUniformFloat(bias) == 0.0f)
      return;
    sum = tosa::AddOp::create(rewriter, loc, sum.getType(), sum,
                              alongChannels(bias));
  }

  /// A tensor of one number, or of one a channel, in the rank of the sums.
  Value alongChannels(Value vector) {
    auto from = cast<RankedTensorType>(vector.getType());
    SmallVector<int64_t> shape(type.getRank(), 1);
    shape.back() = from.getNumElements();
    return createReshape(rewriter, loc, vector, shape);
  }

  /// The scales of `weight`, in the rank of the sums.
  Value createWeightScales(Value weight) {
    std::vector<float> scales;
    for (double scale : getScales(getQuantizedElement(weight.getType())))
      scales.push_back(static_cast<float>(scale));
    SmallVector<int64_t> shape(type.getRank(), 1);
    shape.back() = static_cast<int64_t>(scales.size());
    return createFloatConstant(rewriter, loc, shape, std::move(scales),
                               "scales");
  }

  Value getResult() const { return sum; }

private:
  Value multiply(Value a, Value b) {
    auto larger = cast<RankedTensorType>(a.getType());
    auto other = cast<RankedTensorType>(b.getType());
    if (other.getNumElements() > larger.getNumElements())
      larger = other;
    return tosa::MulOp::create(rewriter, loc, larger, a, b,
                               createMulShift(rewriter, loc));
  }

  PatternRewriter &rewriter;
  Location loc;
  RankedTensorType type;
  Value sum;
};

/// The weight behind the dequantize that `real` comes from, if bytes are
/// multiplied by it; null, with a remark at `op`, otherwise.
Value getByteWeight(Operation *op, Value real) {
  Value weight = getQuantizedWeight(real);
  quant::QuantizedType element =
      weight ? getQuantizedElement(weight.getType()) : quant::QuantizedType();
  if (element && element.getStorageTypeIntegralWidth() == 8 &&
      !hasBlocks(element))
    return weight;
  remark::missed(
      op->getLoc(),
      remark::RemarkOpts::name("StaysFloat").category("qnn-legalize"))
      << (op->getName().getStringRef() +
          ": the weight is not stored in 8 bits with a scale a channel")
             .str();
  return {};
}

/// Either convolution; `IntegerOp` has the operands and window of `ConvOp`.
template <typename ConvOp, typename IntegerOp>
struct LegalizeConv : OpRewritePattern<ConvOp> {
  using OpRewritePattern<ConvOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvOp op,
                                PatternRewriter &rewriter) const override {
    auto input = op.getInput().template getDefiningOp<DynamicDequantizeOp>();
    if (!input)
      return rewriter.notifyMatchFailure(op, "no dynamically quantized input");
    Value weight = getByteWeight(op, op.getWeight());
    if (!weight)
      return rewriter.notifyMatchFailure(op, "no weight of 8 bits");
    auto real = cast<RankedTensorType>(op.getOutput().getType());
    Value sum =
        create(rewriter, op, real.clone(rewriter.getI32Type()), input, weight);
    Epilogue epilogue(rewriter, op.getLoc(), sum);
    epilogue.scale(epilogue.alongChannels(input.getScale()),
                   epilogue.createWeightScales(weight));
    epilogue.addBias(op.getBias());
    rewriter.replaceOp(op, epilogue.getResult());
    return success();
  }

private:
  static Value create(PatternRewriter &rewriter, ConvOp op,
                      RankedTensorType type, DynamicDequantizeOp input,
                      Value weight) {
    if constexpr (std::is_same_v<IntegerOp, IntegerConv2DOp>)
      return IntegerConv2DOp::create(
          rewriter, op.getLoc(), type, input.getInput(), input.getZeroPoint(),
          weight, op.getStrideAttr(), op.getPadAttr(), op.getDilationAttr(),
          rewriter.getI64IntegerAttr(1), UnitAttr());
    else
      return IntegerDepthwiseConv2DOp::create(
          rewriter, op.getLoc(), type, input.getInput(), input.getZeroPoint(),
          weight, op.getStrideAttr(), op.getPadAttr(), op.getDilationAttr(),
          UnitAttr());
  }
};

struct LegalizeMatMul : OpRewritePattern<tosa::MatMulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::MatMulOp op,
                                PatternRewriter &rewriter) const override {
    auto lhs = op.getA().getDefiningOp<DynamicDequantizeOp>();
    auto rhs = op.getB().getDefiningOp<DynamicDequantizeOp>();
    if (!lhs || !rhs)
      return rewriter.notifyMatchFailure(op, "no two quantized sides");
    auto real = cast<RankedTensorType>(op.getOutput().getType());
    Value sum = IntegerMatMulOp::create(
        rewriter, op.getLoc(), real.clone(rewriter.getI32Type()),
        lhs.getInput(), lhs.getZeroPoint(), rhs.getInput(), rhs.getZeroPoint(),
        UnitAttr(), UnitAttr());
    Epilogue epilogue(rewriter, op.getLoc(), sum);
    epilogue.scale(epilogue.alongChannels(lhs.getScale()),
                   epilogue.alongChannels(rhs.getScale()));
    rewriter.replaceOp(op, epilogue.getResult());
    return success();
  }
};

struct LegalizeDynamicPass
    : impl::LegalizeDynamicPassBase<LegalizeDynamicPass> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    patterns
        .add<LegalizeConv<tosa::Conv2DOp, IntegerConv2DOp>,
             LegalizeConv<tosa::DepthwiseConv2DOp, IntegerDepthwiseConv2DOp>,
             LegalizeMatMul>(context);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace quantc::qnn

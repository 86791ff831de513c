// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One pattern: a quantize and the float operations behind it, back to their
// dequantizes, become quantized operations. What the operations are is asked
// through QuantizableOpInterface.
#include "LookupTable.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/IR/QuantizableOpInterface.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"
#include "quantc/Numerics/Quantize.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_LEGALIZEPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

bool isByteType(quant::QuantizedType type) {
  return type && type.getStorageTypeIntegralWidth() == 8;
}

/// The quantized value behind a dequantize. A weight may be reshaped between
/// the two, because it is quantized in the shape that its channels need.
Value getQuantizedValue(Value real) {
  if (auto dequantize = real.getDefiningOp<DequantizeOp>())
    return dequantize.getInput();
  return {};
}

Value getQuantizedWeight(Value real) {
  if (auto reshape = real.getDefiningOp<tosa::ReshapeOp>())
    real = reshape.getInput1();
  return getQuantizedValue(real);
}

/// The stored integers that a clamp to `range` allows.
DenseI32ArrayAttr getStoredClamp(RealRange range, quant::QuantizedType type) {
  auto store = [&](double value) {
    return numerics::quantizeF32(static_cast<float>(value),
                                 static_cast<float>(getScale(type, 0)),
                                 getZeroPoint(type, 0), getStorageRange(type));
  };
  return DenseI32ArrayAttr::get(type.getContext(),
                                {store(range.min), store(range.max)});
}

struct LegalizeQuantize : OpRewritePattern<QuantizeOp> {
  LegalizeQuantize(MLIRContext *context, RoundingMode rounding)
      : OpRewritePattern(context), rounding(rounding) {}

  LogicalResult matchAndRewrite(QuantizeOp op,
                                PatternRewriter &rewriter) const override {
    Value real = op.getInput();
    if (!isActivationElementType(op.getType().getElementType()))
      return rewriter.notifyMatchFailure(op, "not quantized per tensor");
    if (Value quantized = getQuantizedValue(real))
      return requantize(op, quantized, rewriter);
    if (succeeded(buildLookup(op, rewriter)))
      return success();
    return buildQuantized(op, rewriter);
  }

private:
  LogicalResult requantize(QuantizeOp op, Value quantized,
                           PatternRewriter &rewriter) const {
    rewriter.replaceOpWithNewOp<RequantizeOp>(
        op, op.getType(), quantized,
        RoundingModeAttr::get(op.getContext(), rounding), DenseI32ArrayAttr(),
        op.getCalibrationAttr());
    return success();
  }

  LogicalResult buildLookup(QuantizeOp op, PatternRewriter &rewriter) const {
    Value source = getElementwiseSource(op.getInput());
    Value quantized = source ? getQuantizedValue(source) : Value();
    if (!quantized)
      return rewriter.notifyMatchFailure(
          op, "no elementwise function of one quantized value");
    quant::QuantizedType input = getQuantizedElement(quantized.getType());
    quant::QuantizedType result = getQuantizedElement(op.getType());
    if (!isByteType(input) || !isByteType(result) ||
        !isActivationElementType(input))
      return rewriter.notifyMatchFailure(op,
                                         "storage is not 8 bits per tensor");
    DenseElementsAttr table =
        buildLookupTable(op.getInput(), source, input, result);
    if (!table)
      return rewriter.notifyMatchFailure(op, "the chain cannot be evaluated");
    rewriter.replaceOpWithNewOp<LookupOp>(op, op.getType(), quantized, table,
                                          op.getCalibrationAttr());
    return success();
  }

  LogicalResult buildQuantized(QuantizeOp op, PatternRewriter &rewriter) const {
    quant::QuantizedType type = getQuantizedElement(op.getType());
    QuantizedBuildOptions options{
        op.getInput().getLoc(), rounding, {}, op.getCalibrationAttr()};
    auto producer = op.getInput().getDefiningOp<QuantizableOpInterface>();
    if (producer && producer.getClampRange() &&
        getFusedClamp(producer->getOperand(0)) == producer) {
      options.clamp = getStoredClamp(*producer.getClampRange(), type);
      producer =
          producer->getOperand(0).getDefiningOp<QuantizableOpInterface>();
    }
    if (!producer)
      return rewriter.notifyMatchFailure(op, "producer has no quantized form");
    options.loc = producer.getLoc();

    SmallVector<Value> operands;
    for (OpOperand &operand : producer->getOpOperands()) {
      Value value = operand.get();
      switch (producer.getOperandRole(operand.getOperandNumber())) {
      case OperandRole::Parameter:
        break;
      case OperandRole::Weight:
        value = getQuantizedWeight(value);
        break;
      case OperandRole::Activation:
      case OperandRole::Bias:
        value = getQuantizedValue(value);
        break;
      }
      if (!value)
        return rewriter.notifyMatchFailure(op, "an operand is not quantized");
      operands.push_back(value);
    }
    rewriter.setInsertionPoint(op);
    Value result = producer.buildQuantized(
        rewriter, operands, cast<RankedTensorType>(op.getType()), options);
    if (!result)
      return rewriter.notifyMatchFailure(op,
                                         "no integer form, as the remark says");
    rewriter.replaceOp(op, result);
    return success();
  }

  RoundingMode rounding;
};

struct LegalizePass : impl::LegalizePassBase<LegalizePass> {
  using Base::Base;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LegalizeQuantize>(&getContext(), rounding);
    // Each quantize is visited once: an operation without an integer form is
    // refused, and reported, once. The walk also removes the float operations
    // that have lost their last user.
    SmallVector<Operation *> roots;
    getOperation()->walk([&](QuantizeOp op) { roots.push_back(op); });
    FrozenRewritePatternSet frozen(std::move(patterns));
    GreedyRewriteConfig config;
    config.setStrictness(GreedyRewriteStrictness::ExistingOps);
    config.enableFolding(false);
    if (failed(applyOpPatternsGreedily(roots, frozen, config)))
      return signalPassFailure();
    eraseDead(getOperation());
  }

  /// Erases the float operations and dequantizes that nothing uses any more.
  static void eraseDead(func::FuncOp function) {
    for (Operation &op : llvm::make_early_inc_range(
             llvm::reverse(function.getFunctionBody().front())))
      if (isOpTriviallyDead(&op))
        op.erase();
  }
};

} // namespace
} // namespace quantc::qnn

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One pattern: a quantize and the float operations behind it, back to their
// dequantizes, become quantized operations. What the operations are is asked
// through QuantizableOpInterface.
#include "LookupTable.h"
#include "QDQForm.h"
#include "StoredOperands.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/IR/QuantizableOpInterface.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"
#include "quantc/Numerics/Quantize.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_LEGALIZEPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// Whether values of `type` are so many that a clamp of them is no table.
bool hasManyValues(quant::QuantizedType type) {
  return type.getStorageTypeIntegralWidth() > 8;
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
    if (Operation *producer = real.getDefiningOp();
        producer && staysFloat(producer))
      return rewriter.notifyMatchFailure(op, "its policy is to stay float");
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
    if (!isActivationElementType(input))
      return rewriter.notifyMatchFailure(op,
                                         "source is not quantized per tensor");
    auto clamp = op.getInput().getDefiningOp<QuantizableOpInterface>();
    if (clamp && clamp.getClampRange() && clamp->getOperand(0) == source &&
        hasManyValues(input))
      return clampBetween(op, quantized, *clamp.getClampRange(), rewriter);
    DenseElementsAttr table =
        buildLookupTable(op.getInput(), source, input, result);
    if (!table)
      return rewriter.notifyMatchFailure(op, "the chain cannot be evaluated");
    rewriter.replaceOpWithNewOp<LookupOp>(op, op.getType(), quantized, table,
                                          op.getCalibrationAttr());
    return success();
  }

  LogicalResult clampBetween(QuantizeOp op, Value quantized, RealRange range,
                             PatternRewriter &rewriter) const {
    rewriter.replaceOpWithNewOp<RequantizeOp>(
        op, op.getType(), quantized,
        RoundingModeAttr::get(op.getContext(), rounding),
        getStoredClamp(range, getQuantizedElement(op.getType())),
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

    rewriter.setInsertionPoint(op);
    SmallVector<Operation *> casts;
    SmallVector<Value> operands;
    for (OpOperand &operand : producer->getOpOperands()) {
      Value value = getStoredOperand(producer, operand, rewriter, casts);
      if (producer.hasSameScale() &&
          producer.getOperandRole(operand.getOperandNumber()) ==
              OperandRole::Activation)
        value = bringToType(operand.get(), value, type, rewriter, casts);
      if (!value)
        return refuse(op, "an operand is not quantized", casts, rewriter);
      operands.push_back(value);
    }
    Value result = producer.buildQuantized(
        rewriter, operands, cast<RankedTensorType>(op.getType()), options);
    if (!result)
      return refuse(op, "no integer form, as the remark says", casts, rewriter);
    rewriter.replaceOp(op, result);
    return success();
  }

  /// Takes back the `casts` that were made for an operation without an integer
  /// form.
  static LogicalResult refuse(QuantizeOp op, const char *reason,
                              ArrayRef<Operation *> casts,
                              PatternRewriter &rewriter) {
    for (Operation *made : casts)
      rewriter.eraseOp(made);
    return rewriter.notifyMatchFailure(op, reason);
  }

  /// What stands for `operand` in the quantized form, or null.
  static Value getStoredOperand(QuantizableOpInterface op, OpOperand &operand,
                                PatternRewriter &rewriter,
                                SmallVectorImpl<Operation *> &made) {
    switch (op.getOperandRole(operand.getOperandNumber())) {
    case OperandRole::Parameter:
      return operand.get();
    case OperandRole::Weight:
      return getStoredWeight(op, operand, rewriter, made);
    case OperandRole::Bias:
      return getStoredBias(op, operand, rewriter, made);
    case OperandRole::Activation:
      return getQuantizedValue(operand.get());
    }
    llvm_unreachable("unknown role");
  }

  /// An operation that keeps the scale may also stand on the float side: to
  /// move elements and then to quantize them is to quantize and then to move.
  /// So its operand `real` is quantized to the type of the result, or
  /// requantized where it is `stored` in another one.
  Value bringToType(Value real, Value stored, quant::QuantizedType element,
                    PatternRewriter &rewriter,
                    SmallVectorImpl<Operation *> &casts) const {
    if (stored && getQuantizedElement(stored.getType()) == element)
      return stored;
    if (!isFloatTensor(real.getType()) ||
        (stored &&
         !isActivationElementType(getQuantizedElement(stored.getType()))))
      return {};
    auto type = cast<RankedTensorType>(real.getType()).clone(element);
    Operation *cast =
        stored ? RequantizeOp::create(
                     rewriter, real.getLoc(), type, stored,
                     RoundingModeAttr::get(rewriter.getContext(), rounding),
                     DenseI32ArrayAttr(), CalibrationAttr())
                     .getOperation()
               : QuantizeOp::create(rewriter, real.getLoc(), type, real,
                                    CalibrationAttr())
                     .getOperation();
    casts.push_back(cast);
    return cast->getResult(0);
  }

  RoundingMode rounding;
};

struct LegalizePass : impl::LegalizePassBase<LegalizePass> {
  using Base::Base;

  void runOnOperation() override {
    moveStored(getOperation());
    RewritePatternSet patterns(&getContext());
    patterns.add<LegalizeQuantize>(&getContext(), rounding);
    // Each quantize is visited once, also one that was moved up: an operation
    // without an integer form is refused, and reported, once.
    SmallVector<Operation *> roots;
    getOperation()->walk([&](QuantizeOp op) { roots.push_back(op); });
    FrozenRewritePatternSet frozen(std::move(patterns));
    GreedyRewriteConfig config;
    config.setStrictness(GreedyRewriteStrictness::ExistingAndNewOps);
    config.enableFolding(false);
    if (failed(applyOpPatternsGreedily(roots, frozen, config)))
      return signalPassFailure();
    eraseDead(getOperation());
  }

  /// Transposes of stored integers, which an earlier pass has moved behind
  /// their quantize, are operations of this dialect.
  static void moveStored(func::FuncOp function) {
    SmallVector<tosa::TransposeOp> transposes;
    function.walk([&](tosa::TransposeOp op) {
      if (isActivationElementType(getElementTypeOrSelf(op.getType())))
        transposes.push_back(op);
    });
    for (tosa::TransposeOp op : transposes) {
      OpBuilder builder(op);
      SmallVector<int64_t> permutation(op.getPerms().begin(),
                                       op.getPerms().end());
      Value moved = TransposeOp::create(builder, op.getLoc(), op.getType(),
                                        op.getInput1(), permutation);
      op.replaceAllUsesWith(moved);
      op.erase();
    }
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

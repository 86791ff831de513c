// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From qnn.float_layer_norm to the TOSA operations of its definition, in the
// spelling that RaiseLayerNorm recognizes.
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_EXPANDLAYERNORMPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// The TOSA operations that a float_layer_norm stands for.
class Expansion {
public:
  Expansion(OpBuilder &builder, FloatLayerNormOp op)
      : builder(builder), loc(op.getLoc()), type(op.getType()) {
    SmallVector<int64_t> shape(type.getShape());
    shape.back() = 1;
    statType = type.clone(shape);
  }

  Value expand(FloatLayerNormOp op, FloatConstant gamma, FloatConstant beta) {
    Value mean = createMean(op.getInput());
    Value centered =
        tosa::SubOp::create(builder, loc, type, op.getInput(), mean);
    Value variance = createMean(createMul(type, centered, centered));
    Value shifted =
        tosa::AddOp::create(builder, loc, statType, variance,
                            createNumber(op.getEpsilon().convertToFloat()));
    Value inverse = tosa::RsqrtOp::create(builder, loc, statType, shifted);
    Value scaled =
        createMul(type, createMul(type, centered, inverse), createRow(gamma));
    return tosa::AddOp::create(builder, loc, type, scaled, createRow(beta));
  }

private:
  Value createMul(RankedTensorType result, Value lhs, Value rhs) {
    return tosa::MulOp::create(builder, loc, result, lhs, rhs,
                               createMulShift(builder, loc));
  }
  Value createNumber(float value) {
    return createFloatConstant(
        builder, loc, SmallVector<int64_t>(type.getRank(), 1), {value});
  }
  Value createRow(FloatConstant &numbers) {
    SmallVector<int64_t> shape(type.getRank(), 1);
    shape.back() = numbers.size();
    return createFloatConstant(builder, loc, shape, numbers.values().vec());
  }
  Value createMean(Value value) {
    Value sum =
        tosa::ReduceSumOp::create(builder, loc, statType, value,
                                  static_cast<uint32_t>(type.getRank() - 1));
    auto count = static_cast<double>(type.getShape().back());
    return createMul(statType, sum,
                     createNumber(static_cast<float>(1.0 / count)));
  }

  OpBuilder &builder;
  Location loc;
  RankedTensorType type, statType;
};

struct ExpandLayerNormPass
    : impl::ExpandLayerNormPassBase<ExpandLayerNormPass> {
  void runOnOperation() override {
    SmallVector<FloatLayerNormOp> norms;
    getOperation().walk([&](FloatLayerNormOp op) { norms.push_back(op); });
    for (FloatLayerNormOp op : norms) {
      auto gamma = FloatConstant::read(op.getGamma());
      auto beta = FloatConstant::read(op.getBeta());
      if (!gamma || !beta) {
        op.emitOpError("gamma or beta has no data");
        return signalPassFailure();
      }
      OpBuilder builder(op);
      op.replaceAllUsesWith(Expansion(builder, op).expand(op, *gamma, *beta));
      op.erase();
    }
  }
};

} // namespace
} // namespace quantc::qnn

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A float graph with ranges becomes QDQ form. Which values are quantized is the
// plan's decision, with which scale the assignment's; here the operations are
// placed and the constants quantized.
#include "QuantizeConstants.h"
#include "ScaleAssignment.h"

#include "quantc/Dialect/QNN/Transforms/Calibration.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/ShapeUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_INSERTQDQPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

/// Places quantize and dequantize for one function. Operands of operations are
/// rewritten before values are, so that the plan's values stay recognizable.
class QDQBuilder {
public:
  QDQBuilder(func::FuncOp function, const QuantizationPlan &plan,
             const ScaleAssignment &assignment)
      : function(function), plan(plan), assignment(assignment),
        builder(function) {}

  LogicalResult run() {
    SmallVector<QuantizableOpInterface> ops(
        function.getFunctionBody().front().getOps<QuantizableOpInterface>());
    for (Operation *op : plan.getFloatOps())
      setStaysFloat(op);
    llvm::erase_if(ops, [&](Operation *op) { return plan.staysFloat(op); });
    for (QuantizableOpInterface op : ops)
      if (failed(quantizeConstantOperands(op)))
        return failure();
    for (QuantizableOpInterface op : ops)
      requantizeOperands(op);
    for (const auto &[value, name] : plan.getValues())
      quantizeValue(value, name);
    return success();
  }

private:
  quant::UniformQuantizedType getResultType(QuantizableOpInterface op) {
    Value result = op->getResult(0);
    if (Operation *clamp = getFusedClamp(result))
      result = clamp->getResult(0);
    return assignment.getType(result);
  }

  LogicalResult quantizeConstantOperands(QuantizableOpInterface op) {
    if (op->getNumResults() != 1 || getElementwiseSource(op->getResult(0)))
      return success();
    for (OpOperand &operand : op->getOpOperands()) {
      std::optional<BiasScale> bias =
          op.getBiasScale(operand.getOperandNumber());
      if (bias && failed(quantizeWeightAndBias(op, *bias, operand)))
        return failure();
      if (op.getOperandRole(operand.getOperandNumber()) ==
              OperandRole::Activation &&
          failed(quantizeConstantActivation(op, operand)))
        return failure();
    }
    return success();
  }

  /// Leaves the operation float where weight or bias is no constant.
  LogicalResult quantizeWeightAndBias(QuantizableOpInterface op,
                                      BiasScale operands, OpOperand &biasUse) {
    OpOperand &weightUse = op->getOpOperand(operands.weight);
    auto weights = FloatConstant::read(weightUse.get());
    auto bias = FloatConstant::read(biasUse.get());
    auto input = assignment.getType(op->getOperand(operands.activation));
    auto output = getResultType(op);
    Location loc = op.getLoc();
    if (!weights || !bias)
      return reportFloat(op, weights ? "bias" : "weight");
    if (!input || !output)
      return success();
    auto original = cast<RankedTensorType>(weightUse.get().getType());
    SmallVector<int64_t> shape = op.getWeightShape(operands.weight);
    if (shape.empty())
      shape.assign(original.getShape().begin(), original.getShape().end());
    std::optional<int64_t> axis = op.getWeightAxis(operands.weight);
    if (axis && bias->size() == 1)
      bias = broadcastBias(op, biasUse, (*bias)[0], shape[*axis]);

    FailureOr<WeightParams> params =
        chooseWeightParams(op, *weights, shape, axis);
    // So small a step changes no integer, also of weights that were chosen
    // together with their scales.
    if (failed(params) ||
        failed(widenWeightScales(
            loc, *params, input.getScale(), output.getScale(), *bias,
            canAlign(output) && !params->getPolicy().hasPowerOfTwoScale())))
      return failure();
    builder.setInsertionPoint(op);
    auto weight = createWeightConstant(builder, loc, *weights, *params);
    auto biasConstant =
        createBiasConstant(builder, loc, *bias, input.getScale(), *params);
    if (!biasConstant)
      return failure();
    reportDecision(loc, Twine("weight: ") + describe(*params));
    Value real = DequantizeOp::create(builder, loc, weight);
    weightUse.set(createReshape(builder, loc, real, original.getShape()));
    op->removeAttr(kWeightPolicyAttr);
    op->removeAttr(kWeightScalesAttr);
    biasUse.set(DequantizeOp::create(builder, loc, biasConstant));
    return success();
  }

  /// The scales that an earlier pass chose with the values, or those that
  /// follow from the values.
  static FailureOr<WeightParams>
  chooseWeightParams(QuantizableOpInterface op, FloatConstant &weights,
                     ArrayRef<int64_t> shape, std::optional<int64_t> axis) {
    TensorPolicy policy = getWeightPolicy(op);
    WeightGroups groups = WeightGroups::get(op.getLoc(), shape, axis, policy);
    if (auto chosen = op->getAttrOfType<DenseF32ArrayAttr>(kWeightScalesAttr))
      return WeightParams::take(op.getLoc(), chosen.asArrayRef(), groups,
                                policy);
    return WeightParams::choose(op.getLoc(), weights, groups, policy);
  }

  /// Every choice by itself, for those who ask.
  static void reportDecision(Location loc, const Twine &what) {
    remark::analysis(
        loc, remark::RemarkOpts::name("Quantized").category("qnn-decision"))
        << what.str();
  }

  /// Policy and scales of a weight.
  std::string describe(const WeightParams &params) {
    double least = std::numeric_limits<double>::infinity(), greatest = 0;
    for (int64_t c = 0; c < params.getGroups().getChannels(); ++c) {
      least = std::min<double>(least, params.getChannelScale(c));
      greatest = std::max<double>(greatest, params.getChannelScale(c));
    }
    std::string text = params.getPolicy().describe(builder.getContext());
    if (least == greatest)
      return llvm::formatv("{0}; scale {1:E3}", text, least);
    return llvm::formatv("{0}; scales {1:E3} to {2:E3}", text, least, greatest);
  }

  /// Storage, range and where the range came from.
  static std::string describe(quant::UniformQuantizedType type,
                              CalibrationAttr calibration) {
    numerics::StorageRange storage = getStorageRange(type);
    auto toReal = [&](int64_t stored) {
      return type.getScale() *
             static_cast<double>(stored - type.getZeroPoint());
    };
    std::string text = llvm::formatv(
        "{0}{1}; scale {2:E3}, zero point {3}, range {4:F4} to {5:F4}",
        type.isSigned() ? "i" : "u", type.getStorageTypeIntegralWidth(),
        type.getScale(), type.getZeroPoint(), toReal(storage.min),
        toReal(storage.max));
    if (!calibration)
      return text + ", fixed";
    return text + " by " + calibration.getMethod().str();
  }

  /// Whether the f32 requantize of N31 is proven for results of this type.
  static bool canAlign(quant::UniformQuantizedType output) {
    return output.getStorageTypeIntegralWidth() <= 8;
  }

  /// TOSA allows one bias for all channels; the accumulators of the channels
  /// have scales of their own.
  std::optional<FloatConstant> broadcastBias(QuantizableOpInterface op,
                                             OpOperand &use, float value,
                                             int64_t channels) {
    builder.setInsertionPoint(op);
    use.set(createFloatConstant(builder, op.getLoc(), {channels},
                                std::vector<float>(channels, value), "bias"));
    return FloatConstant::read(use.get());
  }

  static LogicalResult reportFloat(QuantizableOpInterface op,
                                   StringRef operand) {
    remark::missed(
        op.getLoc(),
        remark::RemarkOpts::name("StaysFloat").category("qnn-quantize"))
        << (op->getName().getStringRef() + ": the " + operand +
            " is no f32 constant")
               .str();
    return success();
  }

  LogicalResult quantizeConstantActivation(QuantizableOpInterface op,
                                           OpOperand &operand) {
    auto values = FloatConstant::read(operand.get());
    if (!values)
      return success();
    quant::UniformQuantizedType type;
    if (op.hasSameScale()) {
      type = assignment.getType(op->getResult(0));
    } else {
      if (!llvm::all_of(values->values(),
                        [](float value) { return std::isfinite(value); }))
        return emitError(op.getLoc(), "a constant operand of '")
               << op->getName() << "' is NaN or infinite";
      auto [least, greatest] =
          std::minmax_element(values->values().begin(), values->values().end());
      type = ScaleAssignment::getActivationType(
          op.getLoc(), *least, *greatest,
          getActivationPolicy(op->getResult(0)));
    }
    if (!type)
      return failure(!op.hasSameScale());
    builder.setInsertionPoint(op);
    auto constant =
        createActivationConstant(builder, op.getLoc(), *values, type);
    operand.set(DequantizeOp::create(builder, op.getLoc(), constant));
    return success();
  }

  /// Brings an operand to the scale that its operation wants.
  void requantizeOperands(QuantizableOpInterface op) {
    if (!op.hasSameScale())
      return;
    for (OpOperand &operand : op->getOpOperands()) {
      Value value = operand.get();
      if (op.getOperandRole(operand.getOperandNumber()) !=
              OperandRole::Activation ||
          !plan.contains(value))
        continue;
      quant::UniformQuantizedType wanted = assignment.getOperandType(op, value);
      if (wanted == assignment.getType(value))
        continue;
      builder.setInsertionPoint(op);
      operand.set(createPair(value, wanted, CalibrationAttr()));
    }
  }

  void quantizeValue(Value value, StringRef name) {
    builder.setInsertionPointAfterValue(value);
    reportDecision(value.getLoc(), "activation '" + name + "': " +
                                       describe(assignment.getType(value),
                                                getCalibration(value)));
    SmallVector<OpOperand *> uses = llvm::to_vector(
        llvm::map_range(value.getUses(), [](OpOperand &use) { return &use; }));
    Value pair =
        createPair(value, assignment.getType(value), getCalibration(value));
    for (OpOperand *use : uses)
      use->set(pair);
    removeRange(value);
  }

  Value createPair(Value value, quant::UniformQuantizedType element,
                   CalibrationAttr calibration) {
    auto type = cast<RankedTensorType>(value.getType()).clone(element);
    auto quantize =
        QuantizeOp::create(builder, value.getLoc(), type, value, calibration);
    return DequantizeOp::create(builder, value.getLoc(), quantize);
  }

  /// Range and policy have become a type; the quantize operation keeps the
  /// origin of the range.
  void removeRange(Value value) {
    for (StringRef name : {kCalibrationAttr, kPolicyAttr})
      if (auto argument = dyn_cast<BlockArgument>(value))
        function.removeArgAttr(argument.getArgNumber(),
                               StringAttr::get(function.getContext(), name));
      else
        value.getDefiningOp()->removeAttr(name);
  }

  func::FuncOp function;
  const QuantizationPlan &plan;
  const ScaleAssignment &assignment;
  OpBuilder builder;
};

struct InsertQDQPass : impl::InsertQDQPassBase<InsertQDQPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    auto plan = QuantizationPlan::buildByPolicy(function);
    FailureOr<ScaleAssignment> assignment = ScaleAssignment::build(plan);
    if (failed(assignment) ||
        failed(QDQBuilder(function, plan, *assignment).run()))
      signalPassFailure();
  }
};

} // namespace
} // namespace quantc::qnn

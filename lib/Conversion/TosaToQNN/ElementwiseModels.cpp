// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The elementwise TOSA operations. Each can be evaluated on scalars, so that
// any subgraph of them with one quantized input becomes a table; add, sub and
// mul of two tensors also have quantized operations of their own.
#include "Models.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

#include <cmath>

using namespace mlir;

namespace quantc::qnn {
namespace {

using Function1 = double (*)(double);
using Function2 = double (*)(double, double);

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }
double negate(double x) { return -x; }
double reciprocal(double x) { return 1.0 / x; }
double rsqrt(double x) { return 1.0 / std::sqrt(x); }
double plus(double x, double y) { return x + y; }
double minus(double x, double y) { return x - y; }
double times(double x, double y) { return x * y; }
double larger(double x, double y) { return std::fmax(x, y); }
double smaller(double x, double y) { return std::fmin(x, y); }
double power(double x, double y) { return std::pow(x, y); }

template <typename OpT, Function1 function>
struct UnaryModel
    : QuantizableOpInterface::ExternalModel<UnaryModel<OpT, function>, OpT> {
  OperandRole getOperandRole(Operation *, unsigned index) const {
    return index == 0 ? OperandRole::Activation : OperandRole::Parameter;
  }
  std::optional<double> evaluateScalar(Operation *,
                                       ArrayRef<double> operands) const {
    return function(operands[0]);
  }
  Value buildQuantized(Operation *op, OpBuilder &, ValueRange, RankedTensorType,
                       const QuantizedBuildOptions &) const {
    return refuse(op, "a function of one tensor is a table, and its operand is "
                      "not quantized per tensor");
  }
};

/// The quantized operation of an elementwise operation of two tensors.
Value buildBinary(Operation *op, OpBuilder &builder, ValueRange operands,
                  RankedTensorType resultType,
                  const QuantizedBuildOptions &options) {
  if (!areActivations(operands, 2))
    return refuse(op, kNeedsActivations);
  // A sum has no rounding of two steps.
  RoundingMode rounding = options.rounding == RoundingMode::FloatEven
                              ? RoundingMode::FloatEven
                              : RoundingMode::Single;
  if (isa<tosa::AddOp>(op))
    return AddOp::create(builder, options.loc, resultType, operands[0],
                         operands[1], options.clamp, options.calibration,
                         rounding);
  if (isa<tosa::SubOp>(op))
    return SubOp::create(builder, options.loc, resultType, operands[0],
                         operands[1], options.clamp, options.calibration,
                         rounding);
  return MulOp::create(
      builder, options.loc, resultType, operands[0], operands[1],
      RoundingModeAttr::get(op->getContext(), options.rounding), options.clamp,
      options.calibration);
}

template <typename OpT, Function2 function, bool hasQuantizedForm>
struct BinaryModel : QuantizableOpInterface::ExternalModel<
                         BinaryModel<OpT, function, hasQuantizedForm>, OpT> {
  OperandRole getOperandRole(Operation *, unsigned index) const {
    return index < 2 ? OperandRole::Activation : OperandRole::Parameter;
  }
  bool canFuseClamp(Operation *) const { return hasQuantizedForm; }
  std::optional<double> evaluateScalar(Operation *,
                                       ArrayRef<double> operands) const {
    return function(operands[0], operands[1]);
  }
  Value buildQuantized(Operation *op, OpBuilder &builder, ValueRange operands,
                       RankedTensorType resultType,
                       const QuantizedBuildOptions &options) const {
    if (hasQuantizedForm)
      return buildBinary(op, builder, operands, resultType, options);
    return refuse(op, "no integer form for two different tensors");
  }
};

struct ClampModel
    : QuantizableOpInterface::ExternalModel<ClampModel, tosa::ClampOp> {
  std::optional<RealRange> getClampRange(Operation *op) const {
    auto clamp = cast<tosa::ClampOp>(op);
    auto least = dyn_cast<FloatAttr>(clamp.getMinVal());
    auto greatest = dyn_cast<FloatAttr>(clamp.getMaxVal());
    if (!least || !greatest)
      return std::nullopt;
    return RealRange{least.getValueAsDouble(), greatest.getValueAsDouble()};
  }
  std::optional<double> evaluateScalar(Operation *op,
                                       ArrayRef<double> operands) const {
    std::optional<RealRange> range = getClampRange(op);
    if (!range)
      return std::nullopt;
    return std::fmin(std::fmax(operands[0], range->min), range->max);
  }
  Value buildQuantized(Operation *op, OpBuilder &, ValueRange, RankedTensorType,
                       const QuantizedBuildOptions &) const {
    return refuse(op, "a clamp of its own is a table, and its operand is not "
                      "quantized per tensor");
  }
};

template <typename OpT, Function1 function>
void attachUnary(MLIRContext *context) {
  OpT::template attachInterface<UnaryModel<OpT, function>>(*context);
}

template <typename OpT, Function2 function, bool hasQuantizedForm = false>
void attachBinary(MLIRContext *context) {
  OpT::template attachInterface<BinaryModel<OpT, function, hasQuantizedForm>>(
      *context);
}

} // namespace

void attachElementwiseModels(MLIRContext *context) {
  attachUnary<tosa::AbsOp, std::fabs>(context);
  attachUnary<tosa::CeilOp, std::ceil>(context);
  attachUnary<tosa::CosOp, std::cos>(context);
  attachUnary<tosa::ErfOp, std::erf>(context);
  attachUnary<tosa::ExpOp, std::exp>(context);
  attachUnary<tosa::FloorOp, std::floor>(context);
  attachUnary<tosa::LogOp, std::log>(context);
  attachUnary<tosa::NegateOp, negate>(context);
  attachUnary<tosa::ReciprocalOp, reciprocal>(context);
  attachUnary<tosa::RsqrtOp, rsqrt>(context);
  attachUnary<tosa::SigmoidOp, sigmoid>(context);
  attachUnary<tosa::SinOp, std::sin>(context);
  attachUnary<tosa::TanhOp, std::tanh>(context);
  attachBinary<tosa::AddOp, plus, true>(context);
  attachBinary<tosa::SubOp, minus, true>(context);
  attachBinary<tosa::MulOp, times, true>(context);
  attachBinary<tosa::MaximumOp, larger>(context);
  attachBinary<tosa::MinimumOp, smaller>(context);
  attachBinary<tosa::PowOp, power>(context);
  tosa::ClampOp::attachInterface<ClampModel>(*context);
}

} // namespace quantc::qnn

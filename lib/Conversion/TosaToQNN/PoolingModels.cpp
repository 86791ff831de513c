// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tosa.max_pool2d, tosa.avg_pool2d, linalg.softmax and qnn.float_layer_norm as
// quantized operations.
#include "Models.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Numerics/LayerNorm.h"
#include "quantc/Numerics/SoftmaxTable.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"

#include <cstdint>
#include <limits>

using namespace mlir;

namespace quantc::qnn {
namespace {

struct MaxPool2DModel
    : QuantizableOpInterface::ExternalModel<MaxPool2DModel, tosa::MaxPool2dOp> {
  bool hasSameScale(Operation *) const { return true; }

  Value buildQuantized(Operation *op, OpBuilder &builder, ValueRange operands,
                       RankedTensorType resultType,
                       const QuantizedBuildOptions &options) const {
    auto pool = cast<tosa::MaxPool2dOp>(op);
    return MaxPool2DOp::create(builder, options.loc, resultType, operands[0],
                               pool.getKernelAttr(), pool.getStrideAttr(),
                               pool.getPadAttr(), options.calibration);
  }
};

struct AvgPool2DModel
    : QuantizableOpInterface::ExternalModel<AvgPool2DModel, tosa::AvgPool2dOp> {
  OperandRole getOperandRole(Operation *, unsigned index) const {
    return index == 0 ? OperandRole::Activation : OperandRole::Parameter;
  }
  bool canFuseClamp(Operation *) const { return true; }

  Value buildQuantized(Operation *op, OpBuilder &builder, ValueRange operands,
                       RankedTensorType resultType,
                       const QuantizedBuildOptions &options) const {
    auto pool = cast<tosa::AvgPool2dOp>(op);
    return AvgPool2DOp::create(
        builder, options.loc, resultType, operands[0], pool.getKernelAttr(),
        pool.getStrideAttr(), pool.getPadAttr(),
        RoundingModeAttr::get(op->getContext(), options.rounding),
        options.clamp, options.calibration);
  }
};

struct SoftmaxModel
    : QuantizableOpInterface::ExternalModel<SoftmaxModel, linalg::SoftmaxOp> {
  OperandRole getOperandRole(Operation *, unsigned index) const {
    return index == 0 ? OperandRole::Activation : OperandRole::Parameter;
  }
  /// Probabilities cover [0, 1]; 1/256 is the scale of TFLite and ONNX Runtime.
  std::optional<FixedQuantization> getFixedResult(Operation *) const {
    return FixedQuantization{1.0 / 256, /*zeroPointOffset=*/0};
  }

  Value buildQuantized(Operation *op, OpBuilder &builder, ValueRange operands,
                       RankedTensorType resultType,
                       const QuantizedBuildOptions &options) const {
    auto softmax = cast<linalg::SoftmaxOp>(op);
    if (!areActivations(operands, 1))
      return refuse(op, kNeedsActivations);
    quant::QuantizedType result = getQuantizedElement(resultType);
    if (numerics::getSoftmaxOutputBits(getScale(result, 0)))
      return SoftmaxOp::create(builder, options.loc, resultType, operands[0],
                               softmax.getDimensionAttr(), options.calibration);
    auto fine = SoftmaxOp::create(
        builder, options.loc,
        resultType.clone(getFinestProbability(op->getContext())), operands[0],
        softmax.getDimensionAttr(), CalibrationAttr());
    return RequantizeOp::create(
        builder, options.loc, resultType, fine,
        RoundingModeAttr::get(op->getContext(), options.rounding),
        options.clamp, options.calibration);
  }

private:
  /// Steps of 2^-16 in 16 bits: what another scale is taken from loses nothing
  /// to them but where it is next to a tie.
  static Type getFinestProbability(MLIRContext *context) {
    constexpr int64_t kLeast = std::numeric_limits<int16_t>::min();
    constexpr int64_t kGreatest = std::numeric_limits<int16_t>::max();
    return quant::UniformQuantizedType::get(
        quant::QuantizationFlags::Signed, IntegerType::get(context, 16),
        Float32Type::get(context), 0x1p-16, /*zeroPoint=*/kLeast, kLeast,
        kGreatest);
  }
};

struct LayerNormModel
    : QuantizableOpInterface::ExternalModel<LayerNormModel, FloatLayerNormOp> {
  Value buildQuantized(Operation *op, OpBuilder &builder, ValueRange operands,
                       RankedTensorType resultType,
                       const QuantizedBuildOptions &options) const {
    auto norm = cast<FloatLayerNormOp>(op);
    quant::QuantizedType input = getQuantizedElement(operands[0].getType());
    quant::QuantizedType result = getQuantizedElement(resultType);
    if (input.getStorageTypeIntegralWidth() != 8 ||
        result.getStorageTypeIntegralWidth() != 8)
      return refuse(op, "the integer form needs 8-bit storage");
    auto gamma = FloatConstant::read(norm.getGamma());
    auto beta = FloatConstant::read(norm.getBeta());
    if (!gamma || !beta)
      return refuse(op, "gamma or beta has no data");
    llvm::Expected<numerics::LayerNormPlan> plan = numerics::planLayerNorm(
        getScale(input, 0), getScale(result, 0),
        norm.getEpsilon().convertToDouble(), gamma->values(), beta->values());
    if (!plan)
      return refuse(op, llvm::toString(plan.takeError()));
    return LayerNormOp::create(builder, options.loc, resultType, operands[0],
                               norm.getGammaAttr(), norm.getBetaAttr(),
                               norm.getEpsilonAttr(), options.calibration);
  }
};

} // namespace

void attachLayerNormModel(MLIRContext *context) {
  FloatLayerNormOp::attachInterface<LayerNormModel>(*context);
}

void attachPoolingModels(MLIRContext *context) {
  tosa::MaxPool2dOp::attachInterface<MaxPool2DModel>(*context);
  tosa::AvgPool2dOp::attachInterface<AvgPool2DModel>(*context);
}

void attachSoftmaxModel(MLIRContext *context) {
  linalg::SoftmaxOp::attachInterface<SoftmaxModel>(*context);
}

} // namespace quantc::qnn

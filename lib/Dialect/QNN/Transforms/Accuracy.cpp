// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which weight belongs to which channels. The output channel is the quantized
// axis of the weight, which the interface names; the input channel is known
// for the convolutions of TOSA.
#include "quantc/Dialect/QNN/Transforms/Accuracy.h"
#include "WeightParams.h"

#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"
#include "quantc/Numerics/Quantize.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

using namespace mlir;

namespace quantc::qnn {

int64_t Contraction::getChannels() const {
  return cast<RankedTensorType>(getResult().getType()).getShape().back();
}

/// The shape in which the weight is quantized.
static SmallVector<int64_t> getQuantizedShape(const Contraction &contraction) {
  QuantizableOpInterface op = contraction.op;
  SmallVector<int64_t> shape =
      op.getWeightShape(contraction.weight->getOperandNumber());
  if (shape.empty())
    llvm::append_range(
        shape,
        cast<RankedTensorType>(contraction.weight->get().getType()).getShape());
  return shape;
}

/// Weights of one output channel that stand beside each other, and the number
/// of channels.
static std::pair<int64_t, int64_t> getStride(const Contraction &contraction) {
  SmallVector<int64_t> shape = getQuantizedShape(contraction);
  QuantizableOpInterface op = contraction.op;
  std::optional<int64_t> axis =
      op.getWeightAxis(contraction.weight->getOperandNumber());
  if (!axis)
    return {1, 1};
  int64_t inner = 1;
  for (int64_t size : ArrayRef<int64_t>(shape).drop_front(*axis + 1))
    inner *= size;
  return {inner, shape[*axis]};
}

int64_t Contraction::getOutputChannel(int64_t index) const {
  auto [inner, channels] = getStride(*this);
  return index / inner % channels;
}

std::optional<int64_t> Contraction::getInputChannel(int64_t index) const {
  auto shape = cast<RankedTensorType>(weight->get().getType()).getShape();
  if (isa<tosa::Conv2DOp>(op))
    return index % shape.back();
  if (isa<tosa::DepthwiseConv2DOp>(op))
    return index / shape[3] % shape[2];
  return std::nullopt;
}

int64_t Contraction::getDepth() const {
  return cast<RankedTensorType>(weight->get().getType()).getNumElements() /
         getChannels();
}

bool Contraction::isDepthwise() const {
  return isa<tosa::DepthwiseConv2DOp>(op);
}

SmallVector<Contraction> getContractions(func::FuncOp function) {
  SmallVector<Contraction> result;
  function.walk([&](QuantizableOpInterface op) {
    if (op->getNumResults() != 1)
      return;
    for (OpOperand &operand : op->getOpOperands())
      if (std::optional<BiasScale> bias =
              op.getBiasScale(operand.getOperandNumber()))
        result.push_back({op, &op->getOpOperand(bias->activation),
                          &op->getOpOperand(bias->weight), &operand});
  });
  return result;
}

Value getQuantizedResult(const Contraction &contraction) {
  Operation *clamp = getFusedClamp(contraction.getResult());
  return clamp ? clamp->getResult(0) : contraction.getResult();
}

FailureOr<std::vector<float>> getRoundedWeights(const Contraction &contraction,
                                                FloatConstant &weights) {
  QuantizableOpInterface op = contraction.op;
  TensorPolicy policy = getWeightPolicy(op);
  WeightGroups groups = WeightGroups::get(
      op.getLoc(), getQuantizedShape(contraction),
      op.getWeightAxis(contraction.weight->getOperandNumber()), policy);
  auto chosen = op->getAttrOfType<DenseF32ArrayAttr>(kWeightScalesAttr);
  FailureOr<WeightParams> params =
      chosen
          ? WeightParams::take(op.getLoc(), chosen.asArrayRef(), groups, policy)
          : WeightParams::choose(op.getLoc(), weights, groups, policy);
  if (failed(params))
    return failure();
  quant::QuantizedType type = params->getElementType(op.getContext());
  std::vector<float> rounded;
  rounded.reserve(weights.size());
  for (auto [index, weight] : llvm::enumerate(weights.values())) {
    int64_t group = params->getGroups()[index];
    rounded.push_back(numerics::dequantizeF32(
        params->quantize(weight, index),
        static_cast<float>(getScale(type, group)), getZeroPoint(type, group)));
  }
  return rounded;
}

ArrayRef<float> getMeasured(Operation *op, StringRef name) {
  auto attr = op->getAttrOfType<DenseF32ArrayAttr>(name);
  return attr ? attr.asArrayRef() : ArrayRef<float>();
}

void setMeasured(Operation *op, StringRef name, ArrayRef<float> values) {
  op->setAttr(name, DenseF32ArrayAttr::get(op->getContext(), values));
}

} // namespace quantc::qnn

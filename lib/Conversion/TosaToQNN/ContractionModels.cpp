// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tosa.conv2d, tosa.depthwise_conv2d and tosa.matmul as quantized operations. A
// convolution of a single pixel is a fully connected layer and becomes one.
#include "Models.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace quantc::qnn {
namespace {

/// Operands of both convolutions: input, weight, bias, two zero points.
template <typename Model, typename OpT>
struct ConvModel : QuantizableOpInterface::ExternalModel<Model, OpT> {
  OperandRole getOperandRole(Operation *, unsigned index) const {
    switch (index) {
    case 0:
      return OperandRole::Activation;
    case 1:
      return OperandRole::Weight;
    case 2:
      return OperandRole::Bias;
    default:
      return OperandRole::Parameter;
    }
  }
  std::optional<BiasScale> getBiasScale(Operation *, unsigned index) const {
    if (index != 2)
      return std::nullopt;
    return BiasScale{/*activation=*/0, /*weight=*/1};
  }
  bool canFuseClamp(Operation *) const { return true; }
};

/// The element type of weights [OC, 1, 1, IC] for the shape [OC, IC].
Type dropPixelDims(Type element) {
  auto blocks = dyn_cast<quant::UniformQuantizedSubChannelType>(element);
  if (!blocks)
    return element;
  SmallVector<int32_t> dims;
  SmallVector<int64_t> sizes;
  for (auto [dim, size] : blocks.getBlockSizeInfo())
    if (dim == 0 || dim == 3) {
      dims.push_back(dim == 0 ? 0 : 1);
      sizes.push_back(size);
    }
  ArrayRef<int64_t> counts = blocks.getScales().getType().getShape();
  auto reshape = [&](DenseElementsAttr parameters) {
    return parameters.reshape(RankedTensorType::get(
        {counts.front(), counts.back()}, parameters.getElementType()));
  };
  return quant::UniformQuantizedSubChannelType::get(
      blocks.getFlags(), blocks.getStorageType(), blocks.getExpressedType(),
      reshape(blocks.getScales()), reshape(blocks.getZeroPoints()), dims, sizes,
      blocks.getStorageTypeMin(), blocks.getStorageTypeMax());
}

/// The weights `value` of a single pixel as a matrix of `shape`; null if
/// `value` is no qnn.constant.
Value reshapeConstant(OpBuilder &builder, Value value,
                      ArrayRef<int64_t> shape) {
  auto constant = value.getDefiningOp<ConstantOp>();
  if (!constant)
    return {};
  auto type = RankedTensorType::get(
      shape, dropPixelDims(constant.getType().getElementType()));
  RankedTensorType storage = getStorageTensorType(type);
  ElementsAttr elements;
  if (auto dense = dyn_cast<DenseElementsAttr>(constant.getValue()))
    elements = dense.reshape(storage);
  else if (auto resource =
               dyn_cast<DenseResourceElementsAttr>(constant.getValue()))
    elements = DenseResourceElementsAttr::get(storage, resource.getRawHandle());
  else
    return {};
  return ConstantOp::create(builder, constant.getLoc(), type, elements);
}

struct Conv2DModel : ConvModel<Conv2DModel, tosa::Conv2DOp> {
  std::optional<int64_t> getWeightAxis(Operation *, unsigned index) const {
    return index == 1 ? std::optional<int64_t>(0) : std::nullopt;
  }

  Value buildQuantized(Operation *op, OpBuilder &builder, ValueRange operands,
                       RankedTensorType resultType,
                       const QuantizedBuildOptions &options) const {
    auto conv = cast<tosa::Conv2DOp>(op);
    if (isFullyConnected(conv))
      if (Value result =
              buildFullyConnected(builder, operands, resultType, options))
        return result;
    return Conv2DOp::create(
        builder, options.loc, resultType, operands[0], operands[1], operands[2],
        conv.getStrideAttr(), conv.getPadAttr(), conv.getDilationAttr(),
        builder.getI64IntegerAttr(1),
        RoundingModeAttr::get(op->getContext(), options.rounding),
        options.clamp, options.calibration);
  }

private:
  static bool isFullyConnected(tosa::Conv2DOp conv) {
    auto weight = cast<RankedTensorType>(conv.getWeight().getType());
    auto result = cast<RankedTensorType>(conv.getOutput().getType());
    auto input = cast<RankedTensorType>(conv.getInput().getType());
    return weight.getDimSize(1) == 1 && weight.getDimSize(2) == 1 &&
           input.getDimSize(1) == 1 && input.getDimSize(2) == 1 &&
           result.getDimSize(1) == 1 && result.getDimSize(2) == 1 &&
           llvm::all_of(conv.getPad(), [](int64_t pad) { return pad == 0; });
  }

  static Value buildFullyConnected(OpBuilder &builder, ValueRange operands,
                                   RankedTensorType resultType,
                                   const QuantizedBuildOptions &options) {
    auto inputType = cast<RankedTensorType>(operands[0].getType());
    int64_t rows = inputType.getDimSize(0), depth = inputType.getDimSize(3);
    int64_t channels = resultType.getDimSize(3);
    Value weight = reshapeConstant(builder, operands[1], {channels, depth});
    if (!weight)
      return {};
    Value input = ReshapeOp::create(
        builder, options.loc,
        RankedTensorType::get({rows, depth}, inputType.getElementType()),
        operands[0]);
    Value product = FullyConnectedOp::create(
        builder, options.loc,
        RankedTensorType::get({rows, channels}, resultType.getElementType()),
        input, weight, operands[2],
        RoundingModeAttr::get(builder.getContext(), options.rounding),
        options.clamp, options.calibration);
    return ReshapeOp::create(builder, options.loc, resultType, product);
  }
};

/// TOSA's weight is `[KH, KW, C, M]`; it is quantized as `[KH, KW, C * M]`, so
/// that each output channel has a scale of its own.
struct DepthwiseConv2DModel
    : ConvModel<DepthwiseConv2DModel, tosa::DepthwiseConv2DOp> {
  std::optional<int64_t> getWeightAxis(Operation *, unsigned index) const {
    return index == 1 ? std::optional<int64_t>(2) : std::nullopt;
  }
  SmallVector<int64_t> getWeightShape(Operation *op, unsigned index) const {
    if (index != 1)
      return {};
    auto weight = cast<RankedTensorType>(op->getOperand(1).getType());
    return {weight.getDimSize(0), weight.getDimSize(1),
            weight.getDimSize(2) * weight.getDimSize(3)};
  }

  Value buildQuantized(Operation *op, OpBuilder &builder, ValueRange operands,
                       RankedTensorType resultType,
                       const QuantizedBuildOptions &options) const {
    auto conv = cast<tosa::DepthwiseConv2DOp>(op);
    return DepthwiseConv2DOp::create(
        builder, options.loc, resultType, operands[0], operands[1], operands[2],
        conv.getStrideAttr(), conv.getPadAttr(), conv.getDilationAttr(),
        RoundingModeAttr::get(op->getContext(), options.rounding),
        options.clamp, options.calibration);
  }
};

/// Both sides are activations; two zero points follow them.
struct MatMulModel
    : QuantizableOpInterface::ExternalModel<MatMulModel, tosa::MatMulOp> {
  OperandRole getOperandRole(Operation *, unsigned index) const {
    return index < 2 ? OperandRole::Activation : OperandRole::Parameter;
  }
  bool canFuseClamp(Operation *) const { return true; }

  Value buildQuantized(Operation *op, OpBuilder &builder, ValueRange operands,
                       RankedTensorType resultType,
                       const QuantizedBuildOptions &options) const {
    if (!areActivations(operands, 2))
      return refuse(op, kNeedsActivations);
    return MatMulOp::create(
        builder, options.loc, resultType, operands[0], operands[1],
        RoundingModeAttr::get(op->getContext(), options.rounding),
        options.clamp, options.calibration);
  }
};

} // namespace

void attachContractionModels(MLIRContext *context) {
  tosa::Conv2DOp::attachInterface<Conv2DModel>(*context);
  tosa::DepthwiseConv2DOp::attachInterface<DepthwiseConv2DModel>(*context);
  tosa::MatMulOp::attachInterface<MatMulModel>(*context);
}

} // namespace quantc::qnn

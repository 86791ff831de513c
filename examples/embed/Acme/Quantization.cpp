// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the acme operations are in integers: external models of quantc's
// QuantizableOpInterface. Where observers stand, which scales are taken and
// when a table is built stays quantc's decision.
#include "Acme/Acme.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/IR/QuantizableOpInterface.h"

#include "mlir/IR/Remarks.h"

#include <algorithm>
#include <limits>

using namespace mlir;
using namespace quantc;

namespace {

/// Says why `op` stays in float, in the category of quantc's own remarks.
Value refuse(Operation *op, StringRef reason) {
  remark::missed(
      op->getLoc(),
      remark::RemarkOpts::name("StaysFloat").category("qnn-legalize"))
      << (op->getName().getStringRef() + ": " + reason).str();
  return {};
}

/// An elementwise operation gives its function on numbers. quantc turns it,
/// with the elementwise operations around it, into one table.
struct HardMishModel
    : qnn::QuantizableOpInterface::ExternalModel<HardMishModel,
                                                 acme::HardMishOp> {
  std::optional<double> evaluateScalar(Operation *,
                                       ArrayRef<double> operands) const {
    double x = operands[0];
    return x * std::clamp(x + 2.0, 0.0, 2.0) / 2.0;
  }
  Value buildQuantized(Operation *op, OpBuilder &, ValueRange, RankedTensorType,
                       const qnn::QuantizedBuildOptions &) const {
    return refuse(op, "only a table of 8-bit storage is an integer form");
  }
};

/// Any other operation builds its integer form from qnn operations. The filter
/// is a depthwise convolution whose weights, 1, 2 and 4 times 1/16, are exact.
struct BlurPoolModel
    : qnn::QuantizableOpInterface::ExternalModel<BlurPoolModel,
                                                 acme::BlurPoolOp> {
  bool canFuseClamp(Operation *) const { return true; }

  Value buildQuantized(Operation *op, OpBuilder &builder, ValueRange operands,
                       RankedTensorType resultType,
                       const qnn::QuantizedBuildOptions &options) const {
    auto input = qnn::getQuantizedElement(operands[0].getType());
    if (input.getStorageTypeIntegralWidth() != 8)
      return refuse(op, "only images of 8-bit storage can be blurred");
    constexpr double weightScale = 1.0 / 16;
    int64_t channels = resultType.getDimSize(3);
    Value weight = createFilter(builder, options.loc, channels, weightScale);
    Value bias = createZeroBias(builder, options.loc, channels,
                                qnn::getScale(input, 0) * weightScale);
    return qnn::DepthwiseConv2DOp::create(
        builder, options.loc, resultType, operands[0], weight, bias,
        /*stride=*/builder.getDenseI64ArrayAttr({2, 2}),
        /*pad=*/builder.getDenseI64ArrayAttr({0, 0, 0, 0}),
        /*dilation=*/builder.getDenseI64ArrayAttr({1, 1}),
        qnn::RoundingModeAttr::get(builder.getContext(), options.rounding),
        options.clamp, options.calibration);
  }

private:
  /// `[3, 3, channels]`, the same filter for each channel.
  static Value createFilter(OpBuilder &builder, Location loc, int64_t channels,
                            double scale) {
    SmallVector<int8_t> values;
    for (int8_t row : {1, 2, 1})
      for (int8_t column : {1, 2, 1})
        values.append(channels, row * column);
    auto element = quant::UniformQuantizedType::get(
        quant::QuantizationFlags::Signed, builder.getI8Type(),
        builder.getF32Type(), scale, /*zeroPoint=*/0, /*storageTypeMin=*/-127,
        /*storageTypeMax=*/127);
    return createConstant(builder, loc, {3, 3, channels}, element,
                          ArrayRef<int8_t>(values));
  }

  /// A bias has the scale of the accumulator: input times weight.
  static Value createZeroBias(OpBuilder &builder, Location loc,
                              int64_t channels, double scale) {
    auto element = quant::UniformQuantizedType::get(
        quant::QuantizationFlags::Signed, builder.getI32Type(),
        builder.getF32Type(), scale, /*zeroPoint=*/0,
        std::numeric_limits<int32_t>::min(),
        std::numeric_limits<int32_t>::max());
    return createConstant(builder, loc, {channels}, element,
                          ArrayRef<int32_t>(0));
  }

  template <typename T>
  static Value
  createConstant(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape,
                 quant::QuantizedType element, ArrayRef<T> values) {
    auto type = RankedTensorType::get(shape, element);
    auto elements =
        DenseElementsAttr::get(qnn::getStorageTensorType(type), values);
    return qnn::ConstantOp::create(builder, loc, type, elements);
  }
};

} // namespace

void acme::registerQuantizableOpModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, AcmeDialect *) {
    HardMishOp::attachInterface<HardMishModel>(*context);
    BlurPoolOp::attachInterface<BlurPoolModel>(*context);
    // The models build operations of this dialect.
    context->getOrLoadDialect<qnn::QNNDialect>();
  });
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verifiers of the operations of run-time quantization.
#include "OpUtils.h"

using namespace mlir;

namespace quantc::qnn {

/// C1 of the casts.
static LogicalResult verifySameShape(Operation *op, RankedTensorType input,
                                     RankedTensorType result) {
  if (input.getShape() == result.getShape())
    return success();
  return op->emitOpError() << "result " << result
                           << ", expected the shape of the input " << input;
}

LogicalResult DynamicQuantizeOp::verify() {
  return verifySameShape(*this, getInput().getType(), getResult().getType());
}

LogicalResult DynamicDequantizeOp::verify() {
  return verifySameShape(*this, getInput().getType(), getResult().getType());
}

/// C2: what the product of bytes asks of the weight.
static LogicalResult verifyByteWeight(Operation *op, Value weight,
                                      int64_t channelAxis) {
  quant::QuantizedType element = getQuantizedElement(weight.getType());
  if (element.getStorageTypeIntegralWidth() != 8)
    return op->emitOpError()
           << "weight of " << element << ", expected 8 bits of storage";
  std::optional<int64_t> axis = getQuantizedAxis(element);
  if (axis && *axis != channelAxis)
    return op->emitOpError() << "weight is quantized along axis " << *axis
                             << ", expected axis " << channelAxis;
  return success();
}

/// C4, for a kernel of `height` and `width` and `channels` channels.
template <typename OpT>
static LogicalResult verifyResult(OpT op, int64_t height, int64_t width,
                                  int64_t channels) {
  RankedTensorType result = op.getResult().getType();
  if (result.getDimSize(3) != channels)
    return op.emitOpError() << result.getDimSize(3)
                            << " channels of the result, expected " << channels;
  ArrayRef<int64_t> stride = op.getStride(), pad = op.getPad(),
                    dilation = op.getDilation();
  return verifyWindow(op, op.getInput().getType(), result,
                      {height, stride[0], dilation[0], pad[0], pad[1]},
                      {width, stride[1], dilation[1], pad[2], pad[3]});
}

LogicalResult IntegerConv2DOp::verify() {
  int64_t inputChannels = getInput().getType().getDimSize(3);
  RankedTensorType weight = getWeight().getType();
  auto group = static_cast<int64_t>(getGroup());
  if (inputChannels % group || weight.getDimSize(0) % group) // C1
    return emitOpError() << "group " << group << " does not divide "
                         << inputChannels << " input and "
                         << weight.getDimSize(0) << " output channels";
  if (weight.getDimSize(3) != inputChannels / group)
    return emitOpError() << "weight has " << weight.getDimSize(3)
                         << " input channels, expected "
                         << inputChannels / group;
  if (failed(verifyByteWeight(*this, getWeight(), /*channelAxis=*/0))) // C2
    return failure();
  return verifyResult(*this, weight.getDimSize(1), weight.getDimSize(2),
                      weight.getDimSize(0));
}

LogicalResult IntegerDepthwiseConv2DOp::verify() {
  int64_t inputChannels = getInput().getType().getDimSize(3);
  RankedTensorType weight = getWeight().getType();
  if (weight.getDimSize(2) % inputChannels) // C1
    return emitOpError() << weight.getDimSize(2)
                         << " output channels, expected a multiple of "
                         << inputChannels;
  if (failed(verifyByteWeight(*this, getWeight(), /*channelAxis=*/2))) // C2
    return failure();
  return verifyResult(*this, weight.getDimSize(0), weight.getDimSize(1),
                      weight.getDimSize(2));
}

LogicalResult IntegerMatMulOp::verify() {
  ArrayRef<int64_t> lhs = getLhs().getType().getShape(),
                    rhs = getRhs().getType().getShape();
  int64_t expected[] = {lhs[0], lhs[1], rhs[2]};
  if (lhs[0] != rhs[0] || lhs[2] != rhs[1]) // C2
    return emitOpError() << "left side " << getLhs().getType()
                         << " does not fit the right side "
                         << getRhs().getType();
  if (getType().getShape() != ArrayRef<int64_t>(expected))
    return emitOpError() << "result " << getType() << ", expected the shape "
                         << RankedTensorType::get(expected,
                                                  getType().getElementType());
  return success();
}

} // namespace quantc::qnn

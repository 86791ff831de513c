// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verifiers and canonicalization of conv_2d, depthwise_conv_2d, fully_connected
// and matmul, and the checks on windows and clamps that pooling shares.
#include "OpUtils.h"

#include <cmath>

using namespace mlir;

namespace quantc::qnn {

//===----------------------------------------------------------------------===//
// Shared checks
//===----------------------------------------------------------------------===//

LogicalResult verifyClamp(Operation *op, std::optional<ArrayRef<int32_t>> clamp,
                          Type resultType) {
  if (!clamp)
    return success();
  numerics::StorageRange range =
      getStorageRange(getQuantizedElement(resultType));
  int64_t low = (*clamp)[0], high = (*clamp)[1];
  if (low > high || low < range.min || high > range.max)
    return op->emitOpError() << "clamp [" << low << ", " << high
                             << "] is no range inside the storage range ["
                             << range.min << ", " << range.max << "]";
  return success();
}

bool isFullClamp(std::optional<ArrayRef<int32_t>> clamp, Type resultType) {
  if (!clamp)
    return true;
  numerics::StorageRange range =
      getStorageRange(getQuantizedElement(resultType));
  return (*clamp)[0] == range.min && (*clamp)[1] == range.max;
}

/// Numbers up to this add and multiply in 64 bits without overflow.
static constexpr int64_t kLargestWindowNumber = int64_t(1) << 30;

int64_t getWindowOutputSize(int64_t input, int64_t padLow, int64_t padHigh,
                            int64_t kernel, int64_t stride, int64_t dilation) {
  int64_t span = dilation * (kernel - 1) + 1;
  int64_t rest = input + padLow + padHigh - span;
  return rest < 0 ? 0 : rest / stride + 1;
}

static LogicalResult verifyBatch(Operation *op, RankedTensorType input,
                                 RankedTensorType result) {
  if (input.getDimSize(0) != result.getDimSize(0))
    return op->emitOpError()
           << "batch size " << result.getDimSize(0)
           << " of the result, expected " << input.getDimSize(0);
  return success();
}

LogicalResult verifyWindow(Operation *op, RankedTensorType input,
                           RankedTensorType result, WindowDim height,
                           WindowDim width) {
  if (failed(verifyBatch(op, input, result)))
    return failure();
  for (auto [dim, window, name] :
       {std::tuple(1, height, "height"), std::tuple(2, width, "width")}) {
    for (int64_t number : {window.kernel, window.stride, window.dilation,
                           window.padLow, window.padHigh})
      if (number > kLargestWindowNumber)
        return op->emitOpError()
               << "window parameter " << number << " along the " << name
               << ", expected at most " << kLargestWindowNumber;
    int64_t size = getWindowOutputSize(input.getDimSize(dim), window.padLow,
                                       window.padHigh, window.kernel,
                                       window.stride, window.dilation);
    if (size < 1)
      return op->emitOpError() << "the kernel does not fit the padded input "
                               << name << " " << input.getDimSize(dim);
    if (result.getDimSize(dim) != size)
      return op->emitOpError() << name << " " << result.getDimSize(dim)
                               << " of the result, expected " << size;
  }
  return success();
}

LogicalResult verifyByteStorage(Operation *op) {
  auto check = [&](Type type) {
    quant::QuantizedType element = getQuantizedElement(type);
    return !element || element.getStorageTypeIntegralWidth() == 8;
  };
  if (llvm::all_of(op->getOperandTypes(), check) &&
      llvm::all_of(op->getResultTypes(), check))
    return success();
  return op->emitOpError(
      "expected 8 bits of storage for every operand and result");
}

/// C2 and C3 of weights with blocks: a block lies inside one channel, the bias
/// has a scale of its own.
static LogicalResult verifyBlockWeight(Operation *op, Type weightType,
                                       Type biasType, RoundingMode rounding,
                                       int64_t channelAxis) {
  quant::QuantizedType weight = getQuantizedElement(weightType);
  quant::QuantizedType bias = getQuantizedElement(biasType);
  int64_t block = getBlockShape(
      weight, cast<RankedTensorType>(weightType).getShape())[channelAxis];
  if (block != 1)
    return op->emitOpError()
           << "weight blocks span " << block << " channels of axis "
           << channelAxis << ", expected 1";
  if (rounding != RoundingMode::Single)
    return op->emitOpError("weight blocks are summed with the rounding "
                           "'single' only");
  for (int64_t zeroPoint : getZeroPoints(bias))
    if (zeroPoint != 0)
      return op->emitOpError()
             << "bias zero point " << zeroPoint << ", expected 0";
  return success();
}

/// C2 and C3: the weight's axis, the bias' axis, scale and zero point.
template <typename OpT>
static LogicalResult verifyWeightAndBias(OpT op, int64_t channelAxis,
                                         int64_t channels) {
  Type inputType = op.getInput().getType();
  Type weightType = op.getWeight().getType();
  Type biasType = op.getBias().getType();
  quant::QuantizedType input = getQuantizedElement(inputType);
  quant::QuantizedType weight = getQuantizedElement(weightType);
  quant::QuantizedType bias = getQuantizedElement(biasType);
  if (cast<RankedTensorType>(biasType).getDimSize(0) != channels)
    return op.emitOpError()
           << "bias has " << cast<RankedTensorType>(biasType).getDimSize(0)
           << " elements, expected " << channels;
  if (hasBlocks(weight))
    return verifyBlockWeight(op, weightType, biasType, op.getRounding(),
                             channelAxis);
  std::optional<int64_t> axis = getQuantizedAxis(weight);
  if (axis && *axis != channelAxis)
    return op.emitOpError() << "weight is quantized along axis " << *axis
                            << ", expected axis " << channelAxis;
  if (getQuantizedAxis(bias).has_value() != axis.has_value())
    return op.emitOpError("bias and weight are expected to be both per-tensor "
                          "or both per-axis");
  int64_t count = axis ? channels : 1;
  for (int64_t c = 0; c < count; ++c) {
    double expected = getScale(input, 0) * getScale(weight, c);
    double actual = getScale(bias, c);
    if (std::fabs(actual - expected) > 1e-5 * expected)
      return op.emitOpError()
             << "bias scale " << actual << " of channel " << c
             << ", expected input scale * weight scale = " << expected;
    if (getZeroPoint(bias, c) != 0)
      return op.emitOpError() << "bias zero point " << getZeroPoint(bias, c)
                              << " of channel " << c << ", expected 0";
  }
  return success();
}

/// C1: dimension `dim` of the result is the number of output channels.
static LogicalResult verifyChannels(Operation *op, Type resultType, int64_t dim,
                                    int64_t channels) {
  int64_t actual = cast<RankedTensorType>(resultType).getDimSize(dim);
  if (actual != channels)
    return op->emitOpError()
           << actual << " channels of the result, expected " << channels;
  return success();
}

//===----------------------------------------------------------------------===//
// Conv2DOp
//===----------------------------------------------------------------------===//

LogicalResult Conv2DOp::verify() {
  RankedTensorType input = getInput().getType();
  RankedTensorType weight = getWeight().getType();
  int64_t channels = weight.getDimSize(0);
  int64_t group = getGroup();
  if (input.getDimSize(3) % group || channels % group) // C1
    return emitOpError() << "group " << group << " does not divide "
                         << input.getDimSize(3) << " input and " << channels
                         << " output channels";
  if (weight.getDimSize(3) != input.getDimSize(3) / group)
    return emitOpError() << "weight has " << weight.getDimSize(3)
                         << " input channels, expected "
                         << input.getDimSize(3) / group;
  if (failed(verifyWeightAndBias(*this, 0, channels)) || // C2, C3
      failed(verifyChannels(*this, getType(), 3, channels)))
    return failure();
  ArrayRef<int64_t> stride = getStride(), pad = getPad(),
                    dilation = getDilation();
  if (failed(verifyWindow( // C4
          *this, input, getType(),
          {weight.getDimSize(1), stride[0], dilation[0], pad[0], pad[1]},
          {weight.getDimSize(2), stride[1], dilation[1], pad[2], pad[3]})))
    return failure();
  return verifyClamp(*this, getClamp(), getType()); // C5
}

LogicalResult Conv2DOp::canonicalize(Conv2DOp op, PatternRewriter &rewriter) {
  return dropFullClamp(op, rewriter);
}

//===----------------------------------------------------------------------===//
// DepthwiseConv2DOp
//===----------------------------------------------------------------------===//

LogicalResult DepthwiseConv2DOp::verify() {
  RankedTensorType input = getInput().getType();
  RankedTensorType weight = getWeight().getType();
  int64_t channels = weight.getDimSize(2);
  if (channels % input.getDimSize(3)) // C1
    return emitOpError() << channels << " channels of the weight, expected a "
                         << "multiple of the " << input.getDimSize(3)
                         << " input channels";
  if (failed(verifyWeightAndBias(*this, 2, channels)) || // C2, C3
      failed(verifyChannels(*this, getType(), 3, channels)))
    return failure();
  ArrayRef<int64_t> stride = getStride(), pad = getPad(),
                    dilation = getDilation();
  if (failed(verifyWindow( // C4
          *this, input, getType(),
          {weight.getDimSize(0), stride[0], dilation[0], pad[0], pad[1]},
          {weight.getDimSize(1), stride[1], dilation[1], pad[2], pad[3]})))
    return failure();
  return verifyClamp(*this, getClamp(), getType()); // C5
}

LogicalResult DepthwiseConv2DOp::canonicalize(DepthwiseConv2DOp op,
                                              PatternRewriter &rewriter) {
  return dropFullClamp(op, rewriter);
}

//===----------------------------------------------------------------------===//
// FullyConnectedOp
//===----------------------------------------------------------------------===//

LogicalResult FullyConnectedOp::verify() {
  RankedTensorType input = getInput().getType();
  RankedTensorType weight = getWeight().getType();
  if (weight.getDimSize(1) != input.getDimSize(1)) // C1
    return emitOpError() << "weight has " << weight.getDimSize(1)
                         << " input channels, expected " << input.getDimSize(1);
  if (failed(verifyWeightAndBias(*this, 0, weight.getDimSize(0))) || // C2, C3
      failed(verifyChannels(*this, getType(), 1, weight.getDimSize(0))) ||
      failed(verifyBatch(*this, input, getType())))
    return failure();
  return verifyClamp(*this, getClamp(), getType()); // C5
}

LogicalResult FullyConnectedOp::canonicalize(FullyConnectedOp op,
                                             PatternRewriter &rewriter) {
  return dropFullClamp(op, rewriter);
}

//===----------------------------------------------------------------------===//
// MatMulOp
//===----------------------------------------------------------------------===//

LogicalResult MatMulOp::verify() {
  ArrayRef<int64_t> lhs = getLhs().getType().getShape();
  ArrayRef<int64_t> rhs = getRhs().getType().getShape();
  if (lhs[0] != rhs[0] || lhs[2] != rhs[1]) // C1
    return emitOpError() << "operands " << getLhs().getType() << " and "
                         << getRhs().getType()
                         << " do not match, expected [B, M, K] and [B, K, N]";
  int64_t shape[] = {lhs[0], lhs[1], rhs[2]};
  if (getType().getShape() != ArrayRef(shape))
    return emitOpError() << "result " << getType() << ", expected shape "
                         << shape[0] << "x" << shape[1] << "x" << shape[2];
  return verifyClamp(*this, getClamp(), getType()); // C5
}

LogicalResult MatMulOp::canonicalize(MatMulOp op, PatternRewriter &rewriter) {
  return dropFullClamp(op, rewriter);
}

} // namespace quantc::qnn

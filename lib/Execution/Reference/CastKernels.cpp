// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// quantize, dequantize, both at once, requantize, observe, and the cast between
// a quantized tensor and its stored integers.
#include "Arithmetic.h"
#include "Kernels.h"

#include <cmath>

using namespace mlir;

namespace quantc::exec::reference {

ChannelIndex::ChannelIndex(RankedTensorType type) {
  ArrayRef<int64_t> shape = type.getShape();
  quant::QuantizedType element = qnn::getQuantizedElement(type);
  if (qnn::hasBlocks(element)) {
    SmallVector<int64_t> sizes = qnn::getBlockShape(element, shape);
    // The blocks in front of each element, from its coordinates.
    std::vector<int64_t> indices = {0};
    for (auto [size, block] : llvm::zip_equal(shape, sizes)) {
      std::vector<int64_t> finer;
      for (int64_t index : indices)
        for (int64_t i = 0; i < size; ++i)
          finer.push_back(index * (size / block) + i / block);
      indices = std::move(finer);
    }
    channels = static_cast<int64_t>(qnn::getScales(element).size());
    blocks = std::move(indices);
    return;
  }
  std::optional<int64_t> axis =
      qnn::getQuantizedAxis(qnn::getQuantizedElement(type));
  if (!axis)
    return;
  channels = type.getDimSize(*axis);
  for (int64_t dim = *axis + 1; dim < type.getRank(); ++dim)
    inner *= type.getDimSize(dim);
}

namespace {

/// The numbers of a tensor of a quantized type, as integers and back.
class Quantizer {
public:
  explicit Quantizer(RankedTensorType type)
      : channelOf(type), clip(qnn::getQuantizedElement(type)) {
    quant::QuantizedType element = qnn::getQuantizedElement(type);
    channels.reserve(channelOf.size());
    for (int64_t c = 0; c < channelOf.size(); ++c)
      channels.push_back({getScaleF32(element, c), getZeroPointOf(element, c)});
  }

  int32_t quantize(size_t index, float real) const {
    const Channel &channel = channels[channelOf(index)];
    float steps = real / channel.scale;
    auto zeroPoint = static_cast<double>(channel.zeroPoint);
    return std::isnan(steps)
               ? static_cast<int32_t>(channel.zeroPoint)
               : clip(std::nearbyint(static_cast<double>(steps)) + zeroPoint);
  }

  float dequantize(size_t index, int32_t integer) const {
    const Channel &channel = channels[channelOf(index)];
    return channel.scale * static_cast<float>(integer - channel.zeroPoint);
  }

private:
  struct Channel {
    float scale;
    int64_t zeroPoint;
  };
  ChannelIndex channelOf;
  Clip clip;
  std::vector<Channel> channels;
};

/// `integer` as one of `width` bits: the same bits, read with this sign.
int32_t reinterpret(int32_t integer, unsigned width, bool isSigned) {
  auto bits = static_cast<uint32_t>(integer);
  if (width >= 32)
    return integer;
  return isSigned ? llvm::SignExtend32(bits, width)
                  : static_cast<int32_t>(
                        bits & llvm::maskTrailingOnes<uint32_t>(width));
}

} // namespace

ExpectedKernel makeKernel(qnn::QuantizeOp op) {
  return [quantizer = Quantizer(op.getType())](auto operands, Tensor &result) {
    for (size_t i = 0; i < result.integers.size(); ++i)
      result.integers[i] = quantizer.quantize(i, operands[0]->reals[i]);
  };
}

ExpectedKernel makeKernel(qnn::DequantizeOp op) {
  return [quantizer = Quantizer(op.getInput().getType())](auto operands,
                                                          Tensor &result) {
    for (size_t i = 0; i < result.reals.size(); ++i)
      result.reals[i] = quantizer.dequantize(i, operands[0]->integers[i]);
  };
}

ExpectedKernel makeKernel(qnn::FakeQuantizeOp op) {
  return [quantizer = Quantizer(op.getQuantizedType())](auto operands,
                                                        Tensor &result) {
    for (size_t i = 0; i < result.reals.size(); ++i)
      result.reals[i] =
          quantizer.dequantize(i, quantizer.quantize(i, operands[0]->reals[i]));
  };
}

ExpectedKernel makeKernel(qnn::RequantizeOp op) {
  RankedTensorType type = op.getInput().getType();
  quant::QuantizedType input = qnn::getQuantizedElement(type);
  quant::QuantizedType result = qnn::getQuantizedElement(op.getType());
  ChannelIndex channelOf(type);
  std::vector<Requantizer> requantizers;
  for (int64_t c = 0; c < channelOf.size(); ++c) {
    float from = getScaleF32(input, c), to = getScaleF32(result);
    llvm::Expected<Requantizer> requantizer = Requantizer::create(
        {static_cast<double>(from) / static_cast<double>(to), from / to},
        op.getRounding(), result, op.getClamp());
    if (!requantizer)
      return requantizer.takeError();
    requantizers.push_back(*requantizer);
  }
  return [channelOf, requantizers,
          zeroPoints = llvm::to_vector(qnn::getZeroPoints(input))](
             auto operands, Tensor &output) {
    for (size_t i = 0; i < output.integers.size(); ++i) {
      int64_t channel = channelOf(i);
      output.integers[i] =
          requantizers[channel](operands[0]->integers[i] - zeroPoints[channel]);
    }
  };
}

ExpectedKernel makeKernel(quant::StorageCastOp op) {
  auto type = dyn_cast<RankedTensorType>(op.getType());
  if (!type)
    return llvm::createStringError("its result is no tensor");
  // Integers without a scale have no sign of their own.
  bool isSigned = true;
  unsigned width = 0;
  if (quant::QuantizedType element = qnn::getQuantizedElement(type)) {
    isSigned = element.isSigned();
    width = element.getStorageTypeIntegralWidth();
  } else {
    width = type.getElementTypeBitWidth();
  }
  return [isSigned, width](auto operands, Tensor &result) {
    for (auto [from, to] :
         llvm::zip_equal(operands[0]->integers, result.integers))
      to = reinterpret(from, width, isSigned);
  };
}

ExpectedKernel makeKernel(qnn::ObserveOp) {
  return [](auto operands, Tensor &result) { result = *operands[0]; };
}

} // namespace quantc::exec::reference

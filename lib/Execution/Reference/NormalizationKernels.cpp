// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// layer_norm by N26 to N29 of docs/Numerics.md, with exact integers of 128 bits
// and floor division wherever the contract shifts or divides.
#include "Arithmetic.h"
#include "Kernels.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace quantc::exec::reference {
namespace {

/// 2^exponent.
Wide powerOfTwo(int64_t exponent) { return static_cast<Wide>(1) << exponent; }

/// The integers of N26 and N29 that do not depend on the input.
struct Constants {
  int64_t length = 0;
  Wide epsilon = 0;
  int64_t fraction = 0, shift = 0;
  std::vector<Wide> gain, offset;
};

/// A of N28, by N27.
Wide getMultiplier(const Constants &constants, Wide spread) {
  int64_t half = 31;
  while (spread * powerOfTwo(2 * half) >= powerOfTwo(64))
    --half;
  Wide value = divideFloor(spread * powerOfTwo(2 * half), powerOfTwo(32));
  Wide root = divideFloor(7 * powerOfTwo(30) - value, 3);
  for (int step = 0; step < 4; ++step) {
    Wide square = divideFloor(root * root, powerOfTwo(32));
    Wide rest =
        3 * powerOfTwo(30) - divideFloor(value * square, powerOfTwo(30));
    root = divideFloor(root * rest, powerOfTwo(31));
  }
  int64_t drop = 62 - half - constants.fraction;
  return divideFloor(constants.length * root + powerOfTwo(drop - 1),
                     powerOfTwo(drop));
}

llvm::Expected<Constants> makeConstants(qnn::LayerNormOp op) {
  auto gamma = qnn::FloatConstant::read(op.getGamma());
  auto beta = qnn::FloatConstant::read(op.getBeta());
  if (!gamma || !beta)
    return llvm::createStringError("gamma or beta has no data");
  double from = getScaleF32(qnn::getQuantizedElement(op.getInput().getType()));
  double to = getScaleF32(qnn::getQuantizedElement(op.getType()));
  Constants constants;
  constants.length = gamma->size();
  auto length = static_cast<double>(constants.length);
  constants.epsilon = static_cast<Wide>(std::nearbyint(
      op.getEpsilon().convertToDouble() * (length / from) * (length / from)));
  int64_t magnitude = 0;
  while (powerOfTwo(2 * magnitude) < constants.length)
    ++magnitude;
  constants.fraction = 30 - magnitude;
  int64_t kept = constants.fraction - 15;
  double gain = 0, offset = 0;
  for (float value : gamma->values())
    gain = std::max(gain, std::fabs(static_cast<double>(value)));
  for (float value : beta->values())
    offset = std::max(offset, std::fabs(static_cast<double>(value)));
  for (constants.shift = 30; constants.shift >= kept; --constants.shift)
    if (std::nearbyint(gain / to * std::exp2(constants.shift - kept)) <=
            32767 &&
        offset / to * std::exp2(constants.shift) <= std::exp2(29))
      break;
  if (constants.shift < kept)
    return llvm::createStringError(
        "gamma or beta is too large for the output scale");
  for (float value : gamma->values())
    constants.gain.push_back(static_cast<Wide>(
        std::nearbyint(value / to * std::exp2(constants.shift - kept))));
  for (float value : beta->values())
    constants.offset.push_back(static_cast<Wide>(std::nearbyint(
                                   value / to * std::exp2(constants.shift))) +
                               powerOfTwo(constants.shift - 1));
  return constants;
}

/// One row from `x`, the distances from the middle of the storage.
void normalizeRow(const Constants &constants, llvm::ArrayRef<int32_t> x,
                  const Clip &clip, int64_t zeroPoint, int32_t *result) {
  Wide n = constants.length, sum = 0, squares = 0;
  for (int32_t value : x) {
    sum += value;
    squares += static_cast<Wide>(value) * value;
  }
  Wide spread = std::max<Wide>(1, n * squares - sum * sum + constants.epsilon);
  Wide multiplier = getMultiplier(constants, spread);
  Wide mean = divideFloor(2 * sum + n, 2 * n);
  Wide rest = sum - n * mean;
  Wide share = divideFloor(rest * multiplier + divideFloor(n, 2), n);
  for (size_t i = 0; i < x.size(); ++i) {
    Wide normalized = (x[i] - mean) * multiplier - share;
    Wide rounded = divideFloor(normalized + powerOfTwo(14), powerOfTwo(15));
    Wide scaled = divideFloor(rounded * constants.gain[i] + constants.offset[i],
                              powerOfTwo(constants.shift));
    result[i] = clip(zeroPoint + scaled);
  }
}

} // namespace

ExpectedKernel makeKernel(qnn::LayerNormOp op) {
  llvm::Expected<Constants> constants = makeConstants(op);
  if (!constants)
    return constants.takeError();
  quant::QuantizedType input =
      qnn::getQuantizedElement(op.getInput().getType());
  quant::QuantizedType result = qnn::getQuantizedElement(op.getType());
  return [constants = std::move(*constants),
          middle = static_cast<int32_t>(input.getStorageTypeMin() + 128),
          zeroPoint = getZeroPointOf(result),
          clip = Clip(result)](auto operands, Tensor &result) {
    std::vector<int32_t> x = operands[0]->integers;
    for (int32_t &value : x)
      value -= middle;
    for (size_t i = 0; i < x.size(); i += constants.length)
      normalizeRow(constants, llvm::ArrayRef(x).slice(i, constants.length),
                   clip, zeroPoint, &result.integers[i]);
  };
}

} // namespace quantc::exec::reference

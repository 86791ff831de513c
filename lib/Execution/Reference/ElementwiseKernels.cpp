// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// add, sub, mul, lookup and softmax.
#include "Arithmetic.h"
#include "Kernels.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace quantc::exec::reference {

/// For each element of a tensor of shape `result`, the element of an operand of
/// shape `operand` that is broadcast there.
static std::vector<int64_t> getBroadcastSources(ArrayRef<int64_t> operand,
                                                ArrayRef<int64_t> result) {
  std::vector<int64_t> sources = {0};
  for (size_t dim = 0; dim < result.size(); ++dim) {
    std::vector<int64_t> finer;
    for (int64_t source : sources)
      for (int64_t i = 0; i < result[dim]; ++i)
        finer.push_back(source * operand[dim] + (operand[dim] == 1 ? 0 : i));
    sources = std::move(finer);
  }
  return sources;
}

/// A kernel that computes each element as `compute(lhs - zero_point(lhs),
/// rhs - zero_point(rhs))`.
template <typename OpT, typename ComputeT>
static Kernel makeBinary(OpT op, ComputeT compute) {
  ArrayRef<int64_t> shape = op.getType().getShape();
  return [compute,
          lhsSources =
              getBroadcastSources(op.getLhs().getType().getShape(), shape),
          rhsSources =
              getBroadcastSources(op.getRhs().getType().getShape(), shape),
          lhsZero =
              getZeroPointOf(qnn::getQuantizedElement(op.getLhs().getType())),
          rhsZero = getZeroPointOf(qnn::getQuantizedElement(
              op.getRhs().getType()))](auto operands, Tensor &result) {
    for (size_t i = 0; i < result.integers.size(); ++i)
      result.integers[i] =
          compute(operands[0]->integers[lhsSources[i]] - lhsZero,
                  operands[1]->integers[rhsSources[i]] - rhsZero);
  };
}

/// Whether the storage of `value` has more than 8 bits.
static bool isWide(Value value) {
  return qnn::getQuantizedElement(value.getType())
             .getStorageTypeIntegralWidth() > 8;
}

/// A sum in f32: volatile keeps the products and the sum apart, each rounded.
template <typename OpT>
static ExpectedKernel makeFloatSum(OpT op, int64_t sign) {
  quant::QuantizedType result = qnn::getQuantizedElement(op.getType());
  auto getRatio = [&](auto operand) {
    return getScaleF32(qnn::getQuantizedElement(operand.getType())) /
           getScaleF32(result);
  };
  return makeBinary(
      op, [lhsRatio = getRatio(op.getLhs()), rhsRatio = getRatio(op.getRhs()),
           sign, clip = Clip(result, op.getClamp()),
           zeroPoint = getZeroPointOf(result)](int64_t lhs, int64_t rhs) {
        volatile float left = static_cast<float>(lhs) * lhsRatio;
        volatile float right = static_cast<float>(sign * rhs) * rhsRatio;
        volatile float sum = left + right;
        return clip(std::nearbyint(static_cast<double>(sum)) +
                    static_cast<double>(zeroPoint));
      });
}

/// `sign` is 1 for a sum and -1 for a difference.
template <typename OpT>
static ExpectedKernel makeSum(OpT op, int64_t sign) {
  if (op.getRounding() == qnn::RoundingMode::FloatEven)
    return makeFloatSum(op, sign);
  quant::QuantizedType result = qnn::getQuantizedElement(op.getType());
  auto getRatio = [&](auto operand) {
    quant::QuantizedType type = qnn::getQuantizedElement(operand.getType());
    return static_cast<double>(getScaleF32(type)) /
           static_cast<double>(getScaleF32(result));
  };
  llvm::Expected<SumMultipliers> multipliers =
      findSumMultipliers(getRatio(op.getLhs()), getRatio(op.getRhs()),
                         isWide(op.getLhs()) || isWide(op.getRhs()));
  if (!multipliers)
    return multipliers.takeError();
  return makeBinary(
      op, [m = *multipliers, sign, clip = Clip(result, op.getClamp()),
           zeroPoint = getZeroPointOf(result)](int64_t lhs, int64_t rhs) {
        Wide acc = static_cast<Wide>(lhs) * m.lhs +
                   sign * static_cast<Wide>(rhs) * m.rhs;
        Wide unit = static_cast<Wide>(1) << m.shift;
        return clip(zeroPoint + divideFloor(2 * acc + unit, 2 * unit));
      });
}

ExpectedKernel makeKernel(qnn::AddOp op) { return makeSum(op, 1); }
ExpectedKernel makeKernel(qnn::SubOp op) { return makeSum(op, -1); }

ExpectedKernel makeKernel(qnn::MulOp op) {
  quant::QuantizedType result = qnn::getQuantizedElement(op.getType());
  float lhs = getScaleF32(qnn::getQuantizedElement(op.getLhs().getType()));
  float rhs = getScaleF32(qnn::getQuantizedElement(op.getRhs().getType()));
  float out = getScaleF32(result);
  float product = lhs * rhs;
  llvm::Expected<Requantizer> requantizer =
      Requantizer::create({static_cast<double>(lhs) * static_cast<double>(rhs) /
                               static_cast<double>(out),
                           product / out},
                          op.getRounding(), result, op.getClamp());
  if (!requantizer)
    return requantizer.takeError();
  return makeBinary(op, [requantizer = *requantizer](int64_t a, int64_t b) {
    return requantizer(a * b);
  });
}

ExpectedKernel makeKernel(qnn::LookupOp op) {
  llvm::Expected<std::vector<int32_t>> table = readStoredIntegers(
      op.getTable(), qnn::getQuantizedElement(op.getType()).isSigned());
  if (!table)
    return table.takeError();
  bool isSigned = qnn::getQuantizedElement(op.getInput().getType()).isSigned();
  int32_t half = isWide(op.getInput()) ? 32768 : 128;
  return [table = std::move(*table),
          least = isSigned ? -half : 0](auto operands, Tensor &result) {
    for (size_t i = 0; i < result.integers.size(); ++i)
      result.integers[i] = table[operands[0]->integers[i] - least];
  };
}

/// exp(-d * scale) in units of 2^-fraction. The exponential is computed with
/// more bits than a double has, so that it does not share a rounding with the
/// table of the lowering.
static Wide makeExponential(int64_t d, float scale, int fraction) {
  long double real = std::exp(-static_cast<long double>(d) * scale);
  return static_cast<Wide>(std::nearbyint(std::ldexp(real, fraction)));
}

/// T[d] of the description for all distances of 8 or, of two factors, 16 bits.
static std::vector<uint32_t> makeExponentials(float scale, int64_t length,
                                              bool isWide) {
  int64_t log2 = 0;
  while ((int64_t(1) << log2) < length)
    ++log2;
  int fraction = static_cast<int>(std::min<int64_t>(22, 30 - log2));
  std::vector<uint32_t> table;
  for (int64_t d = 0; d < (isWide ? 65536 : 256); ++d) {
    if (!isWide) {
      table.push_back(
          static_cast<uint32_t>(makeExponential(d, scale, fraction)));
      continue;
    }
    Wide product = makeExponential(d / 256 * 256, scale, 30) *
                   makeExponential(d % 256, scale, 30);
    Wide unit = static_cast<Wide>(1) << (60 - fraction);
    table.push_back(
        static_cast<uint32_t>(divideFloor(2 * product + unit, 2 * unit)));
  }
  return table;
}

ExpectedKernel makeKernel(qnn::SoftmaxOp op) {
  RankedTensorType type = op.getInput().getType();
  auto axis = static_cast<int64_t>(op.getAxis());
  int64_t length = type.getDimSize(axis), inner = 1;
  for (int64_t size : type.getShape().drop_front(axis + 1))
    inner *= size;
  std::vector<uint32_t> table =
      makeExponentials(getScaleF32(qnn::getQuantizedElement(type)), length,
                       isWide(op.getInput()));
  quant::QuantizedType element = qnn::getQuantizedElement(op.getType());
  Clip clip(element);
  int64_t zeroPoint = getZeroPointOf(element);
  auto units = static_cast<uint64_t>(1.0 / getScaleF32(element));
  return [=](auto operands, Tensor &result) {
    const std::vector<int32_t> &x = operands[0]->integers;
    int64_t rows = static_cast<int64_t>(x.size()) / length;
    for (int64_t row = 0; row < rows; ++row) {
      int64_t first = row / inner * length * inner + row % inner;
      int32_t greatest = x[first];
      for (int64_t i = 1; i < length; ++i)
        greatest = std::max(greatest, x[first + i * inner]);
      uint64_t sum = 0;
      for (int64_t i = 0; i < length; ++i)
        sum += table[greatest - x[first + i * inner]];
      for (int64_t i = 0; i < length; ++i) {
        uint64_t entry = table[greatest - x[first + i * inner]];
        uint64_t share = (entry * units + sum / 2) / sum;
        result.integers[first + i * inner] =
            clip(static_cast<Wide>(zeroPoint) + static_cast<Wide>(share));
      }
    }
  };
}

} // namespace quantc::exec::reference

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

/// `sign` is 1 for a sum and -1 for a difference.
template <typename OpT>
static ExpectedKernel makeSum(OpT op, int64_t sign) {
  quant::QuantizedType result = qnn::getQuantizedElement(op.getType());
  auto getRatio = [&](auto operand) {
    quant::QuantizedType type = qnn::getQuantizedElement(operand.getType());
    return static_cast<double>(getScaleF32(type)) /
           static_cast<double>(getScaleF32(result));
  };
  llvm::Expected<SumMultipliers> multipliers =
      findSumMultipliers(getRatio(op.getLhs()), getRatio(op.getRhs()));
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
  return [table = std::move(*table),
          least = isSigned ? -128 : 0](auto operands, Tensor &result) {
    for (size_t i = 0; i < result.integers.size(); ++i)
      result.integers[i] = table[operands[0]->integers[i] - least];
  };
}

/// T[d] of the description, d from 0 to 255. The exponential is computed with
/// more bits than a double has, so that it does not share a rounding with the
/// table of the lowering.
static std::vector<uint32_t> makeExponentials(float scale, int64_t length) {
  int64_t log2 = 0;
  while ((int64_t(1) << log2) < length)
    ++log2;
  int fraction = static_cast<int>(std::min<int64_t>(22, 30 - log2));
  std::vector<uint32_t> table;
  for (int d = 0; d < 256; ++d) {
    long double real = std::exp(-static_cast<long double>(d) * scale);
    table.push_back(
        static_cast<uint32_t>(std::nearbyint(std::ldexp(real, fraction))));
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
      makeExponentials(getScaleF32(qnn::getQuantizedElement(type)), length);
  int64_t least = qnn::getQuantizedElement(op.getType()).getStorageTypeMin();
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
        uint64_t share = (entry * 256 + sum / 2) / sum;
        result.integers[first + i * inner] = static_cast<int32_t>(
            least + static_cast<int64_t>(std::min<uint64_t>(255, share)));
      }
    }
  };
}

} // namespace quantc::exec::reference

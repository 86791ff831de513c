// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The arithmetic of the qnn descriptions a second time: exact integers of 128
// bits, floor division and rounding as they are defined, and nothing of the
// Numerics library. Speed is no aim.
#ifndef QUANTC_LIB_EXECUTION_REFERENCE_ARITHMETIC_H
#define QUANTC_LIB_EXECUTION_REFERENCE_ARITHMETIC_H

#include "quantc/Dialect/QNN/IR/QNNOps.h"

#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>

namespace quantc::exec::reference {

using Wide = __int128;

/// The greatest integer that is at most `dividend / divisor`; divisor > 0.
Wide divideFloor(Wide dividend, Wide divisor);

/// scale(v) and zero_point(v) of the descriptions.
float getScaleF32(mlir::quant::QuantizedType type, int64_t channel = 0);
int64_t getZeroPointOf(mlir::quant::QuantizedType type, int64_t channel = 0);

/// clip: saturation into the storage range of `type`, then the clamp.
class Clip {
public:
  Clip(mlir::quant::QuantizedType type,
       std::optional<llvm::ArrayRef<int32_t>> clamp = std::nullopt);

  int32_t operator()(Wide value) const;
  int32_t operator()(double value) const;

private:
  int64_t low, high;
};

/// A real number as the requantization of one channel uses it: in double for
/// the fixed-point roundings, in single precision for `float_even`.
struct RealRatio {
  double exact;
  float single;
};

/// clip(zero_point + requant(acc, M)) for one M.
class Requantizer {
public:
  /// An error where M has no fixed-point multiplier.
  static llvm::Expected<Requantizer>
  create(RealRatio ratio, qnn::RoundingMode rounding,
         mlir::quant::QuantizedType result,
         std::optional<llvm::ArrayRef<int32_t>> clamp);

  int32_t operator()(int64_t accumulator) const;

private:
  Requantizer(Clip clip, int64_t zeroPoint)
      : clip(clip), zeroPoint(zeroPoint) {}

  /// M ~ multiplier / 2^shift with 2^30 <= multiplier < 2^31.
  llvm::Error setFixedPoint(double ratio);

  Clip clip;
  int64_t zeroPoint;
  qnn::RoundingMode rounding = qnn::RoundingMode::Single;
  int64_t multiplier = 0;
  int shift = 0;
  float ratio = 0;
};

/// The multipliers of a quantized sum.
struct SumMultipliers {
  int64_t lhs, rhs;
  int shift;
};

/// The largest shift up to 30 at which neither multiplier exceeds 2^21; for
/// operands of more than 8 bits up to 45 and 2^30.
llvm::Expected<SumMultipliers>
findSumMultipliers(double lhsRatio, double rhsRatio, bool isWide = false);

} // namespace quantc::exec::reference

#endif // QUANTC_LIB_EXECUTION_REFERENCE_ARITHMETIC_H

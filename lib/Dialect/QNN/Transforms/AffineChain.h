// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognizes a run of float operations that together are one affine map a
// channel: a[c] * x + b[c]. It composes the map in f64 and decides where the
// run ends; what becomes of it is left to the passes.
#ifndef QUANTC_LIB_DIALECT_QNN_TRANSFORMS_AFFINECHAIN_H
#define QUANTC_LIB_DIALECT_QNN_TRANSFORMS_AFFINECHAIN_H

#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>
#include <vector>

namespace quantc::qnn {

/// One operation y = f(x) that maps each channel affinely, with the channels on
/// the last axis.
struct AffineStep {
  mlir::Operation *op;
  /// The operand of `op` that is x; its type is the type of y.
  mlir::Value input;
};

/// The map of a run of steps, one scale and one shift a channel.
class AffineChain {
public:
  explicit AffineChain(int64_t channels)
      : scale(channels, 1.0), shift(channels, 0.0) {}

  /// Appends every step that follows `start` through single uses.
  static AffineChain follow(mlir::Value start, int64_t channels);

  /// Appends `op` if it maps `input` affinely; false, and no change, if not.
  bool append(mlir::Operation *op, mlir::Value input);

  bool empty() const { return steps.empty(); }
  /// True if some step multiplies different channels by different numbers.
  bool scalesPerChannel() const;

  llvm::SmallVector<AffineStep> steps;
  std::vector<double> scale;
  std::vector<double> shift;
};

} // namespace quantc::qnn

#endif // QUANTC_LIB_DIALECT_QNN_TRANSFORMS_AFFINECHAIN_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which float values of a function get a scale and zero point of their own.
// The calibrate stage observes exactly these values and the quantize stage
// quantizes exactly these values, so both ask this analysis. It knows
// operations through QuantizableOpInterface only.
#ifndef QUANTC_DIALECT_QNN_TRANSFORMS_QUANTIZATIONPLAN_H
#define QUANTC_DIALECT_QNN_TRANSFORMS_QUANTIZATIONPLAN_H

#include "quantc/Dialect/QNN/IR/QuantizableOpInterface.h"

#include "mlir/IR/Value.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
#include <string>

namespace quantc::qnn {

class QuantizationPlan {
public:
  /// Plans the single block of `function`: every value that could be quantized,
  /// whatever its policy. This is what is measured, so that one table serves
  /// every policy.
  static QuantizationPlan build(mlir::FunctionOpInterface function);

  /// Of these values, under the same names, those that are quantized: all but
  /// the ones that only operations which stay float make and read.
  static QuantizationPlan buildByPolicy(mlir::FunctionOpInterface function);

  /// The values to quantize, in program order, each with the name under which
  /// its range stands in a calibration table: the name of the operation's
  /// location or of the argument, made unique in program order.
  const llvm::MapVector<mlir::Value, std::string> &getValues() const {
    return values;
  }

  bool contains(mlir::Value value) const { return values.contains(value); }

  /// Whether the policy of `op`, or of an operation that is one with it (its
  /// fused clamp, a link of its elementwise chain), keeps it in float. False
  /// for every operation of a plan that does not ask for the policy.
  bool staysFloat(mlir::Operation *op) const { return floatOps.contains(op); }
  const llvm::DenseSet<mlir::Operation *> &getFloatOps() const {
    return floatOps;
  }

private:
  llvm::DenseSet<mlir::Operation *> floatOps;
  llvm::MapVector<mlir::Value, std::string> values;
};

/// The clamp that is fused into the operation which defines `value`: its only
/// user, if that clamps and the operation can take it. Null otherwise.
mlir::Operation *getFusedClamp(mlir::Value value);

/// `op` and all operations that are quantized together with it or not at all,
/// in program order: the clamp that is fused into it, the other links of its
/// elementwise chain.
llvm::SmallVector<mlir::Operation *> getLayer(mlir::Operation *op);

/// Appends the names that a source gave to `loc`, the first one first.
void collectLocationNames(mlir::Location loc,
                          llvm::SmallVectorImpl<llvm::StringRef> &names);

/// The value of which `value` is an elementwise function: every path from it
/// back through scalar-evaluable operations ends in this one value or in a
/// uniform constant. Null if there is no such value, or it is `value` itself.
mlir::Value getElementwiseSource(mlir::Value value);

/// Whether `value` is a link between other links of one elementwise chain, so
/// that it has no scale of its own.
bool isInsideElementwiseChain(mlir::Value value);

/// Whether `type` is a ranked tensor of f32.
bool isFloatTensor(mlir::Type type);

} // namespace quantc::qnn

#endif // QUANTC_DIALECT_QNN_TRANSFORMS_QUANTIZATIONPLAN_H

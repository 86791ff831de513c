// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The C++ side of QuantizableOpInterface: the small types of its methods.
#ifndef QUANTC_DIALECT_QNN_IR_QUANTIZABLEOPINTERFACE_H
#define QUANTC_DIALECT_QNN_IR_QUANTIZABLEOPINTERFACE_H

#include "quantc/Dialect/QNN/IR/QNNDialect.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include <optional>

namespace quantc::qnn {

/// What an operand of a float operation is to its quantized form.
enum class OperandRole { Activation, Weight, Bias, Parameter };

/// The operands whose product a bias is added to.
struct BiasScale {
  unsigned activation;
  unsigned weight;
};

/// Parameters that do not depend on a measurement. `zeroPointOffset` counts
/// from the storage minimum, so that it holds for signed and unsigned storage.
struct FixedQuantization {
  double scale;
  int64_t zeroPointOffset;
};

/// A closed interval of real numbers; either end may be infinite.
struct RealRange {
  double min;
  double max;
};

/// What `buildQuantized` puts on the operation that it builds.
struct QuantizedBuildOptions {
  mlir::Location loc;
  RoundingMode rounding = RoundingMode::Single;
  /// Fused activation as stored integers of the result type, or null.
  mlir::DenseI32ArrayAttr clamp;
  /// Where the parameters of the result came from, or null.
  CalibrationAttr calibration;
};

} // namespace quantc::qnn

#include "quantc/Dialect/QNN/IR/QuantizableOpInterface.h.inc"

#endif // QUANTC_DIALECT_QNN_IR_QUANTIZABLEOPINTERFACE_H

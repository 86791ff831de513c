// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One float function that computes a model several times over: as it is, each
// layer with one source of error at a time, and quantized as a whole. Its
// observers are what an error report is made from.
#ifndef QUANTC_LIB_DRIVER_ERRORPROBES_H
#define QUANTC_LIB_DRIVER_ERRORPROBES_H

#include "quantc/Report/ErrorReport.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"

namespace quantc {

/// What an observer shows. `Reference` comes before the other probes of its
/// layer.
enum class ProbeKind {
  /// The result of a layer of the float model.
  Reference,
  /// The same, with quantized weights only, with a quantized input only, and
  /// with both.
  Weights,
  Input,
  Both,
  /// The dequantized result in the quantized model.
  Accumulated,
  /// A result of the float model, and of the quantized one.
  OutputReference,
  Output
};

/// The name of an observer: its kind and the layer or result that it belongs
/// to.
struct ProbeName {
  ProbeKind kind;
  size_t index;

  std::string toString() const;
  static ProbeName parse(llvm::StringRef text);
};

struct ProbedLayer {
  LayerReport report;
  mlir::quant::UniformQuantizedType type;
  /// Channels of the last dimension.
  int64_t channels = 1;
  /// The layer whose result is its input, where it is one.
  std::optional<size_t> inputLayer;
};

struct ProbedModel {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// In program order.
  std::vector<ProbedLayer> layers;
  std::vector<std::string> outputs;
};

/// Where `loc` lies in a file, as "file:line:column"; empty where in none.
std::string describeLocation(mlir::Location loc);

/// Numbers the operations of `module`, so that they are known again in copies
/// that passes have changed. `clearLayerNumbers` removes the numbers.
void setLayerNumbers(mlir::ModuleOp module);
void clearLayerNumbers(mlir::ModuleOp module);

/// Builds the function from `reference`, a numbered float graph, and
/// `improved`, which was the same and will be quantized; both belong to one
/// context, whose handlers hear what the quantize stage says about it.
llvm::Expected<ProbedModel> buildErrorProbes(mlir::ModuleOp reference,
                                             mlir::ModuleOp improved);

} // namespace quantc

#endif // QUANTC_LIB_DRIVER_ERRORPROBES_H

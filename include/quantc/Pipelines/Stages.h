// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The stages of the road from a float graph to integer loops as pass
// pipelines: one option struct and one build function each, registered under
// the names that stand beside them. Import is no pass pipeline: it makes the
// module. The prepare stage is in Prepare.h, code generation in Codegen.
#ifndef QUANTC_PIPELINES_STAGES_H
#define QUANTC_PIPELINES_STAGES_H

#include "quantc/Dialect/QNN/IR/QNNDialect.h"
#include "quantc/Pipelines/Prepare.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace quantc {

/// quantc-calibrate: ranges of an earlier measurement. Running the
/// model to measure them is `calibrate` in Compiler.h.
struct CalibrateOptions : mlir::PassPipelineOptions<CalibrateOptions> {
  Option<std::string> table{*this, "table",
                            llvm::cl::desc("Path of the calibration table"),
                            llvm::cl::init("")};
};

/// quantc-quantize-weights: how weights are stored.
struct QuantizeWeightsOptions
    : mlir::PassPipelineOptions<QuantizeWeightsOptions> {
  Option<unsigned> bits{*this, "bits",
                        llvm::cl::desc("Width of a stored weight: 8 or 4"),
                        llvm::cl::init(8)};
  Option<unsigned> block{
      *this, "block",
      llvm::cl::desc("Weights of 4 bits that share a scale, at most"),
      llvm::cl::init(32)};
};

/// quantc-quantize: a float graph with ranges to QDQ form.
struct QuantizeOptions : mlir::PassPipelineOptions<QuantizeOptions> {
  Option<std::string> recipe{
      *this, "recipe",
      llvm::cl::desc("Path of a recipe; empty where policies are attached"),
      llvm::cl::init("")};
};

/// quantc-legalize: QDQ form to qnn operations.
struct LegalizeOptions : mlir::PassPipelineOptions<LegalizeOptions> {
  Option<qnn::RoundingMode> rounding{
      *this, "rounding", llvm::cl::desc("How operations requantize"),
      llvm::cl::init(qnn::RoundingMode::Single),
      llvm::cl::values(
          clEnumValN(qnn::RoundingMode::Single, "single",
                     "one rounding, ties up (TOSA SINGLE_ROUND)"),
          clEnumValN(qnn::RoundingMode::Double, "double",
                     "two roundings (TOSA DOUBLE_ROUND, TFLite)"),
          clEnumValN(qnn::RoundingMode::FloatEven, "float_even",
                     "float multiply, ties to even (ONNX Runtime)"))};
  Option<bool> integerBoundary{
      *this, "integer-boundary",
      llvm::cl::desc("Take and give stored integers instead of floats"),
      llvm::cl::init(false)};
  Option<bool> failOnFloat{
      *this, "fail-on-float",
      llvm::cl::desc("Fail where an operation stays in float"),
      llvm::cl::init(false)};
  Option<bool> reportFloat{*this, "report-float",
                           llvm::cl::desc("Name what stays in float"),
                           llvm::cl::init(true)};
};

/// quantc-lower: what the target asks of the integer program.
struct LowerOptions : mlir::PassPipelineOptions<LowerOptions> {
  Option<bool> unsignedActivations{
      *this, "unsigned-activations",
      llvm::cl::desc("Store 8-bit activations unsigned inside the model"),
      llvm::cl::init(false)};
  Option<bool> signedActivations{
      *this, "signed-activations",
      llvm::cl::desc("Store 8-bit activations signed; otherwise they stay"),
      llvm::cl::init(false)};
  Option<bool> verifyIntegerOnly{
      *this, "verify-integer-only",
      llvm::cl::desc("Fail where anything but the boundary computes on floats"),
      llvm::cl::init(false)};
};

void buildCalibratePipeline(mlir::OpPassManager &pm,
                            const CalibrateOptions &options);
void buildQuantizePipeline(mlir::OpPassManager &pm,
                           const QuantizeOptions &options);
/// quantc-complete-qdq: QDQ form or a fake-quantized graph of another tool to
/// QDQ form.
void buildCompleteQDQPipeline(mlir::OpPassManager &pm);
/// quantc-quantize-weights: a prepared float graph to QDQ form, weights alone.
void buildQuantizeWeightsPipeline(mlir::OpPassManager &pm,
                                  const QuantizeWeightsOptions &options);
/// quantc-quantize-dynamic: a prepared float graph to QDQ form with ranges of
/// run time.
void buildQuantizeDynamicPipeline(mlir::OpPassManager &pm);
void buildLegalizePipeline(mlir::OpPassManager &pm,
                           const LegalizeOptions &options);

/// quantc-lower: qnn operations, and float ones that are left, to linalg on
/// tensors.
void buildLowerPipeline(mlir::OpPassManager &pm, const LowerOptions &options);

/// Registers all of them and quantc-prepare.
void registerStagePipelines();

} // namespace quantc

#endif // QUANTC_PIPELINES_STAGES_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes of the stages, each introduced by why it stands where it stands.
#include "quantc/Pipelines/Stages.h"

#include "quantc/Codegen/Pipelines.h"
#include "quantc/Conversion/Passes.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace quantc {

void buildCalibratePipeline(OpPassManager &pm,
                            const CalibrateOptions &options) {
  qnn::ApplyCalibrationPassOptions apply;
  apply.table = options.table;
  pm.addPass(qnn::createApplyCalibrationPass(apply));

  // The form that the quantize stage receives.
  pm.addNestedPass<func::FuncOp>(qnn::createVerifyCalibratedPass());
}

void buildQuantizePipeline(OpPassManager &pm, const QuantizeOptions &options) {
  // Before anything is placed by it. A recipe that names calibration methods
  // has to be applied before the ranges are.
  if (!options.recipe.empty()) {
    qnn::ApplyRecipePassOptions recipe;
    recipe.recipe = options.recipe;
    pm.addPass(qnn::createApplyRecipePass(recipe));
  }

  pm.addNestedPass<func::FuncOp>(qnn::createInsertQDQPass());

  // The float weights have lost their users.
  pm.addPass(createCanonicalizerPass());

  // The form that the legalize stage receives.
  pm.addNestedPass<func::FuncOp>(qnn::createVerifyQDQFormPass());
}

void buildCompleteQDQPipeline(OpPassManager &pm) {
  pm.addNestedPass<func::FuncOp>(qnn::createConvertFakeQuantizePass());

  // Behind it, so that it sees the casts of the simulation too.
  pm.addNestedPass<func::FuncOp>(qnn::createPropagateCastsPass());

  // Pairs of casts that changed nothing, and float weights without users.
  pm.addPass(createCanonicalizerPass());
}

void buildQuantizeWeightsPipeline(OpPassManager &pm,
                                  const QuantizeWeightsOptions &options) {
  qnn::QuantizeWeightsPassOptions quantize;
  quantize.bits = options.bits;
  quantize.block = options.block;
  pm.addNestedPass<func::FuncOp>(qnn::createQuantizeWeightsPass(quantize));

  // The float weights have lost their users.
  pm.addPass(createCanonicalizerPass());
}

void buildQuantizeDynamicPipeline(OpPassManager &pm) {
  pm.addNestedPass<func::FuncOp>(qnn::createInsertDynamicQDQPass());
  pm.addPass(createCanonicalizerPass());
}

void buildLegalizePipeline(OpPassManager &pm, const LegalizeOptions &options) {
  // Sums of integers with a float result need no quantize behind them, so that
  // the pass below does not see them.
  pm.addNestedPass<func::FuncOp>(qnn::createLegalizeDynamicPass());

  qnn::LegalizePassOptions legalize;
  legalize.rounding = options.rounding;
  pm.addNestedPass<func::FuncOp>(qnn::createLegalizePass(legalize));

  // Tables of tables, reshapes of reshapes, transposes of single pixels.
  pm.addPass(createCanonicalizerPass());

  // After canonicalization, so that only what really computes is reported.
  qnn::ReportFloatPassOptions report;
  report.fail = options.failOnFloat;
  if (options.reportFloat || options.failOnFloat)
    pm.addNestedPass<func::FuncOp>(qnn::createReportFloatPass(report));

  // Last: the report takes the boundary from the quantizes of the arguments.
  if (options.integerBoundary)
    pm.addPass(qnn::createQuantizeBoundaryPass());
}

void buildLowerPipeline(OpPassManager &pm, const LowerOptions &options) {
  // A simulation computes with floats between its casts.
  pm.addNestedPass<func::FuncOp>(qnn::createConvertFakeQuantizePass());

  // What stayed float is TOSA for everything below.
  pm.addNestedPass<func::FuncOp>(qnn::createExpandLayerNormPass());

  // Before shapes become loops, which would keep operations apart.
  pm.addNestedPass<func::FuncOp>(qnn::createSinkReshapesPass());

  // While types still say what is an activation and what a weight.
  if (options.unsignedActivations || options.signedActivations)
    pm.addNestedPass<func::FuncOp>(qnn::createSetActivationSignednessPass(
        {/*unsignedActivations=*/options.unsignedActivations}));

  pm.addPass(conversion::createConvertQNNToLinalgPass());

  // The proof is asked of the form that is compiled, not of an earlier one.
  if (options.verifyIntegerOnly)
    pm.addNestedPass<func::FuncOp>(conversion::createVerifyIntegerOnlyPass());

  // What stayed float is TOSA still; the pipeline leaves linalg alone.
  codegen::buildTosaToLinalgPipeline(pm);
}

void registerStagePipelines() {
  registerPreparePipeline();
  PassPipelineRegistration<CalibrateOptions>(
      "quantc-calibrate",
      "Calibrate stage: attach the ranges of a calibration table",
      buildCalibratePipeline);
  PassPipelineRegistration<QuantizeOptions>(
      "quantc-quantize",
      "Quantize stage: a float graph with ranges to QDQ form",
      buildQuantizePipeline);
  PassPipelineRegistration<QuantizeWeightsOptions>(
      "quantc-quantize-weights",
      "Quantize stage of weight-only: a float graph to QDQ form",
      buildQuantizeWeightsPipeline);
  PassPipelineRegistration<>(
      "quantc-quantize-dynamic",
      "Quantize stage of dynamic: a float graph to QDQ form",
      buildQuantizeDynamicPipeline);
  PassPipelineRegistration<>(
      "quantc-complete-qdq",
      "Quantize stage of a model that comes with its scales: what other tools "
      "leave out of QDQ form",
      buildCompleteQDQPipeline);
  PassPipelineRegistration<LegalizeOptions>(
      "quantc-legalize", "Legalize stage: QDQ form to quantized operations",
      buildLegalizePipeline);
  PassPipelineRegistration<LowerOptions>(
      "quantc-lower", "Lower stage: quantized operations to integer linalg",
      buildLowerPipeline);
}

} // namespace quantc

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of the prepare stage. Each pass is introduced by why it stands
// where it stands; what it does is written in PreparePasses.td.
#include "quantc/Pipelines/Prepare.h"

#include "quantc/Conversion/Passes.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void quantc::buildPreparePipeline(OpPassManager &pm,
                                  const PrepareOptions &options) {
  // Before the first canonicalization, which would delete these casts.
  pm.addNestedPass<func::FuncOp>(conversion::createConvertQuantToQNNPass());

  // One float graph dialect: no pass below knows another.
  pm.addNestedPass<func::FuncOp>(conversion::createConvertLinalgToTosaPass());

  // Constant expressions next: every later pass asks whether a weight, a scale
  // or a bound is a constant, and a cast of an integer constant is no float
  // graph before it is evaluated.
  pm.addNestedPass<func::FuncOp>(qnn::createFoldConstantsPass());

  // A graph that the stage cannot treat is refused here, with all of its
  // offenders, and not by whichever pass would meet the first one.
  pm.addPass(qnn::createVerifyFloatGraphPass());

  // Removes identities and unused operations: folding asks for single uses.
  pm.addPass(createCanonicalizerPass());

  // A graph that entered as IR may still have the transposes of its exporter;
  // between a convolution and what belongs to it they would stop every pass
  // below.
  pm.addNestedPass<func::FuncOp>(qnn::createCancelTransposesPass());

  // Before the folding of batch norm, so that a fully connected layer takes the
  // same bias and scale folding as a convolution.
  if (options.matmulToConv)
    pm.addNestedPass<func::FuncOp>(qnn::createMatMulToConvPass());

  // Before the clamps, which move up through pooling, but not through a pad.
  // A zero pad before pooling is legal because of the activation before it, so
  // that must still stand where the model has it.
  pm.addNestedPass<func::FuncOp>(qnn::createFoldPadPass());

  // Before the folding that takes the scale which it brings.
  pm.addNestedPass<func::FuncOp>(qnn::createHoistScalesPass());

  // Before the clamps, so that no scale stands between a convolution and its
  // activation.
  if (options.foldBatchNorm)
    pm.addNestedPass<func::FuncOp>(qnn::createFoldBatchNormPass());

  // After every other change of convolutions: it moves clamps to the operations
  // that are left.
  pm.addNestedPass<func::FuncOp>(qnn::createFuseClampsPass());

  // Softmax and layer normalization become one operation each, so that
  // calibration and quantization see its input and its result and nothing
  // between.
  pm.addNestedPass<func::FuncOp>(qnn::createRaiseSoftmaxPass());
  pm.addNestedPass<func::FuncOp>(qnn::createRaiseLayerNormPass());

  // Merges equal constants and removes what the folding made unused.
  pm.addPass(createCanonicalizerPass());

  // The form that calibration receives.
  pm.addPass(qnn::createVerifyFloatGraphPass());
}

void quantc::registerPreparePipeline() {
  PassPipelineRegistration<PrepareOptions>(
      "quantc-prepare",
      "Simplify a float graph: fold constants, batch norm and pads, cancel "
      "transposes, fuse activations",
      buildPreparePipeline);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Why each pass stands where it stands. What a pass does is documented where it
// is defined.
#include "quantc/Codegen/Pipelines.h"
#include "quantc/Codegen/ISA.h"
#include "quantc/Codegen/Passes.h"

#include "TileBufferization.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ComplexToLLVM/ComplexToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/OpenMPToLLVM/ConvertOpenMPToLLVM.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/FuncBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/ControlFlow/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Linalg/Transforms/AllInterfaces.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/IR/TensorInferTypeOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/Transforms/SubsetInsertionOpInterfaceImpl.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/Dialect/Tosa/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/Vector/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Vector/Transforms/SubsetOpInterfaceImpl.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace quantc::codegen {

void buildTosaToLinalgPipeline(OpPassManager &pm) {
  OpPassManager &functions = pm.nest<func::FuncOp>();
  // Broadcasts become explicit unit dimensions, which the conversion expects.
  functions.addPass(tosa::createTosaOptionalDecompositionsPass());
  functions.addPass(tosa::createTosaMakeBroadcastablePass());
  // Contractions first: what is left for the second pass is elementwise.
  functions.addPass(tosa::createTosaToLinalgNamed());
  functions.addPass(createCanonicalizerPass());
  functions.addPass(tosa::createTosaToLinalg());
  functions.addPass(createTosaToTensorPass());
  functions.addPass(createTosaToArithPass());
  functions.addPass(createTosaToSCFPass());
  functions.addPass(createCanonicalizerPass());
  functions.addPass(createCSEPass());
}

/// linalg on tensors to linalg.generic that is fused and ready for kernels.
static void addStructurePasses(OpPassManager &functions,
                               const CodegenOptions &options) {
  functions.addPass(createConvertElementwiseToLinalgPass());
  functions.addPass(createNormalizeStructuredOpsPass());
  functions.addPass(createCanonicalizerPass());
  // Before elementwise operations grow: a dequantize of weights is one still.
  functions.addPass(createFuseWeightsPass());
  // Chains of elementwise operations become one before reductions look for
  // their epilogue.
  functions.addPass(createFuseElementwisePass());
  // While every reduction is one operation and its loops are the model's own.
  if (options.profile)
    functions.addPass(createRecordMacsPass());
  const ISA *isa = findISA(options.isa);
  bool hasDots = options.vectorize && isa && isa->dot != DotInstruction::None;
  // Where there are dot products there is an f32 unit. High words are as cheap
  // where one instruction multiplies to them. While weights are as the model
  // has them: they bound their sums.
  if (hasDots && !isa->multipliesHigh())
    functions.addPass(createRequantizeInFloatPass());
  // Where a kernel reads of a padded image is part of its layout.
  if (hasDots)
    functions.addPass(createPackDotProductsPass(
        PackDotProductsPassOptions{options.vectorBits, options.isa}));
  DecomposePadsPassOptions pads{options.vectorBits};
  if (options.vectorize)
    pads.isa = options.isa;
  functions.addPass(createDecomposePadsPass(pads));
  functions.addPass(createNormalizeStructuredOpsPass());
  functions.addPass(createCanonicalizerPass());
  // While an operation is one line: afterwards a destination is a loop nest.
  functions.addPass(createPlaceDestinationsPass());
  if (options.vectorize) {
    functions.addPass(
        createPackConstantsPass(PackConstantsPassOptions{options.vectorBits}));
    functions.addPass(createVectorizeKernelsPass(
        VectorizeKernelsPassOptions{options.vectorBits, options.isa}));
  }
  functions.addPass(createCanonicalizerPass());
}

static void addBufferizationPasses(OpPassManager &pm) {
  // Results first, so that the last kernels find their destination.
  pm.addPass(createUseDestinationsPass());
  pm.addPass(bufferization::createEmptyTensorEliminationPass());
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  pm.addPass(bufferization::createOneShotBufferizePass(bufferize));
}

void buildCodegenPipeline(OpPassManager &pm, const CodegenOptions &options) {
  // Before anything is fused over an observed tensor.
  pm.addPass(createLowerObservePass());
  addStructurePasses(pm.nest<func::FuncOp>(), options);
  addBufferizationPasses(pm);
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(createCanonicalizerPass());
  functions.addPass(createCSEPass());
  // What the kernel emitter left alone, in the plainest form.
  functions.addPass(createConvertLinalgToLoopsPass());
  functions.addPass(
      createLowerCopiesPass(LowerCopiesPassOptions{options.vectorBits}));
  // Loads that two accumulators share, now that memory effects are explicit.
  functions.addPass(createCanonicalizerPass());
  functions.addPass(createCSEPass());
  functions.addPass(createPrefetchPass());
  pm.addPass(createPlanMemoryPass());
  // When every buffer has its place: what is cut here stays in this order.
  if (options.profile)
    pm.addPass(createInstrumentLayersPass());
  // Which bytes a kernel touches says what has to wait for what.
  pm.addPass(createParallelizeKernelsPass(
      ParallelizeKernelsPassOptions{options.threads, options.minSharedWork}));
  // Last: nothing looks across the border of a function.
  pm.addPass(createOutlineKernelsPass());
}

void buildLLVMPipeline(OpPassManager &pm, const LLVMOptions &options) {
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(createExpandMathPass());
  // First: where the target has no registers for tiles they become vectors.
  functions.addPass(createLowerTilesPass(LowerTilesPassOptions{options.isa}));
  // While accumulators are still vectors and not yet LLVM types.
  functions.addPass(createLowerQVecPass(LowerQVecPassOptions{options.isa}));
  // Rows of results that lie apart are written one by one.
  functions.addPass(createConvertVectorToSCFPass(
      VectorTransferToSCFOptions().enableFullUnroll()));
  functions.addPass(memref::createExpandStridedMetadataPass());
  functions.addPass(createLowerAffinePass());
  functions.addPass(arith::createArithExpandOpsPass());
  functions.addPass(createCSEPass());
  functions.addPass(createSCFToControlFlowPass());
  // LLVM's own functions first; what it lacks (erf) is called in libm.
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createConvertMathToLibmPass());
  pm.addPass(createConvertVectorToLLVMPass());
  ConvertFuncToLLVMPassOptions funcOptions;
  funcOptions.useBarePtrCallConv = true;
  pm.addPass(createConvertFuncToLLVMPass(funcOptions));
  // What is left in one walk.
  pm.addPass(createConvertToLLVMPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createExportCInterfacePass(
      ExportCInterfacePassOptions{options.sharedLibrary}));
}

void registerCodegenPipelines() {
  PassPipelineRegistration<>("quantc-tosa-to-linalg-pipeline",
                             "Float TOSA to linalg on tensors",
                             buildTosaToLinalgPipeline);
  PassPipelineRegistration<CodegenOptions>(
      "quantc-codegen-pipeline",
      "linalg on tensors to vector kernels in one arena", buildCodegenPipeline);
  PassPipelineRegistration<LLVMOptions>(
      "quantc-llvm-pipeline",
      "Vector kernels in one arena to the LLVM dialect with a C interface",
      buildLLVMPipeline);
}

/// Of every dialect that is loaded with those of the pipelines and promises it.
static void registerConversionsToLLVM(DialectRegistry &registry) {
  arith::registerConvertArithToLLVMInterface(registry);
  cf::registerConvertControlFlowToLLVMInterface(registry);
  index::registerConvertIndexToLLVMInterface(registry);
  registerConvertComplexToLLVMInterface(registry);
  registerConvertFuncToLLVMInterface(registry);
  registerConvertMathToLLVMInterface(registry);
  registerConvertMemRefToLLVMInterface(registry);
  registerConvertOpenMPToLLVMInterface(registry);
  ub::registerConvertUBToLLVMInterface(registry);
  vector::registerConvertVectorToLLVMInterface(registry);
}

void registerCodegenDialects(DialectRegistry &registry) {
  registry.insert<affine::AffineDialect, arith::ArithDialect,
                  bufferization::BufferizationDialect, cf::ControlFlowDialect,
                  func::FuncDialect, linalg::LinalgDialect, LLVM::LLVMDialect,
                  math::MathDialect, memref::MemRefDialect, omp::OpenMPDialect,
                  scf::SCFDialect, tensor::TensorDialect, tosa::TosaDialect,
                  vector::VectorDialect>();
  registerTileBufferization(registry);
  registerConversionsToLLVM(registry);
  arith::registerBufferizableOpInterfaceExternalModels(registry);
  bufferization::func_ext::registerBufferizableOpInterfaceExternalModels(
      registry);
  cf::registerBufferizableOpInterfaceExternalModels(registry);
  linalg::registerAllDialectInterfaceImplementations(registry);
  scf::registerBufferizableOpInterfaceExternalModels(registry);
  tensor::registerBufferizableOpInterfaceExternalModels(registry);
  tensor::registerInferTypeOpInterfaceExternalModels(registry);
  tensor::registerSubsetOpInterfaceExternalModels(registry);
  vector::registerBufferizableOpInterfaceExternalModels(registry);
  vector::registerSubsetOpInterfaceExternalModels(registry);
}

} // namespace quantc::codegen

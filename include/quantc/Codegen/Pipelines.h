// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The two halves of code generation as pipelines: from linalg on tensors to
// loops over buffers in one arena, and from there to the LLVM dialect. The
// float road adds the entry from TOSA.
#ifndef QUANTC_CODEGEN_PIPELINES_H
#define QUANTC_CODEGEN_PIPELINES_H

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace quantc::codegen {

/// What buildCodegenPipeline may assume of the target.
struct CodegenOptions : public mlir::PassPipelineOptions<CodegenOptions> {
  Option<unsigned> vectorBits{
      *this, "vector-bits",
      llvm::cl::desc("Width of a vector register in bits: 128, 256 or 512"),
      llvm::cl::init(256)};
  Option<bool> vectorize{
      *this, "vectorize",
      llvm::cl::desc("Emit vector kernels; without, plain loops (the reference "
                     "of the tests)"),
      llvm::cl::init(true)};
  Option<std::string> isa{
      *this, "isa",
      llvm::cl::desc("Row of the ISA table: whether there are dot products"),
      llvm::cl::init("generic")};
  Option<bool> profile{
      *this, "profile",
      llvm::cl::desc("Report each layer to a callback of the caller"),
      llvm::cl::init(false)};
  Option<unsigned> threads{
      *this, "threads",
      llvm::cl::desc("Threads of the compiled model, through OpenMP"),
      llvm::cl::init(1)};
  Option<int64_t> minSharedWork{
      *this, "min-shared-work",
      llvm::cl::desc("Smallest loop that is shared out to threads, in 256-bit "
                     "operations"),
      llvm::cl::init(15000)};
};

/// How buildLLVMPipeline leaves the module.
struct LLVMOptions : public mlir::PassPipelineOptions<LLVMOptions> {
  Option<bool> sharedLibrary{
      *this, "shared-library",
      llvm::cl::desc("Define quantc_model_descriptor beside NAME_descriptor"),
      llvm::cl::init(false)};
  Option<std::string> isa{
      *this, "isa",
      llvm::cl::desc("Row of the ISA table: which dot-product instruction"),
      llvm::cl::init("generic")};
};

/// Float TOSA to linalg on tensors. Integer or quantized TOSA is not its input.
void buildTosaToLinalgPipeline(mlir::OpPassManager &pm);

/// linalg on tensors to vector loops over memrefs, all memory in one arena.
void buildCodegenPipeline(mlir::OpPassManager &pm,
                          const CodegenOptions &options);

/// The result of buildCodegenPipeline to the LLVM dialect with the C interface.
void buildLLVMPipeline(mlir::OpPassManager &pm, const LLVMOptions &options);

/// Registers the three pipelines as quantc-tosa-to-linalg-pipeline,
/// quantc-codegen-pipeline and quantc-llvm-pipeline.
void registerCodegenPipelines();

/// Dialects and the external models (bufferization and subset
/// interfaces) that the pipelines need in the context before they run.
void registerCodegenDialects(mlir::DialectRegistry &registry);

} // namespace quantc::codegen

#endif // QUANTC_CODEGEN_PIPELINES_H

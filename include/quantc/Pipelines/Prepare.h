// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The prepare stage: a float graph in, a float graph with fewer and larger
// operations out. It computes the same function up to rounding.
#ifndef QUANTC_PIPELINES_PREPARE_H
#define QUANTC_PIPELINES_PREPARE_H

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace quantc {

struct PrepareOptions : mlir::PassPipelineOptions<PrepareOptions> {
  Option<bool> foldBatchNorm{
      *this, "fold-batch-norm",
      llvm::cl::desc("Fold per-channel scales and shifts into convolutions"),
      llvm::cl::init(true)};
  Option<bool> matmulToConv{
      *this, "matmul-to-conv",
      llvm::cl::desc("Write fully connected layers as 1x1 convolutions"),
      llvm::cl::init(true)};
};

/// Adds the passes of the stage to `pm`, a pass manager of modules.
void buildPreparePipeline(mlir::OpPassManager &pm,
                          const PrepareOptions &options);

/// Registers the stage as --quantc-prepare.
void registerPreparePipeline();

} // namespace quantc

#endif // QUANTC_PIPELINES_PREPARE_H

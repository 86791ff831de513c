// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The import stage from file to verified module: read, translate every node on
// its own, then cancel the layout transposes between them.

#include "quantc/Import/ONNX/Import.h"

#include "GraphImporter.h"
#include "ModelReader.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace quantc::import {
namespace {

/// One pass over the whole function: what the single translations left behind.
LogicalResult simplify(ModuleOp module) {
  PassManager passes(module.getContext());
  OpPassManager &functionPasses = passes.nest<func::FuncOp>();
  // Between two layers a transpose to ONNX's layout meets the one back.
  functionPasses.addPass(qnn::createCancelTransposesPass());
  // Nodes that read the same value each made their own copy of what is left,
  // and of zero points and shapes.
  functionPasses.addPass(createCSEPass());
  return passes.run(module);
}

} // namespace

OwningOpRef<ModuleOp> importONNXFromMemory(llvm::MemoryBufferRef buffer,
                                           MLIRContext *context,
                                           const ImportOptions &options,
                                           StringRef modelDirectory) {
  context->loadDialect<func::FuncDialect, linalg::LinalgDialect,
                       qnn::QNNDialect, quant::QuantDialect,
                       tensor::TensorDialect, tosa::TosaDialect>();
  Location loc =
      FileLineColLoc::get(context, buffer.getBufferIdentifier(), 0, 0);
  if (buffer.getBufferSize() > options.maxModelBytes) {
    emitError(loc) << "the model has " << buffer.getBufferSize()
                   << " bytes; the limit is " << options.maxModelBytes;
    return {};
  }
  std::unique_ptr<onnx::ModelProto> model = parseModel(buffer.getBuffer(), loc);
  if (!model)
    return {};
  OwningOpRef<ModuleOp> module =
      GraphImporter(*model, loc, modelDirectory).run();
  model.reset();
  if (!module || failed(verify(*module)))
    return {};
  if (options.cancelTransposes && failed(simplify(*module)))
    return {};
  return module;
}

OwningOpRef<ModuleOp> importONNX(StringRef path, MLIRContext *context,
                                 const ImportOptions &options) {
  Location loc = FileLineColLoc::get(context, path, 0, 0);
  uint64_t size = 0;
  if (std::error_code error = llvm::sys::fs::file_size(path, size)) {
    emitError(loc) << "cannot open the model: " << error.message();
    return {};
  }
  // A device or pipe has no size to check against the limit.
  if (!llvm::sys::fs::is_regular_file(path)) {
    emitError(loc) << "cannot open the model: not a regular file";
    return {};
  }
  if (size > options.maxModelBytes) {
    emitError(loc) << "the model has " << size << " bytes; the limit is "
                   << options.maxModelBytes;
    return {};
  }
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer) {
    emitError(loc) << "cannot open the model: " << buffer.getError().message();
    return {};
  }
  llvm::SmallString<128> directory(path);
  llvm::sys::path::remove_filename(directory);
  return importONNXFromMemory((*buffer)->getMemBufferRef(), context, options,
                              directory.empty() ? "." : directory.str());
}

} // namespace quantc::import

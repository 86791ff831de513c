// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The import stage for ONNX: a model file becomes one module with one public
// function @main of TOSA operations on statically shaped f32 tensors. The
// function keeps the model's own shapes and the names of its inputs and outputs
// (`qnn.name`); inside, images are NHWC. Folding batch norms, pads and
// activations is left to the prepare stage.
#ifndef QUANTC_IMPORT_ONNX_IMPORT_H
#define QUANTC_IMPORT_ONNX_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBufferRef.h"

#include <cstdint>

namespace quantc::import {

struct ImportOptions {
  /// A model file larger than this many bytes is refused. Protobuf itself
  /// parses no message over 2 GiB; larger weights come as external data.
  uint64_t maxModelBytes = (uint64_t(1) << 31) - 1;

  /// Cancel the layout transposes that the translation of each single node
  /// leaves. Without it the result shows every node on its own.
  bool cancelTransposes = true;
};

/// Imports the ONNX model in the file `path`. Every error is an MLIR diagnostic
/// located in that file; one that concerns a node says its name, op and opset,
/// and all unsupported nodes are reported before null is returned.
mlir::OwningOpRef<mlir::ModuleOp> importONNX(llvm::StringRef path,
                                             mlir::MLIRContext *context,
                                             const ImportOptions &options = {});

/// Imports a serialized ONNX model from memory. The buffer's identifier is the
/// file name in diagnostics; external data is looked up in `modelDirectory`
/// and refused where that is empty.
mlir::OwningOpRef<mlir::ModuleOp>
importONNXFromMemory(llvm::MemoryBufferRef model, mlir::MLIRContext *context,
                     const ImportOptions &options = {},
                     llvm::StringRef modelDirectory = "");

} // namespace quantc::import

#endif // QUANTC_IMPORT_ONNX_IMPORT_H

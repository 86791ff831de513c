// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How one-shot bufferization sees operations on tiles.
#ifndef QUANTC_LIB_CODEGEN_TILEBUFFERIZATION_H
#define QUANTC_LIB_CODEGEN_TILEBUFFERIZATION_H

#include "mlir/IR/DialectRegistry.h"

namespace quantc::codegen {

void registerTileBufferization(mlir::DialectRegistry &registry);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_TILEBUFFERIZATION_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits the loop nest of a dot product on tiles.
#ifndef QUANTC_LIB_CODEGEN_TILEEMITTER_H
#define QUANTC_LIB_CODEGEN_TILEEMITTER_H

#include "KernelGroup.h"
#include "TilePlan.h"

namespace quantc::codegen {

/// Emits the kernel at the place of the group's last operation and returns the
/// tensor that replaces its result. The group does not read what it writes:
/// elements at the ends of loops are computed twice.
mlir::Value emitTiles(mlir::RewriterBase &rewriter, KernelGroup &group,
                      const TilePlan &plan);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_TILEEMITTER_H

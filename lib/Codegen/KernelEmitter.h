// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits the loop nest of one group of linalg.generic operations. Which
// operations form a group is decided in KernelGroup.
#ifndef QUANTC_LIB_CODEGEN_KERNELEMITTER_H
#define QUANTC_LIB_CODEGEN_KERNELEMITTER_H

#include "KernelGroup.h"
#include "KernelPlan.h"

#include "mlir/IR/PatternMatch.h"

namespace quantc::codegen {

/// Emits the kernel at the place of the group's last operation and returns the
/// tensor that replaces its result.
mlir::Value emitKernel(mlir::RewriterBase &rewriter, KernelGroup &group,
                       const KernelPlan &plan);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_KERNELEMITTER_H

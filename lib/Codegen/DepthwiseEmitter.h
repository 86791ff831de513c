// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits the kernel of a depthwise convolution. What the kernel looks like is
// decided in DepthwisePlan.
#ifndef QUANTC_LIB_CODEGEN_DEPTHWISEEMITTER_H
#define QUANTC_LIB_CODEGEN_DEPTHWISEEMITTER_H

#include "DepthwisePlan.h"

namespace quantc::codegen {

/// Emits the kernel at the place of the group's last operation and returns the
/// tensor that replaces its result.
mlir::Value emitDepthwise(mlir::RewriterBase &rewriter, KernelGroup &group,
                          const DepthwisePlan &plan);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_DEPTHWISEEMITTER_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise kernels that turn planes into pixels, as the entry of a model
// does with an image: what neighbours in the operand is a few elements apart
// in the result.
#ifndef QUANTC_LIB_CODEGEN_INTERLEAVEEMITTER_H
#define QUANTC_LIB_CODEGEN_INTERLEAVEEMITTER_H

#include "KernelEmitter.h"

namespace quantc::codegen {

/// True if the vectors of `plan` run along the second to last dimension of the
/// result and the last is a loop of 2 to 4 iterations.
bool interleavesVectors(KernelGroup &group, const KernelPlan &plan);

/// As emitKernel, for a group that interleaves: the vectors of all iterations
/// of the last loop are shuffled together and stored as one.
mlir::Value emitInterleaved(mlir::RewriterBase &rewriter, KernelGroup &group,
                            const KernelPlan &plan);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_INTERLEAVEEMITTER_H

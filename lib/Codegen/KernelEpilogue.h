// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every kernel of sums does behind them: the tensor that it writes, and
// the operations that are applied to the sums.
#ifndef QUANTC_LIB_CODEGEN_KERNELEPILOGUE_H
#define QUANTC_LIB_CODEGEN_KERNELEPILOGUE_H

#include "BodyEmitter.h"
#include "KernelGroup.h"

#include "mlir/IR/PatternMatch.h"

namespace quantc::codegen {

/// The locations of all operations that the kernel computes, the root first.
mlir::Location getKernelLoc(KernelGroup &group);

/// Whether the kernel of `group` reads elements of what it writes.
bool readsDestination(KernelGroup &group);

/// The tensor that the kernel writes. Where its old contents do not matter it
/// gets a tensor of its own: sharing one would only make bufferization take it
/// apart again.
mlir::Value createDestination(mlir::RewriterBase &rewriter, KernelGroup &group);

/// The result of the epilogue for the sums `value` at `place` of the root.
mlir::Value computeEpilogue(BodyEmitter &body, KernelGroup &group,
                            mlir::Value value, const Place &place);

/// Writes the result `value` to `dest`: `rows` rows of the innermost dimension,
/// of which the first one, or a part of it, is at `place` of the root. Returns
/// the new tensor.
mlir::Value storeResults(BodyEmitter &body, KernelGroup &group,
                         mlir::Value value, int64_t rows, const Place &place,
                         mlir::Value dest);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_KERNELEPILOGUE_H

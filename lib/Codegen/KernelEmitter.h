// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits the loop nest of one group of linalg.generic operations: a root, what
// initializes its accumulators, and what is applied to them. Which operations
// form a group is decided by the caller.
#ifndef QUANTC_LIB_CODEGEN_KERNELEMITTER_H
#define QUANTC_LIB_CODEGEN_KERNELEMITTER_H

#include "KernelPlan.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"

namespace quantc::codegen {

/// An elementwise operation whose loops are parallel loops of the root.
struct KernelStage {
  mlir::linalg::GenericOp op;
  /// For each loop of `op` the loop of the root that it runs with.
  llvm::SmallVector<unsigned> rootLoops;
  /// The operand that is the value of the stage before (epilogue only).
  mlir::OpOperand *chained = nullptr;
};

/// Operations that become one kernel.
struct KernelGroup {
  mlir::linalg::GenericOp root;
  /// What computes the initial value of the root's accumulators, if it is
  /// computed in registers and not read from memory.
  std::optional<KernelStage> init;
  /// What is applied to the accumulators, in order.
  llvm::SmallVector<KernelStage> epilogue;
  /// Whether the target looks up vectors of bytes.
  bool looksUp = false;

  mlir::linalg::GenericOp getLast() {
    return epilogue.empty() ? root : epilogue.back().op;
  }
};

/// Emits the kernel at the place of the group's last operation and returns the
/// tensor that replaces its result.
mlir::Value emitKernel(mlir::RewriterBase &rewriter, KernelGroup &group,
                       const KernelPlan &plan);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_KERNELEMITTER_H

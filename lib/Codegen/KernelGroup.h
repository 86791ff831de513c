// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Forms the groups: which elementwise operations are computed in the registers
// of which reduction. How a group is planned and emitted is left to others.
#ifndef QUANTC_LIB_CODEGEN_KERNELGROUP_H
#define QUANTC_LIB_CODEGEN_KERNELGROUP_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/DenseSet.h"

#include <optional>

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

/// True if `op` has no reduction.
bool isElementwise(mlir::linalg::GenericOp op);

/// The group of `root`, for which isKernel holds, without operations in
/// `taken`.
KernelGroup formGroup(mlir::linalg::GenericOp root,
                      const llvm::DenseSet<mlir::Operation *> &taken = {});

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_KERNELGROUP_H

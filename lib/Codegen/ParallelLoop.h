// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The mark of loops whose iterations write disjoint elements and read nothing
// that another iteration writes. Whoever emits such a loop sets it: no analysis
// of the indices could find it again. Who runs them on several threads, and
// whether, is decided by ParallelizeKernels.
#ifndef QUANTC_LIB_CODEGEN_PARALLELLOOP_H
#define QUANTC_LIB_CODEGEN_PARALLELLOOP_H

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace quantc::codegen {

inline constexpr llvm::StringLiteral kParallelAttrName = "qvec.parallel";

inline void markParallel(mlir::scf::ForOp loop) {
  loop->setAttr(kParallelAttrName, mlir::UnitAttr::get(loop.getContext()));
}

inline bool isMarkedParallel(mlir::scf::ForOp loop) {
  return loop->hasAttr(kParallelAttrName);
}

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_PARALLELLOOP_H

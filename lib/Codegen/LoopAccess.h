// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which part of a buffer an access touches as the loops around it go on.
#ifndef QUANTC_LIB_CODEGEN_LOOPACCESS_H
#define QUANTC_LIB_CODEGEN_LOOPACCESS_H

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace quantc::codegen {

/// Whether an index of `access` is computed from the induction variable of
/// `loop`, which is around it: two iterations touch different elements.
bool indicesVaryIn(mlir::Operation *access, mlir::scf::ForOp loop);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_LOOPACCESS_H

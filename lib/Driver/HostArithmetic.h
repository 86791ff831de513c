// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is measured on a model must not depend on the machine that measures.
#ifndef QUANTC_LIB_DRIVER_HOSTARITHMETIC_H
#define QUANTC_LIB_DRIVER_HOSTARITHMETIC_H

#include "mlir/IR/BuiltinOps.h"

namespace quantc {

/// Lets every product that is added to something be rounded once, on `module`
/// in the LLVM dialect. Sums have one order whatever the width of the vectors
/// is, so that with this a float model gives the same bits on every machine.
/// One that has no such instruction calls the C library, which is right and
/// slow.
void fuseMultiplyAdds(mlir::ModuleOp module);

} // namespace quantc

#endif // QUANTC_LIB_DRIVER_HOSTARITHMETIC_H

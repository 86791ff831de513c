// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The function that passes on buffers work on.
#ifndef QUANTC_LIB_CODEGEN_ENTRYFUNCTION_H
#define QUANTC_LIB_CODEGEN_ENTRYFUNCTION_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace quantc::codegen {

/// The entry function, or failure after an error that says why there is none
/// or that it is no func.func of one block.
mlir::FailureOr<mlir::func::FuncOp> findEntryOfOneBlock(mlir::ModuleOp module);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_ENTRYFUNCTION_H

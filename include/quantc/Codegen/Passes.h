// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Declarations of the code generation passes, generated from Passes.td, which
// documents them.
#ifndef QUANTC_CODEGEN_PASSES_H
#define QUANTC_CODEGEN_PASSES_H

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassRegistry.h"

namespace quantc::codegen {

#define GEN_PASS_DECL
#include "quantc/Codegen/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "quantc/Codegen/Passes.h.inc"

} // namespace quantc::codegen

#endif // QUANTC_CODEGEN_PASSES_H

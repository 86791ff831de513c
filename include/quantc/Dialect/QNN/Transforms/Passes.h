// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes of the qnn dialect: their factories, options and registration,
// all generated from Passes.td.
#ifndef QUANTC_DIALECT_QNN_TRANSFORMS_PASSES_H
#define QUANTC_DIALECT_QNN_TRANSFORMS_PASSES_H

#include "quantc/Dialect/QNN/IR/QNNDialect.h"

#include "quantc/Dialect/QNN/IR/QNNDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace quantc::qnn {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

} // namespace quantc::qnn

#endif // QUANTC_DIALECT_QNN_TRANSFORMS_PASSES_H

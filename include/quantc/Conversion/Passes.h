// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The conversion passes: factories and registration, generated from Passes.td.
#ifndef QUANTC_CONVERSION_PASSES_H
#define QUANTC_CONVERSION_PASSES_H

#include "quantc/Dialect/QNN/IR/QNNDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace quantc::conversion {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "quantc/Conversion/Passes.h.inc"

} // namespace quantc::conversion

#endif // QUANTC_CONVERSION_PASSES_H

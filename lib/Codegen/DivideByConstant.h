// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The division of a quantize as a fused multiplication, on targets that have
// one.
#ifndef QUANTC_LIB_CODEGEN_DIVIDEBYCONSTANT_H
#define QUANTC_LIB_CODEGEN_DIVIDEBYCONSTANT_H

#include "quantc/Codegen/ISA.h"

#include "mlir/IR/PatternMatch.h"

namespace quantc::codegen {

/// Adds the pattern if `isa` has a fused multiplication.
void populateDivideByConstantPatterns(mlir::RewritePatternSet &patterns,
                                      const ISA &isa);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_DIVIDEBYCONSTANT_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// qvec.lookup in x86 instructions.
#ifndef QUANTC_CODEGEN_X86_LOWERLOOKUP_H
#define QUANTC_CODEGEN_X86_LOWERLOOKUP_H

#include "quantc/Codegen/ISA.h"

#include "mlir/IR/PatternMatch.h"

namespace quantc::codegen::x86 {

/// Adds the pattern of the instruction that `isa` has, with a benefit of 2;
/// none if it has none.
void populateLowerLookupPatterns(mlir::RewritePatternSet &patterns,
                                 const ISA &isa);

} // namespace quantc::codegen::x86

#endif // QUANTC_CODEGEN_X86_LOWERLOOKUP_H

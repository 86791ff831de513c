// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Narrowing and dot products of words in x86 instructions.
#ifndef QUANTC_CODEGEN_X86_LOWERPACK_H
#define QUANTC_CODEGEN_X86_LOWERPACK_H

#include "quantc/Codegen/ISA.h"

#include "mlir/IR/PatternMatch.h"

namespace quantc::codegen::x86 {

/// Adds the patterns for `qvec.pack` and `qvec.dot_words` that `isa` allows;
/// none on other architectures.
void populateLowerPackPatterns(mlir::RewritePatternSet &patterns,
                               const ISA &isa);

} // namespace quantc::codegen::x86

#endif // QUANTC_CODEGEN_X86_LOWERPACK_H

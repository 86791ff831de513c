// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The vector arithmetic of a requantize in x86 instructions.
#ifndef QUANTC_CODEGEN_X86_LOWERREQUANTIZE_H
#define QUANTC_CODEGEN_X86_LOWERREQUANTIZE_H

#include "quantc/Codegen/ISA.h"

#include "mlir/IR/PatternMatch.h"

namespace quantc::codegen::x86 {

/// Adds the patterns that `isa` allows; none on other architectures.
void populateLowerRequantizePatterns(mlir::RewritePatternSet &patterns,
                                     const ISA &isa);

} // namespace quantc::codegen::x86

#endif // QUANTC_CODEGEN_X86_LOWERREQUANTIZE_H

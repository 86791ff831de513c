// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operations of qvec, and the vector arithmetic of a requantize, in AArch64
// instructions.
#ifndef QUANTC_CODEGEN_AARCH64_LOWERQVEC_H
#define QUANTC_CODEGEN_AARCH64_LOWERQVEC_H

#include "quantc/Codegen/ISA.h"

#include "mlir/IR/PatternMatch.h"

namespace quantc::codegen::aarch64 {

/// Each adds the patterns that `isa` allows, with a benefit of 2; none on other
/// architectures.
void populateLowerDotPatterns(mlir::RewritePatternSet &patterns,
                              const ISA &isa);
void populateLowerLookupPatterns(mlir::RewritePatternSet &patterns,
                                 const ISA &isa);
void populateLowerRequantizePatterns(mlir::RewritePatternSet &patterns,
                                     const ISA &isa);
/// Sums of high words, which have to be replaced before those.
void populateLowerHighSumPatterns(mlir::RewritePatternSet &patterns,
                                  const ISA &isa);

} // namespace quantc::codegen::aarch64

#endif // QUANTC_CODEGEN_AARCH64_LOWERQVEC_H

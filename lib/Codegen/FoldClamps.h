// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Clamps of 32-bit words to bytes as `qvec.pack`, which saturates for nothing.
#ifndef QUANTC_LIB_CODEGEN_FOLDCLAMPS_H
#define QUANTC_LIB_CODEGEN_FOLDCLAMPS_H

#include "quantc/Codegen/ISA.h"

#include "mlir/IR/PatternMatch.h"

namespace quantc::codegen {

/// Adds patterns that drop the way to bytes and back.
void populateKeepClampedWordsPatterns(mlir::RewritePatternSet &patterns);

/// Adds patterns for targets whose packs work on 128 bits at a time. What they
/// leave of a clamp is done on bytes.
void populateFoldClampPatterns(mlir::RewritePatternSet &patterns,
                               const ISA &isa);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_FOLDCLAMPS_H

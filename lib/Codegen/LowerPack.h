// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `qvec.pack` and `qvec.dot_words` in plain vector arithmetic, for every
// target.
#ifndef QUANTC_LIB_CODEGEN_LOWERPACK_H
#define QUANTC_LIB_CODEGEN_LOWERPACK_H

#include "mlir/IR/PatternMatch.h"

namespace quantc::codegen {

/// Adds the patterns with a benefit of 1.
void populateGenericPackPatterns(mlir::RewritePatternSet &patterns);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_LOWERPACK_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `qvec.stay` as an empty piece of assembly.
#ifndef QUANTC_LIB_CODEGEN_LOWERSTAY_H
#define QUANTC_LIB_CODEGEN_LOWERSTAY_H

#include "quantc/Codegen/ISA.h"

#include "mlir/IR/PatternMatch.h"

namespace quantc::codegen {

void populateLowerStayPatterns(mlir::RewritePatternSet &patterns,
                               const ISA &isa);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_LOWERSTAY_H

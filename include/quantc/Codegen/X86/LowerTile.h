// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operations on tiles as x86 computes them.
#ifndef QUANTC_CODEGEN_X86_LOWERTILE_H
#define QUANTC_CODEGEN_X86_LOWERTILE_H

#include "mlir/Transforms/DialectConversion.h"

namespace quantc::codegen::x86 {

/// Makes `converter` keep tiles in registers of tiles, and adds patterns for
/// all operations on them.
void populateLowerTilePatterns(mlir::TypeConverter &converter,
                               mlir::RewritePatternSet &patterns);

/// Whether code in the LLVM dialect keeps values in registers of tiles.
bool usesTileRegisters(mlir::Operation *code);

} // namespace quantc::codegen::x86

#endif // QUANTC_CODEGEN_X86_LOWERTILE_H

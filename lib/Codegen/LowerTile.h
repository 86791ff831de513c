// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operations on tiles in plain vectors, for every target.
#ifndef QUANTC_LIB_CODEGEN_LOWERTILE_H
#define QUANTC_LIB_CODEGEN_LOWERTILE_H

#include "mlir/Transforms/DialectConversion.h"

namespace quantc::codegen {

/// Makes `converter` take a tile for a vector of its rows, and adds patterns
/// for all operations on tiles.
void populateGenericTilePatterns(mlir::TypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_LOWERTILE_H

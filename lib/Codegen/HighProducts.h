// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is known of the factors of a product of which the high word counts, and
// would be lost when constants become memory.
#ifndef QUANTC_LIB_CODEGEN_HIGHPRODUCTS_H
#define QUANTC_LIB_CODEGEN_HIGHPRODUCTS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace quantc::codegen {

/// On `arith.mulsi_extended`: one factor is never negative.
inline constexpr llvm::StringLiteral kNonNegativeAttrName = "qvec.nonnegative";

/// Marks the products of `op` one factor of which is a constant without
/// negative elements.
void markNonNegativeFactors(mlir::linalg::GenericOp op);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_HIGHPRODUCTS_H

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

/// On `arith.addi` of such a high word: twice the other operand is a number of
/// 32 bits too.
inline constexpr llvm::StringLiteral kDoublesAttrName = "qvec.doubles";

/// Marks the products of `op` one factor of which is a constant without
/// negative elements.
void markNonNegativeFactors(mlir::linalg::GenericOp op);

/// Marks what is added to the high words of marked products, where it is a
/// constant that can be doubled.
void markDoubles(mlir::linalg::GenericOp op);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_HIGHPRODUCTS_H

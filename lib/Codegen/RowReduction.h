// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reductions of integers along the innermost dimension: the sum or the maximum
// of a row. Vectors run along the row, and the lanes are reduced at its end;
// along the other loops they would collect single elements of many rows.
#ifndef QUANTC_LIB_CODEGEN_ROWREDUCTION_H
#define QUANTC_LIB_CODEGEN_ROWREDUCTION_H

#include "KernelEmitter.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace quantc::codegen {

struct RowReduction {
  /// The loop along the row.
  unsigned dim;
  /// How two partial results become one.
  mlir::vector::CombiningKind kind;
  /// What changes nothing when it is combined.
  mlir::TypedAttr neutral;
  /// Elements of one vector.
  int64_t lanes;
  /// Rows of the last parallel loop that are reduced side by side.
  int64_t rows;
};

/// The plan of `group` as a row reduction, if its root is one and its rows fill
/// vectors. Integers only: the order of additions does not matter to them.
std::optional<RowReduction> matchRowReduction(KernelGroup &group,
                                              unsigned vectorBits);

/// Emits the kernel at the place of the group's last operation and returns the
/// tensor that replaces its result.
mlir::Value emitRowReduction(mlir::RewriterBase &rewriter, KernelGroup &group,
                             const RowReduction &plan);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_ROWREDUCTION_H

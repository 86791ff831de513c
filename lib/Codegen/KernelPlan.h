// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How one linalg.generic becomes a kernel: which loop the vectors run along and
// which part of the output one set of registers holds. Decides from shapes and
// indexing maps alone, so that packing of constants and emission of loops
// agree.
#ifndef QUANTC_LIB_CODEGEN_KERNELPLAN_H
#define QUANTC_LIB_CODEGEN_KERNELPLAN_H

#include "Border.h"
#include "DotProduct.h"

#include "quantc/Codegen/ISA.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <optional>

namespace quantc::codegen {

/// Copies of the root's body in one unrolled reduction at most: 3 groups of dot
/// products, a kernel row of 9 bytes, on 24 accumulators.
inline constexpr int64_t kMaxUnrolledBodies = 72;

/// How an operand is read by neighbouring iterations of one loop.
enum class Access {
  /// The same element.
  Invariant,
  /// Neighbouring elements in memory.
  Contiguous,
  /// Anything else.
  Strided
};

/// Access of an operand with indexing map `map` along loop `dim`.
Access classifyAccess(mlir::AffineMap map, unsigned dim);

/// The plan of a kernel. All per-loop vectors are indexed by the loops of the
/// op.
struct KernelPlan {
  /// Trip counts.
  llvm::SmallVector<int64_t> sizes;
  /// The loop along which vectors run; none for a scalar kernel.
  std::optional<unsigned> vectorDim;
  /// Elements of a vector.
  int64_t lanes = 1;
  /// Iterations of each loop in one tile; 1 for reduction loops.
  llvm::SmallVector<int64_t> tile;
  /// Order of the parallel loops, outermost first.
  llvm::SmallVector<unsigned> parallelOrder;
  llvm::SmallVector<unsigned> reductionDims;
  /// The kernel is built from dot products; their loop is the last reduction.
  std::optional<DotProduct> dot;
  /// Neighbouring groups of products that are loaded at once.
  int64_t groupsPerLoad = 1;
  /// Whether the sums of a tile are in another order than the results until the
  /// reduction is done.
  bool sumsInBlocks() const {
    return dot && (dot->ways == kPairWays || dot->ways == kRowWays);
  }
  /// Constants are loaded in the loop that reads them, where instructions
  /// cannot do that: in front of it they would be more than registers hold.
  bool keepsLoads = false;
  /// Whether the pixels of a tile get their last products a few at a time, each
  /// few in front of their epilogue: it is then done beside the products of the
  /// next, by units that those leave idle.
  bool overlapsEpilogue = false;
  /// The border of the dot products' activation that the kernel leaves out.
  std::optional<Border> border;
};

/// True if the kernel emitter can take `op`: tensors of static, non-empty
/// shape, one result that is indexed by a projected permutation, and a body of
/// free operations without regions.
bool isKernel(mlir::linalg::GenericOp op);

/// Channels of one panel of weights that suits the kernel of `op`, which is the
/// dot product `dot`: the vectors of one tile.
int64_t choosePanel(mlir::linalg::GenericOp op, const DotProduct &dot,
                    unsigned vectorBits, const ISA &isa);

/// Plans the kernel of `op`, for which isKernel holds. `isa` decides tiles
/// only.
KernelPlan planKernel(mlir::linalg::GenericOp op, unsigned vectorBits,
                      const ISA &isa);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_KERNELPLAN_H

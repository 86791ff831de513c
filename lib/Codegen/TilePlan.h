// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a dot product is computed by registers of two dimensions. Decides from
// shapes and indexing maps alone, so that who lays out the image and who emits
// the loops agree.
#ifndef QUANTC_LIB_CODEGEN_TILEPLAN_H
#define QUANTC_LIB_CODEGEN_TILEPLAN_H

#include "DotProduct.h"

#include "quantc/Codegen/ISA.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <optional>

namespace quantc::codegen {

/// Channels of a tile of accumulators: the lanes of 64 bytes.
inline constexpr int64_t kTileChannels = 16;

/// The plan of a kernel of tiles. A block of the output is computed at once:
/// one or two tiles of rows, by the tiles of one panel of weights. Blocks at
/// the end of a loop are moved back until they fit, so that all tiles have one
/// shape; a register of tiles has one for each function. Vectors are indexed by
/// the loops of the op.
struct TilePlan {
  DotProduct dot;
  /// Trip counts.
  llvm::SmallVector<int64_t> sizes;
  /// The loop over panels, then the others from the outside to the inside.
  llvm::SmallVector<unsigned> parallelOrder;
  /// The loop of the dot products comes last.
  llvm::SmallVector<unsigned> reductionDims;
  /// Iterations of each parallel loop in a block.
  llvm::SmallVector<int64_t> block;
  /// The loop that the rows of a tile run along, and their number.
  unsigned rowDim = 0;
  int64_t rows = 0;
  /// Where the rows lie in the image: `imageStep` apart along this dimension.
  unsigned imageDim = 0;
  int64_t imageStep = 0;
  /// Products that a tile of rows holds of each.
  int64_t products = 0;

  /// Where the tiles of rows stand in a block, as (loop, offset).
  llvm::SmallVector<std::pair<unsigned, int64_t>> getRowTiles() const;
};

/// Plans the packed dot product `op` for the tiles of `isa`; none if it has no
/// tiles, or the shape does not fill them.
std::optional<TilePlan> planTiles(mlir::linalg::GenericOp op, const ISA &isa);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_TILEPLAN_H

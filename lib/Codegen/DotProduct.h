// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognizes the reductions that dot-product instructions compute: 8-bit or
// signed 16-bit activations times weights of the same width, added up in 32
// bits.
#ifndef QUANTC_LIB_CODEGEN_DOTPRODUCT_H
#define QUANTC_LIB_CODEGEN_DOTPRODUCT_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <optional>

namespace quantc::codegen {

/// Products that one lane of a dot-product instruction adds up: of bytes, and
/// of 16-bit words.
inline constexpr int64_t kDotWays = 4, kWordWays = 2;

/// Neighbouring products that a block takes of each row: of a block of two rows
/// and two channels, and of one of a single row and channel.
inline constexpr int64_t kPairWays = 8, kRowWays = 16;

struct DotProduct {
  /// Operand numbers.
  unsigned activation, weight;
  bool activationUnsigned, weightUnsigned;
  /// The reduction loop along which activations are contiguous.
  unsigned reductionDim;
  /// The parallel loop along which the result is contiguous and the activation
  /// is the same.
  unsigned channelDim;
  /// Channels of one panel of packed weights, 0 where they are not packed.
  /// Their first dimension is `channelDim / panel`, the last two are
  /// `reductionDim / ways` and
  /// `channelDim % panel * ways + reductionDim % ways`.
  int64_t panel;
  /// Products of one group: of bytes kDotWays, kPairWays or kRowWays, of words
  /// kWordWays.
  int64_t ways;

  bool isPacked() const { return panel != 0; }
};

/// `op` as a dot product; none if it is no reduction of this form.
std::optional<DotProduct> matchDotProduct(mlir::linalg::GenericOp op);

/// The indexing map of weights that are packed in panels: loop `k` is the
/// reduction, `c` the channel, and `outer` indexes the dimensions between.
mlir::AffineMap getPackedMap(mlir::MLIRContext *context, unsigned loops,
                             llvm::ArrayRef<mlir::AffineExpr> outer, unsigned k,
                             unsigned c, int64_t panel, int64_t ways);

/// The indexing map of packed weights with `reductionDim` counting groups of
/// `ways`, `channelDim` counting panels, and one more dimension for the channel
/// in its panel: the vector of all ways of all channels starts there.
mlir::AffineMap getPanelMap(mlir::AffineMap packed, const DotProduct &dot);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_DOTPRODUCT_H

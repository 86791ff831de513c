// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One tile of a depthwise kernel: what is inside all loops. The loops, and
// which tiles there are, are the emitter's.
#ifndef QUANTC_LIB_CODEGEN_DEPTHWISETILE_H
#define QUANTC_LIB_CODEGEN_DEPTHWISETILE_H

#include "BodyEmitter.h"
#include "DepthwisePlan.h"

#include <map>
#include <tuple>

namespace quantc::codegen {

/// What all tiles of a kernel share, and where the loops around the next one
/// stand.
struct DepthwiseFrame {
  mlir::RewriterBase &rewriter;
  KernelGroup &group;
  const DepthwisePlan &plan;
  mlir::Location loc;
  Place place = {};
  /// The number of the block of channels; null for the first and only one.
  mlir::Value block = {};
  /// The variable of the innermost loop; null outside of all loops.
  mlir::Value iteration = {};
  /// The image and its indexing map, and that of the result, with the last two
  /// dimensions made one for vectors over several pixels.
  mlir::Value image = {};
  mlir::AffineMap imageMap = {}, resultMap = {};
  /// An operation in front of all loops, and the packed constants there: each
  /// is created once.
  mlir::Operation *front = nullptr;
  std::map<std::tuple<void *, const DepthwiseSegment *, int64_t>, mlir::Value>
      packed = {};

  /// `constant` as `pack` lays it out for tiles of `rows` rows, or of any
  /// number if `rows` is 0.
  mlir::Value
  getPacked(mlir::Value constant, const DepthwiseSegment &segment, int64_t rows,
            llvm::function_ref<mlir::ElementsAttr(mlir::ElementsAttr)> pack);
};

/// Emits a tile of `rows` x `columns` vectors of `segment` and returns the
/// tensor with its results.
mlir::Value emitDepthwiseTile(DepthwiseFrame &frame,
                              const DepthwiseSegment &segment, int64_t rows,
                              int64_t columns, mlir::Value dest);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_DEPTHWISETILE_H

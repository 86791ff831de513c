// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pixels that one tile of a depthwise kernel reads, in the form that its
// products take them.
#ifndef QUANTC_LIB_CODEGEN_DEPTHWISEPIXELS_H
#define QUANTC_LIB_CODEGEN_DEPTHWISEPIXELS_H

#include "BodyEmitter.h"
#include "DepthwiseTile.h"

#include <array>
#include <map>
#include <optional>

namespace quantc::codegen {

/// The pixels of a tile of `rows` x `columns` vectors of `segment`, half of the
/// channels at a time. A group is what shares a lane: pixels one below the
/// other.
class DepthwisePixels {
public:
  DepthwisePixels(DepthwiseFrame &frame, const DepthwiseSegment &segment,
                  int64_t rows, int64_t columns);

  /// Loads all of them and interleaves the low or the high half. `from` stands
  /// for the column of the tile, if it is not null.
  void load(bool high, mlir::Value from);

  int64_t getNumGroups() const {
    return llvm::divideCeil(rowPixels.size(), plan.ways);
  }
  /// The rows of `group`, relative to the tile's first one.
  llvm::ArrayRef<int64_t> getRows(int64_t group) const {
    return llvm::ArrayRef(rowPixels)
        .drop_front(group * plan.ways)
        .take_front(plan.ways);
  }
  /// The group with what row `row` of the tile reads by `tap`.
  int64_t getGroup(int64_t row, int64_t tap) const;
  /// A quarter, of the two that the half has, of what vector `vector` of a row
  /// reads by `tap` of `group`; null where all of it is a border of zeros. With
  /// one tap in a lane, all channels.
  mlir::Value get(int64_t vector, int64_t tap, int64_t group,
                  int64_t quarter) const;
  llvm::SmallVector<mlir::Value> getAll() const;

private:
  /// Two quarters of the channels.
  using Half = std::array<mlir::Value, 2>;

  int64_t getPosition(const DepthwiseAxis &axis, int64_t pixel) const;
  std::pair<int64_t, int64_t> getInside(int64_t rowPixel,
                                        int64_t columnPixel) const;
  mlir::Value loadPixels(int64_t rowPixel, int64_t columnPixel);
  mlir::Value gather(Place at, int64_t begin, int64_t count,
                     mlir::Value vector);
  mlir::Value loadPart(const Place &at, int64_t begin, int64_t end);
  bool isZero(int64_t columnPixel, int64_t group) const;
  Half interleave(int64_t columnPixel, int64_t group, bool high);
  mlir::Value unpack(mlir::Value lhs, mlir::Value rhs, bool high);
  mlir::Value castElements(mlir::Value value, unsigned bits);

  mlir::RewriterBase &rewriter;
  const DepthwisePlan &plan;
  mlir::Location loc;
  const DepthwiseFrame &frame;
  const DepthwiseSegment &segment;
  /// Outputs from one vector to the next, and between those in one vector.
  int64_t step, distance;
  llvm::SmallVector<int64_t> rowPixels, columnPixels;
  /// The column of the tile as a value of the second half's own: pixels that
  /// are loaded again take no registers in between.
  mlir::Value column;
  /// Shares the loads of one half.
  std::optional<BodyEmitter> loads;
  /// By pixel of a row and group.
  std::map<std::pair<int64_t, int64_t>, Half> registers;
};

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_DEPTHWISEPIXELS_H

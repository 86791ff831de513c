// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a depthwise convolution of bytes becomes a kernel of dot products: which
// taps share a lane, which outputs share a tile, how channels fill vectors.
// Decides from shapes, indexing maps and bodies; emits nothing.
#ifndef QUANTC_LIB_CODEGEN_DEPTHWISEPLAN_H
#define QUANTC_LIB_CODEGEN_DEPTHWISEPLAN_H

#include "KernelGroup.h"

#include "quantc/Codegen/ISA.h"

#include <optional>

namespace quantc::codegen {

/// One spatial dimension: output `o` reads, for tap `k`, the pixel
/// `o * stride + k * dilation - low`. What is no pixel of the `extent` of the
/// image is in its border.
struct DepthwiseAxis {
  /// Loops of the root.
  unsigned output, kernel;
  int64_t size, taps, stride, dilation;
  int64_t extent, low = 0;

  /// The distinct pixels that `tile` neighbouring vectors of `step` outputs
  /// read, relative to the first one, ascending.
  llvm::SmallVector<int64_t> getPixels(int64_t tile, int64_t step = 1) const;

  /// The tap with which output `o` reads `pixel`.
  std::optional<int64_t> getTap(int64_t o, int64_t pixel) const;

  /// Whether `count` outputs from `o` on read nothing of the border.
  bool isInside(int64_t o, int64_t count) const;

  /// The full tiles of `count` outputs from `from` on as runs [begin, end) of
  /// the same code: each tile at the border is one of its own.
  llvm::SmallVector<std::pair<int64_t, int64_t>>
  getRuns(int64_t from, int64_t count, int64_t tile) const;
};

/// A part of every output row that is computed with vectors of one width.
struct DepthwiseSegment {
  int64_t channel, channels;
  int64_t column, columns;
  /// Bytes of a vector of the image: 16, 32 or 64.
  int64_t width;
  /// Outputs in one vector. If more than 1, `channels * pixels` is `width` or,
  /// in a last vector of 16 bytes, less.
  int64_t pixels;

  /// The bytes of a vector that exist.
  int64_t getBytes() const { return std::min(width, channels * pixels); }
  /// Registers of accumulators that one vector of bytes becomes.
  int64_t getQuarters() const {
    return llvm::divideCeil(std::min<int64_t>(getBytes(), 16), 4);
  }
};

/// The plan of a depthwise kernel.
struct DepthwisePlan {
  /// Operand numbers of the root.
  unsigned image, weight;
  /// What the image's operand reads, without the border that the kernel makes
  /// up itself, and the map of the root's loops to it.
  mlir::Value pixels;
  mlir::AffineMap pixelMap;
  /// The byte in the border; null if there is none.
  mlir::IntegerAttr border;
  unsigned channelDim;
  /// Parallel loops that are neither axis nor channel.
  llvm::SmallVector<unsigned> outerDims;
  /// Taps along `grouped` are the ways of a lane; outputs along `slid` share
  /// the interleaved pixels.
  DepthwiseAxis grouped, slid;
  /// Taps in a lane: 4 bytes or 2 words; or 1, where bytes are multiplied to
  /// words and two of those added up.
  int64_t ways;
  bool isImageUnsigned;
  /// Outputs of a tile along each axis.
  int64_t groupedTile, slidTile;
  /// Whether the last of an odd number of pixels in a column shares its place
  /// with that of the next column: first in even columns, second in odd ones.
  /// A tap then reads columns of one kind.
  bool pairsColumns;
  /// Whether the pixels of a tile are loaded once for each half of the
  /// channels: all of them at once are more than registers hold.
  bool reloadsPixels;
  /// Whether the parts of a tile stay in their order. LLVM would begin all of
  /// them at once, where it loads what it multiplies with.
  bool ordersParts;
  /// Whether the outputs in one vector are neighbours and their pixels one run
  /// of bytes. Otherwise they are as far apart as the tile has vectors, so that
  /// a tile reads no more vectors of pixels than one with one output in each.
  bool flat;
  llvm::SmallVector<DepthwiseSegment> segments;
  /// Stages of the epilogue that are computed on accumulators; the last one
  /// narrows to bytes.
  unsigned narrowing;
  /// The bounds that the last one clamps to.
  int64_t low, high;

  bool isResultUnsigned() const { return low >= 0; }
  /// Outputs from one vector of a tile's row to the next.
  int64_t getStep(const DepthwiseSegment &segment) const {
    return flat ? segment.pixels : 1;
  }
  /// Outputs between two in one vector of a tile with `columns` vectors a row.
  int64_t getDistance(int64_t columns) const { return flat ? 1 : columns; }
};

/// The plan of the kernel of `group`; none if it is no depthwise convolution of
/// bytes, of the signedness that the target stores, with constant weights whose
/// result is clamped to bytes, or if the target has no instruction for products
/// of bytes. Where it only has long ones, weights must be narrow.
std::optional<DepthwisePlan> planDepthwise(KernelGroup &group,
                                           unsigned vectorBits, const ISA &isa);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_DEPTHWISEPLAN_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constants of a depthwise kernel in the order in which its registers hold
// channels. Interleaving the pixels of four rows byte by byte, within each 16
// bytes, turns a vector of W channels into four registers, the quarters: lane
// 4 * p + i of quarter q is channel 16 * p + 4 * q + i. Narrowing the quarters
// pair by pair to bytes restores the order.
#ifndef QUANTC_LIB_CODEGEN_DEPTHWISEPACKING_H
#define QUANTC_LIB_CODEGEN_DEPTHWISEPACKING_H

#include "DepthwisePlan.h"

namespace quantc::codegen {

/// Vectors along the channels of `segment` that need constants of their own.
int64_t getNumBlocks(const DepthwiseSegment &segment);

/// A constant of one element for each channel as `[blocks, width]`: the
/// quarters of a block one after the other. Elements of no channel are zero.
mlir::ElementsAttr packChannels(mlir::ElementsAttr constant,
                                const DepthwiseSegment &segment);

/// The weights as `[blocks, rows * taps * groups * 4, width / 4 * ways]`: for
/// each row of outputs of a tile, each tap along the slid axis, each group of
/// pixels along the grouped axis and each quarter the ways of all lanes. Bytes
/// for 4 ways, 16-bit words for 2. `map` is the indexing map of the weights.
mlir::ElementsAttr packTaps(mlir::ElementsAttr weights, mlir::AffineMap map,
                            const DepthwisePlan &plan,
                            const DepthwiseSegment &segment, int64_t rows);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_DEPTHWISEPACKING_H

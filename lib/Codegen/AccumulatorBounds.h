// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the accumulators of a reduction of bytes can be, from its weights and
// from what it starts with.
#ifndef QUANTC_LIB_CODEGEN_ACCUMULATORBOUNDS_H
#define QUANTC_LIB_CODEGEN_ACCUMULATORBOUNDS_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

#include <algorithm>
#include <optional>

namespace quantc::codegen {

/// What numbers can be, ends included.
struct Interval {
  double low = 0, high = 0;

  void include(Interval other) {
    low = std::min(low, other.low);
    high = std::max(high, other.high);
  }
  void add(Interval other) {
    low += other.low;
    high += other.high;
  }
  double getMagnitude() const { return std::max(-low, high); }
};

/// The channels of a tensor, and which dimension they are; none for a single
/// one, or if they are none.
struct Channels {
  std::optional<unsigned> dim;
  size_t count = 1;
};

/// The result of `map` that is `loop`.
std::optional<unsigned> findLoop(mlir::AffineMap map, unsigned loop);

/// What the elements of `accumulators` are, by channel: sums of products of two
/// bytes each and what they start from. None if they are anything else.
std::optional<llvm::SmallVector<Interval>>
boundAccumulators(mlir::Value accumulators, Channels channels);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_ACCUMULATORBOUNDS_H

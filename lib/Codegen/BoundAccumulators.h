// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the accumulators of a reduction of bytes can be, from its weights and
// from what it starts with.
#ifndef QUANTC_LIB_CODEGEN_BOUNDACCUMULATORS_H
#define QUANTC_LIB_CODEGEN_BOUNDACCUMULATORS_H

#include "quantc/Numerics/AccumulatorBounds.h"

#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace quantc::codegen {

/// The channels of a tensor, and which dimension they are; none for a single
/// one, or if they are none.
struct Channels {
  std::optional<unsigned> dim;
  size_t count = 1;
};

/// What the elements of `accumulators` are, by channel: sums of products of two
/// bytes each and what they start from. None if they are anything else.
std::optional<llvm::SmallVector<numerics::Interval>>
boundAccumulators(mlir::Value accumulators, Channels channels);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_BOUNDACCUMULATORS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which integers the weights that share a scale become where nothing is known
// of their inputs. Which weights share one is left to the callers.
#ifndef QUANTC_NUMERICS_BALANCEDROUNDING_H
#define QUANTC_NUMERICS_BALANCEDROUNDING_H

#include "quantc/Numerics/StorageRange.h"
#include "llvm/ADT/ArrayRef.h"

namespace quantc::numerics {

/// The integers of `values`, whose errors add up to at most about half a step
/// (N42): an input that is the same for all of them is multiplied by what it
/// would be without rounding. Each is next to its value, below or above, or at
/// the end of `range`. Requires finite values, a legal scale and
/// `range.contains(zeroPoint)`.
void quantizeBalanced(llvm::ArrayRef<float> values, float scale,
                      int64_t zeroPoint, StorageRange range,
                      llvm::MutableArrayRef<int32_t> stored);

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_BALANCEDROUNDING_H

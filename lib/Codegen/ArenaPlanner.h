// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Places buffers with known sizes and lifetimes in one arena. Plain numbers, no
// IR.
#ifndef QUANTC_LIB_CODEGEN_ARENAPLANNER_H
#define QUANTC_LIB_CODEGEN_ARENAPLANNER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace quantc::codegen {

/// A buffer that holds a value from step `begin` to step `end`, both included.
struct BufferLifetime {
  int64_t size = 0;
  int64_t begin = 0;
  int64_t end = 0;
};

/// Byte offsets of the buffers, in their order, and the size of all.
struct ArenaPlan {
  llvm::SmallVector<int64_t> offsets;
  int64_t size = 0;
};

/// Buffers that are alive at the same step get disjoint bytes. Offsets and size
/// are multiples of `alignment`. Several orders are tried, one buffer after the
/// other at the lowest place that is free; the smallest plan is returned, the
/// same for the same buffers on every machine.
ArenaPlan planArena(llvm::ArrayRef<BufferLifetime> buffers, int64_t alignment);

/// The largest sum of the sizes of buffers that are alive at the same step: no
/// plan is smaller.
int64_t getArenaLowerBound(llvm::ArrayRef<BufferLifetime> buffers);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_ARENAPLANNER_H

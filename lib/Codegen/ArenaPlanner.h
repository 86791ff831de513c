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
/// are multiples of `alignment`. From the largest buffer to the smallest, each
/// gets the smallest gap between those placed before that holds it.
ArenaPlan planArena(llvm::ArrayRef<BufferLifetime> buffers, int64_t alignment);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_ARENAPLANNER_H

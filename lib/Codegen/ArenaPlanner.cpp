// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Greedy by size: large buffers are the hardest to place, and the order of
// equals is that of the program, so a plan is deterministic.
#include "ArenaPlanner.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>

namespace quantc::codegen {
namespace {

bool overlap(const BufferLifetime &a, const BufferLifetime &b) {
  return a.begin <= b.end && b.begin <= a.end;
}

struct Range {
  int64_t begin, end;
};

/// The offset of the smallest gap of at least `size` bytes between `occupied`
/// ranges, or behind all of them.
int64_t findGap(llvm::SmallVectorImpl<Range> &occupied, int64_t size) {
  llvm::sort(occupied, [](const Range &a, const Range &b) {
    return std::make_pair(a.begin, a.end) < std::make_pair(b.begin, b.end);
  });
  int64_t best = -1, bestSize = std::numeric_limits<int64_t>::max(), top = 0;
  for (const Range &range : occupied) {
    int64_t gap = range.begin - top;
    if (gap >= size && gap < bestSize) {
      best = top;
      bestSize = gap;
    }
    top = std::max(top, range.end);
  }
  return best >= 0 ? best : top;
}

} // namespace

ArenaPlan planArena(llvm::ArrayRef<BufferLifetime> buffers, int64_t alignment) {
  auto order = llvm::to_vector(llvm::seq<size_t>(0, buffers.size()));
  llvm::sort(order, [&](size_t a, size_t b) {
    return std::make_pair(-buffers[a].size, a) <
           std::make_pair(-buffers[b].size, b);
  });
  ArenaPlan plan;
  plan.offsets.assign(buffers.size(), 0);
  for (size_t position = 0; position < order.size(); ++position) {
    const BufferLifetime &buffer = buffers[order[position]];
    llvm::SmallVector<Range> occupied;
    for (size_t placed : llvm::ArrayRef(order).take_front(position))
      if (overlap(buffer, buffers[placed]))
        occupied.push_back(
            {plan.offsets[placed],
             plan.offsets[placed] +
                 int64_t(llvm::alignTo(buffers[placed].size, alignment))});
    int64_t size = llvm::alignTo(buffer.size, alignment);
    int64_t offset = findGap(occupied, size);
    plan.offsets[order[position]] = offset;
    plan.size = std::max(plan.size, offset + size);
  }
  return plan;
}

} // namespace quantc::codegen

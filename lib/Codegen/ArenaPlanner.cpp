// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Placing buffers optimally is as hard as packing bins. Greedy placement is
// mostly optimal for some order of the buffers; a few orders and improvements
// of the best of them find it for the networks that we know.
#include "ArenaPlanner.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>

namespace quantc::codegen {
namespace {

/// Attempts to improve one order.
constexpr int kMaxRepairs = 64;

using Order = llvm::SmallVector<size_t>;

bool overlap(const BufferLifetime &a, const BufferLifetime &b) {
  return a.begin <= b.end && b.begin <= a.end;
}

struct Range {
  int64_t begin, end;
};

/// The lowest offset at which `size` bytes are free.
int64_t findGap(llvm::SmallVectorImpl<Range> &occupied, int64_t size) {
  llvm::sort(occupied, [](const Range &a, const Range &b) {
    return std::make_pair(a.begin, a.end) < std::make_pair(b.begin, b.end);
  });
  int64_t top = 0;
  for (const Range &range : occupied) {
    if (range.begin - top >= size)
      return top;
    top = std::max(top, range.end);
  }
  return top;
}

ArenaPlan place(llvm::ArrayRef<BufferLifetime> buffers, const Order &order,
                int64_t alignment) {
  auto getEnd = [&](const ArenaPlan &plan, size_t buffer) {
    return plan.offsets[buffer] +
           int64_t(llvm::alignTo(buffers[buffer].size, alignment));
  };
  ArenaPlan plan;
  plan.offsets.assign(buffers.size(), 0);
  llvm::SmallVector<Range> occupied;
  for (auto [position, buffer] : llvm::enumerate(order)) {
    occupied.clear();
    for (size_t placed : llvm::ArrayRef(order).take_front(position))
      if (overlap(buffers[buffer], buffers[placed]))
        occupied.push_back({plan.offsets[placed], getEnd(plan, placed)});
    plan.offsets[buffer] =
        findGap(occupied, llvm::alignTo(buffers[buffer].size, alignment));
    plan.size = std::max(plan.size, getEnd(plan, buffer));
  }
  return plan;
}

/// The most bytes that live at a step of `buffer`, together with it.
int64_t getPressure(llvm::ArrayRef<BufferLifetime> buffers,
                    const BufferLifetime &buffer) {
  int64_t most = 0;
  for (const BufferLifetime &first : buffers) {
    // The sum only grows where a lifetime begins.
    int64_t step = std::max(first.begin, buffer.begin);
    if (!overlap(first, buffer))
      continue;
    int64_t sum = 0;
    for (const BufferLifetime &other : buffers)
      if (other.begin <= step && step <= other.end)
        sum += other.size;
    most = std::max(most, sum);
  }
  return most;
}

/// Orders worth trying, by falling rank; equals in the order of the program.
llvm::SmallVector<Order> getOrders(llvm::ArrayRef<BufferLifetime> buffers) {
  llvm::SmallVector<Order> orders;
  auto add = [&](auto rank) {
    auto order = llvm::to_vector(llvm::seq<size_t>(0, buffers.size()));
    llvm::sort(order, [&](size_t a, size_t b) {
      return rank(a) != rank(b) ? rank(a) > rank(b) : a < b;
    });
    orders.push_back(std::move(order));
  };
  llvm::SmallVector<int64_t> pressure;
  for (const BufferLifetime &buffer : buffers)
    pressure.push_back(getPressure(buffers, buffer));
  auto getLength = [&](size_t i) {
    return buffers[i].end - buffers[i].begin + 1;
  };
  add([&](size_t i) { return buffers[i].size; });
  add([&](size_t i) { return std::make_pair(pressure[i], buffers[i].size); });
  add([&](size_t i) { return std::make_pair(pressure[i], getLength(i)); });
  add([&](size_t i) { return buffers[i].size * getLength(i); });
  add([&](size_t i) { return std::make_pair(getLength(i), buffers[i].size); });
  add([&](size_t i) { return -buffers[i].begin; });
  return orders;
}

} // namespace

int64_t getArenaLowerBound(llvm::ArrayRef<BufferLifetime> buffers) {
  int64_t bound = 0;
  for (const BufferLifetime &buffer : buffers)
    bound = std::max(bound, getPressure(buffers, buffer));
  return bound;
}

ArenaPlan planArena(llvm::ArrayRef<BufferLifetime> buffers, int64_t alignment) {
  int64_t bound = getArenaLowerBound(buffers);
  ArenaPlan best;
  best.size = std::numeric_limits<int64_t>::max();
  for (Order order : getOrders(buffers)) {
    for (int repair = 0; repair < kMaxRepairs; ++repair) {
      ArenaPlan plan = place(buffers, order, alignment);
      if (plan.size < best.size)
        best = plan;
      if (best.size <= int64_t(llvm::alignTo(bound, alignment)))
        return best;
      // What came to lie on top of everything chooses its place first.
      auto *top = llvm::find_if(order, [&](size_t i) {
        return plan.offsets[i] +
                   int64_t(llvm::alignTo(buffers[i].size, alignment)) ==
               plan.size;
      });
      std::rotate(order.begin(), top, top + 1);
    }
  }
  return best;
}

} // namespace quantc::codegen

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Coordinate descent over the two ends of a range. The costs have one wide
// valley with small waves in it (the grid moves over the bins), so a grid that
// sees the valley and then its ground does better than a descent by slopes.
#include "Methods.h"

namespace quantc {
namespace {

/// Fractions of the full range that are tried: 1/32 ... 32/32, then in steps of
/// a 256th around the best of them.
constexpr int kCoarseSteps = 32;
constexpr int kFineSteps = 8;
constexpr int kGrid = kCoarseSteps * kFineSteps;
/// The ends depend on each other through the scale only: it settles at once.
constexpr int kRounds = 3;

/// The least cost over the fractions of one end.
class LineSearch {
public:
  LineSearch(int start, double cost) : best(start), bestCost(cost) {}

  void run(llvm::function_ref<double(int)> cost) {
    for (int step = kCoarseSteps; step > 0; --step)
      look(step * kFineSteps, cost);
    int middle = best;
    for (int step = middle + kFineSteps - 1; step > middle - kFineSteps; --step)
      if (step > 0 && step <= kGrid)
        look(step, cost);
  }

  int best;
  double bestCost;

private:
  void look(int step, llvm::function_ref<double(int)> cost) {
    if (step == best)
      return;
    double value = cost(step);
    if (value > bestCost || (value == bestCost && step < best))
      return;
    best = step;
    bestCost = value;
  }
};

} // namespace

TensorRange searchRange(TensorRange full, bool symmetric,
                        llvm::function_ref<double(TensorRange)> cost) {
  auto at = [&](int low, int high) {
    return TensorRange{full.min * low / kGrid, full.max * high / kGrid};
  };
  int low = kGrid, high = kGrid;
  double bestCost = cost(full);
  if (symmetric) {
    LineSearch line(high, bestCost);
    line.run([&](int step) { return cost(at(step, step)); });
    return at(line.best, line.best);
  }
  for (int round = 0; round < kRounds; ++round) {
    double before = bestCost;
    if (full.max > 0.0) {
      LineSearch line(high, bestCost);
      line.run([&](int step) { return cost(at(low, step)); });
      high = line.best;
      bestCost = line.bestCost;
    }
    if (full.min < 0.0) {
      LineSearch line(low, bestCost);
      line.run([&](int step) { return cost(at(step, high)); });
      low = line.best;
      bestCost = line.bestCost;
    }
    if (bestCost == before || full.min == 0.0 || full.max == 0.0)
      break;
  }
  return at(low, high);
}

} // namespace quantc

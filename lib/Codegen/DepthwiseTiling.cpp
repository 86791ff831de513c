// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tile is the cheapest by a count of vector instructions, of those whose
// half fits registers.
#include "DepthwiseTiling.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

/// Outputs of a tile at most. More do not pay: their interleaved pixels no
/// longer fit beside the accumulators.
constexpr int64_t kMaxTile = 4;

/// Vector instructions of one tile of `rows` x `columns` vectors, all of one
/// segment; the requantize, which no tile changes, left out.
double estimateTile(const DepthwisePlan &plan, int64_t rows, int64_t columns,
                    int64_t step) {
  SmallVector<int64_t> rowPixels = plan.grouped.getPixels(rows);
  double columnPixels = plan.slid.getPixels(columns, step).size();
  if (plan.ways == 1) {
    double taps = plan.grouped.taps * plan.slid.taps;
    return 4 * taps * rows * columns + columnPixels * rowPixels.size() + taps;
  }
  int64_t groups = llvm::divideCeil(rowPixels.size(), plan.ways);
  double touched = 0;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t group = 0; group < groups; ++group)
      touched += llvm::any_of(
          ArrayRef(rowPixels).slice(group * plan.ways).take_front(plan.ways),
          [&](int64_t pixel) {
            return plan.grouped.getTap(row, pixel).has_value();
          });
  double dots = touched * plan.slid.taps * columns * 4;
  double shuffles = columnPixels * groups * (plan.ways == 4 ? 8 : 6);
  double loads =
      touched * plan.slid.taps * 4 + columnPixels * rowPixels.size() * 2 + 12;
  return dots * (plan.ways == 4 ? 1 : 2) + shuffles + loads / 2;
}

/// Vectors of pixels in a row of a tile.
int64_t countColumns(const DepthwisePlan &plan, int64_t columns, int64_t step) {
  return plan.slid.getPixels(columns, step).size();
}

/// Vectors of pixels that a tile loads.
int64_t countLoaded(const DepthwisePlan &plan, int64_t rows, int64_t columns,
                    int64_t step) {
  return plan.grouped.getPixels(rows).size() *
         countColumns(plan, columns, step);
}

/// Registers of one half of the interleaved pixels of a tile.
int64_t countInterleaved(const DepthwisePlan &plan, int64_t rows,
                         int64_t columns, int64_t step) {
  if (plan.ways == 1)
    return 0;
  int64_t groups =
      llvm::divideCeil(plan.grouped.getPixels(rows).size(), plan.ways);
  return 2 * groups * countColumns(plan, columns, step);
}

bool fitsRegisters(const DepthwisePlan &plan, int64_t rows, int64_t columns,
                   int64_t step, int64_t registers) {
  // All quarters at once, and of the pixels a row that is read and the next.
  if (plan.ways == 1)
    return 4 * rows * columns + 2 * rows * countColumns(plan, columns, step) <=
           registers;
  // Accumulators, narrowed results that wait for their other half, operands.
  return countInterleaved(plan, rows, columns, step) + 2 * rows * columns +
             registers / 4 <=
         registers;
}

} // namespace

void chooseDepthwiseTile(DepthwisePlan &plan, int64_t registers) {
  const DepthwiseSegment &widest = plan.segments.front();
  int64_t vectors = llvm::divideCeil(widest.columns, widest.pixels);
  int64_t step = plan.getStep(widest);
  auto estimate = [&](int64_t rows, int64_t columns) {
    double cost = 0;
    for (auto [height, timesDown] :
         {std::pair(rows, plan.grouped.size / rows),
          std::pair(plan.grouped.size % rows, int64_t(1))})
      for (auto [width, timesAcross] :
           {std::pair(columns, vectors / columns),
            std::pair(vectors % columns, int64_t(1))})
        if (height > 0 && width > 0)
          cost += estimateTile(plan, height, width, step) *
                  static_cast<double>(timesDown * timesAcross);
    return cost;
  };
  plan.groupedTile = plan.slidTile = 1;
  double best = estimate(1, 1);
  for (int64_t rows = 1; rows <= std::min(kMaxTile, plan.grouped.size); ++rows)
    for (int64_t columns = 1; columns <= std::min(kMaxTile / rows, vectors);
         ++columns) {
      double cost = estimate(rows, columns);
      if (cost >= best || !fitsRegisters(plan, rows, columns, step, registers))
        continue;
      best = cost;
      plan.groupedTile = rows;
      plan.slidTile = columns;
    }
  int64_t loaded = countLoaded(plan, plan.groupedTile, plan.slidTile, step);
  plan.reloadsPixels =
      loaded + countInterleaved(plan, plan.groupedTile, plan.slidTile, step) >
      registers * 3 / 4;
}

} // namespace quantc::codegen

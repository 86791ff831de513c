// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The smallest shape that is worth a tile is a matter of two ratios: what part
// of a tile is filled, and how much is added up before the sums go to memory.
#include "TilePlan.h"

#include "KernelPlan.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

/// A tile is filled to one part in this many at least. Full ones compute eight
/// times as much in a cycle as vectors do.
constexpr int64_t kMinFill = 4;
/// Products of one output at least: the sums pass through memory once.
constexpr int64_t kMinProducts = 64;

/// Tiles of accumulators of one row of tiles from which on a second row does
/// not fit: eight registers hold 2 x 2 and their operands, or 1 x 3.
constexpr int64_t kMaxTwoRows = 2;

/// The rows of tiles of equal size that cover a loop of `size`.
int64_t getRows(int64_t size, int64_t most) {
  return llvm::divideCeil(size, llvm::divideCeil(size, most));
}

/// The largest number of products that divides the loop into equal tiles.
int64_t getProducts(int64_t size, int64_t most) {
  for (int64_t products = most; products >= kDotWays; products -= kDotWays)
    if (size % products == 0)
      return products;
  return 0;
}

/// Where one step of loop `dim` leads in what `map` indexes: a dimension and a
/// number of elements. None if that is not one dimension and constant.
std::optional<std::pair<unsigned, int64_t>> getStep(AffineMap map,
                                                    unsigned dim) {
  std::optional<std::pair<unsigned, int64_t>> step;
  AffineExpr loop = getAffineDimExpr(dim, map.getContext());
  for (auto [index, expr] : llvm::enumerate(map.getResults())) {
    if (!expr.isFunctionOfDim(dim))
      continue;
    auto difference = dyn_cast<AffineConstantExpr>(simplifyAffineExpr(
        expr.replace(loop, loop + 1) - expr, map.getNumDims(), 0));
    if (step || !difference || difference.getValue() < 1)
      return std::nullopt;
    step = {index, difference.getValue()};
  }
  return step;
}

/// Chooses the loop that fills the rows of a tile best, the innermost of
/// equals.
void chooseRows(AffineMap imageMap, int64_t most, TilePlan &plan) {
  for (unsigned dim : ArrayRef(plan.parallelOrder).drop_front()) {
    auto step = getStep(imageMap, dim);
    int64_t rows = getRows(plan.sizes[dim], most);
    if (!step || rows < plan.rows)
      continue;
    plan.rowDim = dim;
    plan.rows = rows;
    std::tie(plan.imageDim, plan.imageStep) = *step;
  }
}

/// Two tiles of rows, neighbours in the image if there is more than one.
void chooseBlock(TilePlan &plan) {
  plan.block.assign(plan.sizes.size(), 1);
  plan.block[plan.rowDim] = plan.rows;
  plan.block[plan.dot.channelDim] = plan.dot.panel;
  if (plan.dot.panel > kMaxTwoRows * kTileChannels)
    return;
  if (plan.sizes[plan.rowDim] > plan.rows) {
    plan.block[plan.rowDim] = std::min(2 * plan.rows, plan.sizes[plan.rowDim]);
    return;
  }
  for (unsigned dim : llvm::reverse(plan.parallelOrder))
    if (dim != plan.rowDim && dim != plan.dot.channelDim &&
        plan.sizes[dim] > 1) {
      plan.block[dim] = 2;
      return;
    }
}

/// Whether all of the kernel is in loops, whatever becomes of those with one
/// iteration: only a loop becomes a function.
bool isLoops(const TilePlan &plan) {
  int64_t blocks = 1;
  for (unsigned dim : ArrayRef(plan.parallelOrder).drop_front())
    blocks *= llvm::divideCeil(plan.sizes[dim], plan.block[dim]);
  int64_t channels = plan.sizes[plan.dot.channelDim];
  return blocks > 1 ||
         (channels % plan.dot.panel == 0 && channels > plan.dot.panel);
}

} // namespace

SmallVector<std::pair<unsigned, int64_t>> TilePlan::getRowTiles() const {
  SmallVector<std::pair<unsigned, int64_t>> tiles = {{rowDim, 0}};
  if (block[rowDim] > rows)
    tiles.push_back({rowDim, block[rowDim] - rows});
  for (unsigned dim : parallelOrder)
    if (dim != rowDim && dim != dot.channelDim && block[dim] > 1)
      tiles.push_back({dim, 1});
  return tiles;
}

std::optional<TilePlan> planTiles(linalg::GenericOp op, const ISA &isa) {
  std::optional<DotProduct> dot = matchDotProduct(op);
  if (!isa.hasTiles() || !dot || !dot->isPacked() || dot->ways != kDotWays ||
      dot->panel % kTileChannels != 0)
    return std::nullopt;
  TilePlan plan;
  plan.dot = *dot;
  plan.sizes = op.getStaticLoopRanges();
  op.getReductionDims(plan.reductionDims);
  llvm::erase(plan.reductionDims, dot->reductionDim);
  plan.reductionDims.push_back(dot->reductionDim);
  op.getParallelDims(plan.parallelOrder);
  llvm::erase(plan.parallelOrder, dot->channelDim);
  plan.parallelOrder.insert(plan.parallelOrder.begin(), dot->channelDim);

  AffineMap imageMap =
      op.getMatchingIndexingMap(op.getDpsInputOperand(dot->activation));
  chooseRows(imageMap, isa.tileRows, plan);
  plan.products = getProducts(plan.sizes[dot->reductionDim], isa.tileBytes);
  int64_t all = 1;
  for (unsigned dim : plan.reductionDims)
    all *= plan.sizes[dim];
  if (all < kMinProducts || kMinFill * plan.rows * plan.products <
                                int64_t(isa.tileRows) * isa.tileBytes)
    return std::nullopt;
  chooseBlock(plan);
  if (!isLoops(plan))
    return std::nullopt;
  return plan;
}

} // namespace quantc::codegen

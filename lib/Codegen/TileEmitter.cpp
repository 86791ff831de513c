// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A block of sums stays in tiles over the whole reduction. Then it passes
// through memory that the nearest cache holds, because nothing else reads a
// tile, and is finished row by row by the vectors of any other kernel.
#include "TileEmitter.h"

#include "KernelEpilogue.h"
#include "ParallelLoop.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

/// Lanes that the epilogue computes at once, as long as there are so many.
constexpr int64_t kEpilogueLanes = 32;
/// Bytes that the rows of sums are aligned to.
constexpr int64_t kLineBytes = 64;

class TileEmitter {
public:
  TileEmitter(RewriterBase &rewriter, KernelGroup &group, const TilePlan &plan)
      : rewriter(rewriter), group(group), plan(plan), loc(getKernelLoc(group)) {
    place.bases.assign(plan.sizes.size(), Value());
    place.offsets.assign(plan.sizes.size(), 0);
  }

  Value emit() {
    rewriter.setInsertionPoint(group.getLast());
    return emitPanels(createDestination(rewriter, group));
  }

private:
  /// What of a loop's iterations may change places.
  enum class Order { Kept, Any };
  /// From the number of the iteration, null where there is but one, and the
  /// values carried to it, to those that the next one gets.
  using Body = llvm::function_ref<SmallVector<Value>(Value, ArrayRef<Value>)>;

  Value emitPanels(Value dest);
  Value emitBlocks(unsigned level, Value dest);
  Value emitBlock(Value dest);
  SmallVector<Value> emitReduction(unsigned level, ArrayRef<Value> sums);
  SmallVector<Value> emitLoop(int64_t count, Order order,
                              ArrayRef<Value> carried, Body body);
  SmallVector<Value> emitDots(Value firstGroup, ArrayRef<Value> sums);
  Value emitRows(Value scratch, int64_t first, Value dest);
  Value emitRow(Value scratch, Value row, Value dest);

  Value makeIndex(int64_t value) {
    return arith::ConstantIndexOp::create(rewriter, loc, value);
  }
  Value apply(AffineExpr expr, ValueRange operands) {
    auto map = AffineMap::get(operands.size(), 0, expr);
    return affine::makeComposedAffineApply(rewriter, loc, map,
                                           getAsOpFoldResult(operands));
  }
  /// `place` at a tile of rows.
  Place getTilePlace(std::pair<unsigned, int64_t> tile) const {
    Place at = place;
    at.offsets[tile.first] += tile.second;
    return at;
  }
  int64_t countChannelTiles() const {
    return llvm::divideCeil(channels, kTileChannels);
  }

  RewriterBase &rewriter;
  KernelGroup &group;
  const TilePlan &plan;
  Location loc;
  /// Where the loops emitted so far stand.
  Place place;
  /// The panel of weights, null for panel `lastPanel`, and its channels.
  Value panel;
  int64_t lastPanel = 0, channels = 0;
};

/// A loop that carries `carried`; one iteration needs none.
SmallVector<Value> TileEmitter::emitLoop(int64_t count, Order order,
                                         ArrayRef<Value> carried, Body body) {
  if (count == 1)
    return body(Value(), carried);
  auto loop = scf::ForOp::create(rewriter, loc, makeIndex(0), makeIndex(count),
                                 makeIndex(1), carried);
  if (order == Order::Any)
    markParallel(loop);
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> inner(loop.getRegionIterArgs());
  scf::YieldOp::create(rewriter, loc, body(loop.getInductionVar(), inner));
  return loop.getResults();
}

/// All full panels, and a last one of fewer channels.
Value TileEmitter::emitPanels(Value dest) {
  unsigned dim = plan.dot.channelDim;
  int64_t size = plan.sizes[dim], width = plan.dot.panel;
  if (int64_t full = size / width) {
    channels = width;
    dest = emitLoop(full, Order::Any, dest,
                    [&](Value index, ArrayRef<Value> carried) {
                      panel = index;
                      if (index)
                        place.bases[dim] =
                            apply(rewriter.getAffineDimExpr(0) * width, index);
                      return SmallVector<Value>{emitBlocks(1, carried.front())};
                    })
               .front();
  }
  if (size % width == 0)
    return dest;
  panel = place.bases[dim] = Value();
  lastPanel = size / width;
  place.offsets[dim] = lastPanel * width;
  channels = size % width;
  return emitBlocks(1, dest);
}

/// The loops over blocks from `level` inwards. The last block of a loop ends
/// where the loop ends, and shares rows with the one before.
Value TileEmitter::emitBlocks(unsigned level, Value dest) {
  if (level == plan.parallelOrder.size())
    return emitBlock(dest);
  unsigned dim = plan.parallelOrder[level];
  int64_t size = plan.sizes[dim], step = plan.block[dim];
  auto body = [&](Value index, ArrayRef<Value> carried) {
    if (index) {
      AffineExpr begin = rewriter.getAffineDimExpr(0) * step;
      AffineExpr last = rewriter.getAffineConstantExpr(size - step);
      auto map = AffineMap::get(1, 0, {begin, last}, rewriter.getContext());
      place.bases[dim] =
          size % step == 0
              ? apply(begin, index)
              : affine::AffineMinOp::create(rewriter, loc, map, index);
    }
    SmallVector<Value> results = {emitBlocks(level + 1, carried.front())};
    place.bases[dim] = Value();
    return results;
  };
  return emitLoop(llvm::divideCeil(size, step), Order::Any, dest, body).front();
}

Value TileEmitter::emitBlock(Value dest) {
  auto tiles = plan.getRowTiles();
  int64_t columns = countChannelTiles();
  auto sumType = qvec::TileType::get(rewriter.getContext(), plan.rows,
                                     kTileChannels, rewriter.getI32Type());
  SmallVector<Value> sums;
  for (size_t i = 0; i < tiles.size() * columns; ++i)
    sums.push_back(qvec::TileZeroOp::create(rewriter, loc, sumType));
  sums = emitReduction(0, sums);

  auto scratchType = MemRefType::get(
      {static_cast<int64_t>(tiles.size()) * plan.rows, columns * kTileChannels},
      rewriter.getI32Type());
  Value scratch = memref::AllocaOp::create(
      rewriter, loc, scratchType, rewriter.getI64IntegerAttr(kLineBytes));
  for (auto [index, sum] : llvm::enumerate(sums)) {
    auto slot = static_cast<int64_t>(index);
    qvec::TileStoreOp::create(
        rewriter, loc, sum, scratch,
        ValueRange{makeIndex(slot / columns * plan.rows),
                   makeIndex(slot % columns * kTileChannels)});
  }
  int64_t first = 0;
  for (auto tile : tiles) {
    Place before = place;
    place = getTilePlace(tile);
    dest = emitRows(scratch, first, dest);
    place = std::move(before);
    first += plan.rows;
  }
  return dest;
}

/// The reduction loops from `level` inwards. The innermost takes as many
/// products in a step as a tile holds.
SmallVector<Value> TileEmitter::emitReduction(unsigned level,
                                              ArrayRef<Value> sums) {
  unsigned dim = plan.reductionDims[level];
  bool isLast = level + 1 == plan.reductionDims.size();
  int64_t step = isLast ? plan.products : 1;
  return emitLoop(plan.sizes[dim] / step, Order::Kept, sums,
                  [&](Value index, ArrayRef<Value> carried) {
                    AffineExpr expr = rewriter.getAffineDimExpr(0);
                    if (index)
                      place.bases[dim] =
                          isLast ? apply(expr * step, index) : index;
                    Value first;
                    if (isLast && index)
                      first = apply(expr * (step / kDotWays), index);
                    SmallVector<Value> results =
                        isLast ? emitDots(first, carried)
                               : emitReduction(level + 1, carried);
                    place.bases[dim] = Value();
                    return results;
                  });
}

/// Adds the products of one step, of which `firstGroup` is the first group of
/// four, to the tiles of sums: all rows by all channels of the block.
SmallVector<Value> TileEmitter::emitDots(Value firstGroup,
                                         ArrayRef<Value> sums) {
  const DotProduct &dot = plan.dot;
  OpOperand *activation = group.root.getDpsInputOperand(dot.activation);
  OpOperand *weight = group.root.getDpsInputOperand(dot.weight);
  AffineMap imageMap = group.root.getMatchingIndexingMap(activation);
  AffineMap panelMap =
      getPanelMap(group.root.getMatchingIndexingMap(weight), dot);
  BodyEmitter body(rewriter, loc);
  auto load = [&](OpOperand *operand, AffineMap map, const Place &at,
                  unsigned dim, int64_t step, int64_t rows, int64_t columns) {
    auto type = qvec::TileType::get(rewriter.getContext(), rows, columns,
                                    rewriter.getI8Type());
    return qvec::TileLoadOp::create(rewriter, loc, type, operand->get(),
                                    body.getIndices(map, at), dim, step);
  };

  Place weights = place;
  weights.bases[dot.channelDim] = panel;
  weights.offsets[dot.channelDim] = panel ? 0 : lastPanel;
  weights.bases[dot.reductionDim] = firstGroup;
  weights.bases.push_back(Value());
  weights.offsets.push_back(0);
  SmallVector<Value> columns;
  for (int64_t i = 0; i < countChannelTiles(); ++i) {
    weights.offsets.back() = i * kTileChannels;
    // The groups of a panel are the dimension before the last.
    columns.push_back(load(weight, panelMap, weights,
                           panelMap.getNumResults() - 2, 1,
                           plan.products / kDotWays, kTileChannels * kDotWays));
  }
  SmallVector<Value> results;
  for (auto tile : plan.getRowTiles()) {
    Value rows = load(activation, imageMap, getTilePlace(tile), plan.imageDim,
                      plan.imageStep, plan.rows, plan.products);
    for (Value column : columns) {
      Value sum = sums[results.size()];
      results.push_back(qvec::TileDotOp::create(
          rewriter, loc, sum.getType(), sum, rows, column,
          dot.activationUnsigned, dot.weightUnsigned));
    }
  }
  return results;
}

/// Finishes the rows of one tile, which `scratch` holds from row `first` on.
Value TileEmitter::emitRows(Value scratch, int64_t first, Value dest) {
  auto body = [&](Value index, ArrayRef<Value> carried) {
    Value base = place.bases[plan.rowDim];
    Value row = makeIndex(first);
    if (index) {
      AffineExpr i = rewriter.getAffineDimExpr(0);
      row = apply(i + first, index);
      place.bases[plan.rowDim] =
          base ? apply(i + rewriter.getAffineDimExpr(1), {index, base}) : index;
    }
    SmallVector<Value> results = {emitRow(scratch, row, carried.front())};
    place.bases[plan.rowDim] = base;
    return results;
  };
  return emitLoop(plan.rows, Order::Kept, dest, body).front();
}

Value TileEmitter::emitRow(Value scratch, Value row, Value dest) {
  BodyEmitter body(rewriter, loc, group.looksUp);
  OpOperand *init = group.root.getDpsInitOperand(0);
  AffineMap initMap = group.root.getMatchingIndexingMap(init);
  for (int64_t channel = 0; channel < channels;) {
    int64_t left = channels - channel;
    Place at = place;
    at.vectorDim = plan.dot.channelDim;
    at.offsets[plan.dot.channelDim] += channel;
    at.lanes =
        left >= kEpilogueLanes ? kEpilogueLanes : std::min(left, kTileChannels);
    auto type = VectorType::get({at.lanes}, rewriter.getI32Type());
    Value sums = vector::LoadOp::create(rewriter, loc, type, scratch,
                                        ValueRange{row, makeIndex(channel)});
    // The order of additions that wrap around does not matter.
    Value start = group.init
                      ? body.compute(group.init->op,
                                     at.project(group.init->rootLoops), {})
                      : body.load(init->get(), initMap, at);
    sums = arith::AddIOp::create(rewriter, loc, sums, body.spread(start, at));
    dest = storeResults(body, group, computeEpilogue(body, group, sums, at), 1,
                        at, dest);
    channel += at.lanes;
  }
  return dest;
}

} // namespace

Value emitTiles(RewriterBase &rewriter, KernelGroup &group,
                const TilePlan &plan) {
  return TileEmitter(rewriter, group, plan).emit();
}

} // namespace quantc::codegen

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The shape of every kernel: loops over tiles of the output, inside them the
// initial accumulators, the reduction loops that carry them, the epilogue, the
// stores. A dimension that its tile does not divide gets a second, smaller copy
// of what is inside it, so that all vectors have a static length.
#include "KernelEmitter.h"

#include "BodyEmitter.h"
#include "DotEmitter.h"
#include "KernelEpilogue.h"
#include "ParallelLoop.h"
#include "Registers.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

/// Reduction loops with at most this many iterations in all are unrolled.
constexpr int64_t kMaxUnrolledReduction = 9;

/// Dot products that a pixel gets right in front of its epilogue.
constexpr int64_t kLastDots = 12;

class KernelEmitter {
public:
  KernelEmitter(RewriterBase &rewriter, KernelGroup &group,
                const KernelPlan &plan)
      : rewriter(rewriter), group(group), plan(plan), loc(getKernelLoc(group)),
        current(plan.sizes.size(), 1) {
    place.bases.assign(plan.sizes.size(), Value());
    place.offsets.assign(plan.sizes.size(), 0);
  }

  Value emit() {
    rewriter.setInsertionPoint(group.getLast());
    return emitParallel(0, createDestination(rewriter, group));
  }

private:
  Value emitParallel(unsigned level, Value dest);
  int64_t getEpilogueLanes() const;
  int64_t getAlikeTiles(unsigned dim, int64_t begin, int64_t end) const;
  Value emitSingleTile(unsigned level, int64_t begin, Value dest);
  Value emitTileLoop(unsigned level, int64_t begin, int64_t end, Value dest);
  Value emitTile(Value dest);
  Value emitTileOfConstants(Value dest);
  bool canOverlapEpilogue() const;
  SmallVector<Value> emitRowsBeforeLast(ArrayRef<Value> accumulators);
  Value emitTileByPixel(Value dest);
  bool isNextRow(const Place &place, const Place &next) const;
  /// A tensor and the results that were written to it.
  struct Stored {
    Value dest;
    SmallVector<Value> results;
  };
  Stored emitEpilogues(BodyEmitter &body, ArrayRef<PlacedValue> values,
                       Value dest);
  SmallVector<Place> getPlacesOfTile() const;
  SmallVector<Value> emitInitialValues(ArrayRef<Place> places, Value dest);
  SmallVector<Value> emitReduction(unsigned level,
                                   ArrayRef<Value> accumulators);
  SmallVector<Value> emitReductionLoop(unsigned level, Value begin, Value end,
                                       ArrayRef<Value> accumulators);
  SmallVector<Value> emitUnrolledReduction(unsigned level,
                                           ArrayRef<Value> accumulators);
  std::pair<Value, Value> getReductionBounds(unsigned dim);
  bool shouldUnroll(unsigned level) const;
  Value makeIndex(int64_t value) {
    return arith::ConstantIndexOp::create(rewriter, loc, value);
  }

  RewriterBase &rewriter;
  KernelGroup &group;
  const KernelPlan &plan;
  Location loc;
  /// Where the loops emitted so far stand.
  Place place;
  /// The innermost loop over pixels.
  Value iteration;
  /// The panel of weights that the loop over channels stands at.
  Value panelNumber;
  /// Extent of the tile along each loop.
  SmallVector<int64_t> current;
};

Value KernelEmitter::emitParallel(unsigned level, Value dest) {
  if (level == plan.parallelOrder.size())
    return plan.keepsLoads && iteration ? emitTileOfConstants(dest)
                                        : emitTile(dest);
  unsigned dim = plan.parallelOrder[level];
  int64_t size = plan.sizes[dim], tile = plan.tile[dim];
  int64_t full = size / tile * tile;

  for (int64_t begin = 0; begin < full;) {
    int64_t end = getAlikeTiles(dim, begin, full);
    current[dim] = tile;
    dest = end == begin + tile ? emitSingleTile(level, begin, dest)
                               : emitTileLoop(level, begin, end, dest);
    begin = end;
  }
  if (full < size) {
    current[dim] = size - full;
    dest = emitSingleTile(level, full, dest);
  }
  return dest;
}

/// The end of the tiles from `begin` on that are the same code.
int64_t KernelEmitter::getAlikeTiles(unsigned dim, int64_t begin,
                                     int64_t end) const {
  if (!plan.border || plan.border->columnDim != dim)
    return end;
  int64_t tile = plan.tile[dim];
  int64_t size = plan.sizes[plan.dot->reductionDim];
  auto isInside = [&](int64_t column) {
    return plan.border->getInside(column, size) == std::pair(int64_t(0), size);
  };
  int64_t alike = begin;
  while (alike < end && isInside(alike) && isInside(alike + tile - 1))
    alike += tile;
  return std::max(alike, begin + tile);
}

Value KernelEmitter::emitSingleTile(unsigned level, int64_t begin, Value dest) {
  unsigned dim = plan.parallelOrder[level];
  place.offsets[dim] = begin;
  dest = emitParallel(level + 1, dest);
  place.offsets[dim] = 0;
  return dest;
}

Value KernelEmitter::emitTileLoop(unsigned level, int64_t begin, int64_t end,
                                  Value dest) {
  unsigned dim = plan.parallelOrder[level];
  auto loop =
      scf::ForOp::create(rewriter, loc, makeIndex(begin), makeIndex(end),
                         makeIndex(plan.tile[dim]), ValueRange{dest});
  markParallel(loop);
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointToStart(loop.getBody());
  place.bases[dim] = loop.getInductionVar();
  llvm::SaveAndRestore<Value> around(iteration, iteration);
  if (!plan.dot || plan.dot->channelDim != dim)
    iteration = loop.getInductionVar();
  else
    panelNumber = affine::makeComposedAffineApply(
        rewriter, loc, rewriter.getAffineDimExpr(0).floorDiv(plan.dot->panel),
        OpFoldResult(loop.getInductionVar()));
  Value inner = emitParallel(level + 1, loop.getRegionIterArg(0));
  scf::YieldOp::create(rewriter, loc, inner);
  place.bases[dim] = Value();
  return loop.getResult(0);
}

/// One place for each accumulator: all combinations of the unrolled loops, and
/// along the vector loop one for each vector.
SmallVector<Place> KernelEmitter::getPlacesOfTile() const {
  SmallVector<Place> places = {place};
  for (unsigned dim : plan.parallelOrder) {
    bool isVector = plan.vectorDim == dim;
    int64_t step = isVector ? plan.lanes : 1;
    SmallVector<Place> next;
    for (const Place &outer : places)
      for (int64_t offset = 0; offset < current[dim]; offset += step) {
        Place inner = outer;
        inner.offsets[dim] += offset;
        if (isVector) {
          inner.vectorDim = dim;
          inner.lanes = std::min(step, current[dim] - offset);
        }
        next.push_back(std::move(inner));
      }
    places = std::move(next);
  }
  return places;
}

SmallVector<Value> KernelEmitter::emitInitialValues(ArrayRef<Place> places,
                                                    Value dest) {
  BodyEmitter body(rewriter, loc, group.looksUp);
  OpOperand *init = group.root.getDpsInitOperand(0);
  AffineMap map = group.root.getMatchingIndexingMap(init);
  SmallVector<Value> values;
  for (const Place &at : places) {
    Value value;
    if (group.init)
      value =
          body.compute(group.init->op, at.project(group.init->rootLoops), {});
    else
      value = body.load(group.epilogue.empty() ? dest : init->get(), map, at);
    values.push_back(body.spread(value, at));
  }
  return values;
}

bool KernelEmitter::shouldUnroll(unsigned level) const {
  int64_t iterations = 1;
  for (unsigned dim : ArrayRef(plan.reductionDims).drop_front(level))
    iterations *= plan.dot && plan.dot->reductionDim == dim
                      ? llvm::divideCeil(plan.sizes[dim], plan.dot->ways)
                      : plan.sizes[dim];
  int64_t accumulators = 1;
  for (unsigned dim : plan.parallelOrder)
    accumulators *= plan.vectorDim == dim
                        ? llvm::divideCeil(current[dim], plan.lanes)
                        : current[dim];
  return iterations <= kMaxUnrolledReduction &&
         iterations * accumulators <= kMaxUnrolledBodies;
}

std::pair<Value, Value> KernelEmitter::getReductionBounds(unsigned dim) {
  int64_t size = plan.sizes[dim];
  if (!plan.border || plan.border->kernelRowDim != dim)
    return {makeIndex(0), makeIndex(size)};
  unsigned rowDim = plan.border->rowDim;
  AffineExpr row = rewriter.getAffineConstantExpr(place.offsets[rowDim]);
  SmallVector<OpFoldResult> base = {rewriter.getIndexAttr(0)};
  if (place.bases[rowDim]) {
    row = row + rewriter.getAffineDimExpr(0);
    base.front() = place.bases[rowDim];
  }
  auto [first, last] = plan.border->getKernelRows(row, size);
  OpFoldResult begin =
      affine::makeComposedFoldedAffineMax(rewriter, loc, first, base);
  OpFoldResult end =
      affine::makeComposedFoldedAffineMin(rewriter, loc, last, base);
  return {getValueOrCreateConstantIndexOp(rewriter, loc, begin),
          getValueOrCreateConstantIndexOp(rewriter, loc, end)};
}

SmallVector<Value>
KernelEmitter::emitReductionLoop(unsigned level, Value begin, Value end,
                                 ArrayRef<Value> accumulators) {
  unsigned dim = plan.reductionDims[level];
  auto loop =
      scf::ForOp::create(rewriter, loc, begin, end, makeIndex(1), accumulators);
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointToStart(loop.getBody());
  place.bases[dim] = loop.getInductionVar();
  SmallVector<Value> carried(loop.getRegionIterArgs());
  scf::YieldOp::create(rewriter, loc, emitReduction(level + 1, carried));
  place.bases[dim] = Value();
  return loop.getResults();
}

SmallVector<Value>
KernelEmitter::emitUnrolledReduction(unsigned level,
                                     ArrayRef<Value> accumulators) {
  SmallVector<Value> values(accumulators);
  unsigned dim = plan.reductionDims[level];
  for (int64_t i = 0; i < plan.sizes[dim]; ++i) {
    place.offsets[dim] = i;
    values = emitReduction(level + 1, values);
  }
  place.offsets[dim] = 0;
  return values;
}

/// Emits the reduction loops from `level` inwards; the innermost level is the
/// body of the root for every accumulator of the tile.
SmallVector<Value> KernelEmitter::emitReduction(unsigned level,
                                                ArrayRef<Value> accumulators) {
  if (plan.dot && level + 1 == plan.reductionDims.size())
    return DotEmitter(rewriter, loc, group, plan, getPlacesOfTile(),
                      panelNumber)
        .emit(accumulators);
  // Loops around the groups stay: in a longer piece of straight code LLVM moves
  // loads to its top and accumulators to the stack.
  if (level < plan.reductionDims.size()) {
    if (plan.sizes[plan.reductionDims[level]] == 1 ||
        (!plan.dot && shouldUnroll(level)))
      return emitUnrolledReduction(level, accumulators);
    auto [begin, end] = getReductionBounds(plan.reductionDims[level]);
    return emitReductionLoop(level, begin, end, accumulators);
  }
  BodyEmitter body(rewriter, loc, group.looksUp);
  SmallVector<Value> given(group.root->getNumOperands());
  SmallVector<Value> results;
  for (auto [at, accumulator] :
       llvm::zip_equal(getPlacesOfTile(), accumulators)) {
    given.back() = accumulator;
    results.push_back(body.spread(body.compute(group.root, at, given), at));
  }
  return results;
}

/// Lanes of a register of results, where those are narrower than the
/// accumulators.
int64_t KernelEmitter::getEpilogueLanes() const {
  auto getBits = [](linalg::GenericOp op) -> int64_t {
    Type element = getElementTypeOrSelf(op->getResult(0).getType());
    return element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 64;
  };
  int64_t ratio = getBits(group.root) / getBits(group.getLast());
  return plan.lanes * std::max<int64_t>(1, ratio);
}

/// A tile at a channel of which LLVM does not know that it is the same for all
/// tiles of the loop.
Value KernelEmitter::emitTileOfConstants(Value dest) {
  auto stay = [&](Value index) -> Value {
    return qvec::StayOp::create(rewriter, loc, index ? index : makeIndex(0),
                                iteration);
  };
  Value &channel = place.bases[plan.dot->channelDim];
  // Behind the loop over panels both are known: zero and an offset.
  Value number = stay(channel ? panelNumber : Value());
  llvm::SaveAndRestore<Value> base(channel, stay(channel));
  llvm::SaveAndRestore<Value> panel(panelNumber, number);
  return emitTile(dest);
}

Value KernelEmitter::emitTile(Value dest) {
  if (canOverlapEpilogue())
    return emitTileByPixel(dest);
  SmallVector<Place> places = getPlacesOfTile();
  SmallVector<Value> accumulators;
  if (plan.reductionDims.empty()) {
    BodyEmitter body(rewriter, loc, group.looksUp);
    for (const Place &at : places)
      accumulators.push_back(body.compute(group.root, at, {}));
  } else if (plan.sumsInBlocks()) {
    DotEmitter dots(rewriter, loc, group, plan, places, panelNumber);
    SmallVector<Value> sums = emitReduction(0, dots.createSums());
    accumulators = dots.finish(sums, emitInitialValues(places, dest));
  } else {
    accumulators = emitReduction(0, emitInitialValues(places, dest));
  }
  SmallVector<PlacedValue> values;
  for (auto [at, value] : llvm::zip_equal(places, accumulators))
    values.push_back({at, value});
  BodyEmitter body(rewriter, loc, group.looksUp);
  return emitEpilogues(body, values, dest).dest;
}

/// Whether the result at `next` lies right behind the one at `place`, a whole
/// row of the innermost dimension.
bool KernelEmitter::isNextRow(const Place &place, const Place &next) const {
  if (group.epilogue.empty())
    return false;
  linalg::GenericOp last = group.epilogue.back().op;
  OpOperand *init = last.getDpsInitOperand(0);
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(init->get().getType()).getShape();
  AffineMap map = last.getMatchingIndexingMap(init);
  if (shape.size() < 2 || place.lanes != shape.back() ||
      next.lanes != place.lanes || place.bases != next.bases)
    return false;
  ArrayRef<unsigned> loops = group.epilogue.back().rootLoops;
  auto getLoop = [&](unsigned result) {
    return loops[map.getDimPosition(result)];
  };
  SmallVector<int64_t> expected = place.offsets;
  ++expected[getLoop(shape.size() - 2)];
  return place.vectorDim == getLoop(shape.size() - 1) &&
         expected == next.offsets;
}

/// Computes the results of `values` and stores them, rows that fill a register
/// together as one.
KernelEmitter::Stored KernelEmitter::emitEpilogues(BodyEmitter &body,
                                                   ArrayRef<PlacedValue> values,
                                                   Value dest) {
  Stored stored{dest, {}};
  SmallVector<PlacedValue> joined =
      joinNeighbours(rewriter, loc, values, getEpilogueLanes());
  for (ArrayRef<PlacedValue> rest = joined; !rest.empty();) {
    const Place &place = rest.front().place;
    auto most = static_cast<size_t>(getEpilogueLanes() / place.lanes);
    size_t count = 1;
    while (count < std::min(most, rest.size()) &&
           isNextRow(rest[count - 1].place, rest[count].place))
      ++count;
    count = llvm::bit_floor(count);
    SmallVector<Value> rows;
    for (const PlacedValue &row : rest.take_front(count))
      rows.push_back(computeEpilogue(body, group, row.value, row.place));
    stored.results.push_back(concatenate(rewriter, loc, rows));
    stored.dest = storeResults(body, group, stored.results.back(),
                               static_cast<int64_t>(count), place, stored.dest);
    rest = rest.drop_front(count);
  }
  return stored;
}

/// Whether every tile has a last row of products, and an epilogue behind it.
bool KernelEmitter::canOverlapEpilogue() const {
  if (!plan.overlapsEpilogue || group.epilogue.empty() ||
      plan.reductionDims.size() > 2)
    return false;
  if (plan.reductionDims.size() == 1 || !plan.border ||
      plan.border->kernelRowDim != plan.reductionDims.front())
    return true;
  // Every row of the image has a last kernel row.
  unsigned rowDim = plan.border->rowDim;
  return llvm::all_of(llvm::seq(plan.sizes[rowDim]), [&](int64_t row) {
    auto [first, end] =
        plan.border->getKernelRows(rewriter.getAffineConstantExpr(row),
                                   plan.sizes[plan.reductionDims.front()]);
    auto getValues = [](AffineMap map) {
      return llvm::map_to_vector(map.getResults(), [](AffineExpr expr) {
        return cast<AffineConstantExpr>(simplifyAffineExpr(expr, 1, 0))
            .getValue();
      });
    };
    return *llvm::max_element(getValues(first)) <
           *llvm::min_element(getValues(end));
  });
}

/// The sums of all kernel rows but the last, at which the place then stands.
SmallVector<Value>
KernelEmitter::emitRowsBeforeLast(ArrayRef<Value> accumulators) {
  unsigned dim = plan.reductionDims.front();
  if (plan.sizes[dim] == 1)
    return SmallVector<Value>(accumulators);
  auto [begin, end] = getReductionBounds(dim);
  Value last = affine::makeComposedAffineApply(
      rewriter, loc, rewriter.getAffineDimExpr(0) - 1, OpFoldResult(end));
  SmallVector<Value> sums = emitReductionLoop(0, begin, last, accumulators);
  place.bases[dim] = last;
  return sums;
}

/// A tile whose pixels get their last products a few at a time. Loads of those
/// stay behind the results of the few before: LLVM would begin with all of
/// them.
Value KernelEmitter::emitTileByPixel(Value dest) {
  SmallVector<Place> places = getPlacesOfTile();
  SmallVector<Value> sums = emitInitialValues(places, dest);
  if (plan.reductionDims.size() == 2)
    sums = emitRowsBeforeLast(sums);
  SmallVector<Place> lastPlaces = getPlacesOfTile();
  DotEmitter dots(rewriter, loc, group, plan, lastPlaces, panelNumber);
  Value around = iteration ? iteration : makeIndex(0);
  size_t pixels = dots.getPixels(), vectors = places.size() / pixels;
  int64_t first = std::max<int64_t>(
      0, dots.getGroups() - kLastDots / static_cast<int64_t>(vectors));
  dots.emit(0, first, dots.getSlots(0, pixels), sums);
  SmallVector<Value> before = sums;
  BodyEmitter body(rewriter, loc, group.looksUp);
  // As many as fill a register with results.
  size_t step =
      std::max<size_t>(1, getEpilogueLanes() / (plan.lanes * vectors));
  for (size_t pixel = 0; pixel < pixels; pixel += step) {
    SmallVector<unsigned> slots =
        dots.getSlots(pixel, std::min(pixel + step, pixels));
    Value origin =
        qvec::StayOp::create(rewriter, loc, makeIndex(0), around, before);
    dots.emit(first, dots.getGroups(), slots, sums, origin);
    SmallVector<PlacedValue> values;
    for (unsigned slot : slots)
      values.push_back({places[slot], sums[slot]});
    Stored stored = emitEpilogues(body, values, dest);
    dest = stored.dest;
    before = stored.results;
  }
  place.bases[plan.reductionDims.front()] = Value();
  return dest;
}

} // namespace

Value emitKernel(RewriterBase &rewriter, KernelGroup &group,
                 const KernelPlan &plan) {
  return KernelEmitter(rewriter, group, plan).emit();
}

} // namespace quantc::codegen

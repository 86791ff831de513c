// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The shape of every kernel: loops over tiles of the output, inside them the
// initial accumulators, the reduction loops that carry them, the epilogue, the
// stores. A dimension that its tile does not divide gets a second, smaller copy
// of what is inside it, so that all vectors have a static length.
#include "KernelEmitter.h"

#include "BodyEmitter.h"
#include "ParallelLoop.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

/// Reduction loops with at most this many iterations in all are unrolled.
constexpr int64_t kMaxUnrolledReduction = 9;
/// Copies of the root's body in one unrolled reduction at most: 3 groups of dot
/// products, a kernel row of 9 bytes, on 24 accumulators.
constexpr int64_t kMaxUnrolledBodies = 72;

/// All operations that the kernel computes, the root first.
Location getGroupLocation(KernelGroup &group) {
  SmallVector<Location> parts = {group.root.getLoc()};
  for (KernelStage &stage : group.epilogue)
    parts.push_back(stage.op.getLoc());
  return FusedLoc::get(group.root.getContext(), parts);
}

class KernelEmitter {
public:
  KernelEmitter(RewriterBase &rewriter, KernelGroup &group,
                const KernelPlan &plan)
      : rewriter(rewriter), group(group), plan(plan),
        loc(getGroupLocation(group)), current(plan.sizes.size(), 1) {
    place.bases.assign(plan.sizes.size(), Value());
    place.offsets.assign(plan.sizes.size(), 0);
  }

  Value emit() {
    rewriter.setInsertionPoint(group.getLast());
    return emitParallel(0, getDestination());
  }

private:
  Value getDestination();
  Value emitParallel(unsigned level, Value dest);
  Value emitTileLoop(unsigned level, int64_t end, Value dest);
  int64_t getEpilogueLanes() const;
  Value emitTile(Value dest);
  SmallVector<Place> getPlacesOfTile() const;
  SmallVector<Value> emitInitialValues(ArrayRef<Place> places, Value dest);
  SmallVector<Value> emitReduction(unsigned level,
                                   ArrayRef<Value> accumulators);
  SmallVector<Value> emitReductionLoop(unsigned level,
                                       ArrayRef<Value> accumulators);
  SmallVector<Value> emitUnrolledReduction(unsigned level,
                                           ArrayRef<Value> accumulators);
  SmallVector<Value> emitDotReduction(const DotProduct &dot,
                                      ArrayRef<Value> accumulators);
  SmallVector<Value> emitDots(const DotProduct &dot, Value index,
                              int64_t indexOffset, int64_t ways,
                              ArrayRef<Value> accumulators);
  Place getPanelPlace(const DotProduct &dot, Place at);
  bool shouldUnroll(unsigned level) const;
  Value emitEpilogue(BodyEmitter &body, Value value, const Place &place,
                     Value dest);
  Value makeIndex(int64_t value) {
    return arith::ConstantIndexOp::create(rewriter, loc, value);
  }

  RewriterBase &rewriter;
  KernelGroup &group;
  const KernelPlan &plan;
  Location loc;
  /// Where the loops emitted so far stand.
  Place place;
  /// The panel of weights that the loop over channels stands at.
  Value panelNumber;
  /// Extent of the tile along each loop.
  SmallVector<int64_t> current;
};

/// The tensor that the kernel writes. Where its old contents do not matter it
/// gets a tensor of its own: sharing one would only make bufferization take it
/// apart again.
Value KernelEmitter::getDestination() {
  linalg::GenericOp last = group.getLast();
  OpOperand *init = last.getDpsInitOperand(0);
  bool initialized = group.epilogue.empty() && group.init;
  if (!initialized && last.payloadUsesValueFromOperand(init))
    return init->get();
  auto type = cast<RankedTensorType>(init->get().getType());
  return tensor::EmptyOp::create(rewriter, loc, type.getShape(),
                                 type.getElementType());
}

Value KernelEmitter::emitParallel(unsigned level, Value dest) {
  if (level == plan.parallelOrder.size())
    return emitTile(dest);
  unsigned dim = plan.parallelOrder[level];
  int64_t size = plan.sizes[dim], tile = plan.tile[dim];
  int64_t full = size / tile * tile;

  current[dim] = tile;
  dest = full == tile ? emitParallel(level + 1, dest)
                      : emitTileLoop(level, full, dest);
  if (full < size) {
    current[dim] = size - full;
    place.offsets[dim] = full;
    dest = emitParallel(level + 1, dest);
    place.offsets[dim] = 0;
  }
  return dest;
}

Value KernelEmitter::emitTileLoop(unsigned level, int64_t end, Value dest) {
  unsigned dim = plan.parallelOrder[level];
  auto loop = scf::ForOp::create(rewriter, loc, makeIndex(0), makeIndex(end),
                                 makeIndex(plan.tile[dim]), ValueRange{dest});
  markParallel(loop);
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointToStart(loop.getBody());
  place.bases[dim] = loop.getInductionVar();
  if (plan.dot && plan.dot->channelDim == dim)
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
  BodyEmitter body(rewriter, loc);
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
                      ? llvm::divideCeil(plan.sizes[dim], kDotWays)
                      : plan.sizes[dim];
  int64_t accumulators = 1;
  for (unsigned dim : plan.parallelOrder)
    accumulators *= plan.vectorDim == dim
                        ? llvm::divideCeil(current[dim], plan.lanes)
                        : current[dim];
  return iterations <= kMaxUnrolledReduction &&
         iterations * accumulators <= kMaxUnrolledBodies;
}

SmallVector<Value>
KernelEmitter::emitReductionLoop(unsigned level, ArrayRef<Value> accumulators) {
  unsigned dim = plan.reductionDims[level];
  auto loop = scf::ForOp::create(rewriter, loc, makeIndex(0),
                                 makeIndex(plan.sizes[dim]), makeIndex(1),
                                 accumulators);
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
    return emitDotReduction(*plan.dot, accumulators);
  // Loops around the groups stay: in a longer piece of straight code LLVM moves
  // loads to its top and accumulators to the stack.
  if (level < plan.reductionDims.size())
    return plan.sizes[plan.reductionDims[level]] == 1 ||
                   (!plan.dot && shouldUnroll(level))
               ? emitUnrolledReduction(level, accumulators)
               : emitReductionLoop(level, accumulators);
  BodyEmitter body(rewriter, loc);
  SmallVector<Value> given(group.root->getNumOperands());
  SmallVector<Value> results;
  for (auto [at, accumulator] :
       llvm::zip_equal(getPlacesOfTile(), accumulators)) {
    given.back() = accumulator;
    results.push_back(body.spread(body.compute(group.root, at, given), at));
  }
  return results;
}

/// The innermost reduction of a kernel of dot products: groups of four
/// products, and a last group of what is left.
SmallVector<Value>
KernelEmitter::emitDotReduction(const DotProduct &dot,
                                ArrayRef<Value> accumulators) {
  int64_t size = plan.sizes[dot.reductionDim];
  int64_t groups = size / kDotWays;
  SmallVector<Value> values(accumulators);
  if (groups > 0 && shouldUnroll(plan.reductionDims.size() - 1)) {
    for (int64_t group = 0; group < groups; ++group)
      values = emitDots(dot, Value(), group, kDotWays, values);
  } else if (groups > 0) {
    auto loop = scf::ForOp::create(rewriter, loc, makeIndex(0),
                                   makeIndex(groups), makeIndex(1), values);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> carried(loop.getRegionIterArgs());
    scf::YieldOp::create(
        rewriter, loc,
        emitDots(dot, loop.getInductionVar(), 0, kDotWays, carried));
    values = loop.getResults();
  }
  if (size % kDotWays)
    values = emitDots(dot, Value(), groups, size % kDotWays, values);
  return values;
}

/// `at` in the space of getPanelMap. A tile lies in one panel.
Place KernelEmitter::getPanelPlace(const DotProduct &dot, Place at) {
  unsigned dim = dot.channelDim;
  int64_t offset = at.offsets[dim];
  at.offsets[dim] = offset / dot.panel;
  if (at.bases[dim])
    at.bases[dim] = panelNumber;
  at.bases.push_back(Value());
  at.offsets.push_back(offset % dot.panel);
  return at;
}

/// Adds the products of group `index + indexOffset`, the first `ways` of which
/// exist, to every accumulator of the tile.
SmallVector<Value> KernelEmitter::emitDots(const DotProduct &dot, Value index,
                                           int64_t indexOffset, int64_t ways,
                                           ArrayRef<Value> accumulators) {
  OpOperand *activation = group.root.getDpsInputOperand(dot.activation);
  OpOperand *weight = group.root.getDpsInputOperand(dot.weight);
  AffineMap activationMap = group.root.getMatchingIndexingMap(activation);
  AffineMap panelMap =
      getPanelMap(group.root.getMatchingIndexingMap(weight), dot);
  Value first;
  if (index)
    first = arith::MulIOp::create(rewriter, loc, index, makeIndex(kDotWays));

  // All vectors of channels of one pixel, then the next pixel: a tile has fewer
  // vectors than pixels, and it is the vectors of weights that stay live.
  SmallVector<Place> places = getPlacesOfTile();
  assert(plan.parallelOrder.front() == dot.channelDim);
  size_t vectors = llvm::divideCeil(current[dot.channelDim], plan.lanes);
  size_t pixels = places.size() / vectors;
  BodyEmitter body(rewriter, loc);
  SmallVector<Value> results(places.size());
  for (size_t i = 0; i < places.size(); ++i) {
    size_t slot = i % vectors * pixels + i / vectors;
    const Place &at = places[slot];
    Place pixel = at;
    pixel.bases[dot.reductionDim] = first;
    pixel.offsets[dot.reductionDim] = indexOffset * kDotWays;
    Place panel = getPanelPlace(dot, at);
    panel.bases[dot.reductionDim] = index;
    panel.offsets[dot.reductionDim] = indexOffset;
    Value lhs = body.loadGroup(activation->get(), activationMap, pixel, ways,
                               kDotWays, at.lanes);
    Value rhs =
        body.loadRun(weight->get(), panelMap, panel, at.lanes * kDotWays);
    Value accumulator = accumulators[slot];
    results[slot] = qvec::DotOp::create(
        rewriter, loc, accumulator.getType(), accumulator, lhs, rhs,
        dot.activationUnsigned, dot.weightUnsigned);
  }
  return results;
}

Value KernelEmitter::emitEpilogue(BodyEmitter &body, Value value,
                                  const Place &at, Value dest) {
  linalg::GenericOp last = group.root;
  Place lastPlace = at;
  for (KernelStage &stage : group.epilogue) {
    last = stage.op;
    lastPlace = at.project(stage.rootLoops);
    SmallVector<Value> given(stage.op->getNumOperands());
    given[stage.chained->getOperandNumber()] = value;
    value = body.compute(stage.op, lastPlace, given);
  }
  AffineMap map = last.getMatchingIndexingMap(last.getDpsInitOperand(0));
  return body.store(value, dest, map, lastPlace);
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

Value KernelEmitter::emitTile(Value dest) {
  SmallVector<Place> places = getPlacesOfTile();
  SmallVector<Value> accumulators;
  if (plan.reductionDims.empty()) {
    BodyEmitter body(rewriter, loc);
    for (const Place &at : places)
      accumulators.push_back(body.compute(group.root, at, {}));
  } else {
    accumulators = emitReduction(0, emitInitialValues(places, dest));
  }
  SmallVector<PlacedValue> values;
  for (auto [at, value] : llvm::zip_equal(places, accumulators))
    values.push_back({at, value});
  BodyEmitter body(rewriter, loc);
  for (auto &[at, value] :
       joinNeighbours(rewriter, loc, values, getEpilogueLanes()))
    dest = emitEpilogue(body, value, at, dest);
  return dest;
}

} // namespace

Value emitKernel(RewriterBase &rewriter, KernelGroup &group,
                 const KernelPlan &plan) {
  return KernelEmitter(rewriter, group, plan).emit();
}

} // namespace quantc::codegen

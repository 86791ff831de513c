// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Groups of products are loaded and added up in the order in which packed
// weights are stored. Only what a group is differs from form to form: the four
// products of a lane, the eight of a row of a block, the sixteen of a row.
#include "DotEmitter.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <set>

using namespace mlir;

namespace quantc::codegen {

/// Groups of the innermost reduction are unrolled up to this number.
static constexpr int64_t kMaxUnrolledGroups = 9;

DotEmitter::DotEmitter(RewriterBase &rewriter, Location loc, KernelGroup &group,
                       const KernelPlan &plan, ArrayRef<Place> places,
                       Value panelNumber)
    : rewriter(rewriter), loc(loc), group(group), plan(plan), dot(*plan.dot),
      places(places), panelNumber(panelNumber) {
  assert(plan.parallelOrder.front() == dot.channelDim);
  int64_t first = places.front().offsets[dot.channelDim];
  pixels = llvm::count_if(places, [&](const Place &place) {
    return place.offsets[dot.channelDim] == first;
  });
  vectors = places.size() / pixels;
}

Value DotEmitter::makeIndex(int64_t value) const {
  return arith::ConstantIndexOp::create(rewriter, loc, value);
}

Value DotEmitter::shuffle(Value lhs, Value rhs, ArrayRef<int64_t> mask) const {
  return vector::ShuffleOp::create(rewriter, loc, lhs, rhs, mask);
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

/// The sums that the products of `slots` are added to, ascending.
SmallVector<unsigned> DotEmitter::getSums(ArrayRef<unsigned> slots) const {
  std::set<unsigned> sums;
  for (unsigned slot : slots) {
    unsigned vector = slot / pixels, pixel = slot % pixels;
    if (dot.ways == kPairWays) {
      unsigned pairs = llvm::divideCeil(pixels, 2);
      unsigned block = 2 * (vector * pairs + pixel / 2);
      sums.insert({block, block + 1});
    } else if (dot.ways == kRowWays) {
      for (unsigned lane = 0; lane < plan.lanes; ++lane)
        sums.insert(static_cast<unsigned>(slot * plan.lanes + lane));
    } else {
      sums.insert(slot);
    }
  }
  return llvm::to_vector(sums);
}

SmallVector<Value> DotEmitter::createSums() const {
  auto type = VectorType::get({4}, rewriter.getI32Type());
  Value zero =
      arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(type));
  size_t count =
      getSums(llvm::to_vector(llvm::seq<unsigned>(places.size()))).size();
  return SmallVector<Value>(count, zero);
}

SmallVector<Value> DotEmitter::finish(ArrayRef<Value> sums,
                                      ArrayRef<Value> initial) const {
  SmallVector<Value> results;
  for (unsigned slot = 0; slot < places.size(); ++slot) {
    SmallVector<Value> parts;
    for (unsigned sum : getSums(slot))
      parts.push_back(sums[sum]);
    if (dot.ways == kPairWays) {
      int64_t row = slot % pixels % 2 * 2;
      parts = {shuffle(parts[0], parts[1], {row, row + 1, row + 4, row + 5})};
    }
    // Neighbours of all sums at once, until one vector is left.
    while (parts.size() > 1) {
      SmallVector<Value> halved;
      for (size_t i = 0; i < parts.size(); i += 2)
        halved.push_back(arith::AddIOp::create(
            rewriter, loc, shuffle(parts[i], parts[i + 1], {0, 2, 4, 6}),
            shuffle(parts[i], parts[i + 1], {1, 3, 5, 7})));
      parts = std::move(halved);
    }
    results.push_back(
        arith::AddIOp::create(rewriter, loc, parts.front(), initial[slot]));
  }
  return results;
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

int64_t DotEmitter::getGroups() const {
  return llvm::divideCeil(plan.sizes[dot.reductionDim], dot.ways);
}

SmallVector<unsigned> DotEmitter::getSlots(size_t begin, size_t end) const {
  SmallVector<unsigned> slots;
  for (size_t pixel = begin; pixel < end; ++pixel)
    for (size_t vector = 0; vector < vectors; ++vector)
      slots.push_back(getSlot(vector, pixel));
  return slots;
}

/// The full ones of the groups [begin, end), cut where a pixel of `slots`
/// enters or leaves the image.
SmallVector<DotEmitter::Segment>
DotEmitter::getSegments(int64_t begin, int64_t end,
                        ArrayRef<unsigned> slots) const {
  int64_t size = plan.sizes[dot.reductionDim];
  end = std::min(end, size / dot.ways);
  SmallVector<std::pair<int64_t, int64_t>> inside(places.size(), {begin, end});
  if (plan.border && !places.front().bases[plan.border->columnDim])
    for (auto [at, range] : llvm::zip_equal(places, inside)) {
      int64_t column = at.offsets[plan.border->columnDim];
      auto [first, last] = plan.border->getInside(column, size);
      range = {std::clamp(first / dot.ways, begin, end),
               std::clamp(last / dot.ways, begin, end)};
    }
  std::set<int64_t> cuts;
  for (unsigned slot : slots)
    cuts.insert({inside[slot].first, inside[slot].second});
  SmallVector<Segment> segments;
  for (auto cut = cuts.begin(); std::next(cut) != cuts.end(); ++cut) {
    Segment segment{*cut, *std::next(cut), {}};
    for (unsigned slot : slots)
      if (inside[slot].first <= segment.begin &&
          segment.end <= inside[slot].second)
        segment.slots.push_back(slot);
    if (!segment.slots.empty())
      segments.push_back(std::move(segment));
  }
  return segments;
}

SmallVector<Value> DotEmitter::emit(ArrayRef<Value> sums) const {
  SmallVector<Value> values(sums);
  emit(0, getGroups(), getSlots(0, pixels), values);
  return values;
}

void DotEmitter::emit(int64_t begin, int64_t end, ArrayRef<unsigned> slots,
                      Values &sums, Value origin) const {
  for (const Segment &segment : getSegments(begin, end, slots)) {
    if (origin)
      emitUnrolled(origin, segment.begin, segment.end, segment.slots, sums);
    else
      emitSegment(segment, sums);
  }
  int64_t size = plan.sizes[dot.reductionDim];
  if (size % dot.ways && end == getGroups())
    emitGroups({origin, size / dot.ways, 1, size % dot.ways}, slots, sums);
}

void DotEmitter::emitSegment(const Segment &segment, Values &sums) const {
  int64_t groups = segment.end - segment.begin;
  SmallVector<unsigned> changed = getSums(segment.slots);
  int64_t bodies = groups * static_cast<int64_t>(changed.size());
  // The products of a row pass through registers of their own.
  int64_t most = dot.ways == kRowWays ? 1 : kMaxUnrolledGroups;
  if (groups <= most && bodies <= kMaxUnrolledBodies) {
    emitUnrolled(Value(), segment.begin, segment.end, segment.slots, sums);
    return;
  }
  int64_t step = std::min(plan.groupsPerLoad, groups);
  // A loop that runs once is straight code.
  if (dot.ways == kRowWays && groups < 2 * step)
    step = 1;
  int64_t end = segment.begin + groups / step * step;
  auto carried =
      llvm::map_to_vector(changed, [&](unsigned sum) { return sums[sum]; });
  auto loop = scf::ForOp::create(rewriter, loc, makeIndex(segment.begin),
                                 makeIndex(end), makeIndex(step), carried);
  {
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(loop.getBody());
    for (auto [sum, arg] : llvm::zip_equal(changed, loop.getRegionIterArgs()))
      sums[sum] = arg;
    emitGroups({loop.getInductionVar(), 0, step, dot.ways}, segment.slots,
               sums);
    auto yielded =
        llvm::map_to_vector(changed, [&](unsigned sum) { return sums[sum]; });
    scf::YieldOp::create(rewriter, loc, yielded);
  }
  for (auto [sum, result] : llvm::zip_equal(changed, loop.getResults()))
    sums[sum] = result;
  emitUnrolled(Value(), end, segment.end, segment.slots, sums);
}

/// The full groups [begin, end), in loads of as many as the plan allows.
void DotEmitter::emitUnrolled(Value origin, int64_t begin, int64_t end,
                              ArrayRef<unsigned> slots, Values &sums) const {
  for (int64_t count = plan.groupsPerLoad; begin < end; count /= 2)
    for (; begin + count <= end; begin += count)
      emitGroups({origin, begin, count, dot.ways}, slots, sums);
}

void DotEmitter::emitGroups(const Groups &groups, ArrayRef<unsigned> slots,
                            Values &sums) const {
  if (dot.ways == kPairWays)
    return emitPairs(groups, slots, sums);
  if (dot.ways == kRowWays)
    return emitRows(groups, slots, sums);
  emitLanes(groups, slots, sums);
}

Place DotEmitter::getPixel(const Groups &groups, unsigned slot) const {
  Place pixel = places[slot];
  if (groups.index)
    pixel.bases[dot.reductionDim] =
        arith::MulIOp::create(rewriter, loc, groups.index, makeIndex(dot.ways));
  pixel.offsets[dot.reductionDim] = groups.offset * dot.ways;
  return pixel;
}

/// What place `slot` reads of the image for `groups`, with zeros in place of
/// what is missing of the last one.
Value DotEmitter::loadPixels(BodyEmitter &body, const Groups &groups,
                             unsigned slot) const {
  OpOperand *activation = group.root.getDpsInputOperand(dot.activation);
  Value image = plan.border ? plan.border->image : activation->get();
  AffineMap map = plan.border ? plan.border->map
                              : group.root.getMatchingIndexingMap(activation);
  int64_t bytes = groups.count * dot.ways;
  int64_t existing = bytes - dot.ways + groups.ways;
  Value run = body.loadRun(image, map, getPixel(groups, slot), existing);
  if (existing == bytes)
    return run;
  Value zeros = arith::ConstantOp::create(
      rewriter, loc,
      rewriter.getZeroAttr(VectorType::get({bytes}, rewriter.getI8Type())));
  return vector::InsertStridedSliceOp::create(
      rewriter, loc, run, zeros, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{1});
}

/// The weights of all channels of place `slot` for number `number` of `groups`.
Value DotEmitter::loadWeights(BodyEmitter &body, const Groups &groups,
                              int64_t number, unsigned slot) const {
  OpOperand *weight = group.root.getDpsInputOperand(dot.weight);
  // A tile lies in one panel.
  Place panel = places[slot];
  unsigned dim = dot.channelDim;
  int64_t offset = panel.offsets[dim];
  panel.offsets[dim] = offset / dot.panel;
  if (panel.bases[dim])
    panel.bases[dim] = panelNumber;
  panel.bases.push_back(Value());
  panel.offsets.push_back(offset % dot.panel);
  panel.bases[dot.reductionDim] = groups.index;
  panel.offsets[dot.reductionDim] = groups.offset + number;
  return body.loadRun(
      weight->get(),
      getPanelMap(group.root.getMatchingIndexingMap(weight), dot), panel,
      places[slot].lanes * dot.ways);
}

//===----------------------------------------------------------------------===//
// Forms
//===----------------------------------------------------------------------===//

/// A lane is a channel, and all lanes take the same products of the image.
void DotEmitter::emitLanes(const Groups &groups, ArrayRef<unsigned> slots,
                           Values &sums) const {
  OpOperand *activation = group.root.getDpsInputOperand(dot.activation);
  Value image = plan.border ? plan.border->image : activation->get();
  AffineMap map = plan.border ? plan.border->map
                              : group.root.getMatchingIndexingMap(activation);
  BodyEmitter body(rewriter, loc, group.looksUp);
  // All vectors of channels of one pixel, then the next pixel: a tile has fewer
  // vectors than pixels, and it is the vectors of weights that stay live.
  for (int64_t number = 0; number < groups.count; ++number)
    for (size_t i = 0; i < places.size(); ++i) {
      unsigned slot = getSlot(i % vectors, i / vectors);
      if (!llvm::is_contained(slots, slot))
        continue;
      int64_t lanes = places[slot].lanes;
      Place pixel = getPixel(groups, slot);
      Value lhs =
          groups.count > 1
              ? body.loadGroupOf(image, map, pixel, groups.count, number,
                                 dot.ways, lanes)
              : body.loadGroup(image, map, pixel, groups.ways, dot.ways, lanes);
      Value rhs = loadWeights(body, groups, number, slot);
      Value &sum = sums[slot];
      sum =
          dot.ways == kWordWays
              ? qvec::DotWordsOp::create(rewriter, loc, sum.getType(), sum, lhs,
                                         rhs)
                    .getResult()
              : qvec::DotOp::create(rewriter, loc, sum.getType(), sum, lhs, rhs,
                                    dot.activationUnsigned, dot.weightUnsigned)
                    .getResult();
    }
}

/// Two pixels, one behind the other, times two channels. A pixel without
/// another one beside it is both.
void DotEmitter::emitPairs(const Groups &groups, ArrayRef<unsigned> slots,
                           Values &sums) const {
  BodyEmitter body(rewriter, loc, group.looksUp);
  Value zeros = arith::ConstantOp::create(
      rewriter, loc,
      rewriter.getZeroAttr(
          VectorType::get({groups.count * kPairWays}, rewriter.getI8Type())));
  auto load = [&](size_t pixel) -> Value {
    unsigned slot = getSlot(0, pixel);
    return llvm::is_contained(slots, slot) ? loadPixels(body, groups, slot)
                                           : zeros;
  };
  // By pair of pixels and group.
  SmallVector<SmallVector<Value>> rows;
  for (size_t pixel = 0; pixel < pixels; pixel += 2) {
    Value first = load(pixel);
    Value second = pixel + 1 < pixels ? load(pixel + 1) : first;
    rows.emplace_back();
    for (int64_t number = 0; number < groups.count; ++number) {
      SmallVector<int64_t> mask;
      for (int64_t row : {int64_t(0), groups.count * kPairWays})
        for (int64_t i = 0; i < kPairWays; ++i)
          mask.push_back(row + number * kPairWays + i);
      rows.back().push_back(shuffle(first, second, mask));
    }
  }
  for (int64_t number = 0; number < groups.count; ++number)
    for (size_t vector = 0; vector < vectors; ++vector) {
      unsigned any = getSlot(vector, 0);
      Value weights = loadWeights(body, groups, number, any);
      for (size_t pair = 0; pair < rows.size(); ++pair) {
        SmallVector<unsigned> touched;
        for (size_t pixel : {2 * pair, 2 * pair + 1})
          if (pixel < pixels &&
              llvm::is_contained(slots, getSlot(vector, pixel)))
            touched.push_back(getSlot(vector, pixel));
        for (auto [half, sum] : llvm::enumerate(getSums(touched))) {
          auto from = static_cast<int64_t>(half) * 2 * kPairWays;
          auto order =
              llvm::to_vector(llvm::seq<int64_t>(from, from + 2 * kPairWays));
          sums[sum] = qvec::DotPairsOp::create(
              rewriter, loc, sums[sum].getType(), sums[sum], rows[pair][number],
              shuffle(weights, weights, order));
        }
      }
    }
}

/// One pixel times one channel: the lanes are parts of the same sum.
void DotEmitter::emitRows(const Groups &groups, ArrayRef<unsigned> slots,
                          Values &sums) const {
  BodyEmitter body(rewriter, loc, group.looksUp);
  auto take = [&](Value bytes, int64_t number) {
    int64_t from = number * kRowWays;
    return shuffle(bytes, bytes,
                   llvm::to_vector(llvm::seq(from, from + kRowWays)));
  };
  for (int64_t number = 0; number < groups.count; ++number)
    for (size_t vector = 0; vector < vectors; ++vector)
      for (size_t pixel = 0; pixel < pixels; ++pixel) {
        unsigned slot = getSlot(vector, pixel);
        if (!llvm::is_contained(slots, slot))
          continue;
        // Pixels are the same for all vectors.
        Value row = take(loadPixels(body, groups, getSlot(0, pixel)), number);
        Value weights = loadWeights(body, groups, number, slot);
        for (auto [lane, sum] : llvm::enumerate(getSums(slot)))
          sums[sum] = qvec::DotHalvesOp::create(
              rewriter, loc, sums[sum].getType(), sums[sum], row,
              take(weights, static_cast<int64_t>(lane)));
      }
}

} // namespace quantc::codegen

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognizes row reductions by body and indexing maps and emits them: loops
// over rows, a few of them side by side, and inside them one loop along the
// row.
#include "RowReduction.h"

#include "BodyEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

/// Rows side by side hide how long one addition takes.
constexpr int64_t kMostRows = 4;
/// Shorter rows leave too much to the reduction of the lanes.
constexpr int64_t kShortestRow = 16;
/// A loop along the row with at most this many vectors is unrolled.
constexpr int64_t kMostUnrolled = 8;

std::optional<vector::CombiningKind> getKind(Operation *combiner) {
  if (isa<arith::AddIOp>(combiner))
    return vector::CombiningKind::ADD;
  if (isa<arith::MaxSIOp>(combiner))
    return vector::CombiningKind::MAXSI;
  if (isa<arith::MaxUIOp>(combiner))
    return vector::CombiningKind::MAXUI;
  if (isa<arith::MinSIOp>(combiner))
    return vector::CombiningKind::MINSI;
  if (isa<arith::MinUIOp>(combiner))
    return vector::CombiningKind::MINUI;
  return std::nullopt;
}

/// The operation whose result is yielded and of which one operand is the
/// accumulator, which nothing else reads.
Operation *findCombiner(linalg::GenericOp op) {
  BlockArgument accumulator = op.getBody()->getArguments().back();
  Operation *combiner =
      op.getBody()->getTerminator()->getOperand(0).getDefiningOp();
  if (!combiner || combiner->getNumOperands() != 2 ||
      !accumulator.hasOneUse() || *accumulator.user_begin() != combiner)
    return nullptr;
  return combiner;
}

/// Whether each input is read along the row, or is the same for all of it.
bool readsRows(linalg::GenericOp op, unsigned dim) {
  bool anyRow = false;
  for (OpOperand *operand : op.getDpsInputOperands()) {
    Access access = classifyAccess(op.getMatchingIndexingMap(operand), dim);
    if (access == Access::Strided)
      return false;
    anyRow |= access == Access::Contiguous;
  }
  return anyRow;
}

int64_t chooseRows(linalg::GenericOp op) {
  SmallVector<unsigned> parallels;
  op.getParallelDims(parallels);
  if (parallels.empty())
    return 1;
  int64_t size = op.getStaticLoopRanges()[parallels.back()];
  int64_t rows = std::min(size, kMostRows);
  while (size % rows != 0)
    --rows;
  return rows;
}

class RowEmitter {
public:
  RowEmitter(RewriterBase &rewriter, KernelGroup &group,
             const RowReduction &plan)
      : rewriter(rewriter), group(group), root(group.root), plan(plan),
        loc(root.getLoc()), sizes(root.getStaticLoopRanges()) {
    root.getParallelDims(parallels);
    place.bases.assign(sizes.size(), Value());
    place.offsets.assign(sizes.size(), 0);
  }

  Value emit() {
    rewriter.setInsertionPoint(group.getLast());
    OpOperand *init = group.getLast().getDpsInitOperand(0);
    Value dest = init->get();
    // Where its old contents do not matter the result gets a tensor of its own.
    bool initialized = group.epilogue.empty() && group.init;
    if (initialized || !group.getLast().payloadUsesValueFromOperand(init)) {
      auto type = cast<RankedTensorType>(dest.getType());
      dest = tensor::EmptyOp::create(rewriter, loc, type.getShape(),
                                     type.getElementType());
    }
    return emitLoops(0, dest);
  }

private:
  Value makeIndex(int64_t value) {
    return arith::ConstantIndexOp::create(rewriter, loc, value);
  }

  /// The loop over parallel dimension number `level` and all inside it.
  Value emitLoops(unsigned level, Value dest) {
    if (level == parallels.size())
      return emitRows(dest);
    unsigned dim = parallels[level];
    int64_t step = level + 1 == parallels.size() ? plan.rows : 1;
    if (sizes[dim] == step)
      return emitLoops(level + 1, dest);
    auto loop =
        scf::ForOp::create(rewriter, loc, makeIndex(0), makeIndex(sizes[dim]),
                           makeIndex(step), ValueRange{dest});
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(loop.getBody());
    place.bases[dim] = loop.getInductionVar();
    scf::YieldOp::create(rewriter, loc,
                         emitLoops(level + 1, loop.getRegionIterArg(0)));
    place.bases[dim] = Value();
    return loop.getResult(0);
  }

  /// The rows that are reduced side by side, their epilogue and stores.
  Value emitRows(Value dest) {
    SmallVector<Place> rows(plan.rows, place);
    if (!parallels.empty())
      for (auto [index, row] : llvm::enumerate(rows))
        row.offsets[parallels.back()] = static_cast<int64_t>(index);
    SmallVector<Value> results = emitInitialValues(rows, dest);
    int64_t size = sizes[plan.dim];
    int64_t full = size / plan.lanes * plan.lanes;
    combine(results, emitFullVectors(rows, full));
    if (full < size) {
      SmallVector<Value> rest(rows.size(), makeNeutral(size - full));
      combine(results, accumulate(rows, Value(), full, size - full, rest));
    }
    BodyEmitter body(rewriter, loc);
    for (auto [row, result] : llvm::zip_equal(rows, results))
      dest = emitEpilogue(body, result, row, dest);
    return dest;
  }

  SmallVector<Value> emitInitialValues(ArrayRef<Place> rows, Value dest) {
    BodyEmitter body(rewriter, loc);
    OpOperand *init = root.getDpsInitOperand(0);
    AffineMap map = root.getMatchingIndexingMap(init);
    return llvm::map_to_vector(rows, [&](const Place &row) -> Value {
      if (group.init)
        return body.compute(group.init->op, row.project(group.init->rootLoops),
                            {});
      return body.load(group.epilogue.empty() ? dest : init->get(), map, row);
    });
  }

  Value makeNeutral(int64_t lanes) {
    auto type = VectorType::get({lanes}, plan.neutral.getType());
    return arith::ConstantOp::create(
        rewriter, loc, DenseElementsAttr::get(type, Attribute(plan.neutral)));
  }

  /// Folds the lanes of `partial` into the numbers of `results`.
  void combine(SmallVectorImpl<Value> &results, ArrayRef<Value> partial) {
    for (auto [result, vector] : llvm::zip_equal(results, partial)) {
      Value row = vector::ReductionOp::create(rewriter, loc, plan.kind, vector);
      result =
          vector::makeArithReduction(rewriter, loc, plan.kind, result, row);
    }
  }

  /// One vector of each row, at `base` + `offset`, on top of `values`.
  SmallVector<Value> accumulate(ArrayRef<Place> rows, Value base,
                                int64_t offset, int64_t lanes,
                                ArrayRef<Value> values) {
    BodyEmitter body(rewriter, loc);
    SmallVector<Value> given(root->getNumOperands()), results;
    for (auto [row, value] : llvm::zip_equal(rows, values)) {
      Place at = row;
      at.bases[plan.dim] = base;
      at.offsets[plan.dim] = offset;
      at.vectorDim = plan.dim;
      at.lanes = lanes;
      given.back() = value;
      results.push_back(body.spread(body.compute(root, at, given), at));
    }
    return results;
  }

  /// The first `full` elements of each row, lane by lane.
  SmallVector<Value> emitFullVectors(ArrayRef<Place> rows, int64_t full) {
    SmallVector<Value> values(rows.size(), makeNeutral(plan.lanes));
    if (full / plan.lanes <= kMostUnrolled) {
      for (int64_t offset = 0; offset < full; offset += plan.lanes)
        values = accumulate(rows, Value(), offset, plan.lanes, values);
      return values;
    }
    auto loop = scf::ForOp::create(rewriter, loc, makeIndex(0), makeIndex(full),
                                   makeIndex(plan.lanes), values);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(loop.getBody());
    scf::YieldOp::create(
        rewriter, loc,
        accumulate(rows, loop.getInductionVar(), 0, plan.lanes,
                   SmallVector<Value>(loop.getRegionIterArgs())));
    return loop.getResults();
  }

  Value emitEpilogue(BodyEmitter &body, Value value, const Place &row,
                     Value dest) {
    linalg::GenericOp last = root;
    Place lastPlace = row;
    for (KernelStage &stage : group.epilogue) {
      last = stage.op;
      lastPlace = row.project(stage.rootLoops);
      SmallVector<Value> given(stage.op->getNumOperands());
      given[stage.chained->getOperandNumber()] = value;
      value = body.compute(stage.op, lastPlace, given);
    }
    AffineMap map = last.getMatchingIndexingMap(last.getDpsInitOperand(0));
    return body.store(value, dest, map, lastPlace);
  }

  RewriterBase &rewriter;
  KernelGroup &group;
  linalg::GenericOp root;
  const RowReduction &plan;
  Location loc;
  SmallVector<int64_t> sizes;
  SmallVector<unsigned> parallels;
  /// Where the loops emitted so far stand.
  Place place;
};

} // namespace

std::optional<RowReduction> matchRowReduction(KernelGroup &group,
                                              unsigned vectorBits) {
  linalg::GenericOp op = group.root;
  SmallVector<unsigned> reductions;
  op.getReductionDims(reductions);
  auto type = dyn_cast<IntegerType>(
      getElementTypeOrSelf(op.getDpsInitOperand(0)->get().getType()));
  Operation *combiner = findCombiner(op);
  if (reductions.size() != 1 || !type || !combiner)
    return std::nullopt;
  std::optional<vector::CombiningKind> kind = getKind(combiner);
  unsigned dim = reductions.front();
  int64_t size = op.getStaticLoopRanges()[dim];
  int64_t lanes = vectorBits / std::max(type.getWidth(), 8u);
  while (lanes > size)
    lanes /= 2;
  if (!kind || size < kShortestRow || op.hasIndexSemantics() ||
      !readsRows(op, dim))
    return std::nullopt;
  auto neutral = dyn_cast_or_null<TypedAttr>(
      arith::getNeutralElement(combiner).value_or(TypedAttr()));
  if (!neutral)
    return std::nullopt;
  return RowReduction{dim, *kind, neutral, lanes, chooseRows(op)};
}

Value emitRowReduction(RewriterBase &rewriter, KernelGroup &group,
                       const RowReduction &plan) {
  return RowEmitter(rewriter, group, plan).emit();
}

} // namespace quantc::codegen

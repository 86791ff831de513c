// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernel computes a tensor whose last two dimensions are one, because that
// is how a vector of whole pixels is stored, and expands it at its end.
#include "InterleaveEmitter.h"

#include "BodyEmitter.h"
#include "FlatRows.h"
#include "ParallelLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

AffineMap getResultMap(linalg::GenericOp op) {
  return op.getMatchingIndexingMap(op.getDpsInitOperand(0));
}

/// `first` with `second` behind it, elements beyond both undefined.
Value concatenate(OpBuilder &builder, Location loc, Value first, Value second) {
  int64_t size = cast<VectorType>(first.getType()).getDimSize(0);
  int64_t more = cast<VectorType>(second.getType()).getDimSize(0);
  // Both sides of a shuffle that is one instruction have the same type.
  SmallVector<int64_t> widen(size, -1), mask;
  for (int64_t i = 0; i < more; ++i)
    widen[i] = i;
  if (more < size)
    second = vector::ShuffleOp::create(builder, loc, second, second, widen);
  for (int64_t i = 0; i < 2 * size; ++i)
    mask.push_back(i < size + more ? i : -1);
  return vector::ShuffleOp::create(builder, loc, first, second, mask);
}

/// Element i of each of `planes`, then element i + 1.
Value interleavePlanes(OpBuilder &builder, Location loc,
                       ArrayRef<Value> planes) {
  int64_t lanes = cast<VectorType>(planes.front().getType()).getDimSize(0);
  auto count = static_cast<int64_t>(planes.size());
  Value low = concatenate(builder, loc, planes[0], planes[1]);
  Value high = low;
  if (count == 3)
    high = concatenate(builder, loc, planes[2], planes[2]);
  else if (count == 4)
    high = concatenate(builder, loc, planes[2], planes[3]);
  SmallVector<int64_t> mask;
  for (int64_t lane = 0; lane < lanes; ++lane)
    for (int64_t plane = 0; plane < count; ++plane)
      mask.push_back(plane * lanes + lane);
  return vector::ShuffleOp::create(builder, loc, low, high, mask);
}

class InterleaveEmitter {
public:
  InterleaveEmitter(RewriterBase &rewriter, KernelGroup &group,
                    const KernelPlan &plan)
      : rewriter(rewriter), group(group), plan(plan), loc(group.root.getLoc()) {
    place.bases.assign(plan.sizes.size(), Value());
    place.offsets.assign(plan.sizes.size(), 0);
    place.vectorDim = plan.vectorDim;
    AffineMap map = getResultMap(group.root);
    for (unsigned i = 0, e = map.getNumResults(); i < e; ++i)
      resultLoops.push_back(map.getDimPosition(i));
  }

  Value emit() {
    rewriter.setInsertionPoint(group.root);
    auto type =
        cast<RankedTensorType>(group.root.getDpsInits().front().getType());
    Value dest = emitLoops(0, createFlatEmpty(rewriter, loc, type));
    return expandRows(rewriter, loc, dest, type);
  }

private:
  Value emitLoops(unsigned level, Value dest) {
    if (level + 2 == resultLoops.size())
      return emitRow(dest);
    unsigned dim = resultLoops[level];
    if (plan.sizes[dim] == 1)
      return emitLoops(level + 1, dest);
    return emitLoop(dim, plan.sizes[dim], 1, dest,
                    [&](Value inner) { return emitLoops(level + 1, inner); });
  }

  Value emitRow(Value dest) {
    unsigned dim = *plan.vectorDim;
    int64_t size = plan.sizes[dim], full = size / plan.lanes * plan.lanes;
    place.lanes = plan.lanes;
    dest = emitLoop(dim, full, plan.lanes, dest,
                    [&](Value inner) { return emitPixels(inner); });
    if (full == size)
      return dest;
    place.lanes = size - full;
    place.offsets[dim] = full;
    dest = emitPixels(dest);
    place.offsets[dim] = 0;
    return dest;
  }

  Value emitLoop(unsigned dim, int64_t end, int64_t step, Value dest,
                 llvm::function_ref<Value(Value)> inner) {
    auto index = [&](int64_t value) {
      return arith::ConstantIndexOp::create(rewriter, loc, value);
    };
    auto loop = scf::ForOp::create(rewriter, loc, index(0), index(end),
                                   index(step), ValueRange{dest});
    markParallel(loop);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(loop.getBody());
    place.bases[dim] = loop.getInductionVar();
    Value result = inner(loop.getRegionIterArg(0));
    scf::YieldOp::create(rewriter, loc, result);
    place.bases[dim] = Value();
    return loop.getResult(0);
  }

  Value emitPixels(Value dest) {
    unsigned last = resultLoops.back();
    int64_t count = plan.sizes[last];
    BodyEmitter body(rewriter, loc, group.looksUp);
    SmallVector<Value> planes;
    for (int64_t plane = 0; plane < count; ++plane) {
      Place at = place;
      at.offsets[last] = plane;
      planes.push_back(body.spread(body.compute(group.root, at, {}), at));
    }
    Value pixels = interleavePlanes(rewriter, loc, planes);
    MLIRContext *context = rewriter.getContext();
    SmallVector<AffineExpr> results;
    for (unsigned dim : ArrayRef(resultLoops).drop_back())
      results.push_back(getAffineDimExpr(dim, context));
    results.back() = results.back() * count;
    return body.storeRun(pixels, dest,
                         AffineMap::get(plan.sizes.size(), 0, results, context),
                         place);
  }

  RewriterBase &rewriter;
  KernelGroup &group;
  const KernelPlan &plan;
  Location loc;
  /// Where the loops emitted so far stand.
  Place place;
  /// The loop behind each dimension of the result.
  SmallVector<unsigned> resultLoops;
};

} // namespace

bool interleavesVectors(KernelGroup &group, const KernelPlan &plan) {
  linalg::GenericOp root = group.root;
  AffineMap map = getResultMap(root);
  unsigned rank = map.getNumResults();
  if (!plan.reductionDims.empty() || !group.epilogue.empty() ||
      !plan.vectorDim || !map.isPermutation() || rank < 2 ||
      root.payloadUsesValueFromOperand(root.getDpsInitOperand(0)))
    return false;
  int64_t planes = plan.sizes[map.getDimPosition(rank - 1)];
  return map.getDimPosition(rank - 2) == *plan.vectorDim && planes >= 2 &&
         planes <= 4;
}

Value emitInterleaved(RewriterBase &rewriter, KernelGroup &group,
                      const KernelPlan &plan) {
  return InterleaveEmitter(rewriter, group, plan).emit();
}

} // namespace quantc::codegen

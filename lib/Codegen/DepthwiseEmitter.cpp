// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops over tiles of rows, blocks of channels and tiles of columns, in this
// order: what the tiles of one row read stays in the nearest cache. What is in
// a tile is left to DepthwiseTile.
#include "DepthwiseEmitter.h"

#include "DepthwisePacking.h"
#include "DepthwiseTile.h"
#include "ParallelLoop.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

class DepthwiseEmitter {
public:
  DepthwiseEmitter(RewriterBase &rewriter, KernelGroup &group,
                   const DepthwisePlan &plan)
      : rewriter(rewriter), group(group), plan(plan), loc(group.root.getLoc()),
        frame{rewriter, group, plan, loc} {
    unsigned loops = group.root.getNumLoops();
    frame.place.bases.assign(loops, Value());
    frame.place.offsets.assign(loops, 0);
    frame.place.vectorDim = plan.channelDim;
  }

  Value emit();

private:
  using Emit = llvm::function_ref<Value(int64_t extent, Value dest)>;

  Value emitLoop(unsigned dim, int64_t from, int64_t size, int64_t tile,
                 Value dest, Emit inner);
  Value emitOuter(unsigned level, Value dest);
  Value emitSegment(const DepthwiseSegment &segment, int64_t rows, Value dest);
  Value emitBlocks(const DepthwiseSegment &segment, Value dest, Emit inner);
  Value getDestination();
  void prepareImage();
  Value makeIndex(int64_t value) {
    return arith::ConstantIndexOp::create(rewriter, loc, value);
  }

  RewriterBase &rewriter;
  KernelGroup &group;
  const DepthwisePlan &plan;
  Location loc;
  DepthwiseFrame frame;
};

/// The loop over `size` iterations of `dim` in tiles, and a copy for what a
/// last tile leaves.
Value DepthwiseEmitter::emitLoop(unsigned dim, int64_t from, int64_t size,
                                 int64_t tile, Value dest, Emit inner) {
  int64_t full = size / tile * tile;
  if (full > tile) {
    auto loop =
        scf::ForOp::create(rewriter, loc, makeIndex(from),
                           makeIndex(from + full), makeIndex(tile), dest);
    markParallel(loop);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(loop.getBody());
    frame.place.bases[dim] = loop.getInductionVar();
    scf::YieldOp::create(rewriter, loc, inner(tile, loop.getRegionIterArg(0)));
    frame.place.bases[dim] = Value();
    dest = loop.getResult(0);
  } else if (full == tile) {
    frame.place.offsets[dim] = from;
    dest = inner(tile, dest);
  }
  if (full < size) {
    frame.place.offsets[dim] = from + full;
    dest = inner(size - full, dest);
  }
  frame.place.offsets[dim] = 0;
  return dest;
}

/// The loop over blocks of channels.
Value DepthwiseEmitter::emitBlocks(const DepthwiseSegment &segment, Value dest,
                                   Emit inner) {
  unsigned dim = plan.channelDim;
  int64_t blocks = getNumBlocks(segment);
  frame.place.offsets[dim] = segment.channel;
  if (blocks == 1) {
    dest = inner(segment.width, dest);
  } else {
    auto loop = scf::ForOp::create(rewriter, loc, makeIndex(0),
                                   makeIndex(blocks), makeIndex(1), dest);
    markParallel(loop);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(loop.getBody());
    frame.block = loop.getInductionVar();
    AffineExpr number = rewriter.getAffineDimExpr(0);
    OpFoldResult channel = affine::makeComposedFoldedAffineApply(
        rewriter, loc, number * segment.width, {OpFoldResult(frame.block)});
    frame.place.bases[dim] =
        getValueOrCreateConstantIndexOp(rewriter, loc, channel);
    scf::YieldOp::create(rewriter, loc,
                         inner(segment.width, loop.getRegionIterArg(0)));
    dest = loop.getResult(0);
    frame.block = Value();
    frame.place.bases[dim] = Value();
  }
  frame.place.offsets[dim] = 0;
  return dest;
}

Value DepthwiseEmitter::emitSegment(const DepthwiseSegment &segment,
                                    int64_t rows, Value dest) {
  return emitBlocks(segment, dest, [&](int64_t, Value blockDest) {
    return emitLoop(plan.slid.output, segment.column, segment.columns,
                    plan.slidTile * segment.pixels, blockDest,
                    [&](int64_t extent, Value tileDest) {
                      return emitDepthwiseTile(frame, segment, rows,
                                               extent / segment.pixels,
                                               tileDest);
                    });
  });
}

Value DepthwiseEmitter::emitOuter(unsigned level, Value dest) {
  if (level < plan.outerDims.size()) {
    unsigned dim = plan.outerDims[level];
    return emitLoop(
        dim, 0, group.root.getStaticLoopRanges()[dim], 1, dest,
        [&](int64_t, Value inner) { return emitOuter(level + 1, inner); });
  }
  return emitLoop(plan.grouped.output, 0, plan.grouped.size, plan.groupedTile,
                  dest, [&](int64_t rows, Value inner) {
                    for (const DepthwiseSegment &segment : plan.segments)
                      inner = emitSegment(segment, rows, inner);
                    return inner;
                  });
}

/// As in every kernel: a tensor of its own, unless the old contents are read.
Value DepthwiseEmitter::getDestination() {
  linalg::GenericOp last = group.getLast();
  OpOperand *init = last.getDpsInitOperand(0);
  if (last.payloadUsesValueFromOperand(init))
    return init->get();
  auto type = cast<RankedTensorType>(init->get().getType());
  return tensor::EmptyOp::create(rewriter, loc, type.getShape(),
                                 type.getElementType());
}

void DepthwiseEmitter::prepareImage() {
  OpOperand *operand = group.root.getDpsInputOperand(plan.image);
  Value &image = frame.image;
  AffineMap &imageMap = frame.imageMap;
  image = operand->get();
  imageMap = group.root.getMatchingIndexingMap(operand);
  if (!plan.flat)
    return;
  auto type = cast<RankedTensorType>(image.getType());
  SmallVector<ReassociationIndices> reassociation;
  for (int64_t dim = 0; dim < type.getRank() - 1; ++dim)
    reassociation.push_back({dim});
  reassociation.back().push_back(type.getRank() - 1);
  image = tensor::CollapseShapeOp::create(rewriter, loc, image, reassociation);
  SmallVector<AffineExpr> results(imageMap.getResults());
  AffineExpr channel = results.pop_back_val();
  results.back() = results.back() * type.getShape().back() + channel;
  imageMap =
      AffineMap::get(imageMap.getNumDims(), 0, results, imageMap.getContext());
}

Value DepthwiseEmitter::emit() {
  rewriter.setInsertionPoint(group.getLast());
  prepareImage();
  Value destination = getDestination();
  frame.front = makeIndex(0).getDefiningOp();
  return emitOuter(0, destination);
}

} // namespace

Value emitDepthwise(RewriterBase &rewriter, KernelGroup &group,
                    const DepthwisePlan &plan) {
  return DepthwiseEmitter(rewriter, group, plan).emit();
}

} // namespace quantc::codegen

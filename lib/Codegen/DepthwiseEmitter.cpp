// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops over tiles of rows, blocks of channels and tiles of columns, in this
// order: what the tiles of one row read stays in the nearest cache. Tiles that
// read of the border are code of their own. What is in a tile is left to
// DepthwiseTile.
#include "DepthwiseEmitter.h"

#include "DepthwisePacking.h"
#include "DepthwiseTile.h"
#include "FlatRows.h"
#include "ParallelLoop.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/SaveAndRestore.h"

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

  using EmitTile = llvm::function_ref<Value(Value dest)>;

  Value emitLoop(unsigned dim, int64_t begin, int64_t end, int64_t tile,
                 Value dest, Emit inner);
  Value emitOuter(unsigned level, Value dest);
  Value emitRows(int64_t rows, Value dest);
  Value emitBlocks(const DepthwiseSegment &segment, Value dest, EmitTile inner);
  Value emitRow(ArrayRef<int64_t> border, bool anyInside, Value dest,
                EmitTile inner);
  Value emitColumns(const DepthwiseSegment &segment, int64_t rows, Value dest);
  Value getDestination();
  void prepareMaps();
  Value makeIndex(int64_t value) {
    return arith::ConstantIndexOp::create(rewriter, loc, value);
  }

  RewriterBase &rewriter;
  KernelGroup &group;
  const DepthwisePlan &plan;
  Location loc;
  DepthwiseFrame frame;
};

/// What is in the loop over `dim`, from `begin` to `end`. A single tile has no
/// loop, but a place that is known.
Value DepthwiseEmitter::emitLoop(unsigned dim, int64_t begin, int64_t end,
                                 int64_t tile, Value dest, Emit inner) {
  if (end - begin <= tile) {
    // A number of its own, so that its constants are not kept for the next one.
    llvm::SaveAndRestore<Value> iteration(frame.iteration);
    if (frame.iteration)
      frame.iteration = arith::AddIOp::create(rewriter, loc, frame.iteration,
                                              makeIndex(begin + 1));
    frame.place.offsets[dim] = begin;
    dest = inner(end - begin, dest);
    frame.place.offsets[dim] = 0;
    return dest;
  }
  auto loop = scf::ForOp::create(rewriter, loc, makeIndex(begin),
                                 makeIndex(end), makeIndex(tile), dest);
  markParallel(loop);
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointToStart(loop.getBody());
  llvm::SaveAndRestore<Value> iteration(frame.iteration,
                                        loop.getInductionVar());
  frame.place.bases[dim] = loop.getInductionVar();
  scf::YieldOp::create(rewriter, loc, inner(tile, loop.getRegionIterArg(0)));
  frame.place.bases[dim] = Value();
  return loop.getResult(0);
}

/// The loop over blocks of channels.
Value DepthwiseEmitter::emitBlocks(const DepthwiseSegment &segment, Value dest,
                                   EmitTile inner) {
  unsigned dim = plan.channelDim;
  int64_t blocks = getNumBlocks(segment);
  llvm::SaveAndRestore<int64_t> offset(frame.place.offsets[dim],
                                       segment.channel);
  if (blocks == 1)
    return inner(dest);
  auto loop = scf::ForOp::create(rewriter, loc, makeIndex(0), makeIndex(blocks),
                                 makeIndex(1), dest);
  markParallel(loop);
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointToStart(loop.getBody());
  llvm::SaveAndRestore<Value> iteration(frame.iteration,
                                        loop.getInductionVar());
  frame.block = loop.getInductionVar();
  AffineExpr number = rewriter.getAffineDimExpr(0);
  OpFoldResult channel = affine::makeComposedFoldedAffineApply(
      rewriter, loc, number * segment.width, {OpFoldResult(frame.block)});
  frame.place.bases[dim] =
      getValueOrCreateConstantIndexOp(rewriter, loc, channel);
  scf::YieldOp::create(rewriter, loc, inner(loop.getRegionIterArg(0)));
  frame.block = Value();
  frame.place.bases[dim] = Value();
  return loop.getResult(0);
}

/// One row of tiles in the loop over rows: those at `border` are code of their
/// own, chosen inside of the loop, so that threads can still share all rows.
Value DepthwiseEmitter::emitRow(ArrayRef<int64_t> border, bool anyInside,
                                Value dest, EmitTile inner) {
  if (border.empty())
    return inner(dest);
  Value &row = frame.place.bases[plan.grouped.output];
  auto emitKnown = [&](Value knownDest) {
    llvm::SaveAndRestore<Value> base(row, Value());
    llvm::SaveAndRestore<int64_t> offset(
        frame.place.offsets[plan.grouped.output], border.front());
    return inner(knownDest);
  };
  if (border.size() == 1 && !anyInside)
    return emitKnown(dest);
  Value isKnown = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::eq,
                                        row, makeIndex(border.front()));
  auto choice = scf::IfOp::create(rewriter, loc, TypeRange(dest.getType()),
                                  isKnown, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointToStart(choice.thenBlock());
  scf::YieldOp::create(rewriter, loc, emitKnown(dest));
  rewriter.setInsertionPointToStart(choice.elseBlock());
  scf::YieldOp::create(rewriter, loc,
                       emitRow(border.drop_front(), anyInside, dest, inner));
  return choice.getResult(0);
}

Value DepthwiseEmitter::emitColumns(const DepthwiseSegment &segment,
                                    int64_t rows, Value dest) {
  int64_t tile = plan.slidTile * segment.pixels;
  auto emitTile = [&](int64_t extent, Value tileDest) {
    return emitDepthwiseTile(frame, segment, rows, extent / segment.pixels,
                             tileDest);
  };
  unsigned dim = plan.slid.output;
  int64_t begin = segment.column, end = begin + segment.columns;
  for (auto [from, to] : plan.slid.getRuns(begin, segment.columns, tile)) {
    dest = emitLoop(dim, from, to, tile, dest, emitTile);
    begin = to;
  }
  return begin < end ? emitLoop(dim, begin, end, tile, dest, emitTile) : dest;
}

/// The tiles of `rows` rows, with all that is below.
Value DepthwiseEmitter::emitRows(int64_t rows, Value dest) {
  SmallVector<int64_t> border;
  bool anyInside = false;
  if (frame.place.bases[plan.grouped.output])
    for (auto [from, to] : plan.grouped.getRuns(0, plan.grouped.size, rows)) {
      if (plan.grouped.isInside(from, rows))
        anyInside = true;
      else
        border.push_back(from);
    }
  for (const DepthwiseSegment &segment : plan.segments)
    dest = emitBlocks(segment, dest, [&](Value block) {
      return emitRow(border, anyInside, block, [&](Value row) {
        return emitColumns(segment, rows, row);
      });
    });
  return dest;
}

Value DepthwiseEmitter::emitOuter(unsigned level, Value dest) {
  if (level < plan.outerDims.size()) {
    unsigned dim = plan.outerDims[level];
    return emitLoop(
        dim, 0, group.root.getStaticLoopRanges()[dim], 1, dest,
        [&](int64_t, Value inner) { return emitOuter(level + 1, inner); });
  }
  auto emitRowsOf = [&](int64_t rows, Value inner) {
    return emitRows(rows, inner);
  };
  unsigned dim = plan.grouped.output;
  int64_t size = plan.grouped.size, tile = plan.groupedTile;
  int64_t full = size / tile * tile;
  dest = emitLoop(dim, 0, full, tile, dest, emitRowsOf);
  return full < size ? emitLoop(dim, full, size, tile, dest, emitRowsOf) : dest;
}

/// As in every kernel: a tensor of its own, unless the old contents are read.
Value DepthwiseEmitter::getDestination() {
  linalg::GenericOp last = group.getLast();
  OpOperand *init = last.getDpsInitOperand(0);
  if (last.payloadUsesValueFromOperand(init))
    return init->get();
  auto type = cast<RankedTensorType>(init->get().getType());
  return plan.flat ? createFlatEmpty(rewriter, loc, type)
                   : tensor::EmptyOp::create(rewriter, loc, type.getShape(),
                                             type.getElementType());
}

void DepthwiseEmitter::prepareMaps() {
  Value &image = frame.image;
  AffineMap &imageMap = frame.imageMap;
  image = plan.pixels;
  imageMap = plan.pixelMap;
  linalg::GenericOp last = group.getLast();
  frame.resultMap = last.getMatchingIndexingMap(last.getDpsInitOperand(0));
  if (!plan.flat)
    return;
  imageMap = flattenRows(imageMap, cast<RankedTensorType>(image.getType()));
  image = flattenRows(rewriter, loc, image);
  frame.resultMap = flattenRows(
      frame.resultMap, cast<RankedTensorType>(last.getResult(0).getType()));
}

Value DepthwiseEmitter::emit() {
  rewriter.setInsertionPoint(group.getLast());
  prepareMaps();
  Value destination = getDestination();
  frame.front = makeIndex(0).getDefiningOp();
  Value result = emitOuter(0, destination);
  if (!plan.flat)
    return result;
  auto type = cast<RankedTensorType>(group.getLast().getResult(0).getType());
  return expandRows(rewriter, loc, result, type);
}

} // namespace

Value emitDepthwise(RewriterBase &rewriter, KernelGroup &group,
                    const DepthwisePlan &plan) {
  return DepthwiseEmitter(rewriter, group, plan).emit();
}

} // namespace quantc::codegen

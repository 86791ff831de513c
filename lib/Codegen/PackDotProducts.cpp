// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two rewrites of a reduction of 8-bit or 16-bit products: one row of a
// convolution's kernel becomes one loop, because in NHWC it is contiguous; and
// the weights are laid out as dot-product instructions read them, at compile
// time where they are constant.
#include "quantc/Codegen/Passes.h"

#include "DotProduct.h"
#include "FlatRows.h"
#include "KernelPlan.h"
#include "PackActivations.h"
#include "RawConstant.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_PACKDOTPRODUCTSPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

/// The weights as a constant with its dimensions in `order`; null if they are
/// none.
ElementsAttr getOrderedWeights(linalg::GenericOp op, const DotProduct &dot,
                               ArrayRef<unsigned> loopOrder) {
  OpOperand *operand = op.getDpsInputOperand(dot.weight);
  ElementsAttr constant = getRawConstant(operand->get());
  AffineMap map = op.getMatchingIndexingMap(operand);
  if (!constant || map.getNumResults() != loopOrder.size())
    return {};
  SmallVector<int64_t> permutation;
  for (unsigned loop : loopOrder) {
    std::optional<unsigned> position =
        map.getResultPosition(getAffineDimExpr(loop, op.getContext()));
    if (!position)
      return {};
    permutation.push_back(*position);
  }
  return transposeConstant(constant, permutation);
}

/// The loops that index the weights, with the reduction and the channel last.
SmallVector<unsigned> getWeightLoops(linalg::GenericOp op,
                                     const DotProduct &dot) {
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInputOperand(dot.weight));
  SmallVector<unsigned> loops;
  for (unsigned i = 0, e = map.getNumResults(); i < e; ++i)
    if (unsigned loop = map.getDimPosition(i);
        loop != dot.reductionDim && loop != dot.channelDim)
      loops.push_back(loop);
  llvm::sort(loops);
  loops.append({dot.reductionDim, dot.channelDim});
  return loops;
}

/// The reduction loop that walks the second to last dimension of the activation
/// without gaps, while `dot.reductionDim` covers all of the last one.
std::optional<unsigned> findRowLoop(linalg::GenericOp op,
                                    const DotProduct &dot) {
  OpOperand *operand = op.getDpsInputOperand(dot.activation);
  AffineMap map = op.getMatchingIndexingMap(operand);
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  auto type = cast<RankedTensorType>(operand->get().getType());
  unsigned rank = map.getNumResults();
  if (rank < 2 ||
      map.getResult(rank - 1) !=
          getAffineDimExpr(dot.reductionDim, op.getContext()) ||
      type.getDimSize(rank - 1) != sizes[dot.reductionDim])
    return std::nullopt;
  AffineMap row = AffineMap::get(map.getNumDims(), 0, map.getResult(rank - 2));
  AffineMap weightMap =
      op.getMatchingIndexingMap(op.getDpsInputOperand(dot.weight));
  SmallVector<unsigned> reductions;
  op.getReductionDims(reductions);
  for (unsigned dim : reductions) {
    bool elsewhere =
        llvm::any_of(map.getResults().drop_back(2), [&](AffineExpr expr) {
          return expr.isFunctionOfDim(dim);
        });
    if (dim != dot.reductionDim && !elsewhere && sizes[dim] > 1 &&
        weightMap.isFunctionOfDim(dim) &&
        classifyAccess(row, dim) == Access::Contiguous)
      return dim;
  }
  return std::nullopt;
}

/// `pad` of `source`, by `low` and `high` elements.
Value createPad(OpBuilder &builder, tensor::PadOp pad, Value source,
                ArrayRef<int64_t> low, ArrayRef<int64_t> high) {
  auto fold = [&](ArrayRef<int64_t> sizes) {
    return getAsIndexOpFoldResult(builder.getContext(), sizes);
  };
  return tensor::PadOp::create(builder, pad.getLoc(), Type(), source, fold(low),
                               fold(high), pad.getConstantPaddingValue());
}

/// The image of which `image` is the first part of the rows and columns. A
/// window does not ask where they end.
Value getWholeImage(Value image) {
  auto slice = image.getDefiningOp<tensor::ExtractSliceOp>();
  if (!slice || slice.getSourceType().getRank() != slice.getType().getRank() ||
      !slice.hasUnitStride() || !slice.hasZeroOffset())
    return image;
  ArrayRef<int64_t> whole = slice.getSourceType().getShape();
  ArrayRef<int64_t> part = slice.getType().getShape();
  // Loops over the images and channels have the size of the dimension.
  bool same = whole.front() == part.front() && whole.back() == part.back();
  return same ? slice.getSource() : image;
}

/// `image` with its last two dimensions as one. A row of a padded image is a
/// padded row.
Value createRows(OpBuilder &builder, Location loc, Value image) {
  auto pad = image.getDefiningOp<tensor::PadOp>();
  bool moves = pad && pad.getConstantPaddingValue() &&
               pad.getResultType().hasStaticShape() &&
               pad.getStaticLow().back() == 0 &&
               pad.getStaticHigh().back() == 0;
  Value source = moves ? pad.getSource() : image;
  auto type = cast<RankedTensorType>(source.getType());
  Value rows = flattenRows(builder, loc, source);
  if (!moves)
    return rows;
  auto scale = [&](ArrayRef<int64_t> sizes) {
    SmallVector<int64_t> scaled(sizes.drop_back());
    scaled.back() *= type.getShape().back();
    return scaled;
  };
  return createPad(builder, pad, rows, scale(pad.getStaticLow()),
                   scale(pad.getStaticHigh()));
}

/// Merges the loop over a kernel row with that over the channels in it.
linalg::GenericOp mergeRow(OpBuilder &builder, linalg::GenericOp op,
                           const DotProduct &dot, unsigned rowLoop) {
  MLIRContext *context = op.getContext();
  Location loc = op.getLoc();
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  int64_t channels = sizes[dot.reductionDim];

  SmallVector<unsigned> loops = getWeightLoops(op, dot);
  llvm::erase(loops, rowLoop);
  loops.insert(loops.end() - 2, rowLoop);
  ElementsAttr weights = getOrderedWeights(op, dot, loops);
  if (!weights)
    return {};
  SmallVector<int64_t> shape(weights.getShapedType().getShape());
  shape[shape.size() - 3] *= shape[shape.size() - 2];
  shape.erase(shape.end() - 2);
  Value packed =
      arith::ConstantOp::create(builder, loc, reshapeConstant(weights, shape));

  Value rows =
      createRows(builder, loc,
                 getWholeImage(op.getDpsInputOperand(dot.activation)->get()));

  // Loop `rowLoop` disappears; `reductionDim` runs over the whole row.
  SmallVector<AffineExpr> loopMap;
  for (unsigned dim = 0, next = 0; dim < sizes.size(); ++dim)
    loopMap.push_back(dim == rowLoop ? getAffineConstantExpr(0, context)
                                     : getAffineDimExpr(next++, context));
  auto renumber = [&](ArrayRef<AffineExpr> results) {
    SmallVector<AffineExpr> renamed;
    for (AffineExpr expr : results)
      renamed.push_back(
          simplifyAffineExpr(expr.replaceDims(loopMap), sizes.size() - 1, 0));
    return AffineMap::get(sizes.size() - 1, 0, renamed, context);
  };
  AffineMap imageMap =
      op.getMatchingIndexingMap(op.getDpsInputOperand(dot.activation));
  SmallVector<AffineExpr> rowResults(imageMap.getResults().drop_back());
  rowResults.back() = rowResults.back() * channels +
                      getAffineDimExpr(dot.reductionDim, context);
  SmallVector<AffineExpr> weightResults;
  llvm::erase(loops, rowLoop);
  for (unsigned loop : loops)
    weightResults.push_back(getAffineDimExpr(loop, context));

  SmallVector<Value> inputs(2);
  SmallVector<AffineMap> maps(3);
  inputs[dot.activation] = rows;
  inputs[dot.weight] = packed;
  maps[dot.activation] = renumber(rowResults);
  maps[dot.weight] = renumber(weightResults);
  maps[2] =
      renumber(op.getMatchingIndexingMap(op.getDpsInitOperand(0)).getResults());
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  iterators.erase(iterators.begin() + rowLoop);
  auto merged =
      linalg::GenericOp::create(builder, loc, op->getResultTypes(), inputs,
                                op.getDpsInits(), maps, iterators);
  merged.getRegion().takeBody(op.getRegion());
  return merged;
}

/// The length of the reduction as the kernel runs it: all groups full, if what
/// the last one reads of the activation, for weights of zero, lies in the row.
/// A padded row is made long enough.
int64_t fillLastGroup(OpBuilder &builder, linalg::GenericOp op,
                      const DotProduct &dot) {
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  int64_t size = sizes[dot.reductionDim];
  int64_t full = llvm::alignTo(size, dot.ways);
  OpOperand *operand = op.getDpsInputOperand(dot.activation);
  AffineExpr position = op.getMatchingIndexingMap(operand).getResults().back();
  // A loop that is the dimension has its size.
  if (full == size || isa<AffineDimExpr>(position))
    return size;
  SmallVector<AffineExpr> last;
  for (auto [dim, extent] : llvm::enumerate(sizes))
    last.push_back(builder.getAffineConstantExpr(
        (dim == dot.reductionDim ? full : extent) - 1));
  auto end = dyn_cast<AffineConstantExpr>(
      simplifyAffineExpr(position.replaceDims(last), 0, 0));
  auto type = cast<RankedTensorType>(operand->get().getType());
  if (!end)
    return size;
  int64_t missing = end.getValue() + 1 - type.getShape().back();
  if (missing <= 0)
    return full;
  auto pad = operand->get().getDefiningOp<tensor::PadOp>();
  if (!pad || !pad.getConstantPaddingValue() || !pad->hasOneUse())
    return size;
  SmallVector<int64_t> low(pad.getStaticLow()), high(pad.getStaticHigh());
  high.back() += missing;
  operand->set(createPad(builder, pad, pad.getSource(), low, high));
  return full;
}

/// Products of a group as the target's best instruction takes them; 0 if it has
/// none for `op`.
int64_t chooseWays(linalg::GenericOp op, const DotProduct &dot,
                   const ISA &isa) {
  if (isa.hasDots() && isa.dot != DotInstruction::MatrixOfBytes)
    return dot.ways;
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  bool isSigned = !dot.activationUnsigned && !dot.weightUnsigned;
  ElementsAttr weights =
      getRawConstant(op.getDpsInputOperand(dot.weight)->get());
  bool inBlocks = dot.ways == kDotWays && isSigned && weights &&
                  sizes[dot.channelDim] % 4 == 0;
  if (isa.dot == DotInstruction::MultiplyLong)
    return inBlocks && isNarrow(weights) ? kRowWays : 0;
  // A block is two rows.
  SmallVector<unsigned> parallels;
  op.getParallelDims(parallels);
  bool hasRows = llvm::any_of(parallels, [&](unsigned dim) {
    return dim != dot.channelDim && sizes[dim] > 1;
  });
  return inBlocks && hasRows ? kPairWays : dot.ways;
}

/// Replaces the weights by their packed form. A third operand, of which nothing
/// is read, gives the length of the reduction, as the window of a pooling does:
/// the packed maps do not.
void packWeights(OpBuilder &builder, linalg::GenericOp op,
                 const DotProduct &dot, unsigned vectorBits, const ISA &isa,
                 ActivationPacker &activations) {
  SmallVector<unsigned> loops = getWeightLoops(op, dot);
  Location loc = op.getLoc();
  Value weight;
  int64_t panel = choosePanel(op, dot, vectorBits, isa);
  if (ElementsAttr weights = getOrderedWeights(op, dot, loops)) {
    weight = arith::ConstantOp::create(builder, loc,
                                       packPanels(weights, dot.ways, panel));
  } else if (dot.ways == kDotWays) {
    PackedActivation packed = activations.pack(builder, op, dot, loops);
    weight = packed.value;
    panel = packed.panel;
  }
  if (!weight)
    return;
  MLIRContext *context = op.getContext();
  SmallVector<AffineExpr> outer;
  for (unsigned loop : ArrayRef(loops).drop_back(2))
    outer.push_back(getAffineDimExpr(loop, context));
  int64_t length = fillLastGroup(builder, op, dot);

  SmallVector<Value> inputs(op.getDpsInputs());
  inputs[dot.weight] = weight;
  inputs.push_back(
      tensor::EmptyOp::create(builder, loc, length, builder.getI8Type()));
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  maps[dot.weight] =
      getPackedMap(context, op.getNumLoops(), outer, dot.reductionDim,
                   dot.channelDim, panel, dot.ways);
  maps.insert(maps.end() - 1,
              AffineMap::get(op.getNumLoops(), 0,
                             getAffineDimExpr(dot.reductionDim, context)));
  auto packed = linalg::GenericOp::create(builder, loc, op->getResultTypes(),
                                          inputs, op.getDpsInits(), maps,
                                          op.getIteratorTypesArray());
  packed.getRegion().takeBody(op.getRegion());
  packed.getBody()->insertArgument(2u, builder.getI8Type(), loc);
  op->replaceAllUsesWith(packed);
  op->erase();
}

struct PackDotProductsPass
    : public impl::PackDotProductsPassBase<PackDotProductsPass> {
  using PackDotProductsPassBase::PackDotProductsPassBase;

  void runOnOperation() override {
    row = findISA(isa);
    if (!row) {
      getOperation().emitError() << "unknown isa '" << isa << "'";
      return signalPassFailure();
    }
    SmallVector<linalg::GenericOp> candidates;
    getOperation().walk([&](linalg::GenericOp op) {
      if (isKernel(op))
        candidates.push_back(op);
    });
    ActivationPacker activations(vectorBits, *row);
    for (linalg::GenericOp op : candidates)
      pack(op, activations);
  }

private:
  void pack(linalg::GenericOp op, ActivationPacker &activations) {
    OpBuilder builder(op);
    std::optional<DotProduct> dot = matchDotProduct(op);
    if (!dot || dot->isPacked())
      return;
    if (std::optional<unsigned> row = findRowLoop(op, *dot)) {
      linalg::GenericOp merged = mergeRow(builder, op, *dot, *row);
      if (!merged)
        return;
      op->replaceAllUsesWith(merged);
      op->erase();
      op = merged;
      builder.setInsertionPoint(op);
      dot = matchDotProduct(op);
      assert(dot && "a merged row is a longer dot product");
    }
    dot->ways = chooseWays(op, *dot, *row);
    if (dot->ways == 0)
      return;
    packWeights(builder, op, *dot, vectorBits, *row, activations);
  }

  /// The row of the option `isa`.
  const ISA *row = nullptr;
};

} // namespace
} // namespace quantc::codegen

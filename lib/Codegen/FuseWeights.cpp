// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A dequantize of weights inside the loops of its reader. Upstream's fusion
// refuses what this does: packed weights do not tell the length of a loop, so
// that an operand of which nothing is read has to.
#include "quantc/Codegen/Passes.h"

#include "RawConstant.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_FUSEWEIGHTSPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

/// Whether `op` computes floats, one by one, from constants, some of bytes.
bool isDequantize(linalg::GenericOp op) {
  if (op.getNumReductionLoops() != 0 || op->getNumResults() != 1 ||
      !getElementTypeOrSelf(op->getResult(0).getType()).isF32() ||
      op.payloadUsesValueFromOperand(op.getDpsInitOperand(0)) ||
      !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity())
    return false;
  bool readsBytes = false;
  for (Value input : op.getDpsInputs()) {
    ElementsAttr constant = getRawConstant(input);
    if (!constant)
      return false;
    readsBytes |= constant.getElementType().isInteger(8);
  }
  return readsBytes;
}

/// The expressions of `dims`, of an element of a tensor of `shape`, as the
/// place of that element in the flat tensor.
AffineExpr linearize(ArrayRef<AffineExpr> dims, ArrayRef<int64_t> shape) {
  AffineExpr position = getAffineConstantExpr(0, dims.front().getContext());
  for (auto [dim, size] : llvm::zip_equal(dims, shape))
    position = position * size + dim;
  return position;
}

/// Where the elements of the result of a reshape from `source` to `result` are
/// in its source. Each group of `smaller` dimensions is one of `larger`.
AffineMap getSourceMap(tensor::ExpandShapeOp op) {
  MLIRContext *context = op.getContext();
  ArrayRef<int64_t> shape = op.getResultType().getShape();
  SmallVector<AffineExpr> source;
  for (const ReassociationIndices &group : op.getReassociationIndices()) {
    SmallVector<AffineExpr> dims;
    SmallVector<int64_t> sizes;
    for (int64_t dim : group) {
      dims.push_back(getAffineDimExpr(dim, context));
      sizes.push_back(shape[dim]);
    }
    source.push_back(linearize(dims, sizes));
  }
  return AffineMap::get(shape.size(), 0, source, context);
}

AffineMap getSourceMap(tensor::CollapseShapeOp op) {
  MLIRContext *context = op.getContext();
  ArrayRef<int64_t> shape = op.getSrcType().getShape();
  SmallVector<AffineExpr> source(shape.size());
  for (auto [index, group] : llvm::enumerate(op.getReassociationIndices())) {
    AffineExpr rest = getAffineDimExpr(index, context);
    for (int64_t dim : llvm::reverse(group)) {
      source[dim] = dim == group.front() ? rest : rest % shape[dim];
      rest = rest.floorDiv(shape[dim]);
    }
  }
  return AffineMap::get(op.getResultType().getRank(), 0, source, context);
}

/// A dequantize, and where in its result the elements of a value are.
struct Weights {
  linalg::GenericOp dequantize;
  AffineMap map;
};

std::optional<Weights> findWeights(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape())
    return std::nullopt;
  auto map =
      AffineMap::getMultiDimIdentityMap(type.getRank(), value.getContext());
  while (Operation *op = value.getDefiningOp()) {
    if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op)) {
      map = getSourceMap(expand).compose(map);
      value = expand.getSrc();
    } else if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op)) {
      map = getSourceMap(collapse).compose(map);
      value = collapse.getSrc();
    } else {
      auto generic = dyn_cast<linalg::GenericOp>(op);
      if (!generic || !isDequantize(generic))
        return std::nullopt;
      return Weights{generic, simplifyAffineMap(map)};
    }
  }
  return std::nullopt;
}

/// The loops of `maps` whose length no operand tells: none of its dimensions is
/// just that loop.
SmallVector<AffineExpr> getUnknownLoops(ArrayRef<AffineMap> maps) {
  SmallVector<AffineExpr> unknown;
  MLIRContext *context = maps.front().getContext();
  for (unsigned dim = 0; dim < maps.front().getNumDims(); ++dim) {
    AffineExpr loop = getAffineDimExpr(dim, context);
    if (llvm::none_of(maps, [&](AffineMap map) {
          return llvm::is_contained(map.getResults(), loop);
        }))
      unknown.push_back(loop);
  }
  return unknown;
}

struct FuseWeights : public OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getNumReductionLoops() == 0 || !op.hasPureTensorSemantics() ||
        op.getNumDpsInits() != 1)
      return rewriter.notifyMatchFailure(op, "no reduction of tensors");
    for (OpOperand *operand : op.getDpsInputOperands())
      if (std::optional<Weights> weights = findWeights(operand->get())) {
        rewriter.replaceOp(op, fuse(rewriter, op, *operand, *weights));
        return success();
      }
    return rewriter.notifyMatchFailure(op, "it reads no dequantized weights");
  }

private:
  static linalg::GenericOp fuse(PatternRewriter &rewriter, linalg::GenericOp op,
                                OpOperand &operand, const Weights &weights) {
    linalg::GenericOp dequantize = weights.dequantize;
    AffineMap access = weights.map.compose(op.getMatchingIndexingMap(&operand));
    SmallVector<Value> inputs;
    SmallVector<AffineMap> maps;
    for (OpOperand *input : op.getDpsInputOperands()) {
      if (input == &operand)
        continue;
      inputs.push_back(input->get());
      maps.push_back(op.getMatchingIndexingMap(input));
    }
    for (OpOperand *input : dequantize.getDpsInputOperands()) {
      inputs.push_back(input->get());
      maps.push_back(simplifyAffineMap(
          dequantize.getMatchingIndexingMap(input).compose(access)));
    }
    maps.push_back(op.getMatchingIndexingMap(op.getDpsInitOperand(0)));
    addLoopLengths(rewriter, op, inputs, maps);
    auto fused = linalg::GenericOp::create(
        rewriter, op.getLoc(), op->getResultTypes(), inputs, op.getDpsInits(),
        maps, op.getIteratorTypesArray());
    fuseBodies(rewriter, op, operand.getOperandNumber(), dequantize, access,
               fused);
    return fused;
  }

  /// An operand of which nothing is read for the loops that no other one
  /// covers.
  static void addLoopLengths(PatternRewriter &rewriter, linalg::GenericOp op,
                             SmallVectorImpl<Value> &inputs,
                             SmallVectorImpl<AffineMap> &maps) {
    SmallVector<AffineExpr> unknown = getUnknownLoops(maps);
    if (unknown.empty())
      return;
    SmallVector<int64_t> sizes = op.getStaticLoopRanges(), shape;
    for (AffineExpr loop : unknown)
      shape.push_back(sizes[cast<AffineDimExpr>(loop).getPosition()]);
    inputs.push_back(tensor::EmptyOp::create(rewriter, op.getLoc(), shape,
                                             rewriter.getI8Type()));
    maps.insert(maps.end() - 1,
                AffineMap::get(op.getNumLoops(), 0, unknown, op.getContext()));
  }

  /// Arguments of the fused body: what `op` reads but `number`, what
  /// `dequantize` reads, lengths, the accumulator.
  static void fuseBodies(PatternRewriter &rewriter, linalg::GenericOp op,
                         unsigned number, linalg::GenericOp dequantize,
                         AffineMap access, linalg::GenericOp fused) {
    OpBuilder::InsertionGuard guard(rewriter);
    SmallVector<Type> types;
    for (Value operand : fused->getOperands())
      types.push_back(getElementTypeOrSelf(operand.getType()));
    Block *body =
        rewriter.createBlock(&fused.getRegion(), {}, types,
                             SmallVector<Location>(types.size(), op.getLoc()));
    IRMapping mapping;
    unsigned next = 0;
    for (unsigned i = 0, e = op.getNumDpsInputs(); i < e; ++i)
      if (i != number)
        mapping.map(op.getBody()->getArgument(i), body->getArgument(next++));
    for (unsigned i = 0, e = dequantize.getNumDpsInputs(); i < e; ++i)
      mapping.map(dequantize.getBody()->getArgument(i),
                  body->getArgument(next++));
    mapping.map(op.getBody()->getArguments().back(),
                body->getArguments().back());
    cloneDequantize(rewriter, dequantize, access, mapping);
    mapping.map(
        op.getBody()->getArgument(number),
        mapping.lookup(dequantize.getBody()->getTerminator()->getOperand(0)));
    for (Operation &inner : *op.getBody())
      rewriter.clone(inner, mapping);
  }

  /// The body of `dequantize`, whose loop d stands at result d of `access`.
  static void cloneDequantize(PatternRewriter &rewriter,
                              linalg::GenericOp dequantize, AffineMap access,
                              IRMapping &mapping) {
    Location loc = dequantize.getLoc();
    SmallVector<Value> indices;
    for (Operation &inner : dequantize.getBody()->without_terminator()) {
      auto index = dyn_cast<linalg::IndexOp>(inner);
      if (!index) {
        rewriter.clone(inner, mapping);
        continue;
      }
      if (indices.empty())
        for (unsigned dim = 0; dim < access.getNumDims(); ++dim)
          indices.push_back(linalg::IndexOp::create(rewriter, loc, dim));
      Value place = affine::AffineApplyOp::create(
          rewriter, loc, access.getSubMap({unsigned(index.getDim())}), indices);
      mapping.map(index.getResult(), place);
    }
  }
};

struct FuseWeightsPass : public impl::FuseWeightsPassBase<FuseWeightsPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseWeights>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace quantc::codegen

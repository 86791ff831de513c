// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moves transposes together until they cancel. First they sink towards the
// results; what is left between the arguments and the first layer then rises to
// the arguments. Which transposes and reshapes are interchangeable is decided
// in Permutation.cpp; constants are rewritten, never transposed at run time.

#include "quantc/Dialect/QNN/Transforms/Passes.h"

#include "Permutation.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_CANCELTRANSPOSESPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

bool isStatic(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape();
}

RankedTensorType withShape(Value value, ArrayRef<int64_t> shape) {
  return cast<RankedTensorType>(value.getType()).clone(shape);
}

/// A tosa.transpose of a statically shaped value.
struct Transpose {
  Value input;
  Permutation perm;
};

std::optional<Transpose> matchTranspose(Value value) {
  auto op = value.getDefiningOp<tosa::TransposeOp>();
  if (!op || !isStatic(op.getInput1()) || !isStatic(op.getOutput()))
    return std::nullopt;
  return Transpose{op.getInput1(),
                   Permutation(op.getPerms().begin(), op.getPerms().end())};
}

Value createReshape(PatternRewriter &rewriter, Location loc, Value input,
                    ArrayRef<int64_t> shape) {
  if (shapeOf(input) == shape)
    return input;
  return tosa::ReshapeOp::create(rewriter, loc, withShape(input, shape), input,
                                 createConstShape(rewriter, loc, shape));
}

/// The transpose of `value`, as a tosa.transpose only where numbers have to
/// move at run time.
Value createTranspose(PatternRewriter &rewriter, Location loc, Value value,
                      ArrayRef<int64_t> perm) {
  SmallVector<int64_t> shape = permute(shapeOf(value), perm);
  if (auto constant = FloatConstant::read(value))
    return createFloatConstant(
        rewriter, value.getLoc(), shape,
        transposeNumbers(constant->values(), shapeOf(value), perm));
  if (movesOnlyUnitDims(shapeOf(value), perm))
    return createReshape(rewriter, loc, value, shape);
  return tosa::TransposeOp::create(rewriter, loc, withShape(value, shape),
                                   value, SmallVector<int32_t>(perm));
}

/// Whether a transpose of `value` by `perm` costs nothing at run time: of a
/// constant, one that undoes another, or one that moves no number.
bool isFree(Value value, ArrayRef<int64_t> perm) {
  if (!isStatic(value) || shapeOf(value).size() != perm.size())
    return false;
  if (FloatConstant::read(value) || movesOnlyUnitDims(shapeOf(value), perm))
    return true;
  auto transpose = matchTranspose(value);
  return transpose && isIdentity(compose(transpose->perm, perm));
}

/// Whether an argument of the function is transposed by `perm` anyway.
bool isTransposedArgument(Value value, ArrayRef<int64_t> perm) {
  return isa<BlockArgument>(value) &&
         llvm::any_of(value.getUsers(), [&](Operation *user) {
           auto transpose = dyn_cast<tosa::TransposeOp>(user);
           return transpose && llvm::equal(transpose.getPerms(), perm);
         });
}

bool isElementwise(Operation *op) {
  return op->getNumResults() == 1 &&
         (isa<tosa::MulOp>(op) ||
          op->hasTrait<OpTrait::tosa::TosaElementwiseOperator>());
}

/// The operands that take part in broadcasting: all but the shift of a mul.
MutableArrayRef<OpOperand> broadcastOperands(Operation *op) {
  MutableArrayRef<OpOperand> operands = op->getOpOperands();
  return isa<tosa::MulOp>(op) ? operands.take_front(2) : operands;
}

/// A copy of `op` in front of it, on other operands and with another shape.
Value cloneOn(PatternRewriter &rewriter, Operation *op, ValueRange operands,
              ArrayRef<int64_t> shape) {
  Operation *copy = rewriter.clone(*op);
  rewriter.modifyOpInPlace(copy, [&] {
    for (auto [index, operand] : llvm::enumerate(operands))
      copy->setOperand(index, operand);
    Value result = copy->getResult(0);
    result.setType(withShape(result, shape));
  });
  return copy->getResult(0);
}

/// Finds the permutation that the operands of `op` share, if all of them can be
/// transposed back for nothing and one of them really is transposed. That one
/// is no transposed argument: two of those could change layouts for ever.
std::optional<Permutation> findSharedTranspose(ValueRange operands) {
  for (Value operand : operands) {
    auto transpose = matchTranspose(operand);
    if (!transpose)
      continue;
    Permutation inverse = invert(transpose->perm);
    bool computed = !isa<BlockArgument>(transpose->input);
    if (llvm::all_of(operands, [&](Value v) {
          return isFree(v, inverse) ||
                 (computed && isTransposedArgument(v, inverse));
        }))
      return transpose->perm;
  }
  return std::nullopt;
}

/// The operands, each transposed back by `perm`.
SmallVector<Value> transposeBack(PatternRewriter &rewriter, ValueRange operands,
                                 ArrayRef<int64_t> perm) {
  Permutation inverse = invert(perm);
  return llvm::map_to_vector(operands, [&](Value operand) {
    if (auto transpose = matchTranspose(operand);
        transpose && ArrayRef<int64_t>(transpose->perm) == perm)
      return transpose->input;
    return createTranspose(rewriter, operand.getLoc(), operand, inverse);
  });
}

//===----------------------------------------------------------------------===//
// Cancelling
//===----------------------------------------------------------------------===//

struct SimplifyTranspose : OpRewritePattern<tosa::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = matchTranspose(op.getOutput());
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "the shape is not static");
    auto [input, perm] = *transpose;
    if (FloatConstant::read(input) || movesOnlyUnitDims(shapeOf(input), perm)) {
      rewriter.replaceOp(op,
                         createTranspose(rewriter, op.getLoc(), input, perm));
      return success();
    }
    if (auto inner = matchTranspose(input)) {
      rewriter.replaceOp(op,
                         createTranspose(rewriter, op.getLoc(), inner->input,
                                         compose(inner->perm, perm)));
      return success();
    }
    return rewriter.notifyMatchFailure(op, "it moves numbers of a value that "
                                           "is no transpose itself");
  }
};

struct SimplifyReshape : OpRewritePattern<tosa::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    Value input = op.getInput1();
    if (input.getType() == op.getType() && isStatic(input)) {
      rewriter.replaceOp(op, input);
      return success();
    }
    if (auto constant = FloatConstant::read(input); constant && isStatic(op)) {
      ArrayRef<float> numbers = constant->values();
      rewriter.replaceOp(op,
                         createFloatConstant(rewriter, input.getLoc(),
                                             shapeOf(op.getOutput()), numbers));
      return success();
    }
    auto inner = input.getDefiningOp<tosa::ReshapeOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "the operand is no reshape");
    rewriter.modifyOpInPlace(
        op, [&] { op.getInput1Mutable().assign(inner.getInput1()); });
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Sinking
//===----------------------------------------------------------------------===//

struct SinkThroughElementwise : RewritePattern {
  explicit SinkThroughElementwise(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isElementwise(op) || !isStatic(op->getResult(0)))
      return rewriter.notifyMatchFailure(op, "not elementwise or not static");
    SmallVector<Value> operands =
        llvm::map_to_vector(broadcastOperands(op),
                            [](OpOperand &operand) { return operand.get(); });
    auto perm = findSharedTranspose(operands);
    if (!perm)
      return rewriter.notifyMatchFailure(op, "operands in different layouts");
    Value result =
        cloneOn(rewriter, op, transposeBack(rewriter, operands, *perm),
                permute(shapeOf(op->getResult(0)), invert(*perm)));
    rewriter.replaceOp(op,
                       createTranspose(rewriter, op->getLoc(), result, *perm));
    return success();
  }
};

struct SinkThroughConcat : OpRewritePattern<tosa::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ConcatOp op,
                                PatternRewriter &rewriter) const override {
    auto perm = findSharedTranspose(op.getInput1());
    if (!perm || !isStatic(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "operands in different layouts");
    auto result = tosa::ConcatOp::create(
        rewriter, op.getLoc(),
        withShape(op.getOutput(),
                  permute(shapeOf(op.getOutput()), invert(*perm))),
        transposeBack(rewriter, op.getInput1(), *perm),
        static_cast<uint32_t>((*perm)[op.getAxis()]));
    result->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    rewriter.replaceOp(op,
                       createTranspose(rewriter, op.getLoc(), result, *perm));
    return success();
  }
};

template <typename Op>
struct SinkThroughReduction : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    auto transpose = matchTranspose(op.getInput());
    if (!transpose || !isStatic(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "the operand is not transposed");
    auto [input, perm] = *transpose;
    Value result = cloneOn(rewriter, op, input,
                           permute(shapeOf(op.getOutput()), invert(perm)));
    result.getDefiningOp<Op>().setAxis(perm[op.getAxis()]);
    rewriter.replaceOp(op,
                       createTranspose(rewriter, op.getLoc(), result, perm));
    return success();
  }
};

struct SinkThroughPad : OpRewritePattern<tosa::PadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::PadOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = matchTranspose(op.getInput1());
    auto padding = getConstShape(op.getPadding());
    if (!transpose || !padding || !isStatic(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "the operand is not transposed");
    auto [input, perm] = *transpose;
    SmallVector<int64_t> moved(padding->size());
    for (auto [to, from] : llvm::enumerate(perm)) {
      moved[2 * from] = (*padding)[2 * to];
      moved[2 * from + 1] = (*padding)[2 * to + 1];
    }
    Value result = cloneOn(
        rewriter, op, {input, createConstShape(rewriter, op.getLoc(), moved)},
        permute(shapeOf(op.getOutput()), invert(perm)));
    rewriter.replaceOp(op,
                       createTranspose(rewriter, op.getLoc(), result, perm));
    return success();
  }
};

struct SinkThroughSlice : OpRewritePattern<tosa::SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = matchTranspose(op.getInput1());
    auto start = getConstShape(op.getStart()),
         size = getConstShape(op.getSize());
    if (!transpose || !start || !size || !isStatic(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "the operand is not transposed");
    auto [input, perm] = *transpose;
    Permutation inverse = invert(perm);
    Location loc = op.getLoc();
    Value result = cloneOn(
        rewriter, op,
        {input, createConstShape(rewriter, loc, permute(*start, inverse)),
         createConstShape(rewriter, loc, permute(*size, inverse))},
        permute(shapeOf(op.getOutput()), inverse));
    rewriter.replaceOp(op, createTranspose(rewriter, loc, result, perm));
    return success();
  }
};

struct SinkThroughReshape : OpRewritePattern<tosa::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = matchTranspose(op.getInput1());
    if (!transpose || !isStatic(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "the operand is not transposed");
    auto swapped = swapTransposeAndReshape(
        shapeOf(transpose->input), transpose->perm, shapeOf(op.getOutput()));
    if (!swapped)
      return rewriter.notifyMatchFailure(op, "it merges what lies apart");
    Value result =
        createReshape(rewriter, op.getLoc(), transpose->input, swapped->shape);
    rewriter.replaceOp(
        op, createTranspose(rewriter, op.getLoc(), result, swapped->perm));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// A flattened image before a fully connected layer
//===----------------------------------------------------------------------===//

/// f(reshape(transpose(x))) becomes reshape(f(transpose(x))) for a function of
/// single numbers, so that nothing stands between the reshape and the layer.
struct RaiseAboveFlatten : RewritePattern {
  explicit RaiseAboveFlatten(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isElementwise(op))
      return rewriter.notifyMatchFailure(op, "not elementwise");
    tosa::ReshapeOp flatten;
    for (OpOperand &operand : broadcastOperands(op)) {
      auto reshape = operand.get().getDefiningOp<tosa::ReshapeOp>();
      bool flattens = reshape && matchTranspose(reshape.getInput1()) &&
                      operand.get().getType() == op->getResult(0).getType();
      if (flattens && !flatten)
        flatten = reshape;
      else if (!getNumber(operand.get()))
        return rewriter.notifyMatchFailure(op, "more than one tensor operand");
    }
    if (!flatten)
      return rewriter.notifyMatchFailure(op, "no flattened operand");

    ArrayRef<int64_t> shape = shapeOf(flatten.getInput1());
    SmallVector<int64_t> ones(shape.size(), 1);
    SmallVector<Value> operands;
    for (OpOperand &operand : broadcastOperands(op)) {
      if (operand.get() == flatten.getOutput())
        operands.push_back(flatten.getInput1());
      else
        operands.push_back(createFloatConstant(rewriter, operand.get().getLoc(),
                                               ones,
                                               {*getNumber(operand.get())}));
    }
    Value result = cloneOn(rewriter, op, operands, shape);
    rewriter.replaceOp(op, createReshape(rewriter, op->getLoc(), result,
                                         shapeOf(op->getResult(0))));
    return success();
  }

private:
  /// A constant of one number that broadcasts to any shape.
  static std::optional<float> getNumber(Value value) {
    auto constant = FloatConstant::read(value);
    if (!constant || constant->size() != 1)
      return std::nullopt;
    return (*constant)[0];
  }
};

/// The transpose in front of a flattened image permutes the inputs of the fully
/// connected layer behind it: the weights can be permuted instead.
struct FoldIntoFullyConnected : OpRewritePattern<tosa::Conv2DOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::Conv2DOp op,
                                PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<tosa::ReshapeOp>();
    auto transpose =
        reshape ? matchTranspose(reshape.getInput1()) : std::nullopt;
    auto weight = FloatConstant::read(op.getWeight());
    if (!transpose || !weight || !isStatic(op.getInput()))
      return rewriter.notifyMatchFailure(op,
                                         "no flattened transpose before it");
    ArrayRef<int64_t> shape = weight->getShape();
    if (shape[1] != 1 || shape[2] != 1)
      return rewriter.notifyMatchFailure(op, "not a fully connected layer");
    auto reordered = reorderOnlyLastDim(
        shapeOf(transpose->input), transpose->perm, shapeOf(op.getInput()));
    if (!reordered)
      return rewriter.notifyMatchFailure(op, "rows change places as well");

    SmallVector<int64_t> split{shape[0]};
    split.append(reordered->lastShape);
    Permutation perm{0};
    for (int64_t dim : reordered->lastPerm)
      perm.push_back(dim + 1);
    Value permuted =
        createFloatConstant(rewriter, op.getWeight().getLoc(), shape,
                            transposeNumbers(weight->values(), split, perm));
    Value input = createReshape(rewriter, reshape.getLoc(), transpose->input,
                                shapeOf(op.getInput()));
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(input);
      op.getWeightMutable().assign(permuted);
    });
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Rising to the arguments
//===----------------------------------------------------------------------===//

/// The one operand of an elementwise operation or pad whose transpose by `perm`
/// costs something; null if there are more or the operation is another.
Value findMovedOperand(Operation *op, ArrayRef<int64_t> perm) {
  if (isa<tosa::PadOp>(op))
    return op->getOperand(0);
  if (!isElementwise(op))
    return {};
  Value moved;
  for (OpOperand &operand : broadcastOperands(op)) {
    if (isFree(operand.get(), perm))
      continue;
    if (moved && moved != operand.get())
      return {};
    moved = operand.get();
  }
  return moved;
}

bool comesFromArgument(Value value, ArrayRef<int64_t> perm) {
  while (value && !isa<BlockArgument>(value)) {
    if (!value.hasOneUse())
      return false;
    value = findMovedOperand(value.getDefiningOp(), perm);
  }
  return static_cast<bool>(value);
}

struct RaiseToArgument : OpRewritePattern<tosa::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = matchTranspose(op.getOutput());
    Operation *source = op.getInput1().getDefiningOp();
    if (!transpose || !source ||
        !comesFromArgument(transpose->input, transpose->perm))
      return rewriter.notifyMatchFailure(op, "not computed from an argument by "
                                             "elementwise operations alone");
    ArrayRef<int64_t> perm = transpose->perm;
    ArrayRef<int64_t> shape = shapeOf(op.getOutput());
    Location loc = op.getLoc();
    rewriter.setInsertionPoint(source);
    SmallVector<Value> operands;
    if (auto pad = dyn_cast<tosa::PadOp>(source)) {
      auto padding = getConstShape(pad.getPadding());
      if (!padding)
        return rewriter.notifyMatchFailure(op, "the padding is not constant");
      SmallVector<int64_t> moved;
      for (int64_t dim : perm)
        moved.append({(*padding)[2 * dim], (*padding)[2 * dim + 1]});
      operands = {createTranspose(rewriter, loc, pad.getInput1(), perm),
                  createConstShape(rewriter, loc, moved)};
    } else {
      for (OpOperand &operand : broadcastOperands(source))
        operands.push_back(createTranspose(rewriter, loc, operand.get(), perm));
    }
    rewriter.replaceOp(op, cloneOn(rewriter, source, operands, shape));
    return success();
  }
};

struct CancelTransposesPass
    : impl::CancelTransposesPassBase<CancelTransposesPass> {
  using CancelTransposesPassBase::CancelTransposesPassBase;

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet sinking(context);
    sinking.add<SimplifyTranspose, SimplifyReshape, SinkThroughElementwise,
                SinkThroughConcat, SinkThroughReduction<tosa::ReduceMaxOp>,
                SinkThroughReduction<tosa::ReduceMinOp>,
                SinkThroughReduction<tosa::ReduceSumOp>,
                SinkThroughReduction<tosa::ReduceProductOp>, SinkThroughPad,
                SinkThroughSlice, SinkThroughReshape, RaiseAboveFlatten,
                FoldIntoFullyConnected>(context);
    RewritePatternSet rising(context);
    rising.add<SimplifyTranspose, SimplifyReshape, RaiseToArgument>(context);
    if (failed(rewrite(std::move(sinking))) ||
        failed(rewrite(std::move(rising))))
      signalPassFailure();
  }

private:
  LogicalResult rewrite(RewritePatternSet patterns) {
    // Constants keep the locations and the order that they have.
    GreedyRewriteConfig config;
    config.enableFolding(false)
        .enableConstantCSE(false)
        .setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled)
        .setUseTopDownTraversal(true)
        .setMaxIterations(GreedyRewriteConfig::kNoLimit);
    return applyPatternsGreedily(getOperation(), std::move(patterns), config);
  }
};

} // namespace
} // namespace quantc::qnn

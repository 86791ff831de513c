// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The form of a dot product is read from the body and the indexing maps, never
// from the name of an operation.
#include "DotProduct.h"

#include "KernelPlan.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

struct Extension {
  BlockArgument argument;
  bool isUnsigned;

  bool isWord() const { return argument.getType().isInteger(16); }
};

/// A block argument of 8 bits, or of 16 signed ones, extended to 32 bits.
std::optional<Extension> matchExtension(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || !isa<arith::ExtSIOp, arith::ExtUIOp>(op) ||
      !value.getType().isInteger(32))
    return std::nullopt;
  bool isWord = op->getOperand(0).getType().isInteger(16);
  if (isWord ? isa<arith::ExtUIOp>(op)
             : !op->getOperand(0).getType().isInteger(8))
    return std::nullopt;
  auto argument = dyn_cast<BlockArgument>(op->getOperand(0));
  if (!argument)
    return std::nullopt;
  return Extension{argument, isa<arith::ExtUIOp>(op)};
}

/// `acc + ext(a) * ext(b)` and nothing else.
std::optional<std::pair<Extension, Extension>> matchBody(linalg::GenericOp op) {
  Block *body = op.getBody();
  unsigned inputs = op.getNumDpsInputs();
  if (body->getOperations().size() != 5 || inputs < 2)
    return std::nullopt;
  BlockArgument start = body->getArgument(inputs);
  auto add =
      body->getTerminator()->getOperand(0).getDefiningOp<arith::AddIOp>();
  if (!add)
    return std::nullopt;
  Value product = add.getLhs(), accumulator = add.getRhs();
  if (accumulator != start)
    std::swap(product, accumulator);
  auto mul = product.getDefiningOp<arith::MulIOp>();
  if (!mul || accumulator != start)
    return std::nullopt;
  auto lhs = matchExtension(mul.getLhs()), rhs = matchExtension(mul.getRhs());
  if (!lhs || !rhs || lhs->argument == rhs->argument ||
      lhs->isWord() != rhs->isWord())
    return std::nullopt;
  return std::make_pair(*lhs, *rhs);
}

/// The panel of a map of packed weights: from `c floordiv panel` on to
/// `k floordiv ways, c mod panel * ways + k mod ways`. 0 for any other map.
int64_t getPanel(AffineMap map, unsigned k, unsigned c, int64_t ways) {
  if (map.getNumResults() < 3)
    return 0;
  auto number = dyn_cast<AffineBinaryOpExpr>(map.getResult(0));
  if (!number || number.getKind() != AffineExprKind::FloorDiv)
    return 0;
  auto panel = dyn_cast<AffineConstantExpr>(number.getRHS());
  if (!panel)
    return 0;
  AffineMap packed = getPackedMap(map.getContext(), map.getNumDims(),
                                  map.getResults().drop_front().drop_back(2), k,
                                  c, panel.getValue(), ways);
  return packed == map ? panel.getValue() : 0;
}

} // namespace

std::optional<DotProduct> matchDotProduct(linalg::GenericOp op) {
  auto body = matchBody(op);
  if (!body)
    return std::nullopt;
  SmallVector<unsigned> reductions, parallels;
  op.getReductionDims(reductions);
  op.getParallelDims(parallels);
  AffineMap resultMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  auto [lhs, rhs] = *body;
  for (auto [activation, weight] : {std::pair(lhs, rhs), std::pair(rhs, lhs)}) {
    DotProduct dot{activation.argument.getArgNumber(),
                   weight.argument.getArgNumber(),
                   activation.isUnsigned,
                   weight.isUnsigned,
                   0,
                   0,
                   0,
                   lhs.isWord() ? kWordWays : kDotWays};
    AffineMap activationMap =
        op.getMatchingIndexingMap(op.getDpsInputOperand(dot.activation));
    AffineMap weightMap =
        op.getMatchingIndexingMap(op.getDpsInputOperand(dot.weight));
    auto channel = llvm::find_if(parallels, [&](unsigned dim) {
      return classifyAccess(resultMap, dim) == Access::Contiguous &&
             !activationMap.isFunctionOfDim(dim) &&
             weightMap.isFunctionOfDim(dim);
    });
    auto reduction = llvm::find_if(reductions, [&](unsigned dim) {
      return classifyAccess(activationMap, dim) == Access::Contiguous &&
             weightMap.isFunctionOfDim(dim);
    });
    if (channel == parallels.end() || reduction == reductions.end())
      continue;
    dot.channelDim = *channel;
    dot.reductionDim = *reduction;
    // Packed weights come with a third operand, see PackDotProducts.
    for (int64_t ways : {dot.ways, kPairWays, kRowWays})
      if (int64_t panel = getPanel(weightMap, *reduction, *channel, ways)) {
        dot.panel = panel;
        dot.ways = ways;
        break;
      }
    if (dot.isPacked() ||
        (op.getNumDpsInputs() == 2 && weightMap.isProjectedPermutation()))
      return dot;
  }
  return std::nullopt;
}

AffineMap getPackedMap(MLIRContext *context, unsigned loops,
                       ArrayRef<AffineExpr> outer, unsigned k, unsigned c,
                       int64_t panel, int64_t ways) {
  AffineExpr reduction = getAffineDimExpr(k, context);
  AffineExpr channel = getAffineDimExpr(c, context);
  SmallVector<AffineExpr> results{channel.floorDiv(panel)};
  llvm::append_range(results, outer);
  results.push_back(reduction.floorDiv(ways));
  results.push_back(channel % panel * ways + reduction % ways);
  return AffineMap::get(loops, 0, results, context);
}

AffineMap getPanelMap(AffineMap packed, const DotProduct &dot) {
  MLIRContext *context = packed.getContext();
  unsigned loops = packed.getNumDims();
  SmallVector<AffineExpr> results(packed.getResults().drop_back(2));
  results.front() = getAffineDimExpr(dot.channelDim, context);
  results.push_back(getAffineDimExpr(dot.reductionDim, context));
  results.push_back(getAffineDimExpr(loops, context) * dot.ways);
  return AffineMap::get(loops + 1, 0, results, context);
}

} // namespace quantc::codegen

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a weight belongs to one channel, each product is bounded by the weight
// that it is of; else all products are as large as two bytes can make them.
#include "AccumulatorBounds.h"

#include "KernelPlan.h"
#include "RawConstant.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"

#include <array>

using namespace mlir;

namespace quantc::codegen {
namespace {

/// The values of `integers`, of a tensor of `shape`, by channel.
template <typename Visit>
void visitByChannel(ArrayRef<int64_t> integers, ArrayRef<int64_t> shape,
                    std::optional<unsigned> dim, Visit visit) {
  size_t inner = dim ? ShapedType::getNumElements(shape.drop_front(*dim + 1))
                     : integers.size();
  size_t count = dim ? shape[*dim] : 1;
  for (auto [index, integer] : llvm::enumerate(integers))
    visit(index / inner % count, integer);
}

/// What the elements of `init` are, by channel.
std::optional<SmallVector<Interval>> boundInit(Value init, Channels channels) {
  auto op = init.getDefiningOp<linalg::GenericOp>();
  if (!op || op.getBody()->getOperations().size() != 1)
    return std::nullopt;
  Value yielded = op.getBody()->getTerminator()->getOperand(0);
  bool copies =
      op.getNumDpsInputs() == 1 && yielded == op.getBody()->getArgument(0);
  APInt scalar;
  if (matchPattern(copies ? op.getDpsInputs()[0] : yielded,
                   m_ConstantInt(&scalar))) {
    auto value = static_cast<double>(scalar.getSExtValue());
    return SmallVector<Interval>(channels.count, Interval{value, value});
  }
  if (!copies)
    return std::nullopt;
  auto integers = readIntegers(op.getDpsInputs()[0], /*isSigned=*/true);
  if (!integers)
    return std::nullopt;
  OpOperand *input = op.getDpsInputOperand(0);
  AffineMap outputs = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  std::optional<unsigned> dim;
  if (channels.dim)
    if (auto loop = dyn_cast<AffineDimExpr>(outputs.getResult(*channels.dim)))
      dim = findLoop(op.getMatchingIndexingMap(input), loop.getPosition());
  SmallVector<Interval> bounds(channels.count);
  auto shape = cast<ShapedType>(input->get().getType()).getShape();
  visitByChannel(*integers, shape, dim, [&](size_t channel, int64_t value) {
    auto real = static_cast<double>(value);
    bounds[channel].include({real, real});
  });
  if (!dim)
    llvm::fill(bounds, bounds.front());
  return bounds;
}

/// Sums of products of the extended bytes of a constant and of others.
struct ByteProducts {
  OpOperand *weight;
  bool isWeightSigned, isOtherSigned;
};

std::optional<ByteProducts> matchByteProducts(linalg::GenericOp root) {
  if (root.getNumDpsInputs() != 2 ||
      root.getBody()->getOperations().size() != 5)
    return std::nullopt;
  auto sum = root.getBody()
                 ->getTerminator()
                 ->getOperand(0)
                 .getDefiningOp<arith::AddIOp>();
  auto product = sum ? sum.getRhs().getDefiningOp<arith::MulIOp>() : nullptr;
  if (!product || sum.getLhs() != root.getBody()->getArgument(2))
    return std::nullopt;
  std::array<bool, 2> isSigned;
  for (Value factor : {product.getLhs(), product.getRhs()}) {
    Operation *extend = factor.getDefiningOp();
    if (!isa_and_nonnull<arith::ExtSIOp, arith::ExtUIOp>(extend) ||
        !factor.hasOneUse())
      return std::nullopt;
    auto byte = dyn_cast<BlockArgument>(extend->getOperand(0));
    if (!byte || byte.getArgNumber() >= isSigned.size())
      return std::nullopt;
    isSigned[byte.getArgNumber()] = isa<arith::ExtSIOp>(extend);
  }
  for (unsigned weight : {0, 1})
    if (getRawConstant(root.getDpsInputs()[weight]))
      return ByteProducts{root.getDpsInputOperand(weight), isSigned[weight],
                          isSigned[1 - weight]};
  return std::nullopt;
}

/// What the sums of `products` are that belong to one channel of the result.
std::optional<SmallVector<Interval>> boundProducts(linalg::GenericOp root,
                                                   ByteProducts products,
                                                   Channels channels) {
  AffineMap map = root.getMatchingIndexingMap(products.weight);
  AffineMap results = root.getMatchingIndexingMap(root.getDpsInitOperand(0));
  auto loop = dyn_cast<AffineDimExpr>(results.getResult(*channels.dim));
  auto integers = readIntegers(products.weight->get(), products.isWeightSigned);
  auto dim = loop ? findLoop(map, loop.getPosition()) : std::nullopt;
  // One weight for each product of a channel.
  SmallVector<unsigned> reductions;
  root.getReductionDims(reductions);
  if (!dim || !integers || !map.isProjectedPermutation() ||
      map.getNumResults() != reductions.size() + 1 ||
      llvm::any_of(reductions,
                   [&](unsigned dim) { return !findLoop(map, dim); }))
    return std::nullopt;
  Interval other =
      products.isOtherSigned ? Interval{-128, 127} : Interval{0, 255};
  SmallVector<Interval> bounds(channels.count);
  auto shape = cast<ShapedType>(products.weight->get().getType()).getShape();
  visitByChannel(*integers, shape, dim, [&](size_t channel, int64_t value) {
    auto weight = static_cast<double>(value);
    bounds[channel].add({std::min(weight * other.low, weight * other.high),
                         std::max(weight * other.low, weight * other.high)});
  });
  return bounds;
}

} // namespace

std::optional<unsigned> findLoop(AffineMap map, unsigned loop) {
  for (auto [index, expr] : llvm::enumerate(map.getResults()))
    if (auto dim = dyn_cast<AffineDimExpr>(expr);
        dim && dim.getPosition() == loop)
      return index;
  return std::nullopt;
}

std::optional<SmallVector<Interval>> boundAccumulators(Value accumulators,
                                                       Channels channels) {
  auto root = accumulators.getDefiningOp<linalg::GenericOp>();
  if (!root || !isKernel(root) || root.getNumReductionLoops() == 0)
    return std::nullopt;
  for (Value input : root.getDpsInputs())
    if (!getElementTypeOrSelf(input.getType()).isInteger(8))
      return std::nullopt;
  auto bounds = boundInit(root.getDpsInits()[0], channels);
  if (!bounds)
    return std::nullopt;
  std::optional<SmallVector<Interval>> sums;
  if (std::optional<ByteProducts> products = matchByteProducts(root);
      products && channels.dim)
    sums = boundProducts(root, *products, channels);
  if (!sums) {
    SmallVector<unsigned> reductions;
    root.getReductionDims(reductions);
    double largest = 255.0 * 255.0;
    for (unsigned dim : reductions)
      largest *= static_cast<double>(root.getStaticLoopRanges()[dim]);
    sums.emplace(channels.count, Interval{-largest, largest});
  }
  for (auto [bound, sum] : llvm::zip_equal(*bounds, *sums))
    bound.add(sum);
  return bounds;
}

} // namespace quantc::codegen

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a weight belongs to one channel, each product is bounded by the weight
// that it is of; else all products are as large as two bytes can make them.
#include "BoundAccumulators.h"

#include "KernelPlan.h"
#include "RawConstant.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"

#include <array>

using namespace mlir;
using quantc::numerics::AccumulatorBounds;
using quantc::numerics::Interval;
using quantc::numerics::StorageRange;

namespace quantc::codegen {
namespace {

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
    int64_t value = scalar.getSExtValue();
    return SmallVector<Interval>(channels.count, Interval{value, value});
  }
  if (!copies)
    return std::nullopt;
  OpOperand *input = op.getDpsInputOperand(0);
  auto values = readIntegers(input->get(), /*isSigned=*/true);
  if (!values || values->empty())
    return std::nullopt;
  SmallVector<Interval> bounds(
      channels.count,
      Interval{*llvm::min_element(*values), *llvm::max_element(*values)});
  AffineMap read = op.getMatchingIndexingMap(input);
  AffineMap written = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (channels.dim && read.getNumResults() == 1 &&
      read.getResult(0) == written.getResult(*channels.dim))
    for (auto [bound, value] : llvm::zip_equal(bounds, *values))
      bound = {value, value};
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
  auto dim = map.getResultPosition(results.getResult(*channels.dim));
  auto weights = readIntegers(products.weight->get(), products.isWeightSigned);
  // One weight for each product of a channel.
  SmallVector<unsigned> reductions;
  root.getReductionDims(reductions);
  if (!dim || !weights || !map.isProjectedPermutation() ||
      map.getNumResults() != reductions.size() + 1 ||
      !llvm::all_of(reductions,
                    [&](unsigned loop) { return map.isFunctionOfDim(loop); }))
    return std::nullopt;
  SmallVector<AccumulatorBounds> sums(
      channels.count,
      AccumulatorBounds(products.isOtherSigned ? StorageRange::int8()
                                               : StorageRange::uint8(),
                        /*inputZeroPoint=*/0, /*weightZeroPoint=*/0,
                        /*bias=*/0));
  auto shape = cast<ShapedType>(products.weight->get().getType()).getShape();
  size_t inner = ShapedType::getNumElements(shape.drop_front(*dim + 1));
  for (auto [index, weight] : llvm::enumerate(*weights))
    sums[index / inner % channels.count].add(weight);
  return llvm::map_to_vector(
      sums, [](const AccumulatorBounds &sum) { return sum.total(); });
}

} // namespace

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
    int64_t largest = 255 * 255;
    for (unsigned dim : reductions)
      largest *= root.getStaticLoopRanges()[dim];
    sums.emplace(channels.count, Interval{-largest, largest});
  }
  for (auto [bound, sum] : llvm::zip_equal(*bounds, *sums))
    bound = {bound.min + sum.min, bound.max + sum.max};
  return bounds;
}

} // namespace quantc::codegen

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The packing is one elementwise operation: it takes over what computes the
// tensor element by element (a flip of signedness, a transpose), so that the
// stored integers are read where they are and written once.
#include "PackActivations.h"

#include "FlatRows.h"
#include "KernelPlan.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

/// Rows of the left side from which on packing the right side pays: each row
/// reads all of it.
constexpr int64_t kFewestRows = 4;

/// How often `op` reads each element of its right side.
int64_t countRows(linalg::GenericOp op, ArrayRef<unsigned> loops) {
  SmallVector<unsigned> parallels;
  op.getParallelDims(parallels);
  int64_t rows = 1;
  for (unsigned dim : parallels)
    if (!llvm::is_contained(loops, dim))
      rows *= op.getStaticLoopRanges()[dim];
  return rows;
}

/// A tensor whose elements an operation computes from those of `source`, each
/// from one; `op` is null where it is `source` itself.
struct Elements {
  Value source;
  /// From the indices of the tensor to those of `source`.
  AffineMap map;
  linalg::GenericOp op;
};

Elements getElements(Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  auto identity =
      AffineMap::getMultiDimIdentityMap(type.getRank(), tensor.getContext());
  Elements itself{tensor, identity, {}};
  auto op = tensor.getDefiningOp<linalg::GenericOp>();
  if (!op || !isKernel(op) || op.getNumReductionLoops() != 0 ||
      op.getNumDpsInputs() != 1 || op.hasIndexSemantics() ||
      op.payloadUsesValueFromOperand(op.getDpsInitOperand(0)))
    return itself;
  AffineMap in = op.getMatchingIndexingMap(op.getDpsInputOperand(0));
  AffineMap out = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  Value source = op.getDpsInputs()[0];
  // A reduction keeps its epilogue.
  auto producer = source.getDefiningOp<linalg::GenericOp>();
  if (!in.isPermutation() || !out.isPermutation() ||
      (producer && producer.getNumReductionLoops() != 0))
    return itself;
  return {source, in.compose(inversePermutation(out)), op};
}

/// `tensor` with zeros behind its dimensions, up to `shape`.
Value padTo(OpBuilder &builder, Location loc, Value tensor,
            ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (type.getShape() == shape)
    return tensor;
  SmallVector<OpFoldResult> low, high;
  for (auto [size, wanted] : llvm::zip_equal(type.getShape(), shape)) {
    low.push_back(builder.getIndexAttr(0));
    high.push_back(builder.getIndexAttr(wanted - size));
  }
  Value zero = arith::ConstantOp::create(
      builder, loc, builder.getZeroAttr(type.getElementType()));
  return tensor::PadOp::create(builder, loc, type.clone(shape), tensor, low,
                               high, zero);
}

/// The matrix `tensor`, whose dimensions in `order` are outer ones, then the
/// reduction, then the channel, as [panel, outer..., group, channel * way].
Value createPacking(OpBuilder &builder, Location loc, Value tensor,
                    ArrayRef<unsigned> order, int64_t panel) {
  SmallVector<int64_t> shape(
      cast<RankedTensorType>(tensor.getType()).getShape());
  unsigned outer = order.size() - 2;
  unsigned reduction = order[outer], channel = order[outer + 1];
  shape[reduction] = llvm::alignTo(shape[reduction], kDotWays);
  shape[channel] = llvm::alignTo(shape[channel], panel);
  Elements elements = getElements(padTo(builder, loc, tensor, shape));

  // Loops: panel, outer ones, group, channel of the panel, way.
  MLIRContext *context = builder.getContext();
  unsigned loops = outer + 4;
  auto loop = [&](unsigned index) { return getAffineDimExpr(index, context); };
  SmallVector<AffineExpr> indices(order.size());
  SmallVector<int64_t> packed{shape[channel] / panel};
  for (unsigned i = 0; i < outer; ++i) {
    indices[order[i]] = loop(1 + i);
    packed.push_back(shape[order[i]]);
  }
  packed.append({shape[reduction] / kDotWays, panel, kDotWays});
  indices[reduction] = loop(outer + 1) * kDotWays + loop(outer + 3);
  indices[channel] = loop(0) * panel + loop(outer + 2);
  AffineMap from =
      elements.map.compose(AffineMap::get(loops, 0, indices, context));

  auto type = RankedTensorType::get(packed, builder.getI8Type());
  Value empty =
      tensor::EmptyOp::create(builder, loc, packed, type.getElementType());
  SmallVector<utils::IteratorType> iterators(loops,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange(type), elements.source, empty,
      {from, builder.getMultiDimIdentityMap(loops)}, iterators,
      [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
        Value result = args[0];
        if (elements.op) {
          IRMapping mapping;
          mapping.map(elements.op.getBody()->getArgument(0), args[0]);
          for (Operation &inner : elements.op.getBody()->without_terminator())
            nested.clone(inner, mapping);
          result = mapping.lookupOrDefault(
              elements.op.getBody()->getTerminator()->getOperand(0));
        }
        linalg::YieldOp::create(nested, nestedLoc, result);
      });
  return flattenRows(builder, loc, generic.getResult(0));
}

} // namespace

PackedActivation ActivationPacker::pack(OpBuilder &builder,
                                        linalg::GenericOp op,
                                        const DotProduct &dot,
                                        ArrayRef<unsigned> loops) {
  OpOperand *operand = op.getDpsInputOperand(dot.weight);
  AffineMap map = op.getMatchingIndexingMap(operand);
  if (map.getNumResults() != loops.size())
    return {};
  std::vector<unsigned> order;
  for (unsigned loop : loops) {
    std::optional<unsigned> position =
        map.getResultPosition(getAffineDimExpr(loop, op.getContext()));
    if (!position)
      return {};
    order.push_back(*position);
  }
  PackedActivation &packed =
      cache[{operand->get().getAsOpaquePointer(), order}];
  if (packed.value || countRows(op, loops) < kFewestRows)
    return packed;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointAfterValue(operand->get());
  packed.panel = choosePanel(op, dot, vectorBits, isa);
  packed.value =
      createPacking(builder, op.getLoc(), operand->get(), order, packed.panel);
  return packed;
}

} // namespace quantc::codegen

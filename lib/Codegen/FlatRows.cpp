// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The two dimensions are contiguous in memory: both views are free once they
// are buffers.
#include "FlatRows.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

/// The dimensions of a tensor of `rank`, the last two as one.
SmallVector<ReassociationIndices> groupLastTwo(int64_t rank) {
  SmallVector<ReassociationIndices> groups;
  for (int64_t dim = 0; dim < rank - 1; ++dim)
    groups.push_back({dim});
  groups.back().push_back(rank - 1);
  return groups;
}

} // namespace

Value flattenRows(OpBuilder &builder, Location loc, Value tensor) {
  int64_t rank = cast<RankedTensorType>(tensor.getType()).getRank();
  return tensor::CollapseShapeOp::create(builder, loc, tensor,
                                         groupLastTwo(rank));
}

AffineMap flattenRows(AffineMap map, RankedTensorType type) {
  SmallVector<AffineExpr> results(map.getResults());
  AffineExpr last = results.pop_back_val();
  results.back() = results.back() * type.getShape().back() + last;
  return AffineMap::get(map.getNumDims(), 0, results, map.getContext());
}

Value createFlatEmpty(OpBuilder &builder, Location loc, RankedTensorType type) {
  SmallVector<int64_t> shape(type.getShape().drop_back());
  shape.back() *= type.getShape().back();
  return tensor::EmptyOp::create(builder, loc, shape, type.getElementType());
}

Value expandRows(OpBuilder &builder, Location loc, Value flat,
                 RankedTensorType type) {
  return tensor::ExpandShapeOp::create(builder, loc, type, flat,
                                       groupLastTwo(type.getRank()));
}

} // namespace quantc::codegen

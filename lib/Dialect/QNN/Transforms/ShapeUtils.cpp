// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TOSA wants shapes as operands of their own and permutations in 32 bits: both
// are made here.
#include "quantc/Dialect/QNN/Transforms/ShapeUtils.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

using namespace mlir;

namespace quantc::qnn {

Value createReshape(OpBuilder &builder, Location loc, Value input,
                    ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(input.getType());
  if (type.getShape() == shape)
    return input;
  return tosa::ReshapeOp::create(builder, loc, type.clone(shape), input,
                                 createConstShape(builder, loc, shape));
}

Value createTransposeOp(OpBuilder &builder, Location loc, Value input,
                        ArrayRef<int64_t> perm) {
  if (llvm::equal(perm, llvm::seq<int64_t>(0, perm.size())))
    return input;
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape;
  SmallVector<int32_t> narrowed;
  for (int64_t dim : perm) {
    shape.push_back(type.getDimSize(dim));
    narrowed.push_back(static_cast<int32_t>(dim));
  }
  return tosa::TransposeOp::create(builder, loc, type.clone(shape), input,
                                   narrowed);
}

Value createSlice(OpBuilder &builder, Location loc, Value input,
                  ArrayRef<int64_t> start, ArrayRef<int64_t> size) {
  auto type = cast<RankedTensorType>(input.getType());
  if (type.getShape() == size)
    return input;
  return tosa::SliceOp::create(builder, loc, type.clone(size), input,
                               createConstShape(builder, loc, start),
                               createConstShape(builder, loc, size));
}

} // namespace quantc::qnn

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verifiers, folders and canonicalization of concat, reshape, transpose, pad
// and slice.
#include "OpUtils.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace quantc::qnn {

LogicalResult verifySameElement(Operation *op, Type input, Type result) {
  if (getElementTypeOrSelf(input) == getElementTypeOrSelf(result))
    return success();
  return op->emitOpError() << "element type " << getElementTypeOrSelf(input)
                           << " of an operand, expected that of the result, "
                           << getElementTypeOrSelf(result);
}

//===----------------------------------------------------------------------===//
// ConcatOp
//===----------------------------------------------------------------------===//

LogicalResult ConcatOp::verify() {
  if (getInputs().empty())
    return emitOpError("expected at least one operand");
  RankedTensorType result = getType();
  int64_t axis = getAxis(), size = 0;
  if (axis >= result.getRank()) // C2
    return emitOpError() << "axis " << axis << " is no dimension of " << result;
  for (Value input : getInputs()) {
    auto type = cast<RankedTensorType>(input.getType());
    if (failed(verifySameElement(*this, type, result))) // C1
      return failure();
    SmallVector<int64_t> expected(result.getShape());
    if (type.getRank() == result.getRank())
      expected[axis] = type.getDimSize(axis);
    if (type.getShape() != ArrayRef<int64_t>(expected))
      return emitOpError() << "operand type " << type << " does not match "
                           << result << " outside axis " << axis;
    size += type.getDimSize(axis);
  }
  if (size != result.getDimSize(axis))
    return emitOpError() << "size " << result.getDimSize(axis)
                         << " of the result along axis " << axis
                         << ", expected " << size;
  return success();
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  if (getInputs().size() == 1)
    return getInputs().front();
  return {};
}

//===----------------------------------------------------------------------===//
// ReshapeOp
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  RankedTensorType input = getInput().getType(), result = getType();
  if (failed(verifySameElement(*this, input, result)))
    return failure();
  if (input.getNumElements() != result.getNumElements())
    return emitOpError() << input.getNumElements() << " elements cannot become "
                         << result.getNumElements();
  return success();
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto inner = getInput().getDefiningOp<ReshapeOp>()) {
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  if (auto dense = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput()))
    return dense.reshape(getStorageTensorType(getType()));
  return {};
}

//===----------------------------------------------------------------------===//
// TransposeOp
//===----------------------------------------------------------------------===//

LogicalResult TransposeOp::verify() {
  RankedTensorType input = getInput().getType(), result = getType();
  if (failed(verifySameElement(*this, input, result))) // C1
    return failure();
  ArrayRef<int64_t> permutation = getPermutation();
  if (static_cast<int64_t>(permutation.size()) != input.getRank() ||
      !isPermutationVector(permutation)) // C2
    return emitOpError() << "expected a permutation of " << input.getRank()
                         << " dimensions";
  if (applyPermutation(input.getShape(), permutation) !=
      llvm::to_vector(result.getShape()))
    return emitOpError() << "result type " << result
                         << " does not have the permuted shape of " << input;
  return success();
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  if (isIdentityPermutation(getPermutation()))
    return getInput();
  auto inner = getInput().getDefiningOp<TransposeOp>();
  if (!inner)
    return {};
  SmallVector<int64_t> composed =
      applyPermutation(inner.getPermutation(), getPermutation());
  if (isIdentityPermutation(composed))
    return inner.getInput();
  getInputMutable().assign(inner.getInput());
  setPermutation(composed);
  return getResult();
}

/// A permutation that keeps the order of all dimensions of more than one
/// element moves nothing: it is a reshape.
LogicalResult TransposeOp::canonicalize(TransposeOp op,
                                        PatternRewriter &rewriter) {
  RankedTensorType input = op.getInput().getType();
  SmallVector<int64_t> moving;
  for (int64_t dim : op.getPermutation())
    if (input.getDimSize(dim) != 1)
      moving.push_back(dim);
  if (!llvm::is_sorted(moving))
    return rewriter.notifyMatchFailure(op, "elements change their order");
  rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getInput());
  return success();
}

//===----------------------------------------------------------------------===//
// PadOp
//===----------------------------------------------------------------------===//

LogicalResult PadOp::verify() {
  RankedTensorType input = getInput().getType(), result = getType();
  if (failed(verifySameElement(*this, input, result))) // C1
    return failure();
  size_t rank = input.getRank();
  if (getLow().size() != rank || getHigh().size() != rank ||
      result.getRank() != input.getRank()) // C2
    return emitOpError() << "expected low, high and result of rank " << rank;
  for (size_t dim = 0; dim < rank; ++dim) {
    int64_t expected = input.getDimSize(dim) + getLow()[dim] + getHigh()[dim];
    if (result.getDimSize(dim) != expected)
      return emitOpError() << "size " << result.getDimSize(dim)
                           << " of result dimension " << dim << ", expected "
                           << expected;
  }
  numerics::StorageRange range = getStorageRange(getQuantizedElement(result));
  if (static_cast<int64_t>(getValue()) < range.min ||
      static_cast<int64_t>(getValue()) > range.max) // C3
    return emitOpError() << "value " << static_cast<int64_t>(getValue())
                         << " is outside the storage range [" << range.min
                         << ", " << range.max << "]";
  return success();
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  return {};
}

//===----------------------------------------------------------------------===//
// SliceOp
//===----------------------------------------------------------------------===//

LogicalResult SliceOp::verify() {
  RankedTensorType input = getInput().getType(), result = getType();
  if (failed(verifySameElement(*this, input, result))) // C1
    return failure();
  if (static_cast<int64_t>(getStart().size()) != input.getRank() ||
      result.getRank() != input.getRank()) // C2
    return emitOpError() << "expected start and result of rank "
                         << input.getRank();
  for (int64_t dim = 0; dim < input.getRank(); ++dim)
    if (getStart()[dim] + result.getDimSize(dim) > input.getDimSize(dim))
      return emitOpError() << "dimension " << dim << " ends at "
                           << getStart()[dim] + result.getDimSize(dim)
                           << ", beyond the size " << input.getDimSize(dim);
  return success();
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  return {};
}

} // namespace quantc::qnn

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verifiers, folders and canonicalization of concat, reshape, transpose, pad
// and slice.
#include "OpUtils.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace quantc::qnn {

LogicalResult verifySameElement(Operation *op, Type input, Type result) {
  if (getElementTypeOrSelf(input) == getElementTypeOrSelf(result))
    return success();
  return op->emitOpError() << "element type " << getElementTypeOrSelf(input)
                           << " of an operand, expected that of the result, "
                           << getElementTypeOrSelf(result);
}

/// A constant of type `type` whose element at each index is that of `constant`
/// at `getSource(index)`, or `fallback` where that is none.
static DenseElementsAttr gatherElements(
    DenseElementsAttr constant, RankedTensorType type,
    function_ref<std::optional<SmallVector<int64_t>>(ArrayRef<int64_t>)>
        getSource,
    const APInt &fallback = APInt()) {
  SmallVector<int64_t> sourceStrides =
      computeStrides(constant.getType().getShape());
  SmallVector<int64_t> strides = computeStrides(type.getShape());
  auto values = constant.getValues<APInt>();
  SmallVector<APInt> gathered;
  gathered.reserve(type.getNumElements());
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i) {
    auto source = getSource(delinearize(i, strides));
    gathered.push_back(source ? values[linearize(*source, sourceStrides)]
                              : fallback);
  }
  return DenseElementsAttr::get(type, gathered);
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

LogicalResult
ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                           ConcatOp::Adaptor adaptor,
                           SmallVectorImpl<Type> &inferredReturnTypes) {
  if (adaptor.getInputs().empty())
    return emitOptionalError(location, "expected at least one operand");
  auto axis = static_cast<int64_t>(adaptor.getAxis());
  int64_t size = 0;
  for (Value input : adaptor.getInputs()) {
    auto type = dyn_cast<RankedTensorType>(input.getType());
    if (!type || axis >= type.getRank())
      return emitOptionalError(location, "axis ", axis,
                               " is no dimension of every operand");
    size += type.getDimSize(axis);
  }
  auto first = cast<RankedTensorType>(adaptor.getInputs().front().getType());
  SmallVector<int64_t> shape(first.getShape());
  shape[axis] = size;
  inferredReturnTypes.push_back(first.clone(shape));
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
  if (failed(verifySameElement(*this, input, result))) // C1
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
  RankedTensorType storage = getStorageTensorType(getType());
  if (auto dense = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput()))
    return dense.reshape(storage);
  // The same bytes under another shape: nothing is copied.
  if (auto resource =
          dyn_cast_or_null<DenseResourceElementsAttr>(adaptor.getInput()))
    return DenseResourceElementsAttr::get(storage, resource.getRawHandle());
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

LogicalResult
TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                              TransposeOp::Adaptor adaptor,
                              SmallVectorImpl<Type> &inferredReturnTypes) {
  auto type = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  ArrayRef<int64_t> permutation = adaptor.getPermutation();
  if (!type || static_cast<int64_t>(permutation.size()) != type.getRank() ||
      !isPermutationVector(permutation))
    return emitOptionalError(
        location, "expected a permutation of the dimensions of the input");
  inferredReturnTypes.push_back(
      type.clone(applyPermutation(type.getShape(), permutation)));
  return success();
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  if (isIdentityPermutation(getPermutation()))
    return getInput();
  if (auto dense = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput()))
    return gatherElements(
        dense, getStorageTensorType(getType()),
        [&](ArrayRef<int64_t> index) -> std::optional<SmallVector<int64_t>> {
          SmallVector<int64_t> source(index.size());
          for (auto [dim, from] : llvm::enumerate(getPermutation()))
            source[from] = index[dim];
          return source;
        });
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
    // Subtraction only: hostile numbers would overflow a sum.
    int64_t added = result.getDimSize(dim) - input.getDimSize(dim);
    if (added < getLow()[dim] || added - getLow()[dim] != getHigh()[dim])
      return emitOpError() << "size " << result.getDimSize(dim)
                           << " of result dimension " << dim << ", expected "
                           << input.getDimSize(dim) << " padded by "
                           << getLow()[dim] << " and " << getHigh()[dim];
  }
  numerics::StorageRange range = getStorageRange(getQuantizedElement(result));
  if (static_cast<int64_t>(getValue()) < range.min ||
      static_cast<int64_t>(getValue()) > range.max) // C3
    return emitOpError() << "value " << static_cast<int64_t>(getValue())
                         << " is outside the storage range [" << range.min
                         << ", " << range.max << "]";
  return success();
}

OpFoldResult PadOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  auto dense = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput());
  if (!dense)
    return {};
  RankedTensorType input = getInput().getType();
  unsigned width = getQuantizedElement(getType()).getStorageTypeIntegralWidth();
  APInt padding(width, getValue(), /*isSigned=*/true,
                /*implicitTrunc=*/true);
  return gatherElements(
      dense, getStorageTensorType(getType()),
      [&](ArrayRef<int64_t> index) -> std::optional<SmallVector<int64_t>> {
        SmallVector<int64_t> source(index);
        for (auto [dim, position] : llvm::enumerate(source)) {
          position -= getLow()[dim];
          if (position < 0 || position >= input.getDimSize(dim))
            return std::nullopt;
        }
        return source;
      },
      padding);
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
    if (getStart()[dim] > input.getDimSize(dim) - result.getDimSize(dim))
      return emitOpError() << "size " << result.getDimSize(dim) << " from "
                           << getStart()[dim] << " along dimension " << dim
                           << " ends beyond the size " << input.getDimSize(dim);
  return success();
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  auto dense = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput());
  if (!dense)
    return {};
  return gatherElements(
      dense, getStorageTensorType(getType()),
      [&](ArrayRef<int64_t> index) -> std::optional<SmallVector<int64_t>> {
        SmallVector<int64_t> source(index);
        for (auto [position, start] : llvm::zip_equal(source, getStart()))
          position += start;
        return source;
      });
}

} // namespace quantc::qnn

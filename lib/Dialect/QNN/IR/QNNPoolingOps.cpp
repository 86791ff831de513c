// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verifiers and folders of max_pool_2d and avg_pool_2d.
#include "OpUtils.h"

using namespace mlir;

namespace quantc::qnn {

/// C2 and C3, and C1 as far as it is the channels, which pooling keeps.
template <typename OpT>
static LogicalResult verifyPooling(OpT op) {
  RankedTensorType input = op.getInput().getType();
  RankedTensorType result = op.getType();
  ArrayRef<int64_t> kernel = op.getKernel(), stride = op.getStride(),
                    pad = op.getPad();
  for (int64_t side = 0; side < 4; ++side)
    if (pad[side] >= kernel[side / 2]) // C3
      return op.emitOpError()
             << "padding " << pad[side]
             << ", expected less than the kernel size " << kernel[side / 2];
  if (input.getDimSize(3) != result.getDimSize(3))
    return op.emitOpError()
           << result.getDimSize(3) << " channels of the result, expected "
           << input.getDimSize(3);
  return verifyWindow(op, input, result, // C2
                      {kernel[0], stride[0], 1, pad[0], pad[1]},
                      {kernel[1], stride[1], 1, pad[2], pad[3]});
}

LogicalResult MaxPool2DOp::verify() {
  if (failed(verifySameElement(*this, getInput().getType(), getType()))) // C1
    return failure();
  return verifyPooling(*this);
}

LogicalResult
MaxPool2DOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                              MaxPool2DOp::Adaptor adaptor,
                              SmallVectorImpl<Type> &inferredReturnTypes) {
  auto type = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  if (!type || type.getRank() != 4)
    return emitOptionalError(location, "expected a ranked tensor of rank 4");
  ArrayRef<int64_t> kernel = adaptor.getKernel(), stride = adaptor.getStride(),
                    pad = adaptor.getPad();
  SmallVector<int64_t> shape(type.getShape());
  for (int64_t dim : {0, 1})
    shape[dim + 1] =
        getWindowOutputSize(shape[dim + 1], pad[2 * dim], pad[2 * dim + 1],
                            kernel[dim], stride[dim], /*dilation=*/1);
  inferredReturnTypes.push_back(type.clone(shape));
  return success();
}

OpFoldResult MaxPool2DOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType() && llvm::all_equal(getKernel()) &&
      getKernel()[0] == 1)
    return getInput();
  return {};
}

LogicalResult AvgPool2DOp::verify() {
  if (failed(verifyPooling(*this)))
    return failure();
  return verifyClamp(*this, getClamp(), getType()); // C5
}

LogicalResult AvgPool2DOp::canonicalize(AvgPool2DOp op,
                                        PatternRewriter &rewriter) {
  return dropFullClamp(op, rewriter);
}

} // namespace quantc::qnn

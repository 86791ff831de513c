// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function for each operation of the reference evaluation: given the
// operation it reads all that it needs of it and returns what computes a result
// from operands. Nothing of the IR is kept.
#ifndef QUANTC_LIB_EXECUTION_REFERENCE_KERNELS_H
#define QUANTC_LIB_EXECUTION_REFERENCE_KERNELS_H

#include "quantc/Dialect/QNN/IR/QNNOps.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "llvm/Support/Error.h"

#include <functional>
#include <vector>

namespace quantc::exec::reference {

/// The elements of a value in row-major order: stored integers of whatever
/// width and signedness, or real numbers. The other vector is empty.
struct Tensor {
  std::vector<int32_t> integers;
  std::vector<float> reals;
};

/// Fills `result`, whose vectors have the size of its type.
using Kernel = std::function<void(llvm::ArrayRef<const Tensor *> operands,
                                  Tensor &result)>;

using ExpectedKernel = llvm::Expected<Kernel>;

ExpectedKernel makeKernel(qnn::QuantizeOp op);
ExpectedKernel makeKernel(qnn::DequantizeOp op);
ExpectedKernel makeKernel(qnn::FakeQuantizeOp op);
ExpectedKernel makeKernel(qnn::RequantizeOp op);
ExpectedKernel makeKernel(qnn::Conv2DOp op);
ExpectedKernel makeKernel(qnn::DepthwiseConv2DOp op);
ExpectedKernel makeKernel(qnn::FullyConnectedOp op);
ExpectedKernel makeKernel(qnn::MatMulOp op);
ExpectedKernel makeKernel(qnn::LayerNormOp op);
ExpectedKernel makeKernel(qnn::AddOp op);
ExpectedKernel makeKernel(qnn::SubOp op);
ExpectedKernel makeKernel(qnn::MulOp op);
ExpectedKernel makeKernel(qnn::LookupOp op);
ExpectedKernel makeKernel(qnn::SoftmaxOp op);
ExpectedKernel makeKernel(qnn::MaxPool2DOp op);
ExpectedKernel makeKernel(qnn::AvgPool2DOp op);
ExpectedKernel makeKernel(qnn::ConcatOp op);
ExpectedKernel makeKernel(qnn::ReshapeOp op);
ExpectedKernel makeKernel(qnn::TransposeOp op);
ExpectedKernel makeKernel(qnn::PadOp op);
ExpectedKernel makeKernel(qnn::SliceOp op);
ExpectedKernel makeKernel(qnn::ObserveOp op);
ExpectedKernel makeKernel(mlir::quant::StorageCastOp op);
ExpectedKernel makeKernel(mlir::tosa::TransposeOp op);
ExpectedKernel makeKernel(mlir::tosa::ReshapeOp op);

/// The value of a qnn.constant.
llvm::Expected<Tensor> readConstant(qnn::ConstantOp op);
/// The value of a float constant in any spelling.
llvm::Expected<Tensor> readFloatConstant(mlir::Operation *op);
/// The integers of a quantized tensor that are stored in `attr`.
llvm::Expected<std::vector<int32_t>> readStoredIntegers(mlir::ElementsAttr attr,
                                                        bool isSigned);

/// The channel, or the block, of each element of a tensor: all 0 for a
/// per-tensor type.
class ChannelIndex {
public:
  explicit ChannelIndex(mlir::RankedTensorType type);
  int64_t operator()(int64_t element) const {
    return blocks.empty() ? element / inner % channels : blocks[element];
  }
  int64_t size() const { return channels; }

private:
  int64_t inner = 1, channels = 1;
  std::vector<int64_t> blocks;
};

} // namespace quantc::exec::reference

#endif // QUANTC_LIB_EXECUTION_REFERENCE_KERNELS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The products that several operators are: Conv and QLinearConv, MatMul, Gemm
// and QLinearMatMul differ in how their operands are spelled.
#ifndef QUANTC_LIB_IMPORT_ONNX_PRODUCTS_H
#define QUANTC_LIB_IMPORT_ONNX_PRODUCTS_H

#include "Node.h"

namespace quantc::import {

/// The operands of a convolution, its weight and bias in ONNX's layout.
struct ConvolutionOperands {
  /// NHWC; `rank` is that of the model's tensor.
  mlir::Value image;
  int64_t rank;
  HostTensor weight;
  std::optional<HostTensor> bias;
  /// The name of the weight.
  mlir::StringRef name;
};

/// The convolution that the attributes of `node` describe, in the layout and
/// rank of the model.
mlir::FailureOr<mlir::Value>
emitConvolution(Node &node, const ConvolutionOperands &operands);

/// [..., K] x [K, N] with constant weights of rank 1 or 2.
mlir::FailureOr<mlir::Value> emitWeightProduct(Node &node, mlir::Value lhs,
                                               const HostTensor &weight,
                                               mlir::StringRef name);

/// The three-dimensional operands of a product of batches of matrices, and the
/// shape that the model gives its result.
struct BatchedProduct {
  mlir::SmallVector<int64_t> lhs, rhs, result;
};
mlir::FailureOr<BatchedProduct>
planBatchedProduct(Node &node, mlir::ArrayRef<int64_t> left,
                   mlir::ArrayRef<int64_t> right);

/// [B..., M, K] x [B..., K, N] of two activations.
mlir::FailureOr<mlir::Value> emitBatchedProduct(Node &node, mlir::Value lhs,
                                                mlir::Value rhs);

} // namespace quantc::import

#endif // QUANTC_LIB_IMPORT_ONNX_PRODUCTS_H

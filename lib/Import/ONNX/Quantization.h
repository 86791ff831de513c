// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scales and zero points as ONNX spells them: as operands of the node, beside
// the tensor that they belong to.
#ifndef QUANTC_LIB_IMPORT_ONNX_QUANTIZATION_H
#define QUANTC_LIB_IMPORT_ONNX_QUANTIZATION_H

#include "Node.h"

namespace quantc::import {

/// The quantization that the operands `scale` and `zeroPoint` give a tensor of
/// `shape` that is stored as `storage`; of several scales each belongs to an
/// element along `axis`. Fails unless both are constants and legal.
mlir::FailureOr<TensorQuantization>
readQuantization(Node &node, unsigned scale, unsigned zeroPoint,
                 int32_t storage, mlir::ArrayRef<int64_t> shape, int64_t axis);

/// `stored` as a value of `type`, which has the same storage: the integers stay
/// what they are.
mlir::Value reinterpret(Node &node, mlir::Value stored,
                        mlir::quant::QuantizedType type);

/// x rounded to the nearest integer, ties to even, in TOSA operations.
mlir::Value emitRoundHalfEven(Emitter &emit, mlir::Value input);

/// The type in which the input `name` of `graph`, a tensor of integers, is best
/// known: that which all of its users give it with constant parameters, or else
/// that of integers which stand for themselves.
mlir::quant::QuantizedType findInputType(mlir::MLIRContext *context,
                                         const onnx::GraphProto &graph,
                                         const GraphValues &values,
                                         mlir::StringRef name, int32_t storage);

} // namespace quantc::import

#endif // QUANTC_LIB_IMPORT_ONNX_QUANTIZATION_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All of the qnn dialect: what the generators read.
#ifndef QUANTC_DIALECT_QNN_IR_QNNOPS
#define QUANTC_DIALECT_QNN_IR_QNNOPS

include "quantc/Dialect/QNN/IR/QNNBase.td"
include "quantc/Dialect/QNN/IR/QNNCastOps.td"
include "quantc/Dialect/QNN/IR/QNNContractionOps.td"
include "quantc/Dialect/QNN/IR/QNNDynamicOps.td"
include "quantc/Dialect/QNN/IR/QNNElementwiseOps.td"
include "quantc/Dialect/QNN/IR/QNNNormalizationOps.td"
include "quantc/Dialect/QNN/IR/QNNPoolingOps.td"
include "quantc/Dialect/QNN/IR/QNNShapeOps.td"

#endif // QUANTC_DIALECT_QNN_IR_QNNOPS

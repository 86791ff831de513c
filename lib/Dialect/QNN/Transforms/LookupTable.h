// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An elementwise float subgraph of one quantized value as a table.
#ifndef QUANTC_LIB_DIALECT_QNN_TRANSFORMS_LOOKUPTABLE_H
#define QUANTC_LIB_DIALECT_QNN_TRANSFORMS_LOOKUPTABLE_H

#include "quantc/Dialect/QNN/IR/QNNTypes.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Value.h"

namespace quantc::qnn {

/// The table of `value`, an elementwise function of `source`, quantized from
/// the type `input` to the type `result`. The chain between the two is
/// evaluated in double for each number of 8 or 16 bits and rounded once. Null
/// where an operation of the chain cannot be evaluated.
mlir::DenseElementsAttr buildLookupTable(mlir::Value value, mlir::Value source,
                                         mlir::quant::QuantizedType input,
                                         mlir::quant::QuantizedType result);

} // namespace quantc::qnn

#endif // QUANTC_LIB_DIALECT_QNN_TRANSFORMS_LOOKUPTABLE_H

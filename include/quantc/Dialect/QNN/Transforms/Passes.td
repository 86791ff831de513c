// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every pass of the qnn dialect. The passes of the prepare stage are in their
// own file.
#ifndef QUANTC_DIALECT_QNN_TRANSFORMS_PASSES
#define QUANTC_DIALECT_QNN_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"
include "quantc/Dialect/QNN/Transforms/PreparePasses.td"

#endif

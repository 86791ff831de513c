// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels of the float operations that stand around quantized ones in dynamic
// and weight-only programs, and of the casts between the two.
#ifndef QUANTC_LIB_EXECUTION_REFERENCE_FLOATKERNELS_H
#define QUANTC_LIB_EXECUTION_REFERENCE_FLOATKERNELS_H

#include "Kernels.h"

namespace quantc::exec::reference {

/// A float operation of TOSA or linalg; an error for any other operation.
ExpectedKernel makeFloatKernel(mlir::Operation *op);

/// The convolutions and the matrix product of floats among them.
ExpectedKernel makeFloatContraction(mlir::Operation *op);

/// What computes result `index` of an operation of run-time quantization; an
/// error for any other operation.
ExpectedKernel makeDynamicKernel(mlir::Operation *op, unsigned index);

} // namespace quantc::exec::reference

#endif // QUANTC_LIB_EXECUTION_REFERENCE_FLOATKERNELS_H

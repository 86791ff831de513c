// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The qvec dialect, its type and its operations.
#ifndef QUANTC_DIALECT_QVEC_IR_QVECOPS_H
#define QUANTC_DIALECT_QVEC_IR_QVECOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "quantc/Dialect/QVec/IR/QVecDialect.h.inc"

#define GET_TYPEDEF_CLASSES
#include "quantc/Dialect/QVec/IR/QVecTypes.h.inc"

#define GET_OP_CLASSES
#include "quantc/Dialect/QVec/IR/QVecOps.h.inc"

#endif // QUANTC_DIALECT_QVEC_IR_QVECOPS_H

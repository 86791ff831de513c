// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The acme dialect, and the one call that teaches quantc its operations.
#ifndef ACME_ACME_H
#define ACME_ACME_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "Acme/AcmeDialect.h.inc"

#define GET_OP_CLASSES
#include "Acme/AcmeOps.h.inc"

namespace acme {

/// Attaches quantc's QuantizableOpInterface to the operations when the dialect
/// is loaded.
void registerQuantizableOpModels(mlir::DialectRegistry &registry);

} // namespace acme

#endif // ACME_ACME_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the driver shows what a context says: one line each, on standard error.
#ifndef QUANTC_LIB_DRIVER_DIAGNOSTICPRINTER_H
#define QUANTC_LIB_DRIVER_DIAGNOSTICPRINTER_H

#include "mlir/IR/Diagnostics.h"

#include <functional>

namespace quantc {

/// Prints errors, warnings and notes as "error: WHERE: what". WHERE is the
/// node's name or the place in the file.
class DiagnosticPrinter : public mlir::ScopedDiagnosticHandler {
public:
  explicit DiagnosticPrinter(mlir::MLIRContext *context);
};

/// Prints the decisions of the qnn passes as "remark: WHERE: what [category]",
/// of the categories that `isShown` takes.
void printRemarks(mlir::MLIRContext &context,
                  std::function<bool(llvm::StringRef category)> isShown);

} // namespace quantc

#endif // QUANTC_LIB_DRIVER_DIAGNOSTICPRINTER_H
